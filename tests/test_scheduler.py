"""The heartbeat itself: it begins at once, goes on after trouble, and is not stopped by a clock that jumps."""

import time
from collections.abc import Callable
from datetime import timedelta

from dripcourse.bootstrap import utc_now
from dripcourse.domain.errors import DatabaseAway
from dripcourse.scheduler import Heartbeat
from dripcourse.services.tick import Ticked


class CountingHeart:
    """Ticks by counting; fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.ticks = 0
        self.failures = failures

    def tick(self, *, stopping: Callable[[], bool]) -> Ticked:
        self.ticks += 1
        if self.ticks <= self.failures:
            raise DatabaseAway("The database is busy.")
        return Ticked(at=utc_now())


def wait_for(happened: Callable[[], bool], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if happened():
            return True
        time.sleep(0.02)
    return False


def test_it_beats_at_once_and_again_and_ends_when_told() -> None:
    heart = CountingHeart()
    heartbeat = Heartbeat(heart, 0.1)  # type: ignore[arg-type]
    heartbeat.start()
    assert wait_for(lambda: heart.ticks >= 3)
    heartbeat.stop()
    stood = heart.ticks
    time.sleep(0.3)
    assert heart.ticks == stood


def test_trouble_is_told_once_and_the_next_beat_tries_again() -> None:
    told: list[str] = []
    heart = CountingHeart(failures=3)
    heartbeat = Heartbeat(heart, 0.05, on_trouble=told.append)  # type: ignore[arg-type]
    heartbeat.start()
    assert wait_for(lambda: heart.ticks >= 5)
    heartbeat.stop()
    assert told == ["The database is busy."]


def test_a_next_beat_that_a_jumping_clock_left_far_ahead_is_brought_back() -> None:
    heart = CountingHeart()
    heartbeat = Heartbeat(heart, 0.1)  # type: ignore[arg-type]
    heartbeat.start()
    assert wait_for(lambda: heart.ticks >= 1)
    heartbeat._job.modify(next_run_time=utc_now() + timedelta(hours=1))
    stood = heart.ticks
    assert wait_for(lambda: heart.ticks >= stood + 2)
    heartbeat.stop()
