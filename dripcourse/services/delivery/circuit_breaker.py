"""The circuit, kept in the database: what one process learns of the wire holds for all of them.

Asked once for each batch that is claimed; written only when something is wrong, or right again. The rules are in `domain/circuit_breaker`.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import reduce

from sqlalchemy import or_, update

from dripcourse.db import once, queries
from dripcourse.db.models import Circuit as Row
from dripcourse.domain.circuit_breaker import LONGEST_REST, PROBE_EVERY, Circuit, Leave
from dripcourse.domain.mail import Outcome
from dripcourse.services.delivery.record import plain
from dripcourse.services.parts import Parts

log = logging.getLogger(__name__)

_WIRE = "wire"
"""An installation has one way out (MAIL_URL), so one circuit."""


def standing(parts: Parts) -> Circuit:
    """The circuit as all processes know it. Raises DatabaseAway."""
    with parts.db.read() as session:
        return _circuit(session.scalar(queries.delivery.circuit(_WIRE)))


def ask_leave(parts: Parts, now: datetime) -> tuple[Circuit, Leave]:
    """What this process may send now, and the circuit it was told by. Of all that ask, one is told to probe, once a minute."""
    circuit = standing(parts)
    leave = circuit.leave(now)
    if leave is Leave.PROBE and not _take_probe(parts, now):
        leave = Leave.WAIT
    return circuit, leave


def _take_probe(parts: Parts, now: datetime) -> bool:
    """Whether this minute's probe is ours: whoever moves `probe_at` on has it."""
    taken = (
        update(Row)
        .where(
            Row.transport == _WIRE,
            Row.opened_at.is_not(None),
            or_(Row.probe_at <= now, Row.probe_at > now + LONGEST_REST),
        )
        .values(probe_at=now + PROBE_EVERY)
        .returning(Row.transport)
    )
    with parts.db.write() as session:
        return session.execute(taken).first() is not None


def note(parts: Parts, known: Circuit, outcomes: Sequence[Outcome], now: datetime) -> Circuit:
    """Carry what was heard on the wire into the circuit, for everybody; returns it as it stands then.

    `known` is the circuit as the caller last had it: where nothing changes in that, the database is not asked.
    """
    if _heard(known, outcomes, now) == known:
        return known
    with parts.db.write() as session:
        once.keep_once(session, Row, [{"transport": _WIRE, "failures": 0, "reason": ""}])
        row = session.scalars(queries.delivery.circuit(_WIRE).with_for_update()).one()
        before = _circuit(row)
        after = _heard(before, outcomes, now)
        row.opened_at, row.probe_at, row.failures = after.opened_at, after.probe_at, after.failures
        row.reason = plain(after.reason)
    if after.opened_at and not before.opened_at:
        log.error("No mail can leave: %s. Nothing is lost: one mail a minute tries.", plain(after.reason))
    if before.opened_at and not after.opened_at:
        log.warning("Mail can leave again.")
    return after


def _heard(circuit: Circuit, outcomes: Sequence[Outcome], now: datetime) -> Circuit:
    return reduce(lambda each, outcome: each.after(outcome, now), outcomes, circuit)


def _circuit(row: Row | None) -> Circuit:
    return Circuit(row.opened_at, row.probe_at, row.failures, row.reason) if row else Circuit()
