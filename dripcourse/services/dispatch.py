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
from dataclasses import asdict
from datetime import datetime
from time import perf_counter, sleep

from sqlalchemy import bindparam, delete, update
from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery, LessonText, table
from dripcourse.domain.address import normal_form
from dripcourse.domain.circuit import Circuit, Leave
from dripcourse.domain.delivery import DeliveryState, Reason
from dripcourse.domain.errors import DripError
from dripcourse.domain.mail import Later, Outcome, Unknown
from dripcourse.services import circuit
from dripcourse.services.claim import BATCH, claim
from dripcourse.services.compose import Claimed, Ready, compose
from dripcourse.services.parts import Clock, Parts
from dripcourse.services.record import Counts, hold, record
from dripcourse.services.suppression import ERASED

log = logging.getLogger(__name__)

GROUP_SECONDS = 0.2
"""What a group may take on the wire: the longest that a finished sending waits to be recorded."""
GROUP_MOST = 50
_ROOM = {Leave.GO: BATCH, Leave.PROBE: 1, Leave.WAIT: 0}

_deliveries = table(Delivery)
_MARK = (
    update(_deliveries)
    .where(
        _deliveries.c.id == bindparam("b_id"),
        _deliveries.c.fence == bindparam("b_fence"),
        _deliveries.c.state == DeliveryState.CLAIMED,
        _deliveries.c.wake_at > bindparam("b_now", type_=_deliveries.c.wake_at.type),
        queries.may_go(),
    )
    .values(
        state=DeliveryState.SENDING,
        wake_at=bindparam("b_lease"),
        marked_at=bindparam("b_now", type_=_deliveries.c.wake_at.type),
        changed_at=bindparam("b_now", type_=_deliveries.c.wake_at.type),
        promise_at=bindparam("b_promise"),
        lesson_text=bindparam("b_text"),
    )
)


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
        batch, more = claim(parts, clock(), any_hour=any_hour, limit=most)
        counts.claimed += len(batch)
        ready = _render(parts, batch, clock(), counts)
        while ready and not courier.closed and not stopping():
            size = courier.group_size()
            group, ready = ready[:size], ready[size:]
            courier.deliver(group, counts)
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


def _give_back(parts: Parts, ready: Sequence[Ready], now: datetime) -> None:
    """What was claimed and will not be sent now is free for anybody at once, instead of when the lease ends."""
    if not ready:
        return
    mine = [{"b_id": each.delivery.id, "b_fence": each.delivery.fence, "b_now": now} for each in ready]
    with parts.db.write() as session:
        session.connection().execute(
            update(_deliveries)
            .where(
                _deliveries.c.id == bindparam("b_id"),
                _deliveries.c.fence == bindparam("b_fence"),
                _deliveries.c.state == DeliveryState.CLAIMED,
            )
            .values(wake_at=bindparam("b_now")),
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

    def may_claim(self) -> int:
        """How many mails the wire has room for: a batch, one to see whether it works again, or none."""
        self._circuit, leave = circuit.ask_leave(self._parts, self._clock())
        return _ROOM[leave]

    def group_size(self) -> int:
        return max(1, min(GROUP_MOST, int(GROUP_SECONDS / self._each)))

    def deliver(self, group: Sequence[Ready], counts: Counts) -> None:
        going = self._mark(group)
        before = self._circuit
        outcomes = [(ready, self._send(ready)) for ready in going]
        if outcomes:
            record(self._parts, outcomes, self._clock(), counts)
        heard, self._heard = self._heard, []
        self._circuit = circuit.note(self._parts, before, heard, self._clock())

    def _mark(self, group: Sequence[Ready]) -> list[Ready]:
        """The last look before the wire: those of the group that may still go, now at sending."""
        now = self._clock()
        with self._parts.db.write() as session:
            self._keep_words(session, group)
            stopped = _suppressed(self._parts, session, group)
            rows = [
                {
                    "b_id": ready.delivery.id,
                    "b_fence": ready.delivery.fence,
                    "b_now": now,
                    "b_lease": now + self._parts.rules.lease,
                    "b_promise": ready.delivery.promise_at,
                    "b_text": ready.said.hash if ready.said else None,
                }
                for ready in group
                if ready.delivery.id not in stopped
            ]
            if rows:
                session.connection().execute(_MARK, rows)
            marked = session.execute(queries.on_the_wire([ready.delivery.id for ready in group]))
            on_the_wire = {(ident, fence) for ident, fence in marked}
            going = [ready for ready in group if (ready.delivery.id, ready.delivery.fence) in on_the_wire]
            if len(going) < len(group):
                _drop(session, [ready for ready in group if ready not in going], stopped, now)
        self._lease_ends = now + self._parts.rules.lease
        return going

    def _keep_words(self, session: Session, group: Sequence[Ready]) -> None:
        new = {ready.said.hash: ready.said for ready in group if ready.said and ready.said.hash not in self._kept}
        if new:
            # in one order everywhere: two processes that keep the same words must not wait for each other
            queries.keep_once(session, LessonText, [asdict(new[words]) for words in sorted(new)])
            self._kept |= new.keys()

    def _send(self, ready: Ready) -> Outcome:
        now = self._clock()
        if self.closed:
            return Later("the wire is closed for everyone", everyone=True)
        if now >= self._lease_ends:
            return Later("the lease ran out before its turn")  # not on the wire yet, so nothing is unsure
        began = perf_counter()
        try:
            outcome = self._parts.transport.send(ready.outgoing, now=now)
        except Exception as error:  # noqa: BLE001 - a transport's fault over one mail must not make the others unsure
            log.error("sending delivery %s failed (%s)", ready.delivery.id, type(error).__name__)
            outcome = Unknown(type(error).__name__)
        took = perf_counter() - began
        self._each = max(0.7 * self._each + 0.3 * took, GROUP_SECONDS / GROUP_MOST / 2)
        self._heard.append(outcome)
        self._circuit = self._circuit.after(outcome, now)
        self.closed = (isinstance(outcome, Later) and outcome.everyone) or self._circuit.opened_at is not None
        self._hold_rate(took)
        return outcome

    def _hold_rate(self, took: float) -> None:
        if rate := self._parts.rules.rate_per_second:
            self._each = max(self._each, 1 / rate)
            sleep(max(0.0, 1 / rate - took))


def _suppressed(parts: Parts, session: Session, group: Sequence[Ready]) -> set[str]:
    """The ids of those in the group whose address, by any key's index, is suppressed."""
    indexes = {
        index: ready.delivery.id for ready in group for index in parts.keys.indexes(normal_form(ready.outgoing.to))
    }
    return {indexes[found] for found in session.scalars(queries.suppressed_among(indexes.keys(), but_for=ERASED))}


def _drop(session: Session, unmarked: Sequence[Ready], stopped: set[str], now: datetime) -> None:
    """What may no longer go: a lesson whose reader paused or left is unclaimed; a mail to a suppressed address is held for good.

    Whatever failed for its lease or fence is somebody else's by now and is left alone.
    """
    mine = {ready.delivery.id: ready.delivery.fence for ready in unmarked}
    ours = (Delivery.id.in_(mine), Delivery.state == DeliveryState.CLAIMED, Delivery.fence.in_(set(mine.values())))
    session.execute(
        update(Delivery)
        .where(*ours, Delivery.id.in_(stopped))
        .values(state=DeliveryState.HELD, reason=Reason.STOPPED, wake_at=None, changed_at=now)
    )
    session.execute(delete(Delivery).where(*ours, ~queries.may_go()))
