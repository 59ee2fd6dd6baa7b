"""How a mail leaves: claim, render, mark, send, record. The heart.

    claim    one transaction: what is due gets a Delivery with a lease and a fence
    render   no transaction: words for each; what cannot be rendered is held
    mark     one transaction: a small group goes claimed -> sending, if lease, fence, consent and suppression still allow it
    send     no transaction: the wire
    record   one transaction: what came of it, and when the next lesson is due

Killed at any point, nothing is lost or repeated: an expired claim was never on the wire and simply goes back; an expired sending
is unsure, and `settle` asks for evidence. No transaction is ever open across the wire.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from time import sleep

from sqlalchemy import bindparam, or_, update

from dripcourse.db.models import Delivery, table
from dripcourse.domain.circuit_breaker import Circuit, Leave
from dripcourse.domain.delivery import DeliveryState
from dripcourse.domain.errors import DatabaseAway, DripError
from dripcourse.domain.mail import Later, Outcome, Refused, Unknown
from dripcourse.services.delivery import circuit_breaker
from dripcourse.services.delivery.claim import BATCH, claim
from dripcourse.services.delivery.freshness import require_all
from dripcourse.services.delivery.mark import mark
from dripcourse.services.delivery.rate_limit import take_turns
from dripcourse.services.delivery.record import Counts, hold, record
from dripcourse.services.delivery.retry import insist
from dripcourse.services.journal import Fact
from dripcourse.services.messages.compose import compose
from dripcourse.services.messages.model import Claimed, Ready
from dripcourse.services.parts import Clock, Parts

log = logging.getLogger(__name__)

GROUP_SECONDS = 0.2
"""What a group may take on the wire: the longest that a finished sending waits to be recorded."""
GROUP_MOST = 50
_ROOM = {Leave.GO: BATCH, Leave.PROBE: 1, Leave.WAIT: 0}

_deliveries = table(Delivery)


def dispatch(
    parts: Parts, clock: Clock, *, any_hour: bool = False, stopping: Callable[[], bool] = lambda: False
) -> Counts:
    """Send everything that is due until nothing is left, the wire closes, or `stopping` says so (between two groups).

    `any_hour` for a caller who chose the hour: late lessons do not wait for the reader's morning.
    Raises DatabaseAway: then what was being done was not done, or is unsure and will be settled.
    """
    counts = Counts()
    courier = _Courier(parts, clock)
    more = True
    while more and not courier.closed and not stopping() and (most := courier.may_claim()):
        now = clock()
        require_all(parts, now)  # another database may stand in its place since the last batch
        batch, more = claim(parts, now, any_hour=any_hour, limit=most, probe=courier.probes)
        counts.claimed += len(batch)
        ready = _render(parts, batch, clock(), counts)
        # claims whose lease is half over are given back: a turn of the rate is not for those that run out before it
        while ready and not courier.closed and not stopping() and clock() < now + parts.rules.lease / 2:
            size = courier.group_size()
            group, ready = ready[:size], ready[size:]
            courier.deliver(group, counts)
        more = more or bool(ready)
        _give_back(parts, ready, clock())
    return counts


def _render(parts: Parts, batch: Sequence[Claimed], now: datetime, counts: Counts) -> list[Ready]:
    """The mails of a batch; one that cannot be written is held with its reason and stops nobody else."""
    ready = []
    broken = []
    for claimed in batch:
        try:
            ready.append(compose(parts, claimed, now))
        except Exception as error:  # noqa: BLE001 - one poisoned row must not stop ten thousand others
            log.warning("delivery %s cannot be written and is held: %s", claimed.delivery.id, type(error).__name__)
            why = str(error) if isinstance(error, DripError) else type(error).__name__
            broken.append((claimed.delivery, why))
    if broken:
        counts.held += hold(parts, broken, now)
    return ready


def _give_back(parts: Parts, ready: Sequence[Ready], now: datetime, *, marked: bool = False) -> None:
    """What was claimed and will not be sent now is free for anybody at once, instead of when the lease ends.

    Also if it is marked, for all we know: of what this process never put on the wire nobody needs to be unsure.
    """
    if not ready:
        return
    mine = [{"b_id": each.delivery.id, "b_fence": each.delivery.fence, "b_now": now} for each in ready]
    with parts.db.write() as session:
        if marked:
            parts.journal.note(session, Fact.UNSENT, [each.delivery.key for each in ready], now)
        session.connection().execute(
            update(_deliveries)
            .where(
                _deliveries.c.id == bindparam("b_id"),
                _deliveries.c.fence == bindparam("b_fence"),
                or_(_deliveries.c.state == DeliveryState.CLAIMED, _deliveries.c.state == DeliveryState.SENDING),
            )
            .values(state=DeliveryState.CLAIMED, wake_at=bindparam("b_now")),
            mine,
        )


class _Courier:
    """Takes groups through mark, send and record; learns how many mails the wire takes in 200 ms."""

    def __init__(self, parts: Parts, clock: Clock) -> None:
        self._parts = parts
        self._clock = clock
        self._each = GROUP_SECONDS / 8
        self._kept: set[bytes] = set()
        self._circuit = Circuit()
        self._heard: list[Outcome] = []
        self.closed = False
        self.probes = False
        self._began = clock(), parts.stopwatch()
        self._turns = 0.0

    def may_claim(self) -> int:
        """How many mails the wire has room for: a batch, one to see whether it works again, or none."""
        self._circuit, leave = circuit_breaker.ask_leave(self._parts, self._clock())
        self.probes = leave is Leave.PROBE
        rules = self._parts.rules
        in_time = int((rules.rate_per_second or BATCH) * rules.lease.total_seconds() / 2)
        return min(_ROOM[leave], max(1, in_time))

    def group_size(self) -> int:
        rate = self._parts.rules.rate_per_second
        each = max(self._each, 1 / rate) if rate else self._each
        return max(1, min(GROUP_MOST, int(GROUP_SECONDS / each)))

    def deliver(self, group: Sequence[Ready], counts: Counts) -> None:
        if not self._wait_for_turns(len(group)):
            _give_back(self._parts, group, self._clock())
            self.closed = True  # the next tick has another try
            return
        try:
            now = self._clock()
            going = mark(self._parts, group, now, kept=self._kept)
            self._lease_ends = now + self._parts.rules.lease
        except DatabaseAway:  # perhaps in the middle of its COMMIT
            with suppress(DatabaseAway):
                insist(lambda: _give_back(self._parts, group, self._clock(), marked=True))
            raise
        before = self._circuit
        outcomes = [(ready, self._send(ready)) for ready in going]
        if outcomes:
            now = self._clock()
            insist(lambda: record(self._parts, outcomes, now, counts))
        heard, self._heard = self._heard, []
        self._circuit = circuit_breaker.note(self._parts, before, heard, self._clock())

    def _send(self, ready: Ready) -> Outcome:
        now = self._clock()
        if self.closed:
            return Later("the wire is closed for everyone", everyone=True)
        if now >= self._lease_ends:
            return Later(
                "the lease ran out before its turn", everyone=True
            )  # not on the wire yet, so nothing is unsure
        self._wait_for_turn()
        began = self._parts.stopwatch()
        try:
            outcome = self._parts.transport.send(ready.outgoing, now=now)
        except Exception as error:  # noqa: BLE001 - a transport's fault over one mail must not make the others unsure
            log.error("sending delivery %s failed (%s)", ready.delivery.id, type(error).__name__)
            outcome = Unknown(type(error).__name__)
        took = self._parts.stopwatch() - began
        self._each = max(0.7 * self._each + 0.3 * took, GROUP_SECONDS / GROUP_MOST / 2)
        self._heard.append(outcome)
        self._circuit = self._circuit.after(outcome, now)
        self.closed = (isinstance(outcome, Later) and outcome.everyone) or self._circuit.opened_at is not None
        if isinstance(outcome, Refused | Later) and outcome.perhaps_us and self._circuit.opened_at:
            return Later(outcome.why, everyone=True)  # so many in a row are about us: no reader is blamed
        return outcome

    def _wait_for_turns(self, count: int) -> bool:
        """Before the mark, so that nothing waits on the wire; whether there was a turn while the claim lasts.

        A clock that is driven stands still: what passed counts by the stopwatch.
        """
        if rate := self._parts.rules.rate_per_second:
            passed = self._parts.stopwatch() - self._began[1]
            now = self._began[0] + timedelta(seconds=passed)
            first = take_turns(self._parts, count, rate, now, within=self._parts.rules.lease / 2)
            if first is None:
                return False
            self._turns = self._parts.stopwatch() + (first - now).total_seconds()
            sleep(max(0.0, self._turns - self._parts.stopwatch()))
        return True

    def _wait_for_turn(self) -> None:
        """Between the mails of a group."""
        if rate := self._parts.rules.rate_per_second:
            sleep(max(0.0, self._turns - self._parts.stopwatch()))
            self._turns += 1 / rate
