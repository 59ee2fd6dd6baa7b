"""The lessons that are to come in an enrollment, with their dates."""

from dataclasses import dataclass
from datetime import datetime

from dripcourse.db import queries
from dripcourse.db.models import Enrollment
from dripcourse.domain.course import Course, Lesson, next_lesson
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.domain.pacing import Pace, next_due
from dripcourse.services.enrollment.schedule import slot_of
from dripcourse.services.parts import Parts


@dataclass(frozen=True, slots=True)
class Coming:
    """A lesson to come and when it is due if nothing changes."""

    lesson: Lesson
    due: datetime


def _after(course: Course, enrollment: Enrollment) -> Lesson | None:
    return next_lesson(course, last_slug=enrollment.last_lesson, last_number=enrollment.last_number, seen=frozenset())


def coming(parts: Parts, enrollment: str) -> list[Coming]:
    """The lessons to come and their dates if nothing changes; dates are promises only for the first. Empty unless active."""
    with parts.db.read() as session:
        row = session.get(Enrollment, enrollment)
        course = parts.library.courses.get(row.course) if row else None
        if row is None or course is None or row.state is not EnrollmentState.ACTIVE or row.due_at is None:
            return []
        seen = frozenset(slug or "" for _, slug, *_ in session.execute(queries.claim.lessons_seen([enrollment])))
        last, number, due, found = row.last_lesson, row.last_number, row.due_at, list[Coming]()
        while lesson := next_lesson(course, last_slug=last, last_number=number, seen=seen):
            found.append(Coming(lesson, due))
            if row.pace is Pace.READY:
                break  # each after it waits for its reader's word
            last, number = lesson.slug, lesson.number
            due = next_due(slot_of(row), row.pace, due, after_welcome=number == 0)
        return found
