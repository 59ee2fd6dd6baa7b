"""What goes wrong around us and wants a person: kept by whoever met it, read by `/readyz` of every process.

The circuit table has the place for it. Such a row is no circuit: `opened_at` is when the trouble was first met, `probe_at` when it was
last met. It is told for an hour after that, so that what nobody meets any more is forgotten by itself.

What only happens now and then, a backup for one, has a row of the same form: `failures` is how often it happened since `opened_at`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from dripcourse.db import once, queries
from dripcourse.db.models import Circuit
from dripcourse.services.parts import Parts

LASTS = timedelta(hours=1)
_NOT_OFTENER = timedelta(minutes=1)
_PREFIX, _HAPPENED = "trouble:", "happened:"


def note(parts: Parts, name: str, says: str, now: datetime) -> None:
    """Keep that `name` is in trouble; `says` is a sentence for the host, without an address in it. Raises DatabaseAway."""
    with parts.db.read() as session:
        row = session.get(Circuit, _PREFIX + name)
        if row and row.probe_at and row.reason == says and abs(now - row.probe_at) < _NOT_OFTENER:
            return
    lasts = row is not None and row.probe_at is not None and abs(now - row.probe_at) <= LASTS
    since = row.opened_at if row and lasts else None
    with parts.db.write() as session:
        session.merge(
            Circuit(transport=_PREFIX + name, opened_at=since or now, probe_at=now, failures=0, reason=says[:255])
        )


def stands(session: Session, name: str) -> bool:
    """Whether `name` was in trouble, and nobody has said that it is over."""
    return session.get(Circuit, _PREFIX + name) is not None


def over(session: Session, name: str) -> None:
    """It works again."""
    session.execute(delete(Circuit).where(Circuit.transport == _PREFIX + name))


def told(session: Session, now: datetime) -> Sequence[tuple[str, str, datetime | None]]:
    """(name, what it says, since when) of every trouble that was met within the hour."""
    rows = session.scalars(queries.arrivals.troubles(_PREFIX, now - LASTS))
    return [(row.transport.removeprefix(_PREFIX), row.reason, row.opened_at) for row in rows]


def count(session: Session, name: str, now: datetime, *, lasts: timedelta) -> None:
    """Keep that `name` happened, in the caller's transaction; the count begins anew after a time of `lasts` without it."""
    once.keep_once(session, Circuit, [{"transport": _HAPPENED + name, "opened_at": now, "failures": 0, "reason": ""}])
    row = session.get_one(Circuit, _HAPPENED + name, with_for_update=True, populate_existing=True)
    goes_on = row.probe_at is not None and abs(now - row.probe_at) <= lasts
    row.opened_at, row.failures = (row.opened_at, row.failures + 1) if goes_on else (now, 1)
    row.probe_at = now
    session.flush()


def counted(session: Session, name: str) -> Circuit | None:
    """When `name` happened last (`probe_at`), how often (`failures`) and since when (`opened_at`); None if it never did."""
    return session.get(Circuit, _HAPPENED + name)
