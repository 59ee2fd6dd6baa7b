"""A clock that can be turned ahead, and the ticks on the way."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from threading import Event, Lock, RLock

from dripcourse.domain.pacing import offset_minutes
from dripcourse.services.host import overview
from dripcourse.services.parts import Clock, Parts
from dripcourse.services.tick import Heart, Ticked

_HOUR = timedelta(hours=1)


class TurnableClock:
    """Goes as the machine's clock goes, ahead of it by as much as it was turned. It never goes back, whatever the machine's does."""

    def __init__(self, machine: Clock) -> None:
        self._machine = machine
        self._ahead = timedelta()
        self._latest = machine()
        self._lock = Lock()

    def __call__(self) -> datetime:
        """The instant it shows."""
        with self._lock:
            return self._read()

    def turn_to(self, instant: datetime) -> None:
        """Show `instant` from now on; an instant that is over changes nothing."""
        with self._lock:
            self._ahead += max(timedelta(), instant - self._read())

    @property
    def ahead(self) -> timedelta:
        """How far ahead of the machine's clock it was turned."""
        return self._ahead

    def _read(self) -> datetime:
        self._latest = max(self._latest, self._machine() + self._ahead)
        return self._latest


class DemoHeart(Heart):
    """A heart that can also be turned through time: its own beats and those of a turn come one after the other, never at once."""

    def __init__(self, parts: Parts, clock: TurnableClock) -> None:
        super().__init__(parts, clock)
        self._time = clock
        self._lock = RLock()
        self._stopped = Event()

    def tick(self, *, any_hour: bool = False, stopping: Callable[[], bool] = lambda: False) -> Ticked:
        """As every heart ticks, once no other tick is under way."""
        with self._lock:
            return super().tick(any_hour=any_hour, stopping=stopping)

    def turn(self, by: timedelta) -> None:
        """Turn the clock ahead and tick at every full hour on the way, and at the end. Raises as `tick` does; time stands there."""
        with self._lock:
            now = self._time()
            for instant in _full_hours(self._parts, now, now + by):
                if self._stopped.is_set():
                    return
                self._time.turn_to(instant)
                self.tick()
            self._time.turn_to(now + by)
            self.tick()

    def stop(self) -> None:
        """Let a turn that is under way end at its next hour: the demo is closing."""
        self._stopped.set()


def _full_hours(parts: Parts, after: datetime, until: datetime) -> Iterator[datetime]:
    """Every instant after `after`, up to `until`, at which a clock somewhere among the readers, or in UTC, shows a full hour."""
    zones = {reader.zone for reader in overview.readers(parts)} | {"UTC"}
    minutes = sorted({-offset_minutes(zone, at) % 60 for zone in zones for at in (after, until)})
    hour = after.replace(minute=0, second=0, microsecond=0)
    while hour <= until:
        for minute in minutes:
            if after < (instant := hour + timedelta(minutes=minute)) <= until:
                yield instant
        hour += _HOUR
