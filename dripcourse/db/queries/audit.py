"""What `doctor privacy` asks a database that it only looks at: what stands in its columns as it is, and what should have gone by now."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Delete,
    Select,
    String,
    Text,
    TypeDecorator,
    Update,
    delete,
    func,
    select,
    true,
    type_coerce,
)
from sqlalchemy.orm import Session

from dripcourse.db import copying
from dripcourse.db.models import (
    Base,
    Beat,
    Delivery,
    Enrollment,
    Erasure,
    Inbound,
    ReaderKey,
    Reply,
    Signup,
    Subscriber,
)
from dripcourse.db.queries import quarantine, replies, retention
from dripcourse.db.queries.sealed import PLACES
from dripcourse.domain.delivery import Kind
from dripcourse.domain.enrollment import EnrollmentState

HEAD_BYTES = 96
"""So much of something sealed shows its form."""


def texts_like_addresses(table: str, column: str) -> Select[str] | None:
    """Every text in a column that has an @ in it; None if the column holds no texts."""
    found = Base.metadata.tables[table].columns[column]
    kind = found.type.impl if isinstance(found.type, TypeDecorator) else found.type
    as_text = type_coerce(found, Text())  # an enumeration would refuse to be asked for anything but its words
    return select(as_text).where(as_text.like("%@%")) if isinstance(kind, String) else None


def heads(table: str, column: str, *, ours: bool | None = None) -> Select[bytes, int]:
    """(first bytes, length) of everything in a column of sealed things; `ours`: only what REPLY_KEYS sealed, or only what they did not."""
    found = Base.metadata.tables[table].columns[column]
    place = next(
        (each for each in PLACES if (each.column.class_.__tablename__, each.column.key) == (table, column)), None
    )
    by_us: ColumnElement[bool] = place.ours if place and place.ours is not None else true()
    which = true() if ours is None else by_us if ours else ~by_us
    return select(func.substr(found, 1, HEAD_BYTES), func.length(found)).where(found.is_not(None), which)


def addresses(limit: int) -> Select[str, bytes, bytes]:
    """(id, sealed address, its fingerprint) of some readers."""
    return select(Subscriber.id, Subscriber.address_sealed, Subscriber.address_index).limit(limit)


def phrase_keys() -> Select[str, bytes]:
    """(id, what is locked) of every reader's key that a phrase locks, and not REPLY_KEYS."""
    return select(ReaderKey.id, ReaderKey.wrapped_private).where(ReaderKey.wrapped_by != "reply-keys")


def host_copies(*, rightly: bool) -> Select[int]:
    """How many copies the host has of what readers share now; or of anything else."""
    shared = Reply.shared_at.is_not(None) & Reply.deleted_at.is_(None)
    which = shared if rightly else ~shared
    return select(func.count()).select_from(Reply).where(Reply.host_sealed.is_not(None), which)


def replies_by_mail(*, copied: bool) -> Select[int]:
    """How many replies came by mail; or those of which the copy that they arrived as is here still."""
    found = select(func.count()).select_from(Reply).join(Inbound, Inbound.id == Reply.inbound_id)
    return found.where(Inbound.raw_sealed.is_not(None)) if copied else found


def past(
    *,
    signup: datetime,
    confirm: datetime,
    arrival: datetime,
    asked: datetime,
    unasked: datetime,
    deleted: datetime,
    ended: datetime,
    answers: datetime,
    events: datetime,
    erasure: datetime,
    beat: datetime,
) -> Iterator[tuple[str, Select[int]]]:
    """(what, how many) is older than each instant says, and should have gone; nothing of it if all clocks of retention run.

    Where a statement deletes it, that statement's own condition is asked.
    """
    told: dict[str, Delete | Update] = {
        "sign-ups": delete(Signup).where(Signup.requested_at < signup, Signup.handled_at.is_not(None)),
        "unconfirmed readers": delete(Enrollment).where(
            Enrollment.created_at < signup, Enrollment.state == EnrollmentState.PENDING
        ),
        "confirmations": delete(Delivery).where(Delivery.kind == Kind.CONFIRM, Delivery.claimed_at < confirm),
        "messages of nobody": quarantine.forget_raw(arrival, "", told=asked, at_last=unasked),
        "deleted replies": replies.deleted_before(deleted),
        "retired keys": replies.keys_without_use(deleted),
        "replies of courses that ended": retention.replies_ended_before(ended),
        "answers to mails": retention.forget_answers(answers),
        "provider's events": retention.events_handled_before(events),
        "erasures that were asked for": delete(Erasure).where(Erasure.asked_at < erasure),
        "beats": delete(Beat).where(Beat.beat_at < beat),
    }
    for what, statement in told.items():
        yield (
            what,
            select(func.count())
            .select_from(statement.table)
            .where(statement.whereclause if statement.whereclause is not None else true()),
        )


def image(session: Session) -> bytes | None:
    """Every byte of an embedded database, as this session sees it; None for a server's."""
    if session.get_bind().dialect.name != "sqlite":
        return None
    driver = session.connection().connection.driver_connection
    assert driver is not None  # noqa: S101 - a session that is open has one
    found: bytes = driver.serialize()
    return found


def erases(session: Session) -> bool:
    """Whether this embedded database overwrites what it deletes."""
    return session.connection().exec_driver_sql("PRAGMA secure_delete").scalar() == 1


def keys_in(session: Session) -> int:
    """How many readers' private keys stand in a database: in a backup, none."""
    counted = select(func.count()).select_from(ReaderKey).where(ReaderKey.wrapped_private != copying.NO_KEY)
    return session.scalars(counted).one()
