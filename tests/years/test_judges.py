"""The judges themselves: each finds what is wrong, and nothing where nothing is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from dripcourse.domain.pacing import Pace, Slot
from dripcourse.domain.quiet import QuietDate
from tests.domain.test_course import course
from tests.support.house import MONDAY
from tests.years.judges import DAY, Move, Receipt, Stop, Story, Waiting, alive, judge, to_come

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


def test_a_date_that_was_promised_stands_when_the_name_of_its_zone_has_gone() -> None:
    friday = MONDAY + 25 * DAY + timedelta(hours=9)  # 27 March at 20:00 in Berlin; a week later it is summer there
    of = story(0, slugs=("welcome",))
    of.receipts += [Receipt(friday, "one"), Receipt(friday + 7 * DAY - timedelta(hours=1), "two")]
    there, gone = Slot(4, 20, "Europe/Berlin", 60), Slot(4, 20, "Atlantis/Gone", 60)
    of.slots = [(MONDAY, there), (friday + DAY, gone)]
    assert found(of) == []
    of.slots = [(MONDAY, gone)]
    assert found(of) == ["burst"]


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


# ------------------------------------------------------------------------------------------------------- their own rhythm


def patient(*words: float) -> Story:
    """At the pace `ready`, with a word said on these days."""
    asked = story(0, 7, 14)
    asked.paces = [(MONDAY, Pace.READY)]
    asked.words = [MONDAY + day * DAY for day in words]
    return asked


def test_who_is_asked_each_time_gets_a_lesson_for_a_word() -> None:
    assert found(patient(1, 8)) == []
    assert found(patient(1)) == ["unasked"]
    assert found(patient(1, 2)) == ["unasked"], "one word is one lesson"


def test_a_quiet_date_is_kept_but_for_what_was_on_the_wire_as_it_began() -> None:
    on_the_day = replace(SLOT, quiet=frozenset({QuietDate.on((MONDAY + 7 * DAY).date(), every_year=False)}))
    disturbed = story(0, 7)
    disturbed.slots = [(MONDAY, on_the_day)]
    assert found(disturbed) == ["on a quiet date"]
    disturbed.slots = [(MONDAY, SLOT), (MONDAY + 7 * DAY - timedelta(minutes=1), on_the_day)]
    assert found(disturbed) == []
    begun = story(0, 7 - 10 / 24 + 1 / 1440)  # a minute after midnight
    begun.slots = [(MONDAY, replace(on_the_day, hour=0))]
    assert found(begun) == []


def test_who_stays_another_week_has_it_unless_they_chose_anew_or_a_clock_was_set() -> None:
    stays = story(0, 7)
    stays.holds = [(MONDAY + DAY, MONDAY + 14 * DAY)]
    assert found(stays) == ["not stayed"]
    assert [wrong.what for wrong in judge(stays, EDITIONS, clocks_set=[MONDAY + 3 * DAY])] == []
    rested = replace(stays, stops=[Stop(MONDAY + 2 * DAY, MONDAY + 3 * DAY)])
    assert found(rested) == [], "they paused since, and that was over (seed 1300008)"
    stays.holds.append((MONDAY + 2 * DAY, None))
    assert found(stays) == []
    later = story(0, 14)
    later.holds = [(MONDAY + DAY, MONDAY + 14 * DAY)]
    assert found(later) == []


@pytest.mark.parametrize(
    ("days", "wrong"), [((14,), []), ((8.9,), ["reminded too soon"]), ((14, 21), ["reminded twice"])]
)
def test_one_reminder_a_wait_and_not_too_soon(days: Sequence[float], wrong: list[str]) -> None:
    reminded = story(0)
    reminded.reminders = [Receipt(MONDAY + day * DAY, "welcome") for day in days]
    assert found(reminded) == wrong
    if not wrong:
        reminded.stops = [Stop(MONDAY + DAY)]
        assert found(reminded) == ["after stop"]


def test_who_stays_may_wait_longer_once_the_faults_have_stopped() -> None:
    calm = MONDAY + 10 * DAY
    slow = story(0, 7, 34)
    waiting = Waiting(overdue=False, left=1)
    assert [wrong.what for wrong in alive(slow, calm, calm + 40 * DAY, waiting)] == ["stuck"]
    slow.holds = [(MONDAY + 8 * DAY, MONDAY + 34 * DAY)]
    assert list(alive(slow, calm, calm + 40 * DAY, waiting)) == []


def test_what_stands_before_a_lesson_that_is_in_hand_may_never_go() -> None:
    """It was claimed in an edition that had none in between (seed 610000 with a wire that takes 0.02 s for a mail)."""
    longer = course("welcome", "one", "put-in", "two", "three")
    assert to_come(longer, "one", 1, {"welcome", "one"}, None) == 3
    assert to_come(longer, "one", 1, {"welcome", "one"}, "two") == 2
    assert to_come(longer, "one", 1, {"welcome", "one"}, "taken-out") == 3


def test_what_was_assumed_and_the_one_that_goes_at_the_same_instant_are_two() -> None:
    """Seeds 1000002, 1100001 and, before lives were the same each time, 610000."""
    calm = MONDAY + 10 * DAY
    at_once = story(0, 7, 10.1, slugs=("welcome", "one", "three"))
    waiting = Waiting(overdue=True, left=2)
    assert [wrong.what for wrong in alive(at_once, calm, calm + 40 * DAY, waiting)] == ["stuck"]
    at_once.moves = [Move(MONDAY + 10.1 * DAY, "two")]
    assert list(alive(at_once, calm, calm + 40 * DAY, waiting)) == []
