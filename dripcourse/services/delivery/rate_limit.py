"""RATE_PER_SECOND: a rate of the installation. Each process takes its turns from one row of the database before it sends.

The row is in the circuit's table: `probe_at` is the instant from which on the next mail may go.
"""

from datetime import datetime, timedelta

from dripcourse.db import once, queries
from dripcourse.db.models import Circuit
from dripcourse.services.parts import Parts

_ROW = "rate"
_A_MOMENT = timedelta(seconds=1)


def take_turns(parts: Parts, count: int, rate: float, now: datetime, *, within: timedelta) -> datetime | None:
    """The instant of the first of so many turns in a row, each `1 / rate` seconds after the one before.

    None, and no turn is taken, if the first that is free is not `within` that time. Raises DatabaseAway.
    """
    # no turn is taken that far ahead: an instant beyond was written by a clock that was wrong
    farthest = now + within + timedelta(seconds=count / rate) + _A_MOMENT
    with parts.db.write() as session:
        once.keep_once(session, Circuit, [{"transport": _ROW, "failures": 0, "reason": ""}])
        row = session.scalars(queries.delivery.circuit(_ROW).with_for_update()).one()
        free = row.probe_at
        first = free if free is not None and now < free <= farthest else now
        if first > now + within:
            return None
        row.probe_at = first + timedelta(seconds=count / rate)
        return first
