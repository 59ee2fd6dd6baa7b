"""What a process may claim: deliveries and enrollments that are due, and what stands beside them. Statements only."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import (
    Select,
    and_,
    func,
    select,
    true,
)
from sqlalchemy.orm import aliased

from dripcourse.db.models import (
    Delivery,
    Enrollment,
    Subscriber,
)
from dripcourse.db.queries.tick import due_column, wants_reminding
from dripcourse.domain.delivery import DeliveryState, Kind, Reason
from dripcourse.domain.enrollment import EnrollmentState


def deliveries_to_claim(
    now: datetime, limit: int, others: Collection[str] = (), *, least_tried: bool = False
) -> Select[Delivery]:
    """Deliveries nobody holds: fresh ones, retries whose time has come, and claims whose lease has run out; none of `others`' courses."""
    order = (Delivery.fence, Delivery.wake_at) if least_tried else (Delivery.wake_at,)
    mine = Delivery.course.not_in(others) if others else true()
    return (
        select(Delivery)
        .where(Delivery.state == DeliveryState.CLAIMED, Delivery.wake_at <= now, mine)
        .order_by(*order)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )


def enrollments_due(
    now: datetime, limit: int, others: Collection[str] = (), *, any_hour: bool
) -> Select[Enrollment, Subscriber]:
    """Active enrollments whose next lesson may go, and their readers; with `any_hour` also those that would wait for the morning.

    None in a course of `others`: only they have it.
    """
    when = due_column(any_hour=any_hour)
    mine = Enrollment.course.not_in(others) if others else true()
    return (
        select(Enrollment, Subscriber)
        .join(Subscriber, Subscriber.id == Enrollment.subscriber_id)
        .where(Enrollment.state == EnrollmentState.ACTIVE, when <= now, mine)
        .order_by(when)
        .limit(limit)
        # their reader too: nobody else claims a lesson of another course for them meanwhile
        .with_for_update(of=[Enrollment, Subscriber], skip_locked=True, key_share=True)
    )


def lessons_beside(enrollments: Collection[str]) -> Select[str, str, str | None, DeliveryState, datetime]:
    """(enrollment, course, slug, state, since) of the lessons of other courses that are about to go, or may have gone, to its reader."""
    mine, other = aliased(Enrollment), aliased(Enrollment)
    going = (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNSURE)
    since = func.coalesce(Delivery.marked_at, Delivery.claimed_at)
    return (
        select(mine.id, Delivery.course, Delivery.lesson, Delivery.state, since)
        .join(other, and_(other.subscriber_id == mine.subscriber_id, other.id != mine.id))
        .join(Delivery, Delivery.enrollment_id == other.id)
        .where(mine.id.in_(enrollments), Delivery.kind == Kind.LESSON, Delivery.state.in_(going))
    )


def reminders_due(now: datetime, limit: int) -> Select[Enrollment, Subscriber]:
    """Active enrollments whose reader is to be told that the next lesson waits for them, and their readers."""
    return (
        select(Enrollment, Subscriber)
        .join(Subscriber, Subscriber.id == Enrollment.subscriber_id)
        .where(*wants_reminding(now))
        .order_by(Enrollment.remind_at)
        .limit(limit)
        .with_for_update(of=Enrollment, skip_locked=True)
    )


def lessons_seen(enrollments: Collection[str]) -> Select[str | None, str | None, Reason, DeliveryState]:
    """(enrollment, slug, reason, state) of every lesson that has a delivery, whatever its state."""
    return select(Delivery.enrollment_id, Delivery.lesson, Delivery.reason, Delivery.state).where(
        Delivery.enrollment_id.in_(enrollments), Delivery.kind == Kind.LESSON
    )
