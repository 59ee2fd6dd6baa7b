"""What stands for a course whose folder is missing, so that its readers keep every right: to see, take, move, erase and leave."""

from dripcourse.db.models import Enrollment
from dripcourse.domain.course import Course
from dripcourse.domain.pacing import Pace
from dripcourse.services.parts import Parts


def course_of(parts: Parts, enrollment: Enrollment) -> Course:
    """An enrollment's course; if it is missing, one without lessons, title or cover, in the enrollment's language."""
    return parts.library.courses.get(enrollment.course) or stand_in(parts, enrollment.course, enrollment.language)


def stand_in(parts: Parts, slug: str, language: str) -> Course:
    """A course of that slug of which nothing else is known. The slug is shown to nobody."""
    spoken = parts.library.words.language(language)
    site = parts.renderer.words(spoken)["pages"]["frame"]["site"]
    name = parts.rules.mail_from.name or str(site)
    return Course(
        slug=slug,
        cover="",
        title=str(site),
        from_name=name,
        language=spoken,
        pace=Pace.WEEKLY,
        perspectives={},
        headings={},
        lessons=(),
    )
