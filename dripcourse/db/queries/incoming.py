"""The questions about what becomes of mail that came in. Statements only, as in `queries`."""

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import defer

from dripcourse.db.models import Delivery, Enrollment, Inbound
from dripcourse.domain.delivery import PEOPLE, DeliveryState, Kind
from dripcourse.domain.enrollment import EnrollmentState

_RAW = defer(Inbound.raw_sealed)
_GONE = (
    DeliveryState.ACCEPTED,
    DeliveryState.DELIVERED,
    DeliveryState.DEFERRED,
    DeliveryState.BOUNCED,
    DeliveryState.SENDING,
    DeliveryState.UNSURE,
)


def arrivals_to_handle(now: datetime, limit: int, *, begun: bool) -> Select[Inbound]:
    """Messages whose time has come, oldest first: those nobody has `begun` yet, or those that somebody did and did not end."""
    return (
        select(Inbound)
        .where(Inbound.wake_at <= now, Inbound.attempts > 0 if begun else Inbound.attempts == 0)
        .order_by(Inbound.attempts, Inbound.wake_at, Inbound.id)
        .limit(limit)
        .options(_RAW)
        .with_for_update(skip_locked=True)
    )


def arrivals_beyond(instant: datetime) -> Select[Inbound]:
    """Messages that wait for a day so far ahead that a clock must have been wrong."""
    return select(Inbound).where(Inbound.wake_at > instant).options(_RAW).with_for_update(skip_locked=True)


def newest_lesson(enrollment: str, slug: str | None = None) -> Select[Delivery]:
    """The newest lesson that went to an enrollment; that of a slug, if one is named."""
    wanted = select(Delivery).where(
        Delivery.enrollment_id == enrollment, Delivery.kind == Kind.LESSON, Delivery.state.in_(_GONE)
    )
    named = wanted.where(Delivery.lesson == slug) if slug else wanted
    return named.order_by(Delivery.claimed_at.desc(), Delivery.id).limit(1)


def running_enrollments(subscriber: str) -> Select[str]:
    """The courses that a reader is in the midst of."""
    running = (EnrollmentState.ACTIVE, EnrollmentState.PAUSED)
    return select(Enrollment.id).where(Enrollment.subscriber_id == subscriber, Enrollment.state.in_(running))


def answers_since(recipient: bytes, since: datetime, kind: Kind = Kind.RECEIPT) -> Select[int]:
    """How many answers somebody was sent since an instant, without those that led to people; or how many mails of another kind."""
    return (
        select(func.count())
        .select_from(Delivery)
        .where(Delivery.recipient == recipient, Delivery.kind == kind, Delivery.claimed_at > since)
        .where(~Delivery.key.endswith(PEOPLE))
    )


def set_aside() -> Select[str | None, str, int, datetime]:
    """(verdict, reason, how many, the newest) of messages that were handled and have a reason."""
    return (
        select(Inbound.verdict, Inbound.reason, func.count(), func.max(Inbound.received_at))
        .where(Inbound.handled_at.is_not(None), Inbound.reason != "")
        .group_by(Inbound.verdict, Inbound.reason)
        .order_by(func.count().desc(), Inbound.reason)
    )
