"""A reader's own key: setting a phrase, changing it, and opening with it. Who guesses is counted before anything is tried.

Argon2 is slow, so it never runs while a transaction is open: what was found before is looked at once more in the one that writes.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import ReaderKey, Subscriber
from dripcourse.domain.errors import DripError, NotFound
from dripcourse.services.crypto.keyring import new_pair
from dripcourse.services.crypto.passphrase import COST, Cost, Locked, WrongPhrase, is_phrase, lock, unlock
from dripcourse.services.parts import Parts

MOST_TRIES = 10
"""Phrases that do not fit, within `WITHIN` of the first of them."""
WITHIN = timedelta(hours=1)


class TooManyTries(DripError):
    """No phrase is tried before `until`, be it the right one."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__("Too many phrases were tried that do not open it.")


class PhraseThere(DripError):
    """A phrase was set already, at `since`, and the one that came now is another. Nothing was changed."""

    def __init__(self, since: datetime) -> None:
        self.since = since
        super().__init__("A phrase was set already.")


@dataclass(frozen=True, slots=True)
class Fresh:
    """A pair of keys, its private half locked with a phrase, that is not in the database yet under this id."""

    ident: str
    public: bytes
    locked: Locked


def in_use(session: Session, subscriber: str) -> ReaderKey | None:
    """The key that a phrase opens and that a reader's words are sealed to now; None if they set no phrase."""
    key = session.scalars(queries.replies.key_of(subscriber)).first()
    return key if key is not None and is_phrase(key.wrapped_by) else None


# ------------------------------------------------------------------------------------------------------------- setting


def with_phrase(
    parts: Parts,
    subscriber: str,
    typed: str,
    ident: str,
    now: datetime,
    act: Callable[[Session, ReaderKey], None],
    cost: Cost = COST,
) -> None:
    """Set a reader's phrase under `ident`, a fresh id, and do `act` in the same transaction: from now on their words are sealed to a new pair.

    What was written before stays as it was, and no mail opens their words from then on. Repeating it with the same `ident` and phrase
    does `act` alone. Slow by intent. Raises PhraseThere if another phrase was set first (two tabs, say), TooManyTries, Busy, NotFound.
    """
    for _ in range(2):
        fresh = _prepare(parts, subscriber, typed, ident, now, cost)
        try:
            with parts.db.write() as session:
                act(session, _put(session, subscriber, fresh, now) if fresh else _still(session, subscriber, ident))
            return
        except PhraseThere:
            if fresh is None:
                raise
            # somebody was quicker: perhaps this very press, come twice


def _prepare(parts: Parts, subscriber: str, typed: str, ident: str, now: datetime, cost: Cost) -> Fresh | None:
    """A pair for a reader who has no phrase yet; None if this very phrase was set under `ident` before."""
    with parts.db.read() as session:
        key = in_use(session, subscriber)
    if key is None:
        public, private = new_pair()
        return Fresh(ident, public, lock(private, typed, ident, cost))
    if key.id == ident:
        with suppress(WrongPhrase):
            open_key(parts, key.id, typed, now)
            return None
    raise PhraseThere(key.created_at)  # whoever typed this one must not believe that it is theirs


def _still(session: Session, subscriber: str, ident: str) -> ReaderKey:
    key = in_use(session, subscriber)
    if key is None or key.id != ident:
        raise NotFound("This was deleted.")
    return key


def _put(session: Session, subscriber: str, fresh: Fresh, now: datetime) -> ReaderKey:
    session.get_one(Subscriber, subscriber, with_for_update=True)
    if (there := in_use(session, subscriber)) is not None:
        raise PhraseThere(there.created_at)
    return put_in_use(session, subscriber, fresh, now)


def put_in_use(session: Session, subscriber: str, fresh: Fresh, now: datetime) -> ReaderKey:
    """From now on a reader's words are sealed to this pair, and no mail opens them; in the caller's transaction."""
    reader = session.get_one(Subscriber, subscriber, with_for_update=True)
    session.execute(queries.replies.retire_keys(subscriber, now))
    reader.phrase_since, reader.reads_alone = reader.phrase_since or now, False
    key = ReaderKey(
        id=fresh.ident,
        subscriber_id=subscriber,
        public_key=fresh.public,
        wrapped_private=fresh.locked.wrapped,
        wrapped_by=fresh.locked.by,
        phrase_salt=fresh.locked.salt,
        created_at=now,
    )
    session.add(key)
    session.flush()
    return key


def change(parts: Parts, ident: str, old: str, typed: str, now: datetime) -> None:
    """Lock a key with another phrase; what is sealed to it stays as it is. Repeating it is harmless, and counts as a try.

    Raises as `open_key` does: then nothing was changed.
    """
    try:
        with _counted(parts, ident, now) as before:
            private = unlock(before, old, ident)
    except WrongPhrase:
        open_key(parts, ident, typed, now)  # changed already, by the same press
        return
    locked = lock(private, typed, ident)
    with parts.db.write() as session:
        key = session.get(ReaderKey, ident, with_for_update=True)
        if key is None or key.retired_at is not None:
            raise NotFound("This was deleted.")
        if key.phrase_salt != before.salt:  # another tab was quicker, and the old phrase is the old one no more
            raise WrongPhrase("This phrase does not open it.")
        key.wrapped_private, key.phrase_salt, key.wrapped_by = locked.wrapped, locked.salt, locked.by
    parts.db.scrub()  # what the old phrase opens is nowhere any more


# ------------------------------------------------------------------------------------------------------------- opening


def open_key(parts: Parts, ident: str, typed: str, now: datetime) -> bytes:
    """The private half of a key that a phrase opens. Slow by intent.

    Raises WrongPhrase, TooManyTries, Busy, and NotFound if it was deleted meanwhile.
    """
    with _counted(parts, ident, now) as locked:
        return unlock(locked, typed, ident)


@contextmanager
def _counted(parts: Parts, ident: str, now: datetime) -> Iterator[Locked]:
    """What is to be opened, and one try less. The try is given back if it was none, or if it was right."""
    with parts.db.write() as session:
        key = session.get(ReaderKey, ident, with_for_update=True)
        if key is None or key.retired_at is not None or not is_phrase(key.wrapped_by):
            raise NotFound("There is no phrase any more.")
        _count(key, now)
        locked = Locked(key.wrapped_private, key.phrase_salt or b"", key.wrapped_by)
    try:
        yield locked
    except WrongPhrase:
        raise
    except BaseException:
        _give_back(parts, ident)
        raise
    _give_back(parts, ident)


def _count(key: ReaderKey, now: datetime) -> None:
    since = key.tries_since
    # a clock that was set back is no reason to wait for ever
    if since is None or not timedelta() <= now - since < WITHIN:
        key.tries, key.tries_since = 1, now
        return
    if key.tries >= MOST_TRIES:
        raise TooManyTries(since + WITHIN)
    key.tries += 1


def _give_back(parts: Parts, ident: str) -> None:
    with parts.db.write() as session:
        key = session.get(ReaderKey, ident, with_for_update=True)
        if key is not None and key.tries:
            key.tries -= 1
