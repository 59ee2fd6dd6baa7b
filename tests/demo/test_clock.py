"""The clock that can be turned, and the ticks on the way."""

import threading
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest

from dripcourse.demo.clock import DemoHeart, TurnableClock
from dripcourse.services.tick import Ticked
from tests.demo.player import player
from tests.support.house import MONDAY, House

HOUR = timedelta(hours=1)


class Machine:
    """A machine's clock in the test's hand."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Watched(DemoHeart):
    """A demo's heart that notes when it ticked."""

    def __init__(self, house: House, clock: TurnableClock) -> None:
        super().__init__(house.parts, clock)
        self.clock = clock
        self.at: list[datetime] = []

    def tick(self, **how: object) -> Ticked:
        self.at.append(self.clock())
        return super().tick(**how)  # type: ignore[arg-type]


@pytest.fixture
def heart(small_house: House) -> Watched:
    return Watched(small_house, TurnableClock(Machine()))


def test_it_goes_as_the_machines_clock_goes():
    machine = Machine()
    clock = TurnableClock(machine)
    machine.now += timedelta(minutes=3)
    assert clock() == MONDAY + timedelta(minutes=3)


def test_once_turned_it_stays_ahead_by_as_much():
    machine = Machine()
    clock = TurnableClock(machine)
    clock.turn_to(MONDAY + timedelta(days=7))
    machine.now += HOUR
    assert clock() == MONDAY + timedelta(days=7, hours=1)
    assert clock.ahead == timedelta(days=7)


def test_it_never_goes_back_whatever_the_machines_clock_does():
    machine = Machine()
    clock = TurnableClock(machine)
    machine.now -= timedelta(days=2)
    assert clock() == MONDAY


def test_it_cannot_be_turned_back():
    clock = TurnableClock(Machine())
    clock.turn_to(MONDAY - HOUR)
    assert (clock(), clock.ahead) == (MONDAY, timedelta())


def test_a_turn_ticks_at_every_full_hour_on_the_way_and_at_its_end(heart: Watched):
    heart.clock.turn_to(MONDAY + timedelta(minutes=20))
    heart.turn(timedelta(days=1))
    full_hours = [MONDAY + HOUR * n for n in range(1, 25)]
    assert heart.at == [*full_hours, MONDAY + timedelta(days=1, minutes=20)]
    assert heart.clock() == MONDAY + timedelta(days=1, minutes=20)


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Asia/Kolkata", "Australia/Lord_Howe"])
def test_a_lesson_comes_at_its_readers_own_hour_also_where_hours_begin_at_another_minute(small_house: House, zone: str):
    heart = Watched(small_house, TurnableClock(Machine()))
    small_house.enroll(zone=zone)
    heart.turn(timedelta(weeks=1))
    first_lesson = small_house.mails()[1]
    local = first_lesson["Date"].datetime.astimezone(ZoneInfo(zone))
    assert (local.hour, local.minute) == (9, 0)


def test_turns_and_beats_that_come_together_come_one_after_the_other(heart: Watched):
    threads = [threading.Thread(target=heart.turn, args=(HOUR * 3,)) for _ in range(3)]
    threads.append(threading.Thread(target=heart.tick))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heart.clock() == MONDAY + HOUR * 9  # had they run side by side, it would stand at the third hour


def test_a_turn_ends_early_when_the_demo_closes(heart: Watched):
    heart.stop()
    heart.turn(timedelta(weeks=1))
    assert heart.clock() == MONDAY


def test_a_week_is_turned_quickly_enough_to_be_watched(tmp_path: Path):
    with player(tmp_path) as somebody:
        somebody.sign_up()
        somebody.confirm()
        began = perf_counter()
        somebody.turn()
        assert perf_counter() - began < 5  # half a second on a machine that has nothing else to do
