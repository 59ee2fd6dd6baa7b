"""A reader's own page: where they are. A link from a mail opens it, so it shows no past words."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Enrollment, Subscriber
from dripcourse.domain.course import Course, Lesson
from dripcourse.domain.delivery import Kind, copy_key
from dripcourse.domain.enrollment import READERS_TO_END, EnrollmentState
from dripcourse.domain.errors import NotFound
from dripcourse.domain.pacing import Pace
from dripcourse.services.enrollment import calendar, schedule, turns
from dripcourse.services.enrollment.missing_course import course_of
from dripcourse.services.links import of_link
from dripcourse.services.parts import Parts
from dripcourse.services.queue import offer


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader is in a course. `due` is None if nothing is to come, or if what comes is in hand already."""

    course: Course
    state: EnrollmentState
    paused_by_reader: bool
    last: Lesson | None
    due: datetime | None
    tz: tzinfo
    zone: str
    pace: Pace
    perspective: str | None
    leave_token: str
    behind: bool = False
    """Whether what is to come waits for the end of another course."""


def look(parts: Parts, token: str) -> Place:
    """Where the reader of the mail that holds this link is. Changes nothing. Raises NotFound."""
    with parts.db.read() as session:
        delivery, enrollment = of_link(parts, session, token)
        course = course_of(parts, enrollment)
        ident, behind = enrollment.id, turns.stands_behind(parts, session, enrollment)
    coming = [] if behind else calendar.coming(parts, ident)
    return Place(
        course=course,
        state=enrollment.state,
        paused_by_reader=enrollment.pause_reason in READERS_TO_END,
        last=course.lesson(enrollment.last_lesson or ""),
        due=coming[0].due if coming else None,
        tz=schedule.slot_of(enrollment).tz,
        zone=enrollment.zone,
        pace=enrollment.pace,
        perspective=enrollment.perspective,
        leave_token=parts.keys.web_token(delivery.id, "leave"),
        behind=behind and enrollment.state is EnrollmentState.ACTIVE,
    )


def again(parts: Parts, token: str, now: datetime, *, slug: str | None = None) -> None:
    """Send a copy of a lesson that went to this reader, the last one if none is named, with the next tick.

    At most one copy a lesson a day; it does not touch the pace. Raises NotFound, also for a lesson that did not go or is gone.
    """
    with parts.db.write() as session:
        enrollment = of_link(parts, session, token)[1]
        if enrollment.state is EnrollmentState.LEFT or (slug is None and enrollment.last_lesson is None):
            return
        wanted = slug or enrollment.last_lesson
        if slug is not None and slug not in _sendable(parts, session, enrollment):
            raise NotFound("There is no such lesson to send again.")
        reader = session.get_one(Subscriber, enrollment.subscriber_id)
        offer(
            session,
            Kind.COPY,
            copy_key(enrollment.id, wanted or "", now.date().isoformat()),
            recipient=reader.address_index,
            course=enrollment.course,
            now=now,
            enrollment=enrollment.id,
            lesson=wanted,
        )


def _sendable(parts: Parts, session: Session, enrollment: Enrollment) -> set[str]:
    """The lessons that went, as far as their course still has them."""
    course = parts.library.courses.get(enrollment.course)
    went = {delivery.lesson or "" for delivery, _ in session.execute(queries.delivery.lessons_sent(enrollment.id))}
    return {slug for slug in went if course is not None and course.lesson(slug) is not None}
