"""The judges themselves: each finds what is wrong, and nothing where nothing is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from dripcourse.domain.pacing import Pace, Slot
from tests.support.house import MONDAY
from tests.years.judges import DAY, Receipt, Stop, Story, Waiting, alive, judge

LESSONS = ("welcome", "one", "two", "three")
EDITIONS = [(MONDAY, LESSONS)]
SLOT = Slot(0, 10, "UTC")


def story(*days: float, slugs: Sequence[str] = LESSONS) -> Story:
    receipts = [Receipt(MONDAY + day * DAY, slug, (slug, 1)) for day, slug in zip(days, slugs, strict=False)]
    return Story("anna", MONDAY, receipts, [(MONDAY, Pace.WEEKLY)], [(MONDAY, SLOT)])


def found(of: Story, jump: timedelta = timedelta()) -> list[str]:
    jumps = [(MONDAY + 20 * DAY, jump)] if jump else []
    return [wrong.what for wrong in judge(of, EDITIONS, jumps)]


def test_a_course_at_its_pace_is_right() -> None:
    assert found(story(0, 7, 14, 21)) == []


@pytest.mark.parametrize(
    ("days", "slugs", "wrong"),
    [
        ((0, 1.9), LESSONS, ["early"]),
        ((0, 7, 12.9), LESSONS, ["early"]),
        ((0, 7.5, 13.9), LESSONS, ["burst"]),
        ((0, 7, 14), ("welcome", "one", "one"), ["repeated", "disorder"]),
        ((0, 7, 14), ("welcome", "two", "one"), ["skipped", "disorder"]),
        ((0, 7), ("welcome", "two"), ["skipped"]),
    ],
)
def test_what_is_wrong_is_found(days: Sequence[float], slugs: Sequence[str], wrong: list[str]) -> None:
    assert found(story(*days, slugs=slugs)) == wrong


def test_two_weeks_are_two_weeks() -> None:
    slow = story(0, 7, 14)
    slow.paces = [(MONDAY, Pace.TWO_WEEKS)]
    assert found(slow) == ["early"]


def test_a_clock_that_jumped_since_excuses_its_own_length_and_no_more() -> None:
    early = story(0, 14, 20.5)
    early.receipts[2] = replace(early.receipts[2], at=MONDAY + 20.5 * DAY - 3 * DAY + 3 * DAY)
    assert found(story(0, 18, 21)) == ["early"]
    assert found(story(0, 18, 21), 10 * DAY) == ["by a clock"]
    assert found(story(0, 18, 21), 2 * DAY) == ["early"]


def test_nothing_comes_after_a_stop_but_what_was_handed_over() -> None:
    left = story(0, 7, 14)
    left.stops = [Stop(MONDAY + 10 * DAY)]
    assert found(left) == ["after stop"]
    left.stops[0].handed = frozenset({("two", 1)})
    assert found(left) == []
    left.stops = [Stop(MONDAY + 10 * DAY, MONDAY + 12 * DAY)]
    assert found(left) == []


def test_who_does_not_go_on_is_found() -> None:
    def stuck(of: Story, *, overdue: bool, left: int = 2) -> list[str]:
        calm, until = MONDAY + 8 * DAY, MONDAY + 60 * DAY
        return [wrong.what for wrong in alive(of, calm, until, Waiting(overdue, left))]

    assert stuck(story(0, 7, 11, 20), overdue=True) == []
    assert stuck(story(0, 7, 13, 20), overdue=True) == ["stuck"]
    assert stuck(story(0, 7, 20, 33), overdue=False) == []
    assert stuck(story(0, 7, 11, 25), overdue=True) == ["stuck"]
    assert stuck(story(0, 7), overdue=False) == ["stuck"]
    assert stuck(story(0, 7), overdue=False, left=0) == []


def test_a_lesson_that_nobody_knows_of_leads_on_by_the_order_that_was_made_meanwhile() -> None:
    edited = [*EDITIONS, (MONDAY + 8 * DAY, ("welcome", "two", "one", "three"))]
    of = story(0, 21, slugs=("welcome", "three"))
    assert [wrong.what for wrong in judge(of, edited)] == ["skipped"]
    of.unknown = {"one"}
    assert list(judge(of, edited)) == []
    assert [wrong.what for wrong in judge(of, EDITIONS)] == ["skipped"]
