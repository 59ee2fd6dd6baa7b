"""What readers write: sealed to a key of their own, private until they share it, gone when they say so.

To keep something only the public half of a reader's key is needed, so what is written need never be readable to be kept.
Reading needs the private half. Until a reader sets a phrase, REPLY_KEYS unwrap it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery, Enrollment, Inbound, ReaderKey, Reply, Subscriber
from dripcourse.domain.errors import NotFound
from dripcourse.services.crypto.keyring import Unsealable, new_id, new_pair, open_with, seal_to
from dripcourse.services.parts import Parts
from dripcourse.services.replies.whole_mail import beyond, without_links

BY_REPLY_KEYS = "reply-keys"
"""How a private key is wrapped; any other word here means that only its reader's phrase unwraps it."""
FROM_PAGE = "page"
"""The sender of what was written on the reader's own page."""
KEPT_DELETED = timedelta(hours=12)
"""With a tidying twice a day, what is deleted is gone within a day."""
_KEY, _TEXT, _RAW, HOST, HOST_WHOLE = "reader-key", "reply-text", "reply-raw", "reply-host", "reply-host-whole"


@dataclass(frozen=True, slots=True)
class Kept:
    """That something was written, and not a word of it; `lesson` is the slug of what it answers, if that is known."""

    id: str
    course: str
    lesson: str | None
    sender: str
    at: datetime
    shared: bool
    by_phrase: bool
    """Whether only its reader's phrase opens it."""


# ------------------------------------------------------------------------------------------------------------- keeping


def keep(
    parts: Parts,
    session: Session,
    *,
    enrollment: Enrollment,
    delivery: Delivery | None,
    text: str,
    raw: bytes | None,
    inbound_id: str | None,
    sender: str,
    now: datetime,
    ident: str | None = None,
    shared: bool = False,
) -> Reply:
    """Keep what somebody wrote in answer to a delivery, sealed to their own key, in the caller's transaction; `shared` if the host may read it.

    If it arrived as `inbound_id`, that arrival's sealed copy is destroyed with the same commit. One arrival, or one `ident`
    (a fresh id if it is None), becomes one reply however often this is called.
    """
    if known := _known(session, ident, inbound_id):
        return known
    key = _key(parts, session, enrollment.subscriber_id, now)
    reply = Reply(
        id=(row := ident or new_id()),
        enrollment_id=enrollment.id,
        delivery_id=delivery.id if delivery else None,
        inbound_id=inbound_id,
        reader_key_id=key.id,
        text_sealed=seal_to(key.public_key, text.encode(errors="replace"), _TEXT, row),
        raw_sealed=None if raw is None else seal_to(key.public_key, raw, _RAW, row),
        sender=sender,
        received_at=now,
    )
    if shared:
        share_words(parts, reply, text, raw, now)
    session.add(reply)
    if inbound_id and (arrival := session.get(Inbound, inbound_id)):
        arrival.raw_sealed = None
    session.flush()
    return reply


def _known(session: Session, ident: str | None, inbound_id: str | None) -> Reply | None:
    if ident and (found := session.get(Reply, ident)):
        return found
    return session.scalars(queries.replies.reply_of_arrival(inbound_id)).first() if inbound_id else None


def _key(parts: Parts, session: Session, subscriber: str, now: datetime) -> ReaderKey:
    """The key a reader's words are sealed to; made when it is first needed, once even if two replies come at the same time."""
    session.get_one(Subscriber, subscriber, with_for_update=True)
    key = session.scalars(queries.replies.key_of(subscriber)).first()
    if key is None:
        public, private = new_pair()
        key = ReaderKey(
            id=(row := new_id()),
            subscriber_id=subscriber,
            public_key=public,
            wrapped_private=parts.keys.seal(private, _KEY, row),
            wrapped_by=BY_REPLY_KEYS,
            created_at=now,
        )
        session.add(key)
        session.flush()
    return key


# ------------------------------------------------------------------------------------------------------------- reading


def read(parts: Parts, session: Session, reply: Reply) -> str:
    """The words of a reply. Raises Unsealable if its key is wrapped by something that only the reader has."""
    return read_with(_private(parts, session, reply), reply)


def read_with(private: bytes, reply: Reply) -> str:
    """The words of a reply that is sealed to the pair of this private key. Raises Unsealable if it is another's."""
    return open_with(private, reply.text_sealed, _TEXT, reply.id).decode()


def read_raw(parts: Parts, session: Session, reply: Reply) -> bytes | None:
    """The whole message a reply came in, as it arrived; None if it came from a page. Raises Unsealable as `read` does."""
    return None if reply.raw_sealed is None else read_raw_with(_private(parts, session, reply), reply)


def read_raw_with(private: bytes, reply: Reply) -> bytes | None:
    """As `read_raw`, of a reply that is sealed to the pair of this private key. Raises Unsealable if it is another's."""
    return None if reply.raw_sealed is None else open_with(private, reply.raw_sealed, _RAW, reply.id)


def _private(parts: Parts, session: Session, reply: Reply) -> bytes:
    return private_of(parts, session.get_one(ReaderKey, reply.reader_key_id))


def private_of(parts: Parts, key: ReaderKey) -> bytes:
    """The private half of a reader's key that REPLY_KEYS unwrap. Raises Unsealable if only its reader's phrase does."""
    if key.wrapped_by != BY_REPLY_KEYS:
        raise Unsealable("This was sealed with a phrase that only its reader knows.")
    return parts.keys.unseal(key.wrapped_private, _KEY, key.id)


def seal_anew(private: bytes, reply: Reply, key: ReaderKey) -> None:
    """Seal a reply, and the message it came in, to another of its reader's keys. Raises Unsealable if `private` does not open it."""
    reply.text_sealed = seal_to(key.public_key, open_with(private, reply.text_sealed, _TEXT, reply.id), _TEXT, reply.id)
    if reply.raw_sealed is not None:
        raw = open_with(private, reply.raw_sealed, _RAW, reply.id)
        reply.raw_sealed = seal_to(key.public_key, raw, _RAW, reply.id)
    reply.reader_key_id = key.id


def kept(session: Session, subscriber: str) -> list[Kept]:
    """What there is of a reader's replies in all courses, newest first, and none of their words."""
    rows = session.execute(queries.replies.replies_of(subscriber))
    return [
        Kept(
            reply.id,
            course,
            lesson,
            reply.sender,
            reply.received_at,
            shared=reply.shared_at is not None,
            by_phrase=by != BY_REPLY_KEYS,
        )
        for reply, course, lesson, by in rows
    ]


def count(session: Session, subscriber: str) -> int:
    """How many replies are kept of a reader."""
    return session.scalars(queries.replies.count_of(subscriber)).one()


def as_stored(parts: Parts, subscriber: str) -> list[tuple[Kept, bytes]]:
    """A reader's replies as the database holds them, newest first: each with its sealed words, which nobody can read."""
    with parts.db.read() as session:
        found = kept(session, subscriber)
        rows = session.execute(queries.replies.as_stored([each.id for each in found])).all()
    stored = {ident: sealed for ident, sealed in rows}  # noqa: C416 - rows are no pairs to mypy
    return [(each, stored[each.id]) for each in found]


def find(session: Session, subscriber: str, ident: str) -> Reply:
    """One of a reader's own replies, held until the transaction ends. Raises NotFound for any other, and for a deleted one."""
    reply = session.scalars(queries.replies.reply_for_update(subscriber, ident)).first()
    if reply is None:
        raise NotFound("There is no such reply, or it was deleted.")
    return reply


# ------------------------------------------------------------------------------------------------------------- sharing


def share(parts: Parts, session: Session, reply: Reply, now: datetime) -> None:
    """From now on the host can read this reply. Repeating it is harmless. Raises Unsealable as `read` does."""
    if reply.shared_at is None:
        share_words(parts, reply, read(parts, session, reply), read_raw(parts, session, reply), now)


def share_words(parts: Parts, reply: Reply, words: str, raw: bytes | None, now: datetime) -> None:
    """As `share`, where the words and their mail are at hand: the host's copies are made of them."""
    if reply.shared_at is not None:
        return
    reply.host_sealed, reply.shared_at = parts.keys.seal(words.encode(errors="replace"), HOST, reply.id), now
    if whole := beyond(raw, words):
        whole = without_links(parts.rules, whole)
        reply.host_whole_sealed = parts.keys.seal(whole.encode(errors="replace"), HOST_WHOLE, reply.id)


def take_back(reply: Reply) -> None:
    """From now on the host cannot read this reply; their copy is destroyed. Repeating it is harmless."""
    reply.host_sealed = reply.host_whole_sealed = reply.shared_at = reply.host_read_at = None


# ------------------------------------------------------------------------------------------------------------ deleting


def delete_one(reply: Reply, now: datetime) -> None:
    """Hidden and taken back at once, gone within a day. Repeating it is harmless."""
    take_back(reply)
    reply.deleted_at = reply.deleted_at or now


def delete_all(session: Session, subscriber: str, now: datetime) -> None:
    """Everything a reader wrote, in whatever course: hidden and taken back at once; the words and their key are gone within a day."""
    session.execute(queries.replies.hide_all(subscriber, now))
    session.execute(queries.replies.retire_keys(subscriber, now))


def destroy_deleted(parts: Parts, now: datetime) -> None:
    """Delete for good what was deleted half a day ago, and the keys that nothing is sealed to any more."""
    with parts.db.write() as session:
        session.execute(queries.replies.deleted_before(now - KEPT_DELETED))
        session.execute(queries.replies.keys_without_use(now - KEPT_DELETED))
    parts.db.scrub(wait=False)
