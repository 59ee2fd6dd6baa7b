"""The questions about what readers wrote. Statements only, as in `queries`.

A raw message may be large, so whatever lists replies leaves out what is sealed of them.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Delete, Select, Update, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import defer

from dripcourse.db.models import Delivery, Enrollment, Inbound, ReaderKey, Reply

_RAW, _TEXT = defer(Reply.raw_sealed), defer(Reply.text_sealed)
_HOST = defer(Reply.host_sealed), defer(Reply.host_whole_sealed)


def key_of(subscriber: str) -> Select[ReaderKey]:
    """The key that a reader's words are sealed to now: the newest that is in use."""
    return (
        select(ReaderKey)
        .where(ReaderKey.subscriber_id == subscriber, ReaderKey.retired_at.is_(None))
        .order_by(ReaderKey.created_at.desc(), ReaderKey.id)
        .limit(1)
    )


def reply_of_arrival(inbound: str) -> Select[Reply]:
    """The reply that an arrival became."""
    return select(Reply).where(Reply.inbound_id == inbound).options(_RAW)


def _there(subscriber: str) -> ColumnElement[bool]:
    """What a reader wrote, in whatever course, and did not delete."""
    enrollments = select(Enrollment.id).where(Enrollment.subscriber_id == subscriber)
    return and_(Reply.enrollment_id.in_(enrollments), Reply.deleted_at.is_(None))


def answered_among(deliveries: Collection[str]) -> Select[str | None]:
    """Those of these deliveries that their readers wrote an answer to, whether or not they deleted it since."""
    return select(Reply.delivery_id).where(Reply.delivery_id.in_(deliveries))


def reply_for_update(subscriber: str, ident: str) -> Select[Reply]:
    """One reply that a reader wrote and did not delete, held until the transaction ends."""
    return select(Reply).where(Reply.id == ident, _there(subscriber)).options(_RAW).with_for_update()


def replies_of(subscriber: str) -> Select[Reply, str, str | None, str]:
    """(reply, course, lesson, how its key is wrapped) of what a reader wrote and did not delete, newest first."""
    return (
        select(Reply, Enrollment.course, Delivery.lesson, ReaderKey.wrapped_by)
        .join(ReaderKey, ReaderKey.id == Reply.reader_key_id)
        .join(Enrollment, Enrollment.id == Reply.enrollment_id)
        .outerjoin(Delivery, Delivery.id == Reply.delivery_id)
        .where(_there(subscriber))
        .order_by(Reply.received_at.desc(), Reply.id)
        .options(_RAW, _TEXT, *_HOST)
    )


def own_words(subscriber: str) -> Select[Reply, Enrollment, Delivery | None]:
    """What a reader wrote and did not delete, course by course, oldest first: (reply, enrollment, what it answers)."""
    return (
        select(Reply, Enrollment, Delivery)
        .join(Enrollment, Enrollment.id == Reply.enrollment_id)
        .outerjoin(Delivery, Delivery.id == Reply.delivery_id)
        .where(_there(subscriber))
        .order_by(Enrollment.created_at, Enrollment.id, Reply.received_at, Reply.id)
        .options(_RAW, *_HOST)
    )


def not_sealed_to(subscriber: str, key: str) -> Select[str]:
    """The ids of what a reader wrote and did not delete that is sealed to another of their keys than this one."""
    return select(Reply.id).where(_there(subscriber), Reply.reader_key_id != key).order_by(Reply.id)


def is_anything_kept(subscriber: str) -> Select[bool]:
    """Whether anything is there that a reader wrote: kept, or waiting for their word on whose it is."""
    waiting = (
        exists()
        .where(Inbound.delivery_id == Delivery.id, Delivery.enrollment_id == Enrollment.id)
        .where(Enrollment.subscriber_id == subscriber, Inbound.raw_sealed.is_not(None))
    )
    return select(or_(exists().where(_there(subscriber)), waiting))


def count_of(subscriber: str) -> Select[int]:
    """How many replies a reader wrote and did not delete."""
    return select(func.count()).select_from(Reply).where(_there(subscriber))


def shared_replies(enrollment: str) -> Select[Reply, str | None]:
    """(reply, lesson) of what the reader of an enrollment shares with the host, oldest first."""
    return (
        select(Reply, Delivery.lesson)
        .outerjoin(Delivery, Delivery.id == Reply.delivery_id)
        .where(Reply.enrollment_id == enrollment, Reply.shared_at.is_not(None), Reply.deleted_at.is_(None))
        .order_by(Reply.received_at, Reply.id)
        .options(_RAW, _TEXT)
    )


def has_unread() -> ColumnElement[bool]:
    """Whether an enrollment has an answer that is shared and that the host has not seen."""
    unread = (Reply.shared_at.is_not(None), Reply.host_read_at.is_(None), Reply.deleted_at.is_(None))
    return exists().where(Reply.enrollment_id == Enrollment.id, *unread)


def seen_by_host(ids: Collection[str], now: datetime) -> Update:
    """The host has seen these, for the first time."""
    unread = (Reply.id.in_(ids), Reply.shared_at.is_not(None), Reply.host_read_at.is_(None))
    return update(Reply).where(*unread).values(host_read_at=now)


def hide_all(subscriber: str, now: datetime) -> Update:
    """What a reader wrote is deleted from now on, and the host's copies of it are gone."""
    return (
        update(Reply)
        .where(_there(subscriber))
        .values(deleted_at=now, shared_at=None, host_sealed=None, host_whole_sealed=None, host_read_at=None)
    )


def retire_keys(subscriber: str, now: datetime) -> Update:
    """Nothing more is sealed to the keys that a reader has now."""
    return (
        update(ReaderKey)
        .where(ReaderKey.subscriber_id == subscriber, ReaderKey.retired_at.is_(None))
        .values(retired_at=now)
    )


def keys_by(subscriber: str, wrapped_by: str) -> Select[ReaderKey]:
    """A reader's keys that are wrapped in this way, retired ones too."""
    return select(ReaderKey).where(ReaderKey.subscriber_id == subscriber, ReaderKey.wrapped_by == wrapped_by)


def keys_of_nothing(subscriber: str) -> Delete:
    """A reader's retired keys that nothing is sealed to any more."""
    used = exists().where(Reply.reader_key_id == ReaderKey.id)
    return delete(ReaderKey).where(ReaderKey.subscriber_id == subscriber, ReaderKey.retired_at.is_not(None), ~used)


def deleted_before(instant: datetime) -> Delete:
    """The rows of replies that were deleted before an instant."""
    return delete(Reply).where(Reply.deleted_at < instant)


def keys_without_use(instant: datetime) -> Delete:
    """Keys that were retired before an instant and that nothing is sealed to any more."""
    used = exists().where(Reply.reader_key_id == ReaderKey.id)
    return delete(ReaderKey).where(ReaderKey.retired_at < instant, ~used)


def as_stored(replies: Collection[str]) -> Select[str, bytes]:
    """(id, text as it is sealed) of these replies."""
    return select(Reply.id, Reply.text_sealed).where(Reply.id.in_(replies))


def arrivals_about(enrollment: str) -> Select[Inbound]:
    """What arrived in answer to the mails of an enrollment and was handled, newest first; without the messages themselves."""
    return (
        select(Inbound)
        .join(Delivery, Delivery.id == Inbound.delivery_id)
        .where(Delivery.enrollment_id == enrollment, Inbound.handled_at.is_not(None))
        .order_by(Inbound.received_at.desc(), Inbound.id)
        .options(defer(Inbound.raw_sealed), defer(Inbound.evidence))
    )
