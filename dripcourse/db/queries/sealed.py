"""Where things stand that REPLY_KEYS sealed, and the questions that a change of keys asks about them."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, Update, bindparam, func, select, true, update
from sqlalchemy.orm import InstrumentedAttribute

from dripcourse.db.models import Delivery, Enrollment, Inbound, Instance, ReaderKey, Reply, Signup, Subscriber


@dataclass(frozen=True, slots=True)
class Place:
    """A column of sealed things: what it is sealed for, to which row if not to its own, and which rows REPLY_KEYS sealed."""

    column: InstrumentedAttribute[bytes] | InstrumentedAttribute[bytes | None]
    purpose: str
    row: str = ""
    ours: ColumnElement[bool] | None = None
    batch: int = 500
    """How many are held in memory and changed in one transaction."""


PLACES = (
    Place(Subscriber.address_sealed, "address"),
    Place(Signup.payload_sealed, "signup"),
    Place(Enrollment.cover_sealed, "cover"),
    Place(Inbound.raw_sealed, "arrival", batch=4),  # a message may have 30 MB
    Place(Delivery.answer_sealed, "answer"),
    Place(ReaderKey.wrapped_private, "reader-key", ours=ReaderKey.wrapped_by == "reply-keys"),
    Place(Reply.host_sealed, "reply-host"),
    Place(Reply.host_whole_sealed, "reply-host-whole", batch=50),  # with all that the mail quotes
    Place(Instance.key_check, "check", row="instance"),
)


def by_older_keys(place: Place, newest: bytes, after: str | int | None) -> Select[str | int, bytes]:
    """(id, sealed) of a batch of what another key than the `newest` (by its name) sealed, in the order of ids, held until the transaction ends."""
    ident = place.column.class_.id
    older = func.substr(place.column, 1, len(newest)) != newest
    return (
        select(ident, place.column)
        .where(
            place.column.is_not(None),
            place.ours if place.ours is not None else true(),
            older,
            ident > after if after is not None else true(),
        )
        .order_by(ident)
        .limit(place.batch)
        .with_for_update()
    )


def put_anew(place: Place) -> Update:
    """Put `b_sealed` in the place of what stands in row `b_id`."""
    table = place.column.class_.__table__
    return update(table).where(table.c.id == bindparam("b_id")).values({place.column.key: bindparam("b_sealed")})
