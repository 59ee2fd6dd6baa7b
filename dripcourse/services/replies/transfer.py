"""What a reader wrote, when they move: it comes along only by their phrase, typed at the new address; else it stays where it was.

The pair that seals their words is locked anew with the same phrase for the new address, so nobody reads a word on the way.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery, Enrollment, ReaderKey
from dripcourse.services.crypto.keyring import new_id
from dripcourse.services.crypto.passphrase import Locked, lock
from dripcourse.services.parts import Parts
from dripcourse.services.replies import reader_keys, store
from dripcourse.services.replies.reader_keys import Fresh


@dataclass(frozen=True, slots=True)
class Brought:
    """A reader's key at the old address, opened by their phrase, and locked with it once more for the new one."""

    old: str
    private: bytes
    new: str
    locked: Locked


def waits(session: Session, enrollment: str) -> bool:
    """Whether an enrollment has words that a phrase would bring along."""
    row = session.get(Enrollment, enrollment)
    key = reader_keys.in_use(session, row.subscriber_id) if row else None
    return key is not None and session.scalars(queries.privacy.written_in(enrollment, key.id)).first() is not None


def open_words(parts: Parts, enrollment: str, typed: str, now: datetime) -> Brought | None:
    """Open what an enrollment's reader wrote with their phrase; None if there is nothing to open. Slow by intent, in no transaction.

    Raises WrongPhrase, TooManyTries, Busy: then nothing was changed.
    """
    with parts.db.read() as session:
        row = session.get(Enrollment, enrollment)
        key = reader_keys.in_use(session, row.subscriber_id) if row else None
    if key is None:
        return None
    private, ident = reader_keys.open_key(parts, key.id, typed, now), new_id()
    return Brought(key.id, private, ident, lock(private, typed, ident))


def bring(session: Session, old: Enrollment, new: Enrollment, brought: Brought, now: datetime) -> None:
    """Move the words that were opened to the new enrollment, each beside the lesson that it answers, in the caller's transaction."""
    found = session.scalars(queries.privacy.written_in(old.id, brought.old)).all()
    if not found:
        return
    key = reader_keys.in_use(session, new.subscriber_id) or _put(session, new.subscriber_id, brought, now)
    answered = {mail.lesson: mail.id for mail in session.scalars(queries.privacy.lessons_had(new.id))}
    for reply in found:
        mail = session.get(Delivery, reply.delivery_id) if reply.delivery_id else None
        reply.enrollment_id, reply.delivery_id = new.id, answered.get(mail.lesson) if mail else None
        if key.id == brought.new:
            reply.reader_key_id = key.id  # the same pair: what is sealed to it stays as it is
        else:
            store.seal_anew(brought.private, reply, key)
    session.flush()


def _put(session: Session, subscriber: str, brought: Brought, now: datetime) -> ReaderKey:
    old = session.get_one(ReaderKey, brought.old)
    return reader_keys.put_in_use(session, subscriber, Fresh(brought.new, old.public_key, brought.locked), now)
