"""Quiet dates and waiting, over every zone and every change of clocks: nothing on such a day, and nothing ever sooner for it."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dripcourse.domain.delivery import Kind, answer_key, is_unasked, rare_key
from dripcourse.domain.pacing import (
    REMINDED_AFTER,
    Pace,
    Slot,
    due_again,
    earliest,
    first_slot,
    next_due,
    reminder_due,
    rest_until,
    wake_at,
)
from dripcourse.domain.quiet import MOST, NONE, Quiet, QuietDate, covers
from tests.domain.test_pacing import DAY, SHIFT, WEEK, ZONES, at, paces, quick, slots_and_instants

days = st.dates(date(2024, 1, 1), date(2060, 12, 31))


@st.composite
def quiet_slots(draw: st.DrawFn) -> tuple[Slot, datetime]:
    """A slot, an instant, and quiet dates, most of them just where they hurt: on the slots that come next, or around the instant."""
    slot, since = draw(slots_and_instants())
    local = first_slot(slot, since).astimezone(slot.tz).date()
    near = st.integers(-2, 10).map(lambda number: local + number * WEEK) | st.integers(-4, 4).map(
        lambda number: since.astimezone(slot.tz).date() + number * DAY
    )
    found = draw(st.lists(st.tuples(near | days, st.booleans()), max_size=MOST))
    quiet: Quiet = frozenset(QuietDate.on(day, every_year=yearly) for day, yearly in found)
    return Slot(slot.weekday, slot.hour, slot.zone, slot.offset_minutes, quiet), since


def plain(slot: Slot) -> Slot:
    return Slot(slot.weekday, slot.hour, slot.zone, slot.offset_minutes)


def on(at: datetime, slot: Slot) -> date:
    return at.astimezone(slot.tz).date()


@quick(400)
@given(quiet_slots())
def test_a_slot_on_a_quiet_date_is_none_and_the_next_one_that_is_not_counts(case: tuple[Slot, datetime]) -> None:
    slot, since = case
    expected = first_slot(plain(slot), since)
    while covers(slot.quiet, on(expected, slot)):
        expected = first_slot(plain(slot), expected + timedelta(seconds=1))
    assert first_slot(slot, since) == expected


@quick(300)
@given(quiet_slots(), paces, st.booleans(), st.timedeltas(timedelta(), 400 * DAY))
def test_quiet_dates_make_nothing_early_and_nobody_is_forgotten(
    case: tuple[Slot, datetime], pace: Pace, welcome: bool, away: timedelta
) -> None:
    slot, last = case
    least = earliest(pace, last, after_welcome=welcome)
    for due, since in (
        (next_due(slot, pace, last, after_welcome=welcome), least),
        (due_again(slot, pace, last, last + away, after_welcome=welcome), max(least, last + away)),
    ):
        assert since <= due < since + (MOST + 1) * WEEK + SHIFT + timedelta(microseconds=1)
        assert due >= first_slot(plain(slot), since)
        assert not covers(slot.quiet, on(due, slot))


@quick(400)
@given(quiet_slots(), st.timedeltas(-2 * DAY, 30 * DAY))
def test_no_lesson_goes_on_a_quiet_date_however_late_it_is_and_after_one_it_goes_by_day(
    case: tuple[Slot, datetime], late: timedelta
) -> None:
    slot, since = case
    due = first_slot(slot, since)
    now = due + late
    wakes, would = wake_at(slot, due, now), wake_at(plain(slot), due, now)
    assert not slot.is_quiet(wakes)
    assert max(due, now) <= would <= wakes <= would + (MOST + 1) * DAY + SHIFT
    assert wake_at(slot, due, wakes) == wakes or wakes > due + timedelta(hours=1), "asked again then, it may go"
    if wakes != would:
        assert 7 <= wakes.astimezone(slot.tz).hour < 21
        assert slot.is_quiet(would) or slot.is_quiet(max(due, now))


@quick(300)
@given(quiet_slots())
def test_what_is_told_unasked_rests_over_a_quiet_date_and_not_longer(case: tuple[Slot, datetime]) -> None:
    slot, now = case
    rested = rest_until(slot, now)
    assert not slot.is_quiet(rested)
    assert (rested == now) == (not slot.is_quiet(now))
    if rested > now:
        day = on(now, slot)
        while covers(slot.quiet, day):
            day += DAY
        assert on(rested, slot) in (day, day + DAY), "the zone may have skipped that day"


@quick(300)
@given(quiet_slots(), st.timedeltas(timedelta(), 400 * DAY))
def test_a_reminder_comes_in_a_slot_a_week_after_the_lesson_could_have_come(
    case: tuple[Slot, datetime], waited: timedelta
) -> None:
    slot, last = case
    could = next_due(slot, Pace.READY, last)
    assert could - last >= 6 * DAY
    reminded = reminder_due(slot, could, last + waited)
    assert reminded >= max(could, last + waited) + REMINDED_AFTER
    assert reminded == first_slot(slot, reminded)
    assert not slot.is_quiet(reminded)
    said = last + waited  # and whoever says that they are ready, whenever they do, waits for the week and for a slot
    due = due_again(slot, Pace.READY, last, said)
    assert due >= max(said, last + 6 * DAY)
    assert due == first_slot(slot, max(said, last + 6 * DAY))


@pytest.mark.parametrize("zone", ZONES[:: len(ZONES) // 60])
def test_a_whole_year_of_one_quiet_weekday_a_month_in_many_zones(zone: str) -> None:
    """The day is the reader's own: where the date line lies between, it is another instant."""
    slot = Slot(3, 23, zone)
    due, quiet = at("2026-01-01T00:00Z"), set[QuietDate]()
    for _ in range(MOST):
        due = first_slot(slot, due + 20 * DAY)
        quiet.add(QuietDate.on(on(due, slot), every_year=False))
    careful = Slot(3, 23, zone, 0, frozenset(quiet))
    since = at("2026-01-01T00:00Z")
    while since < at("2027-01-01T00:00Z"):
        since = first_slot(careful, since) + timedelta(seconds=1)
        assert QuietDate.on(on(since, slot), every_year=False) not in quiet


@given(days, days, st.booleans())
def test_a_quiet_date_is_written_and_read_and_covers_its_day_only(day: date, other: date, yearly: bool) -> None:
    quiet = QuietDate.on(day, every_year=yearly)
    assert QuietDate.read(str(quiet)) == quiet
    assert quiet.covers(day)
    assert quiet.covers(other) == ((day.month, day.day) == (other.month, other.day) and (yearly or day == other))
    assert quiet.is_over(other) == (not yearly and day < other)
    assert not covers(NONE, day)


@pytest.mark.parametrize("text", ["", "x", "2027-02-30", "--02-30", "--2-3", "2027-02-14T00:00", "02-14", "--"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        QuietDate.read(text)


def test_the_leap_day_every_year_is_the_leap_day_of_the_years_that_have_one() -> None:
    quiet = QuietDate.read("--02-29")
    assert quiet.covers(date(2028, 2, 29))
    assert not quiet.covers(date(2027, 2, 28))
    assert not quiet.covers(date(2027, 3, 1))


def test_what_a_reader_asked_for_comes_on_any_day() -> None:
    assert is_unasked(Kind.LESSON, "e:s")
    assert is_unasked(Kind.REMINDER, "reminder:e:s")
    assert is_unasked(Kind.RECEIPT, rare_key("whose", "s", "2026-03-02"))
    assert not is_unasked(Kind.RECEIPT, answer_key("abc"))
    assert not is_unasked(Kind.COPY, "e:s:2026")
    assert not is_unasked(Kind.CONFIRM, "s:1")
