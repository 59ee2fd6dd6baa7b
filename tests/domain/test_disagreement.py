"""Two clocks: when one of them must be wrong, and how that is said."""

from datetime import UTC, datetime, timedelta

import pytest

from dripcourse.domain.clock_skew import disagrees, how_far, jumped

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(("apart", "wrong"), [(0, False), (299, False), (300, False), (301, True), (10**8, True)])
def test_more_than_five_minutes_is_a_fault_either_way(apart: int, wrong: bool) -> None:
    theirs = NOW + timedelta(seconds=apart)
    assert disagrees(NOW, theirs) is disagrees(theirs, NOW) is wrong


@pytest.mark.parametrize(
    ("apart", "words"),
    [
        (timedelta(minutes=6), "6 minutes ahead of"),
        (timedelta(minutes=119), "119 minutes ahead of"),
        (timedelta(hours=-3), "3 hours behind"),
        (timedelta(hours=47), "47 hours ahead of"),
        (timedelta(days=-3653), "3653 days behind"),
    ],
)
def test_how_far_is_said_in_words(apart: timedelta, words: str) -> None:
    assert how_far(NOW + apart, NOW) == words


def test_a_clock_that_was_set_is_noticed_and_one_that_drifts_is_not() -> None:
    hour = timedelta(hours=1)
    assert not jumped(hour + timedelta(seconds=30), hour)
    assert jumped(hour + timedelta(minutes=2), hour)
    assert jumped(-hour, timedelta(seconds=10))
