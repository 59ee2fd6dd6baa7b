"""The lessons that went to a reader, to read again as they were sent. Opening changes nothing, and none of the reader's words is here."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from markupsafe import Markup
from sqlalchemy.orm import Session

from dripcourse.content.render import TemplateFault
from dripcourse.db import queries
from dripcourse.db.models import Delivery, Enrollment, LessonText
from dripcourse.domain.appearance import Style, style_of
from dripcourse.domain.course import Course, Lesson
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.domain.errors import NotFound
from dripcourse.services.enrollment import schedule
from dripcourse.services.enrollment.missing_course import course_of
from dripcourse.services.links import of_link
from dripcourse.services.messages.lesson import facts_of
from dripcourse.services.parts import Parts

THIS = "this"
"""The lesson of the very mail that holds the link."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A lesson that went: its place among them ("00" is the first), and whether it can be sent again. `number` is None if its course has it no more."""

    which: str
    slug: str
    subject: str
    at: datetime
    number: int | None
    again: bool


@dataclass(frozen=True, slots=True)
class Earlier:
    """The lessons that went to a reader, the newest first."""

    course: Course
    tz: tzinfo
    sent: list[Sent]


@dataclass(frozen=True, slots=True)
class Reread:
    """A lesson as it was sent. `body` is the page that was made of the same words; None if its course says it otherwise by now: then there is `text`."""

    course: Course
    tz: tzinfo
    at: datetime
    title: str
    text: str
    language: str
    body: Markup | None
    number: int | None
    asks: bool
    next_at: datetime | None


def look(parts: Parts, token: str) -> Earlier:
    """What went to the reader of the mail that holds this link, as far as it was accepted. Changes nothing. Raises NotFound."""
    with parts.db.read() as session:
        _, enrollment = of_link(parts, session, token)
        course = course_of(parts, enrollment)
        rows = _rows(session, enrollment)
        sent = [_sent(place, delivery, said, course, enrollment) for place, (delivery, said) in enumerate(rows)]
    return Earlier(course, schedule.slot_of(enrollment).tz, sent[::-1])


def read(parts: Parts, token: str, which: str, now: datetime) -> Reread:
    """One of them: by its place, or `this`. Changes nothing. Raises NotFound."""
    with parts.db.read() as session:
        delivery, enrollment = of_link(parts, session, token)
        course = course_of(parts, enrollment)
        if which == THIS:
            said = session.get(LessonText, delivery.lesson_text) if delivery.lesson_text else None
        else:
            rows = dict(enumerate(_rows(session, enrollment)))
            delivery, said = rows.get(_place(which), (delivery, None))
        if said is None:
            raise NotFound("No lesson of that number was sent.")
        lesson = course.lesson(delivery.lesson or "")
        return Reread(
            course=course,
            tz=schedule.slot_of(enrollment).tz,
            at=delivery.accepted_at or delivery.marked_at or delivery.claimed_at,
            title=said.text.partition("\n\n")[0].replace("\n", " "),
            text=said.text,
            language=said.language,
            body=_body(parts, delivery, enrollment, course, lesson, said),
            number=lesson.number if lesson else None,
            asks=which == THIS and enrollment.state is not EnrollmentState.LEFT,
            next_at=delivery.promise_at if delivery.promise_at and delivery.promise_at > now else None,
        )


def _rows(session: Session, enrollment: Enrollment) -> list[tuple[Delivery, LessonText]]:
    return [(delivery, said) for delivery, said in session.execute(queries.delivery.lessons_sent(enrollment.id))]


def _place(which: str) -> int:
    return int(which) if which.isascii() and which.isdigit() and len(which) < 4 else -1


def _sent(place: int, delivery: Delivery, said: LessonText, course: Course, enrollment: Enrollment) -> Sent:
    lesson = course.lesson(delivery.lesson or "")
    plain = lesson is not None and style_of(enrollment.subject_style) is Style.PLAIN
    return Sent(
        which=f"{place:02d}",
        slug=delivery.lesson or "",
        subject=lesson.subject_plain if lesson and plain else said.subject,
        at=delivery.accepted_at or delivery.claimed_at,
        number=lesson.number if lesson else None,
        again=lesson is not None and enrollment.state is not EnrollmentState.LEFT,
    )


def _body(
    parts: Parts, delivery: Delivery, enrollment: Enrollment, course: Course, lesson: Lesson | None, said: LessonText
) -> Markup | None:
    """The lesson as a page if, filled in as it was then, it still says word for word what was sent."""
    if lesson is None:
        return None
    facts = facts_of(parts, delivery, enrollment, course, lesson, delivery.claimed_at)
    try:
        told, page = parts.renderer.reread(course, lesson, said.perspective, facts)
    except TemplateFault:
        return None
    return page if told == said.text else None
