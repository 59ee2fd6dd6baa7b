"""The questions about mails that came back. Statements only, as in `queries`."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, Update, func, or_, select, update

from dripcourse.db.models import Delivery, ProviderEvent
from dripcourse.db.queries.provider_events import FROM_MAIL
from dripcourse.domain.delivery import DeliveryState, Kind, Reason
from dripcourse.domain.events import Told


def held_until(now: datetime) -> Select[Delivery]:
    """Lessons that are held until an instant that has come."""
    return (
        select(Delivery)
        .where(Delivery.state == DeliveryState.HELD, Delivery.wake_at <= now)
        .order_by(Delivery.id)
        .with_for_update(skip_locked=True)
    )


def times_back(delivery: str, kinds: Collection[str]) -> Select[int]:
    """How many handled events of these kinds there are about a delivery."""
    return (
        select(func.count())
        .select_from(ProviderEvent)
        .where(
            ProviderEvent.delivery_id == delivery,
            ProviderEvent.kind.in_(kinds),
            ProviderEvent.handled_at.is_not(None),
        )
    )


_REPORTS = (Told.BOUNCED, Told.NOBODY, Told.COMPLAINT)
_BY_MAIL = (ProviderEvent.id.startswith(FROM_MAIL), ProviderEvent.kind.in_(_REPORTS))


def other_reports(recipient: bytes, delivery: str, begin: datetime, end: datetime) -> Select[str]:
    """Handled reports by mail about other mails to somebody, on another day than that between `begin` and `end`."""
    return (
        select(ProviderEvent.id)
        .join(Delivery, Delivery.id == ProviderEvent.delivery_id)
        .where(
            *_BY_MAIL,
            Delivery.recipient == recipient,
            Delivery.id != delivery,
            ProviderEvent.handled_at.is_not(None),
            or_(ProviderEvent.happened_at < begin, ProviderEvent.happened_at >= end),
        )
        .limit(1)
    )


def reports_of(delivery: str) -> Select[str]:
    """Handled reports by mail that one mail bounced."""
    return select(ProviderEvent.id).where(
        *_BY_MAIL,
        ProviderEvent.delivery_id == delivery,
        ProviderEvent.kind != Told.COMPLAINT,
        ProviderEvent.handled_at.is_not(None),
    )


def clear_reports(recipient: bytes) -> Update:
    """What mails told of somebody counts no more."""
    theirs = select(Delivery.id).where(Delivery.recipient == recipient)
    return (
        update(ProviderEvent)
        .where(*_BY_MAIL, ProviderEvent.delivery_id.in_(theirs), ProviderEvent.handled_at.is_not(None))
        .values(kind=Told.CLEARED.value)
    )


def held_by_report(recipient: bytes) -> Select[Delivery]:
    """Lessons to somebody that are held because a mail alone told that nobody is there."""
    return select(Delivery).where(
        Delivery.recipient == recipient, Delivery.state == DeliveryState.HELD, Delivery.reason == Reason.REPORTED
    )


def back_of(enrollment: str) -> Select[Delivery]:
    """An enrollment's lessons that were accepted, came back, and are held or go again."""
    return select(Delivery).where(
        Delivery.enrollment_id == enrollment,
        Delivery.kind == Kind.LESSON,
        Delivery.accepted_at.is_not(None),
        Delivery.state.in_((DeliveryState.HELD, DeliveryState.CLAIMED)),
    )


def last_accepted(enrollment: str, *, but_for: str) -> Select[datetime | None]:
    """When the newest of an enrollment's other lessons was accepted."""
    return select(func.max(Delivery.accepted_at)).where(
        Delivery.enrollment_id == enrollment, Delivery.kind == Kind.LESSON, Delivery.id != but_for
    )


def sent_back(since: datetime) -> Select[bytes, str]:
    """(recipient, the other side's words) of the lessons that were sent back or refused since an instant, the newest first.

    Confirmations do not count: a stranger may sign up any number of addresses that refuse them.
    """
    states = (DeliveryState.HELD, DeliveryState.BOUNCED, DeliveryState.REFUSED)
    return (
        select(Delivery.recipient, Delivery.detail)
        .where(
            Delivery.kind == Kind.LESSON,
            Delivery.changed_at > since,
            Delivery.state.in_(states),
            Delivery.reason.in_((Reason.POLICY, Reason.RETURNED, Reason.REFUSED)),
        )
        .order_by(Delivery.changed_at.desc())
        .limit(10_000)
    )


def went(since: datetime) -> Select[int]:
    """How many lessons were handed over since an instant, whatever became of them."""
    handed = Delivery.accepted_at.is_not(None) | Delivery.state.in_((DeliveryState.HELD, DeliveryState.REFUSED))
    lesson = Delivery.kind == Kind.LESSON
    return select(func.count()).select_from(Delivery).where(lesson, Delivery.changed_at > since, handed)


def stayed(after: datetime, before: datetime) -> Select[str]:
    """A lesson that was accepted within a span and has not come back."""
    return (
        select(Delivery.id)
        .where(
            Delivery.kind == Kind.LESSON,
            Delivery.changed_at > after,
            Delivery.accepted_at > after,
            Delivery.accepted_at <= before,
            Delivery.state.in_((DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.DEFERRED)),
        )
        .limit(1)
    )
