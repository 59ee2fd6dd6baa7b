"""What becomes of a message that arrived: each exactly once, in a transaction with all that it changes.

A message is begun (its attempt counted, so that one which kills its reader does not do so for ever), opened and read outside any
transaction, and then handled in one. Killed at any point, it is begun again when the lease is over. One that cannot be handled is tried
a few times, then set aside with a reason; nobody else waits for it.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Inbound
from dripcourse.domain.errors import DatabaseAway
from dripcourse.domain.incoming import MOST_BYTES
from dripcourse.inbound import Mail, read_mail
from dripcourse.services.crypto.keyring import Unsealable
from dripcourse.services.delivery import clock_repair
from dripcourse.services.delivery.record import back_off
from dripcourse.services.incoming import route, store
from dripcourse.services.incoming.identify import Opened
from dripcourse.services.incoming.route import Done
from dripcourse.services.parts import Parts

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
_BATCH = 50


def handle(parts: Parts, now: datetime) -> int:
    """Handle what has arrived until nothing is left; returns how many messages were. Raises DatabaseAway."""
    _bring_back(parts, now)
    count = 0
    while begun := _begin(parts, now):
        count += sum(_handle_safely(parts, ident, now) for ident in begun)
    if count:
        parts.db.scrub(wait=False)  # what was sealed to its reader shall not stand in the log as it arrived
    return count


def _bring_back(parts: Parts, now: datetime) -> None:
    """A message that waits for a far day was stored by a clock that ran ahead."""
    with parts.db.write() as session:
        for row in session.scalars(queries.incoming.arrivals_beyond(now + clock_repair.FARTHEST)):
            row.wake_at = row.received_at = now


def _begin(parts: Parts, now: datetime) -> Sequence[str]:
    """Messages for this process alone until their lease is over. One that was begun before comes by itself: it may be a killer."""
    with parts.db.write() as session:
        rows = session.scalars(queries.incoming.arrivals_to_handle(now, _BATCH, begun=False)).all()
        rows = rows or session.scalars(queries.incoming.arrivals_to_handle(now, 1, begun=True)).all()
        for row in rows:
            row.attempts += 1
            row.wake_at = now + parts.rules.lease
        return [row.id for row in rows]


def _handle_safely(parts: Parts, ident: str, now: datetime) -> bool:
    """One message that cannot be handled must stop neither the others nor the tick."""
    try:
        return _handle(parts, opened(parts, ident), now)
    except DatabaseAway:
        raise
    except Exception as error:  # noqa: BLE001 - see above
        log.error("arrival %s cannot be handled (%s)", ident, type(error).__name__)
        _put_by(parts, ident, error, now)
        return False


def opened(parts: Parts, ident: str) -> Opened:
    """A stored message, read beside the very lesson it answers. Raises Unsealable if it has gone, or its key."""
    with parts.db.read() as session:
        row = session.get_one(Inbound, ident)
        if row.attempts > MOST_ATTEMPTS:
            raise TimeoutError  # it was begun so often, and whoever began it did not live to say why it failed
        arrival = store.read(parts, row)
        sent, languages = route.beside(parts, session, arrival.rcpt, None)
    rcpt = next(iter(arrival.rcpt), None)
    mail = read_mail(arrival.raw, sent=sent, rcpt=rcpt, languages=languages)
    if sent is None and (mail.references or not arrival.rcpt):
        mail = _read_again(parts, mail, arrival.raw, rcpt, arrival.rcpt or mail.to)
    return Opened(ident, arrival, mail)


def _read_again(parts: Parts, mail: Mail, raw: bytes, rcpt: str | None, addresses: Sequence[str]) -> Mail:
    """It names the mail it answers in its headers only: read beside that one."""
    with parts.db.read() as session:
        sent, languages = route.beside(parts, session, addresses, mail)
    return mail if sent is None else read_mail(raw, sent=sent, rcpt=rcpt, languages=languages)


def _handle(parts: Parts, found: Opened, now: datetime) -> bool:
    """All effects of one message, and that it was handled, in one transaction."""
    with parts.db.write() as session:
        row = _held(session, found.id)
        if row is None or row.wake_at != now + parts.rules.lease:
            return False  # another copy brought another recipient meanwhile, or somebody else has it: it comes up again
        note(row, found, route.handle(parts, session, found, now), now)
        return True


def note(row: Inbound, found: Opened, done: Done, now: datetime) -> None:
    """Write down what became of a message."""
    row.verdict, row.delivery_id = done.verdict, done.delivery
    row.reason = done.reason or (row.reason if row.size > MOST_BYTES else "")  # that only its head is here stays true
    row.evidence = "; ".join(found.mail.evidence)[:2_000]
    row.wake_at, row.handled_at, row.attempts = None, now, 0
    if done.discard:
        row.raw_sealed = None


def _held(session: Session, ident: str) -> Inbound | None:
    return session.get(Inbound, ident, with_for_update=True)


def _put_by(parts: Parts, ident: str, error: Exception, now: datetime) -> None:
    """To be tried again later; after the last time it is set aside, and kept for as long as everything that is nobody's."""
    why = "sealed with a key that is not here" if isinstance(error, Unsealable) else type(error).__name__
    with parts.db.write() as session:
        row = _held(session, ident)
        if row is None or row.handled_at is not None:
            return
        if row.attempts >= MOST_ATTEMPTS:
            row.reason, row.wake_at, row.handled_at = f"could not be handled: {why}", None, now
        else:
            row.reason, row.wake_at = f"to be tried again: {why}", now + back_off(row.attempts)
