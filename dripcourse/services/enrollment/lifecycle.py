"""While a reader is in a course: their slot, when the next lesson is due, waiting, pausing and resuming, and leaving."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery, Enrollment
from dripcourse.domain.delivery import DeliveryState, Kind
from dripcourse.domain.enrollment import LIVE, EnrollmentState, LeftReason, PauseReason
from dripcourse.domain.errors import NotFound, UsageError
from dripcourse.domain.pacing import (
    COURSE_AWAY,
)
from dripcourse.services.enrollment.schedule import move_due, none_due, set_due_again
from dripcourse.services.journal import Fact
from dripcourse.services.links import of_delivery
from dripcourse.services.parts import Parts


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
    none_due(enrollment)
    take_back(session, enrollment)


def resume(parts: Parts, ident: str, now: datetime) -> None:
    """Go on as before: the next lesson comes at the first slot that the pace allows, or waits as it did. Repeating it is harmless."""
    with parts.db.write() as session:
        enrollment = _live(session, ident)
        if enrollment.state is EnrollmentState.PAUSED:
            go_on(session, enrollment, now)


def resume_due(parts: Parts, now: datetime) -> int:
    """Resume whoever's pause was to last until now; returns how many."""
    with parts.db.write() as session:
        over = session.scalars(queries.enrollment.pauses_over(now)).all()
        for enrollment in over:
            go_on(session, enrollment, now)
        return len(over)


def resume_waiting(parts: Parts, now: datetime) -> int:
    """Resume whoever stands still because their course had gone, if it is there again; returns how many."""
    with parts.db.write() as session:
        back = session.scalars(queries.enrollment.waiting_for_courses(parts.library.courses.keys())).all()
        for enrollment, due in [(each, each.due_at or now - COURSE_AWAY) for each in back]:
            go_on(session, enrollment, now)
            if due > now - COURSE_AWAY and enrollment.due_at is not None:
                move_due(enrollment, due, now)
        return len(back)


def leave(parts: Parts, token: str, now: datetime) -> None:
    """End the course that a mail's leave link belongs to; met with silence. Repeating it is harmless. Raises NotFound."""
    with parts.db.write() as session:
        enrollment = of_delivery(session, parts.keys.read_web_token(token, "leave"))[1]
        if enrollment.state in LIVE:
            end(parts, session, enrollment, LeftReason.ASKED, now)


def end(parts: Parts, session: Session, enrollment: Enrollment, reason: LeftReason, now: datetime) -> None:
    """End an enrollment for good, in the caller's transaction; what was not yet on the wire is taken back."""
    parts.journal.note(session, Fact.STOPPED, [enrollment.id], now)
    enrollment.state, enrollment.left_reason, enrollment.ended_at = EnrollmentState.LEFT, reason, now
    enrollment.pause_reason = enrollment.paused_until = None
    enrollment.waits = False
    none_due(enrollment)
    take_back(session, enrollment)
    session.execute(queries.delivery.give_up(enrollment.id))


def go_on(session: Session, enrollment: Enrollment, now: datetime) -> None:
    """As `resume`, for a paused enrollment that is held in the caller's transaction."""
    enrollment.state = EnrollmentState.ACTIVE
    enrollment.pause_reason = enrollment.paused_until = None
    if (
        session.execute(queries.delivery.in_hand([enrollment.id])).first() is None
    ):  # else it waits for what is held or unsure
        set_due_again(enrollment, now)


def take_back(session: Session, enrollment: Enrollment) -> None:
    """A claimed lesson was never on the wire, so its row may go; one that is being sent stays, and is the last.

    One that came back and was to go again is held once more.
    """
    session.flush()
    mine = (
        Delivery.enrollment_id == enrollment.id,
        Delivery.kind == Kind.LESSON,
        Delivery.state == DeliveryState.CLAIMED,
    )
    session.execute(queries.delivery.hold_again(*mine))
    session.execute(delete(Delivery).where(*mine))


def _live(session: Session, ident: str) -> Enrollment:
    enrollment = session.get(Enrollment, ident, with_for_update=True)
    if enrollment is None or enrollment.state not in LIVE:
        raise NotFound("There is no running enrollment by that id.")
    return enrollment
