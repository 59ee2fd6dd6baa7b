"""The questions about what a mail provider told us. Statements only, as in `queries`."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from dripcourse.db.models import Circuit, Delivery, ProviderEvent
from dripcourse.domain.delivery import DeliveryState

FROM_MAIL = "mail:"
"""How the id of an event begins that was told by a mail and not by a provider."""


def events_to_handle(now: datetime, limit: int) -> Select[ProviderEvent]:
    """Events that nobody has handled, first come first; those about a sending that is on the wire just now wait for its record."""
    on_the_wire = and_(Delivery.state == DeliveryState.SENDING, Delivery.wake_at > now)
    return (
        select(ProviderEvent)
        .where(
            ProviderEvent.handled_at.is_(None), ~exists().where(Delivery.id == ProviderEvent.delivery_id, on_the_wire)
        )
        .order_by(ProviderEvent.received_at, ProviderEvent.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )


def deliveries_named(ids: Collection[str]) -> Select[Delivery]:
    """These deliveries, held until the transaction ends; always in one order, so that two who hold some never wait for each other."""
    return select(Delivery).where(Delivery.id.in_(ids)).order_by(Delivery.id).with_for_update()


def attempts_of(ids: Collection[str]) -> Select[str, int, datetime | None]:
    """(id, fence, when it was accepted) of these deliveries, as far as they exist."""
    return select(Delivery.id, Delivery.fence, Delivery.accepted_at).where(Delivery.id.in_(ids))


def bounces_of(recipient: bytes, kind: str, begin: datetime, end: datetime) -> Select[int]:
    """How many handled events of a kind there are about mail to somebody, within a span."""
    return (
        select(func.count())
        .select_from(ProviderEvent)
        .join(Delivery, Delivery.id == ProviderEvent.delivery_id)
        .where(
            Delivery.recipient == recipient,
            ProviderEvent.kind == kind,
            ProviderEvent.handled_at.is_not(None),
            ProviderEvent.happened_at >= begin,
            ProviderEvent.happened_at < end,
        )
    )


def silence_speaks(delivery: Delivery, mark: datetime, *, within: timedelta, until: datetime) -> Select[bool]:
    """Whether the absence of events about a delivery means something.

    There is none about it; there are some about sendings shortly before and shortly after it; and of all that the provider said
    it took, from then `until` lately, it told us something about each.
    """
    other = aliased(Delivery)
    # what a mail told us shows nothing about the provider's own events
    heard = exists().where(ProviderEvent.delivery_id == other.id, ~ProviderEvent.id.startswith(FROM_MAIL))
    # nothing changed since it was marked, so the index over changes bounds what is looked at
    since = other.changed_at >= mark - within

    def about_some(*when: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(since, other.id != delivery.id, *when, heard)

    of_itself = exists().where(ProviderEvent.delivery_id == delivery.id)
    before = about_some(other.marked_at >= mark - within, other.marked_at <= mark)
    after = about_some(other.marked_at >= mark, other.marked_at <= mark + within)
    unheard = exists().where(
        since,
        other.provider_ref.is_not(None),
        or_(other.accepted_at >= mark - within),
        other.accepted_at <= until,
        ~heard,
    )
    return select(and_(~of_itself, before, after, ~unheard))


def keys_proven(names: Collection[str]) -> Select[str]:
    """Those of these keys, by name, that have verified something."""
    return select(Circuit.transport).where(Circuit.transport.in_(names))
