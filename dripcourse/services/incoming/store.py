"""Taking mail in: stored, sealed, before anybody is told yes. What it means is found out later (services/incoming/process).

The same message is one row, whatever door it comes by and however often its sender tries again: same Message-ID, same body.
Some mail programs answer Reply-To and From both, so that one message reaches `r+TOKEN@` and MAIL_FROM; or it has two
recipients, and its mail server hands each a copy. The rule for those:

- While its raw message is here, another copy adds its recipients to the row. If one of them carries a token that was not known,
  the row is to be handled, once more if it was handled without.
- When the raw message has gone (its words are in a reader's journal, or thirty days are over), another copy is nothing new.
- Each order to leave, `leave+TOKEN@`, is a row of its own beside whatever else the same message is: it is never taken for a mere
  copy of a reply, nor of another order.

So a message ends as at most one reply, and its token is known if any copy brought it.
"""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Inbound
from dripcourse.domain.incoming import (
    Arrival,
    Door,
    carries_token,
    delivered_to,
    identity,
    is_ours,
    leaves,
    within_bounds,
)
from dripcourse.services.crypto.keyring import new_id
from dripcourse.services.parts import Parts, Rules, Store

FORGET_AFTER, FORGET_AT_LAST = timedelta(days=30), timedelta(days=60)
"""How long a message is kept that turned out to be nobody's; and how long if it may be a reader's who could not be asked."""
ASKED_FOR = timedelta(days=7)
"""So long a reader has at least to say that it was theirs."""
_ONE_BY_ONE = threading.Lock()
"""Threads of one process queue here: SQLite has one writer, and whoever waits for it there sleeps longer than its turn takes."""
_PURPOSE = "arrival"
_FORGOTTEN = "nobody's: forgotten after 30 days"


def store(parts: Parts | Store, arrival: Arrival, now: datetime) -> bool:
    """Keep a message, sealed and committed, to be handled from `now` on; False if that very message is here already.

    Raises DatabaseAway if it could not be kept: then whoever hands it over must keep it and try again. Of a message that is too
    large the head is kept, and its row says so.
    """
    arrival = within_bounds(arrival)
    known = identity(arrival.raw)
    stored = [_store_one(parts, each, known, now) for each in _apart(arrival)]
    return any(stored)


def read(parts: Parts | Store, row: Inbound) -> Arrival:
    """The message in a row, as it came. Raises Unsealable if its key has gone, or the message itself has."""
    envelope, _, raw = parts.keys.unseal(row.raw_sealed or b"", _PURPOSE, row.id).partition(b"\n")
    said = json.loads(envelope)
    return Arrival(Door(row.door), raw, size=row.size, **said | {"rcpt": tuple(said["rcpt"])})


def takes(rules: Rules, address: str) -> bool:
    """Whether we take mail for an address at all."""
    return is_ours(address, rules.reply_domain, (rules.mail_from.address, rules.system_from.address))


def named_recipients(rules: Rules, raw: bytes) -> tuple[str, ...]:
    """Those of our addresses that a mail server wrote down when it delivered a message; for a door that is told no envelope."""
    return tuple(address for address in delivered_to(raw) if takes(rules, address))


def forget_old(parts: Parts, now: datetime) -> None:
    """Drop the raw messages of thirty days ago that were handled and belong to nobody; not before a reader could say that one is theirs."""
    limits = {"told": now - ASKED_FOR, "at_last": now - FORGET_AT_LAST}
    with parts.db.write() as session:
        session.execute(queries.quarantine.forget_raw(now - FORGET_AFTER, _FORGOTTEN, **limits))


def _apart(arrival: Arrival) -> Iterator[Arrival]:
    """The message once for all its recipients, but once more for each that is an order to leave."""
    orders = [address for address in arrival.rcpt if leaves(address)]
    yield from (replace(arrival, rcpt=(order,)) for order in orders)
    others = tuple(address for address in arrival.rcpt if address not in orders)
    if others or not orders:
        yield replace(arrival, rcpt=others)


def _store_one(parts: Parts | Store, arrival: Arrival, known: bytes, now: datetime) -> bool:
    order = next((address.lower() for address in arrival.rcpt if leaves(address)), "")
    digests = parts.keys.arrival_digests(known + order.encode())
    row = _row(parts, arrival, digests[0], now)  # sealed before the transaction, which should be short
    with _ONE_BY_ONE, parts.db.write() as session:
        found = session.scalars(queries.arrivals.arrived(digests)).first() if len(digests) > 1 else None
        if found is None and queries.arrivals.insert_new(session, row):
            return True
        found = found or session.scalars(queries.arrivals.arrived(digests)).one()
        _add_recipients(parts, session, found, arrival, now)
        return False


def _row(parts: Parts | Store, arrival: Arrival, digest: bytes, now: datetime) -> dict[str, object]:
    ident = new_id()
    return {
        "id": ident,
        "digest": digest,
        "door": arrival.door.value,
        "raw_sealed": _sealed(parts, arrival, ident),
        "size": arrival.size,
        "received_at": now,
        "wake_at": now,
        "reason": _reason(parts.rules, arrival),
        "evidence": "",
    }


def _sealed(parts: Parts | Store, arrival: Arrival, ident: str) -> bytes:
    said = {"rcpt": arrival.rcpt, "sender": arrival.sender, "spf": arrival.spf, "dkim": arrival.dkim}
    return parts.keys.seal(b"\n".join((json.dumps(said).encode(), arrival.raw)), _PURPOSE, ident)


def _reason(rules: Rules, arrival: Arrival) -> str:
    """What the host should know of it before anybody has read it."""
    if arrival.note:
        return arrival.note
    if arrival.is_cut:
        return f"too large ({arrival.size:,} bytes): only its head was kept"
    if arrival.rcpt and not any(takes(rules, address) for address in arrival.rcpt):
        return "to none of our addresses"
    return ""


def _add_recipients(parts: Parts | Store, session: Session, row: Inbound, arrival: Arrival, now: datetime) -> None:
    """Another copy of a message: what its recipients tell is added, as long as there is somewhere to add it."""
    if row.raw_sealed is None:
        return
    first = read(parts, row)
    new = set(arrival.rcpt) - set(first.rcpt)
    if not new:
        return
    both = replace(first, rcpt=first.rcpt + arrival.rcpt)
    row.raw_sealed = _sealed(parts, both, row.id)
    row.reason = _reason(parts.rules, both) if row.handled_at is None else row.reason
    if row.handled_at is None or any(carries_token(address) for address in new):
        row.wake_at, row.handled_at = now, None
    session.flush()
