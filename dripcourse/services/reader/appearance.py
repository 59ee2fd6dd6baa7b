"""What a mailbox shows of a reader's mails, seen and chosen on the reader's page."""

from dataclasses import dataclass

from dripcourse.domain.appearance import Cover, Style, own_cover
from dripcourse.domain.course import next_lesson
from dripcourse.services.enrollment.appearance import _subject, known_of, wear
from dripcourse.services.enrollment.missing_course import course_of
from dripcourse.services.links import of_link
from dripcourse.services.parts import Parts


@dataclass(frozen=True, slots=True)
class Shown:
    """What a mailbox shows of a mail: sender, subject and first words."""

    sender: str
    subject: str
    preview: str


@dataclass(frozen=True, slots=True)
class Covers:
    """What a reader chose, and how their next lesson would look in each style; `own` is None while there is no cover of their own."""

    chosen: Cover
    discreet: Shown
    plain: Shown
    own: Shown | None


def look(parts: Parts, token: str, tried: Cover | None = None) -> Covers:
    """What the reader of the mail that holds this link chose, or how it would be with what they `tried`. Changes nothing. Raises NotFound."""
    with parts.db.read() as session:
        enrollment = of_link(parts, session, token)[1]
    course = course_of(parts, enrollment)
    chosen = tried or known_of(parts.keys, enrollment)
    last = enrollment.last_lesson
    coming = next_lesson(course, last_slug=last, last_number=enrollment.last_number, seen=frozenset())
    lesson = coming or (course.lessons[-1] if course.lessons else None)
    words = parts.renderer.words(course.language)["mail"]
    preview = words["reading"]["preview"] if chosen.behind_link else (lesson and lesson.preview) or words["preview"]
    subject = lesson.subject if lesson else course.title

    def shown(cover: Cover) -> Shown:
        return Shown(cover.name or course.from_name, _subject(cover, lesson, subject), preview)

    return Covers(
        chosen,
        discreet=shown(Cover()),
        plain=shown(Cover(Style.PLAIN)),
        own=shown(chosen) if chosen.style is Style.OWN else None,
    )


def choose(parts: Parts, token: str, cover: Cover) -> Cover:
    """From the next mail on they look so; returns what they looked like before. Raises NotFound, or CoverError as `own_cover` does."""
    if cover.style is Style.OWN:
        cover = own_cover(cover.name, cover.subject, behind_link=cover.behind_link)
    with parts.db.write() as session:
        enrollment = of_link(parts, session, token)[1]
        before = known_of(parts.keys, enrollment)
        wear(parts.keys, enrollment, cover)
    return before
