"""A reader's own page: where they are, and standing still for a while. A link from a mail opens it, so it shows no past words."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery, Enrollment, Subscriber
from dripcourse.domain.course import Course, Lesson
from dripcourse.domain.delivery import Kind, copy_key
from dripcourse.domain.enrollment import EnrollmentState, PauseReason
from dripcourse.domain.errors import NotFound, UsageError
from dripcourse.domain.pacing import Pace
from dripcourse.services import overview, stay
from dripcourse.services.offer import offer
from dripcourse.services.parts import Parts

PACES = (Pace.WEEKLY, Pace.TWO_WEEKS, Pace.FOUR_WEEKS)
"""The paces a reader can choose between."""


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


def look(parts: Parts, token: str) -> Place:
    """Where the reader of the mail that holds this link is. Changes nothing. Raises NotFound."""
    with parts.db.read() as session:
        delivery, enrollment = of_link(parts, session, token)
        course = parts.library.courses.get(enrollment.course)
        if course is None:
            raise NotFound("This course is not here any more.")
        ident = enrollment.id
    coming = overview.coming(parts, ident)
    return Place(
        course=course,
        state=enrollment.state,
        paused_by_reader=enrollment.pause_reason is PauseReason.READER,
        last=course.lesson(enrollment.last_lesson or ""),
        due=coming[0].due if coming else None,
        tz=stay.slot_of(enrollment).tz,
        zone=enrollment.zone,
        pace=enrollment.pace,
        perspective=enrollment.perspective,
        leave_token=parts.keys.web_token(delivery.id, "leave"),
    )


def pause(parts: Parts, token: str) -> None:
    """Stand still until the reader says so. Harmless if they stand still already, or have ended. Raises NotFound."""
    with parts.db.read() as session:
        enrollment = of_link(parts, session, token)[1]
    if enrollment.state is EnrollmentState.ACTIVE:
        stay.pause(parts, enrollment.id, PauseReason.READER)


def resume(parts: Parts, token: str, now: datetime) -> None:
    """Go on after the reader's own pause; the host's stays. Harmless if nothing is paused. Raises NotFound."""
    with parts.db.read() as session:
        enrollment = of_link(parts, session, token)[1]
    if enrollment.state is EnrollmentState.PAUSED and enrollment.pause_reason is PauseReason.READER:
        stay.resume(parts, enrollment.id, now)


def choose_pace(parts: Parts, token: str, pace: str, now: datetime) -> None:
    """From now on at this pace; the next lesson comes at the first slot it allows. Raises NotFound, or UsageError for another word."""
    if pace not in PACES:
        raise UsageError(f"There is no such pace. There is: {', '.join(PACES)}.")
    with parts.db.write() as session:
        stay.change_pace(of_link(parts, session, token)[1], Pace(pace), now)


def choose_perspective(parts: Parts, token: str, perspective: str) -> None:
    """From the next lesson on in this reading; an empty word is `unsaid`. Raises NotFound, or UsageError for another word."""
    with parts.db.write() as session:
        enrollment = of_link(parts, session, token)[1]
        course = parts.library.courses.get(enrollment.course)
        if perspective and (course is None or perspective not in course.perspectives):
            raise UsageError("There is no such perspective in this course.")
        enrollment.perspective = perspective or None


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
    went = {delivery.lesson or "" for delivery, _ in session.execute(queries.lessons_sent(enrollment.id))}
    return {slug for slug in went if course is not None and course.lesson(slug) is not None}


def of_link(parts: Parts, session: Session, token: str) -> tuple[Delivery, Enrollment]:
    """The mail that holds this link to a reader's page, and whose it is. Raises NotFound; Gone if all that is known of them is erased."""
    return stay.of_delivery(session, parts.keys.read_web_token(token, "me"))
