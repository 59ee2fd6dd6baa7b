"""Many mails sent back or refused at once: the circuit for lessons, which keeps a block list at one large provider from emptying a course.

It opens when, of the last day, the lessons of three or more readers were sent back or refused: one in five of all, or one in twenty at
three or more domains (with ten thousand readers a few come back on any day).
Open, one lesson goes in six hours, and what the host sends again; all other mail goes as ever. When a lesson that went since has not
come back for six hours it closes by itself. The domains are counted from the sealed addresses, in memory, and kept nowhere.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Circuit
from dripcourse.services.parts import Parts

log = logging.getLogger(__name__)

NAME = "returned"
REST = timedelta(hours=6)
"""For so long a lesson is watched: what comes back mostly does so within minutes."""
_LATELY = timedelta(days=1)
_LEAST, _DOMAINS, _SHARE, _SHARE_OF_SEVERAL = 3, 3, 0.2, 0.05
_LOOKED_AT = 200
"""Addresses that are unsealed to count their domains."""


def look(parts: Parts, now: datetime) -> None:
    """Open the circuit if many mails came back or were refused; asked when one more did. Open, each that comes back keeps it so."""
    with parts.db.write() as session:
        row = session.scalars(queries.delivery.circuit(NAME).with_for_update()).first()
        closed_at = row.probe_at if row and row.opened_at is None else None
        since = max(now - _LATELY, closed_at or now - _LATELY)
        readers, detail = _sent_back(session, since)
        if row is not None and row.opened_at is not None:
            row.probe_at, row.failures = now + REST, max(row.failures, len(readers))
        elif len(readers) >= _LEAST and _many(parts, session, readers, since):
            opened = Circuit(
                transport=NAME, opened_at=now, probe_at=now + REST, failures=len(readers), reason=detail[:255]
            )
            session.merge(opened)
            log.error(
                "Mails to %d readers were sent back or refused: lessons wait, and one in six hours tries.", len(readers)
            )


def _sent_back(session: Session, since: datetime) -> tuple[list[bytes], str]:
    """The readers whose mail was sent back or refused since then, and the newest words of the other side."""
    found = session.execute(queries.bounced.sent_back(since)).all()
    return list({recipient for recipient, _ in found}), found[0][1] if found else ""


def _many(parts: Parts, session: Session, readers: list[bytes], since: datetime) -> bool:
    went = session.scalars(queries.bounced.went(since)).one()
    if len(readers) >= _SHARE * went:
        return True
    return len(readers) >= _SHARE_OF_SEVERAL * went and _domains(parts, session, readers)


def _domains(parts: Parts, session: Session, readers: list[bytes]) -> bool:
    found = set[str]()
    for subscriber in session.scalars(queries.enrollment.subscriber_by_index(readers[:_LOOKED_AT])):
        address = parts.keys.unseal(subscriber.address_sealed, "address", subscriber.id).decode()
        found.add(address.rpartition("@")[2].lower())
    return len(found) >= _DOMAINS


def may_claim(session: Session, limit: int, now: datetime) -> int:
    """How many lessons may be claimed: all, one to see whether they are taken again, or none. In the caller's transaction."""
    row = session.scalars(queries.delivery.circuit(NAME)).first()
    if row is None or row.opened_at is None:
        return limit
    if row.probe_at is not None and now < row.probe_at <= now + REST:
        return 0
    if session.scalar(queries.bounced.stayed(row.opened_at, now - REST)) is not None:
        log.warning("Lessons are taken again.")
        row.opened_at, row.probe_at, row.failures, row.reason = None, now, 0, ""
        return limit
    taken = (
        update(Circuit)
        .where(Circuit.transport == NAME, Circuit.probe_at == row.probe_at)
        .values(probe_at=now + REST)
        .returning(Circuit.transport)
    )
    return min(limit, 1) if session.execute(taken).first() is not None else 0
