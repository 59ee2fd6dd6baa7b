"""Warm workers: processes that have everything but connections before they start, tick when told, and die when it suits us least."""

import json
import os
import random
import select
import signal
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from time import monotonic

from sqlalchemy import event

from dripcourse.db.session import Database
from dripcourse.domain.errors import DripError
from dripcourse.domain.mail import Outcome, Outgoing, Transport
from dripcourse.services.tick import Heart
from tests.faults.site import Site
from tests.support.children import ended, fork
from tests.transports.steps import at_line, traced


@dataclass(frozen=True)
class Blow:
    """Where a worker is hit in its next tick: `where` names the place, `count` which time it comes there, `line` a line of a sending.

    timer: from outside, after so many milliseconds. The others are in the worker itself: before or after a commit, before or after
    a sending, or at a line in the middle of one. `freeze` stops it there instead of killing it.
    """

    where: str = "nowhere"
    count: int = 0
    line: int = 0
    freeze: bool = False


def any_blow(chance: random.Random, milliseconds: float, lines: int, *, freeze: bool) -> Blow:
    """A blow at random: half of them by time alone, the rest where it could hurt most; a sending runs so many `lines`."""
    freeze = freeze and chance.random() < 0.2
    where = chance.choice(("timer",) * 5 + ("before-commit", "after-commit", "before-send", "after-send", "in-send"))
    if where == "timer":
        return Blow("timer", int(chance.uniform(0, milliseconds)), freeze=freeze)
    count = chance.randint(1, 5) if where.endswith("commit") else chance.choice((1, 1, 1, 2, 2, 4))
    return Blow(where, count, chance.randint(1, lines), freeze)


class _Armed:
    """A transport whose sender may be struck just before, just after, or in the middle of a sending."""

    def __init__(self, inner: Transport, file: str) -> None:
        self.is_local = inner.is_local
        self._inner, self._file = inner, file
        self.evidence, self.close = inner.evidence, inner.close
        self.arm(Blow())

    def arm(self, blow: Blow) -> None:
        self.struck, self._sends, self._commits, self._committed = blow, 0, 0, False

    def send(self, mail: Outgoing, *, now: datetime) -> Outcome:
        self._sends += 1
        here = self.struck.count == self._sends
        self._strike_if(here and self.struck.where == "before-send")
        if here and self.struck.where == "in-send":
            with traced(at_line(self._file, self.struck.line, self._strike)):
                return self._inner.send(mail, now=now)
        outcome = self._inner.send(mail, now=now)
        self._strike_if(here and self.struck.where == "after-send")
        return outcome

    def watch(self, db: Database) -> None:
        event.listen(db.engine, "commit", self._before_commit)
        event.listen(db.engine, "checkin", self._after_commit)

    def _before_commit(self, _connection: object) -> None:
        self._commits += 1
        self._committed = True
        self._strike_if(self.struck.where == "before-commit" and self.struck.count == self._commits)

    def _after_commit(self, _connection: object, _record: object) -> None:
        committed, self._committed = self._committed, False
        self._strike_if(committed and self.struck.where == "after-commit" and self.struck.count == self._commits)

    def _strike_if(self, now: bool) -> None:
        if now:
            self._strike()

    def _strike(self) -> None:
        os.kill(os.getpid(), signal.SIGSTOP if self.struck.freeze else signal.SIGKILL)


@dataclass
class Worker:
    """A worker process, seen from outside."""

    pid: int
    _orders: int
    _answers: int
    blow: Blow = field(default_factory=Blow)
    ordered_at: float = 0.0
    busy: bool = False
    frozen_until: int = 0
    frozen_at: datetime | None = None
    trouble: list[str] = field(default_factory=list)

    @classmethod
    def start(cls, site: Site) -> "Worker":
        from_us, orders = os.pipe()
        answers, to_us = os.pipe()
        pid = fork(lambda: _work(site, from_us, to_us, close=(orders, answers)))
        os.close(from_us)
        os.close(to_us)
        return cls(pid, orders, answers)

    def order(self, blow: Blow) -> None:
        """Tick once, at the clock's time, and be struck as `blow` says."""
        self.blow, self.busy, self.ordered_at = blow, True, monotonic()
        with suppress(BrokenPipeError):  # struck just after it had answered: the news will be of its death
            os.write(self._orders, (json.dumps(asdict(blow)) + "\n").encode())

    def strike_in_time(self) -> None:
        """Strike from outside, if that is what its blow says and it is time."""
        blow = self.blow
        if blow.where == "timer" and not self.frozen_until and monotonic() - self.ordered_at > blow.count / 1000:
            os.kill(self.pid, signal.SIGSTOP if blow.freeze else signal.SIGKILL)
            self.blow = Blow("timer", blow.count + 10**9)

    def wake(self) -> None:
        self.frozen_until, self.frozen_at = 0, None
        os.kill(self.pid, signal.SIGCONT)

    def news(self, seconds: float) -> str:
        """'done', 'killed', 'frozen', or '' if there is no news within `seconds`."""
        until = monotonic() + seconds
        while True:
            ready, _, _ = select.select([self._answers], [], [], min(0.005, max(0.0, until - monotonic())))
            if ready and (said := os.read(self._answers, 4096)):
                self.trouble += [line for line in said.decode().splitlines() if line != "ok"]
                self.busy = False
                return "done"
            pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)
            if pid and os.WIFSTOPPED(status):
                return "frozen"
            if pid:
                self._close()
                return "killed" if os.WIFSIGNALED(status) else "ended"
            if monotonic() >= until:
                return ""

    def end(self) -> None:
        """Kill it, whatever it does, and wait for its end."""
        os.kill(self.pid, signal.SIGKILL)
        ended(self.pid)
        self._close()

    def _close(self) -> None:
        os.close(self._orders)
        os.close(self._answers)


def _work(site: Site, orders: int, answers: int, close: tuple[int, ...]) -> None:
    for handle in close:
        os.close(handle)
    transport = _Armed(site.receiver.transport(), site.receiver.file)
    with site.opened(transport) as parts, os.fdopen(orders) as told:
        transport.watch(parts.db)
        heart = Heart(parts, site.clock)
        for line in told:
            transport.arm(Blow(**json.loads(line)))
            try:
                heart.tick()
            except DripError as error:
                os.write(answers, f"{error}\n".encode())
            else:
                os.write(answers, b"ok\n")
