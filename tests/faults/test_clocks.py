"""Clocks that jump: ten years ahead and back, or a little back. Nobody is written to early, nobody in a burst, and nobody waits for years."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from dripcourse.db.models import Beat, Delivery, Enrollment
from dripcourse.domain.enrollment import EnrollmentState, PauseReason
from dripcourse.domain.mail import Evidence, Unknown
from dripcourse.domain.pacing import Pace
from dripcourse.domain.quiet import QuietDate
from dripcourse.services.delivery import clock_repair
from dripcourse.services.delivery.claim import claim
from dripcourse.services.enrollment import lifecycle, schedule
from dripcourse.services.tick import Heart
from tests.faults.conftest import Small, enroll_many
from tests.support.house import MONDAY, House, subjects
from tests.support.postman import Postman

YEARS = timedelta(days=3653)


class Life:
    """Real time passes; what the machine's clock shows may be off by `error`. What arrives is noted by real time."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.real = house.now
        self.error = timedelta()
        self.arrived: list[tuple[datetime, str]] = []

    def live(self, **real: float) -> None:
        """So much real time, with a tick every seven hours and one at the end."""
        until = self.real + timedelta(**real)
        while self.real < until:
            self.real = min(until, self.real + timedelta(hours=7))
            self.tick()

    def tick(self) -> None:
        self.house.now = self.real + self.error
        if self.house.tick(any_hour=False).accepted:
            known = [subject for _, subject in self.arrived]
            new = [subject for subject in subjects(self.house.mails("reader@example.org")) if subject not in known]
            self.arrived += [(self.real, subject) for subject in new]

    def gaps(self) -> list[timedelta]:
        instants = [at for at, _ in self.arrived]
        return [later - earlier for earlier, later in pairwise(instants)]


@pytest.fixture
def life(small: Small) -> Life:
    house = small()
    house.enroll(course="small", zone="Europe/Berlin")
    return Life(house)


WHOLE = ["Letter 0", "Letter 1", "Letter 2", "Letter 3"]


@pytest.mark.parametrize("error", [YEARS, timedelta(days=40), timedelta(days=3)])
def test_a_clock_that_jumps_ahead_and_back_sends_one_lesson_at_most_and_then_keeps_the_pace(
    life: Life, error: timedelta
) -> None:
    life.live(days=8)
    assert [subject for _, subject in life.arrived] == WHOLE[:2]
    life.error = error
    life.live(hours=20)
    assert [subject for _, subject in life.arrived] == WHOLE[:3]
    life.error = timedelta()
    life.live(days=20)
    assert [subject for _, subject in life.arrived] == WHOLE
    assert (
        timedelta(days=6) <= life.gaps()[-1] <= timedelta(days=15)
    )  # the true pace, from when the clock was right again


def test_a_clock_that_jumps_back_never_makes_a_lesson_early(life: Life) -> None:
    life.live(days=8)
    life.error = -timedelta(days=20)
    life.live(days=30)
    assert [subject for _, subject in life.arrived] == WHOLE
    assert all(gap >= timedelta(days=6) for gap in life.gaps()[1:])
    assert life.gaps()[1] <= timedelta(days=15)


def test_who_is_enrolled_or_resumed_while_the_clock_is_ahead_does_not_wait_for_years(life: Life) -> None:
    house = life.house
    life.live(days=1)
    house.now = life.real + YEARS
    house.enroll("late@example.org", course="small")
    [first] = [row.id for row in enrollments(house) if row.last_accepted_at]
    lifecycle.pause(house.parts, first, PauseReason.HOST)
    lifecycle.resume(house.parts, first, house.now)
    life.live(days=7)
    assert "Letter 0" in subjects(house.mails("late@example.org"))
    assert subjects(house.mails("reader@example.org")) == WHOLE[:2]


def test_a_lease_from_the_future_is_over_after_a_lease(small: Small) -> None:
    house = small()
    enroll_many(house, 3)
    claim(house.parts, house.now + YEARS, any_hour=True)  # and then that worker died
    house.tick()
    house.turn(minutes=2)
    house.tick()
    assert len(house.mails()) == 3


def test_a_sending_that_was_asked_about_while_the_clock_was_ahead_is_asked_about_again(small: Small) -> None:
    postman = Postman()
    house = small(transport=postman)
    house.enroll(course="small")
    postman.answer = Unknown("no answer")
    house.tick()
    with (
        house.parts.db.write() as session
    ):  # as a worker leaves it that looked for evidence when it was ten years later
        session.scalars(select(Delivery)).one().wake_at = house.now + YEARS
    postman.knows = Evidence.SENT
    house.tick()
    house.turn(minutes=2)
    assert house.tick().settled == 1


@pytest.mark.parametrize("error", [YEARS, timedelta(days=40)])
def test_what_was_claimed_at_a_date_of_a_clock_that_was_ahead_goes_at_its_true_date(
    life: Life, error: timedelta
) -> None:
    """Found by tests.years: it waited until true time came to the date of the clock that had been wrong."""
    life.live(days=8)
    life.error = error
    life.live(hours=20)
    assert [subject for _, subject in life.arrived] == WHOLE[:3]
    assert claim(life.house.parts, life.real + error + timedelta(days=14), any_hour=True)[
        0
    ]  # and then that worker died
    life.error = timedelta()
    life.live(days=20)
    assert [subject for _, subject in life.arrived] == WHOLE
    assert timedelta(days=6) <= life.gaps()[-1] <= timedelta(days=15)


def test_a_late_lesson_that_was_put_off_to_a_morning_in_ten_years_comes_in_the_morning(life: Life) -> None:
    life.live(days=2)
    house = life.house
    house.now = (life.real + YEARS).replace(hour=2)
    house.tick(any_hour=False)
    life.live(days=7)
    assert [subject for _, subject in life.arrived] == WHOLE[:2]


def enrollments(house: House) -> list[Enrollment]:
    with house.parts.db.read() as session:
        return [*session.scalars(select(Enrollment))]


def written(house: House) -> list[tuple[object, ...]]:
    """Every instant in the rows that a clock's fault could touch."""
    with house.parts.db.read() as session:
        rows = [*session.scalars(select(Delivery).order_by(Delivery.id))]
        return [(row.wake_at, row.changed_at, row.claimed_at, row.marked_at, row.accepted_at) for row in rows] + [
            (row.due_at, row.wake_at, row.last_accepted_at) for row in enrollments(house)
        ]


def test_what_lies_in_the_future_by_right_is_left_alone(small: Small) -> None:
    house = small()
    enroll_many(house, len(Pace))
    house.tick()
    with house.parts.db.write() as session:
        for row, pace in zip(session.scalars(select(Enrollment)), Pace, strict=True):
            row.pace = pace
    for days in (4, 40, 40):
        house.turn(days=days)
        house.tick()
        before = written(house)
        assert clock_repair.bring_back(house.parts, lambda: house.now - timedelta(minutes=4)) == 0
        assert written(house) == before


def test_to_a_worker_that_was_stopped_for_days_the_work_of_others_is_no_fault(small: Small) -> None:
    house = small()
    enroll_many(house, 3)
    house.turn(days=9)
    house.tick()
    before = written(house)
    assert clock_repair.bring_back(house.parts, waking_up(MONDAY, house.now)) == 0
    assert written(house) == before


def waking_up(asleep: datetime, awake: datetime) -> Callable[[], datetime]:
    """A clock as somebody sees it who is stopped for days between the first look and those after it."""

    def looks() -> Iterator[datetime]:
        yield asleep
        while True:
            yield awake

    clock = looks()
    return lambda: next(clock)


def test_bringing_back_twice_changes_nothing_the_second_time(small: Small, tmp_path: Path) -> None:
    house = small()
    enroll_many(house, 3)
    house.turn(days=3000)
    house.tick()
    house.now = MONDAY
    assert clock_repair.bring_back(replace(house.parts), house.clock) == 6
    assert clock_repair.bring_back(house.parts, house.clock) == 0
    assert all(row.last_accepted_at == MONDAY for row in enrollments(house))


def test_a_clock_that_jumped_back_does_not_keep_a_process_from_tidying_up(small: Small) -> None:
    house = small()
    house.now = MONDAY + YEARS
    house.tick()
    house.now = MONDAY
    house.enroll(course="small")
    with house.parts.db.write() as session:
        session.scalars(select(Enrollment)).one().state = EnrollmentState.PENDING  # who never says yes
    house.turn(days=20)
    house.tick()
    assert enrollments(house) == []


def test_a_process_that_has_not_beaten_for_a_day_is_forgotten(small: Small) -> None:
    house = small()
    for _ in range(3):
        Heart(house.parts, house.clock).tick()
        house.turn(days=2)
    with house.parts.db.read() as session:
        assert len(session.scalars(select(Beat)).all()) == 1


def test_a_day_that_was_chosen_while_the_clock_was_ahead_keeps_nobody_waiting(life: Life) -> None:
    """Found by tests.years: the date was set from the wrong clock, and stood when it was right again."""
    life.live(days=8)
    [row] = enrollments(life.house)
    with life.house.parts.db.write() as session:
        schedule.change_pace(session.get_one(Enrollment, row.id), Pace.TWO_WEEKS, life.real + timedelta(days=60))
    life.live(days=21)
    assert [subject for _, subject in life.arrived] == WHOLE[:3]
    assert life.gaps()[-1] >= timedelta(days=13)


@pytest.mark.parametrize("error", [timedelta(minutes=20), timedelta(days=61)])
def test_another_week_that_was_asked_for_while_the_clock_was_ahead_is_another_week(
    life: Life, error: timedelta
) -> None:
    life.live(days=8)
    [row] = enrollments(life.house)
    shown = life.real + error
    with life.house.parts.db.write() as session:
        kept = session.get_one(Enrollment, row.id)
        schedule.set_due_again(kept, shown)
        assert schedule.put_off(kept, (kept.due_at or shown) + timedelta(days=7), shown)
    life.live(days=8)
    assert [subject for _, subject in life.arrived] == WHOLE[:2]
    life.live(days=3)
    assert [subject for _, subject in life.arrived] == WHOLE[:3]


def test_a_reminder_that_a_wrong_clock_set_comes_when_it_should(small: Small) -> None:
    house = small()
    house.enroll(course="small")
    house.tick()
    [row] = enrollments(house)
    with house.parts.db.write() as session:
        schedule.change_pace(session.get_one(Enrollment, row.id), Pace.READY, house.now + timedelta(days=50))
    house.tick()
    [row] = enrollments(house)
    assert row.waits
    assert row.remind_at is not None
    assert row.remind_at < house.now + timedelta(days=21)


def test_a_date_that_a_wrong_clock_set_and_a_reader_moved_is_still_known_for_one(life: Life) -> None:
    """Found by tests.years: a quiet date moved it, by a clock that was behind, and that was taken for its setting."""
    life.live(days=8)
    [row] = enrollments(life.house)
    with life.house.parts.db.write() as session:
        kept = session.get_one(Enrollment, row.id)
        schedule.change_pace(kept, Pace.TWO_WEEKS, life.real + timedelta(days=60))
        assert kept.due_at is not None
        quiet = frozenset({QuietDate.on(kept.due_at.date(), every_year=False)})
        schedule.change_quiet(kept, quiet, life.real - timedelta(days=21))
    life.live(days=28)
    assert [subject for _, subject in life.arrived][:3] == WHOLE[:3]
