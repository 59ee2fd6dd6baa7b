"""Watching the machine's clock: the database server and the mail provider say what time they have, and two out of step are a fault.

A clock that is wrong by more than minutes would send early or promise falsely (FAULTS.md S11). Who lives by it sends nothing until it
agrees again; others, whose clocks are right, go on. Asked every five minutes, every minute while something is wrong, and at once
when the clock was set. A time that is driven is not watched: it is meant.
"""

import logging
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256

from dripcourse.db.session import server_clock
from dripcourse.domain.clock_skew import disagrees, how_far, jumped
from dripcourse.domain.mail import TellsTime
from dripcourse.services import incidents
from dripcourse.services.parts import Clock, Parts

log = logging.getLogger(__name__)

ASK_SECONDS, ASK_AGAIN_SECONDS = 300.0, 60.0


class Watch:
    """Watches the clock of one process."""

    def __init__(self, parts: Parts, clock: Clock) -> None:
        self._parts = parts
        self._clock = clock
        self._name = "clock:" + sha256(socket.gethostname().encode()).hexdigest()[:8]
        self._asked: tuple[datetime, float] | None = None
        self._right: bool | None = None  # None: nobody has said yet

    def finds_wrong(self) -> bool:
        """Whether this process's clock is known to be wrong. Raises DatabaseAway."""
        if self._is_time_to_ask():
            self._ask()
            self._asked = (self._clock(), self._parts.stopwatch())
        return self._right is False

    def _is_time_to_ask(self) -> bool:
        if self._asked is None:
            return True
        then, counted = self._asked
        passed = self._parts.stopwatch() - counted
        every = ASK_AGAIN_SECONDS if self._right is False else ASK_SECONDS
        return passed >= every or jumped(self._clock() - then, timedelta(seconds=passed))

    def _ask(self) -> None:
        told = list(self._others())
        for whose, ours, theirs in told:
            if disagrees(ours, theirs):
                self._is_wrong(f"{how_far(ours, theirs)} {whose}", max(ours, theirs))
                return
        if told and not self._right:
            self._is_right()

    def _others(self) -> Iterator[tuple[str, datetime, datetime]]:
        """(whose, our time, theirs) for each who can say, the two read as nearly at the same moment as can be."""
        with self._parts.db.read() as session:
            theirs = server_clock(session)
            ours = self._clock()
        if theirs is not None:
            yield "the database server's", ours, theirs
        transport = self._parts.transport
        if isinstance(transport, TellsTime) and (told := transport.clock()) is not None:
            yield "the mail provider's", self._clock(), told

    def _is_wrong(self, how: str, at: datetime) -> None:
        says = f"is {how}, so it sends nothing. Set one of them right, and it goes on by itself"
        if self._right is not False:
            log.error("The clock of this machine %s.", says)
        self._right = False
        # noted at the later of the two, so that it is seen by whichever of them one lives
        incidents.note(self._parts, self._name, f"of a machine that ticks {says}", at)

    def _is_right(self) -> None:
        with self._parts.db.write() as session:
            incidents.over(session, self._name)  # also what an earlier process here left behind
        if self._right is False:
            log.warning("The clocks agree again, so mail goes on.")
        self._right = True
