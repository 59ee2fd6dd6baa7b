"""The heartbeat: APScheduler beats, the database decides. One interval job, in memory, and never one a reader."""

import logging
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, timedelta
from types import FrameType

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from dripcourse.bootstrap import utc_now
from dripcourse.domain.errors import DripError
from dripcourse.services.tick import Heart

log = logging.getLogger(__name__)


END_SECONDS = 8.0
"""How long an orderly end may take after the signal."""


def end_on_signals(end: Callable[[], None]) -> None:
    """Call `end` in the main thread at SIGTERM or SIGINT, also where the parent ignored SIGINT (a script's background does).

    A process that has not ended by then is in an exchange with a slow server: it ends all the same, as by a kill. What is on the wire
    is unsure then and is settled on evidence; nothing is repeated.
    """

    def handle(_signal: int, _frame: FrameType | None) -> None:
        last = threading.Timer(END_SECONDS, os._exit, (0,))
        last.daemon = True
        last.start()
        end()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, handle)


def leave() -> None:
    """Unwind the main thread. Raises SystemExit."""
    raise SystemExit(0)


class Heartbeat:
    """Ticks at once on start and then every `seconds`, on a thread of its own, until stopped."""

    def __init__(self, heart: Heart, seconds: float, *, on_trouble: Callable[[str], None] = log.warning) -> None:
        self._heart = heart
        self._seconds = seconds
        self._on_trouble = on_trouble
        self._trouble = ""
        self._stopping = threading.Event()
        self._scheduler = BackgroundScheduler(timezone=UTC)

    def start(self) -> None:
        """Begin to tick."""
        self._job = self._scheduler.add_job(
            self._beat,
            "interval",
            seconds=self._seconds,
            next_run_time=utc_now(),  # at once; a driven clock drives the heart, not the beat
            coalesce=True,  # beats missed while one was long are one beat
            max_instances=1,
            misfire_grace_time=None,  # a late beat is a beat
        )
        self._scheduler.start()
        threading.Thread(target=self._watch, name="heartbeat watch", daemon=True).start()

    def _watch(self) -> None:
        """A machine's clock that jumps back leaves the next beat far ahead; it is brought back to now. Waits by no clock that jumps."""
        most = timedelta(seconds=3 * self._seconds)
        while not self._stopping.wait(self._seconds):
            with suppress(JobLookupError):
                beat_at = self._job.next_run_time
                if beat_at is not None and beat_at > utc_now() + most:
                    self._job.modify(next_run_time=utc_now())

    def stop(self) -> None:
        """End after the group that is on the wire; what was claimed is given back."""
        self._stopping.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def trouble(self) -> str:
        """Why the last tick could not do its work, as a sentence; '' if it could."""
        return self._trouble

    def _beat(self) -> None:
        try:
            self._heart.tick(stopping=self._stopping.is_set)
            self._trouble = ""
        except DripError as error:
            if str(error) != self._trouble:  # said once, not every ten seconds
                self._on_trouble(str(error))
            self._trouble = str(error)
        except Exception as error:  # noqa: BLE001 - the heart must not stop for a fault of ours; no value of any kind is logged
            self._trouble = f"A tick failed ({type(error).__name__}); the next one tries again."
            log.error("%s", self._trouble)
