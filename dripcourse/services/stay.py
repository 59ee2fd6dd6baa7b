"""While a reader is in a course: their slot, pausing and resuming, and leaving."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery, Enrollment
from dripcourse.db.personal import erasure_of
from dripcourse.domain.delivery import DeliveryState, Kind
from dripcourse.domain.enrollment import LIVE, EnrollmentState, LeftReason, PauseReason
from dripcourse.domain.errors import Gone, NotFound, UsageError
from dripcourse.domain.pacing import DEFAULT_HOUR, HOLD_MOST, Pace, Slot, due_again, first_slot, offset_minutes
from dripcourse.services.journal import Fact
from dripcourse.services.parts import Parts


def slot_of(enrollment: Enrollment) -> Slot:
    """A reader's slot."""
    hour = DEFAULT_HOUR if enrollment.hour is None else enrollment.hour
    return Slot(enrollment.weekday or 0, hour, enrollment.zone, enrollment.offset_minutes)


def set_due(enrollment: Enrollment, due: datetime | None, *, promised: datetime | None = None) -> None:
    """When the next lesson is due, and may be claimed; None while one is in hand or nothing is to come."""
    enrollment.due_at = enrollment.wake_at = due
    enrollment.promised_at = promised


def pause(parts: Parts, ident: str, reason: PauseReason, *, until: datetime | None = None) -> None:
    """Stand still, until an instant or until told. What was claimed and not yet on the wire is taken back. Repeating it is harmless."""
    with parts.db.write() as session:
        enrollment = _live(session, ident)
        if enrollment.state is EnrollmentState.PENDING:
            raise UsageError("This enrollment was never confirmed, so there is nothing to pause.")
        stand_still(session, enrollment, reason, until=until)


def stand_still(
    session: Session, enrollment: Enrollment, reason: PauseReason, *, until: datetime | None = None
) -> None:
    """As `pause`, for an active or paused enrollment that is held in the caller's transaction."""
    enrollment.state, enrollment.pause_reason, enrollment.paused_until = EnrollmentState.PAUSED, reason, until
    set_due(enrollment, None)
    _take_back(session, enrollment)


def resume(parts: Parts, ident: str, now: datetime) -> None:
    """Go on: the next lesson comes at the first slot that the pace allows. Repeating it is harmless."""
    with parts.db.write() as session:
        enrollment = _live(session, ident)
        if enrollment.state is EnrollmentState.PAUSED:
            go_on(session, enrollment, now)


def resume_due(parts: Parts, now: datetime) -> int:
    """Resume whoever's pause was to last until now; returns how many."""
    with parts.db.write() as session:
        over = session.scalars(queries.pauses_over(now)).all()
        for enrollment in over:
            go_on(session, enrollment, now)
        return len(over)


def resume_waiting(parts: Parts, now: datetime) -> int:
    """Resume whoever stands still because their course had gone, if it is there again; returns how many."""
    with parts.db.write() as session:
        back = session.scalars(queries.waiting_for_courses(parts.library.courses.keys())).all()
        for enrollment in back:
            go_on(session, enrollment, now)
        return len(back)


def leave(parts: Parts, token: str, now: datetime) -> None:
    """End the course that a mail's leave link belongs to; met with silence. Repeating it is harmless. Raises NotFound."""
    with parts.db.write() as session:
        enrollment = of_delivery(session, parts.keys.read_web_token(token, "leave"))[1]
        if enrollment.state in LIVE:
            end(parts, session, enrollment, LeftReason.ASKED, now)


def has_left(parts: Parts, token: str) -> bool:
    """Whether the course that a leave link belongs to has ended for its reader. Changes nothing. Raises NotFound."""
    with parts.db.read() as session:
        return of_delivery(session, parts.keys.read_web_token(token, "leave"))[1].state not in LIVE


def course_of_link(parts: Parts, token: str) -> str:
    """The course that a leave link belongs to. Raises NotFound."""
    with parts.db.read() as session:
        return of_delivery(session, parts.keys.read_web_token(token, "leave"))[1].course


def end(parts: Parts, session: Session, enrollment: Enrollment, reason: LeftReason, now: datetime) -> None:
    """End an enrollment for good, in the caller's transaction; what was not yet on the wire is taken back."""
    parts.journal.note(Fact.STOPPED, [enrollment.id], now)
    enrollment.state, enrollment.left_reason, enrollment.ended_at = EnrollmentState.LEFT, reason, now
    enrollment.pause_reason = enrollment.paused_until = None
    set_due(enrollment, None)
    _take_back(session, enrollment)


def change_pace(enrollment: Enrollment, pace: Pace, now: datetime) -> None:
    """Another pace, in the caller's transaction; what is due moves with it, never sooner than the pace allows."""
    enrollment.pace = pace
    if enrollment.state is EnrollmentState.ACTIVE and enrollment.due_at is not None:
        set_due_again(enrollment, now)


def put_off(enrollment: Enrollment, until: datetime, now: datetime) -> bool:
    """The next lesson at the first slot from `until` on, eight weeks at most, if that is later than it was due; whether it was put off.

    One that is in hand already is not put off, nor is the welcome.
    """
    if enrollment.state is not EnrollmentState.ACTIVE or enrollment.due_at is None or enrollment.last_number < 0:
        return False
    due = first_slot(slot_of(enrollment), min(until, now + HOLD_MOST))
    if due <= enrollment.due_at:
        return False
    set_due(enrollment, due)  # the day that was promised is forgotten: the delay is not ours
    return True


def change_slot(enrollment: Enrollment, slot: Slot, now: datetime) -> None:
    """Another day, hour or zone, in the caller's transaction; what is due moves with it, never sooner than the pace allows."""
    enrollment.weekday, enrollment.hour = slot.weekday, slot.hour
    enrollment.zone, enrollment.offset_minutes = slot.zone, offset_minutes(slot.zone, now)
    if enrollment.state is EnrollmentState.ACTIVE and enrollment.due_at is not None:
        set_due_again(enrollment, now)


def set_due_again(enrollment: Enrollment, now: datetime) -> None:
    """The next lesson at the first slot that the pace allows from now on; the welcome at once."""
    after_welcome = enrollment.last_number == 0
    due = due_again(slot_of(enrollment), enrollment.pace, enrollment.last_accepted_at, now, after_welcome=after_welcome)
    set_due(enrollment, due)


def go_on(session: Session, enrollment: Enrollment, now: datetime) -> None:
    """As `resume`, for a paused enrollment that is held in the caller's transaction."""
    enrollment.state = EnrollmentState.ACTIVE
    enrollment.pause_reason = enrollment.paused_until = None
    if session.execute(queries.in_hand([enrollment.id])).first() is not None:
        return  # a lesson is held or unsure: the enrollment waits for it
    set_due_again(enrollment, now)


def _take_back(session: Session, enrollment: Enrollment) -> None:
    """A claimed lesson was never on the wire, so its row may go; one that is being sent stays, and is the last."""
    session.flush()
    session.execute(
        delete(Delivery).where(
            Delivery.enrollment_id == enrollment.id,
            Delivery.kind == Kind.LESSON,
            Delivery.state == DeliveryState.CLAIMED,
        )
    )


def _live(session: Session, ident: str) -> Enrollment:
    enrollment = session.get(Enrollment, ident, with_for_update=True)
    if enrollment is None or enrollment.state not in LIVE:
        raise NotFound("There is no running enrollment by that id.")
    return enrollment


def of_delivery(session: Session, ident: str | None) -> tuple[Delivery, Enrollment]:
    """The mail of that id, which a link of ours named (None: it was not ours), and whose it is.

    Raises NotFound; Gone if it was erased, or is just being erased.
    """
    delivery = session.get(Delivery, ident) if ident else None
    if ident and delivery is None:
        raise Gone("What this link belonged to is not kept any more.")
    if delivery is None or delivery.enrollment_id is None or delivery.revoked_at is not None:
        raise NotFound("This link is not one of ours, or it is too old.")
    enrollment = session.get_one(Enrollment, delivery.enrollment_id)
    if session.scalars(erasure_of(enrollment.subscriber_id)).first() is not None:
        raise Gone("What this link belonged to is just being erased.")
    return delivery, enrollment
