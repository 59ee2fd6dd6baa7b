"""The pace rule (DESIGN.md 3.2), over every zone of the zone database from 2024 to 2060.

The oracle knows nothing of folds and gaps: it walks along UTC in quarters of an hour, looks at the wall clock, and takes the first
instant at which the clock has come to the slot. (From 2024 on every offset and every change is a multiple of a quarter.)
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dripcourse.domain.pacing import (
    LEEWAY,
    Pace,
    Slot,
    default_slot,
    due_again,
    earliest,
    first_slot,
    known_zone,
    next_due,
    offset_minutes,
    wake_at,
    zones,
)

QUARTER, HOUR, DAY, WEEK = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
SHIFT = timedelta(hours=2)
"""The farthest that clocks are turned between 2024 and 2060 (Antarctica/Troll)."""
SINCE, UNTIL = datetime(2024, 1, 1, tzinfo=UTC), datetime(2061, 1, 1, tzinfo=UTC)
ZONES = sorted(zones())
SPACED = (Pace.WEEKLY, Pace.TWO_WEEKS, Pace.FOUR_WEEKS)
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


# -- the oracle -----------------------------------------------------------------------------------------------------------
def reaches(day: date, hour: int, tz: tzinfo) -> datetime:
    """The first instant at which the wall clock stands at that hour of that day, or past it."""
    wall = datetime.combine(day, time(hour))
    instant = wall.replace(tzinfo=UTC) - 15 * HOUR  # no clock is further ahead than 14 hours
    while instant.astimezone(tz).replace(tzinfo=None) < wall:
        instant += QUARTER
    return instant


def first_reached(slot: Slot, tz: tzinfo, since: datetime) -> datetime:
    """The first of the slots at or after `since`, by trying the days one after the other."""
    day = since.astimezone(tz).date() - 2 * DAY
    while day.weekday() != slot.weekday or (instant := reaches(day, slot.hour, tz)) < since:
        day += DAY
    return instant


@cache
def changes(zone: str) -> tuple[datetime, ...]:
    """Every instant from 2024 to 2060 at which the zone's clocks are turned."""
    tz, found = ZoneInfo(zone), []
    before, offset = SINCE, SINCE.astimezone(tz).utcoffset()
    while before < UNTIL:
        after = before + WEEK
        if (turned := after.astimezone(tz).utcoffset()) != offset:
            low, high = before, after
            while high - low > QUARTER:
                middle = low + (high - low) // QUARTER // 2 * QUARTER
                low, high = (middle, high) if middle.astimezone(tz).utcoffset() == offset else (low, middle)
            found.append(high)
        before, offset = after, turned
    return tuple(found)


# -- what to try it with -------------------------------------------------------------------------------------------------
instants = st.timedeltas(timedelta(), UNTIL - SINCE).map(lambda passed: SINCE + passed)
slots = st.builds(Slot, st.integers(0, 6), st.integers(0, 23), st.sampled_from(ZONES))
paces = st.sampled_from(Pace)
latenesses = st.one_of(
    st.timedeltas(timedelta(), HOUR), st.timedeltas(timedelta(), 3 * DAY), st.timedeltas(timedelta(), 500 * DAY)
)


@st.composite
def slots_and_instants(draw: st.DrawFn) -> tuple[Slot, datetime]:
    """A slot, and an instant: any, or within a few hours or days of a turning of that zone's clocks, or right on a slot."""
    slot = draw(slots)
    turned = changes(slot.zone)
    near = draw(st.sampled_from(["any", "slot", "hours", "days"]))
    if near == "slot":
        return slot, first_slot(slot, draw(instants))
    if near == "any" or not turned:
        return slot, draw(instants)
    reach = 3 * HOUR if near == "hours" else 9 * DAY
    return slot, draw(st.sampled_from(turned)) + draw(st.timedeltas(-reach, reach))


def quick(examples: int) -> Callable[[Any], Any]:
    return settings(max_examples=examples, deadline=None)


# -- the first slot --------------------------------------------------------------------------------------------------------
@quick(500)
@given(slots_and_instants())
def test_the_first_slot_is_when_the_wall_clock_first_comes_to_it(case: tuple[Slot, datetime]) -> None:
    slot, since = case
    assert first_slot(slot, since) == first_reached(slot, ZoneInfo(slot.zone), since)


@quick(500)
@given(slots_and_instants())
def test_the_first_slot_is_on_its_weekday_and_hour_unless_that_hour_was_skipped(case: tuple[Slot, datetime]) -> None:
    slot, since = case
    found = first_slot(slot, since)
    assert since <= found < since + WEEK + SHIFT + timedelta(microseconds=1)
    assert found.tzinfo is UTC
    local, before = (instant.astimezone(slot.tz) for instant in (found, found - QUARTER))
    if (local.weekday(), local.time()) != (slot.weekday, time(slot.hour)):
        wall = datetime.combine((before + HOUR).date() if slot.hour == 0 else before.date(), time(slot.hour))
        assert before.replace(tzinfo=None) < wall < local.replace(tzinfo=None)  # it was stepped over, just now
        assert wall.weekday() == slot.weekday
        assert found in changes(slot.zone)


@quick(300)
@given(slots_and_instants(), st.timedeltas(timedelta(), 40 * DAY))
def test_the_first_slot_stands_still_and_never_goes_back(case: tuple[Slot, datetime], later: timedelta) -> None:
    slot, since = case
    found = first_slot(slot, since)
    assert first_slot(slot, found) == found
    assert first_slot(slot, since + later) >= found
    if since + later <= found:
        assert first_slot(slot, since + later) == found


@quick(300)
@given(slots_and_instants())
def test_slots_follow_each_other_a_week_apart_so_an_hour_that_comes_twice_counts_once(
    case: tuple[Slot, datetime],
) -> None:
    slot, since = case
    one = first_slot(slot, since)
    two = first_slot(slot, one + timedelta(microseconds=1))
    assert abs(two - one - WEEK) <= SHIFT
    gaps = {instant.astimezone(slot.tz).date() for instant in (one, two) if instant in changes(slot.zone)}
    if not gaps:
        assert two.astimezone(slot.tz).date() - one.astimezone(slot.tz).date() == WEEK


def test_every_turning_of_every_clock_until_2060_is_met_as_the_wall_clock_shows_it() -> None:
    tried = set()
    for zone in ZONES:
        tz = ZoneInfo(zone)
        for change in changes(zone):
            offsets = ((change - QUARTER).astimezone(tz).utcoffset(), change.astimezone(tz).utcoffset())
            if (change, offsets) in tried:
                continue
            tried.add((change, offsets))
            there = change.astimezone(tz).replace(minute=0)
            for wall in (there - HOUR, there, there + HOUR):
                slot = Slot(wall.weekday(), wall.hour, zone)
                assert first_slot(slot, change - 2 * DAY) == reaches(wall.date(), wall.hour, tz), (zone, change, wall)
    assert len(tried) > 1000


@pytest.mark.parametrize(
    ("zone", "weekday", "hour", "stands"),
    [
        pytest.param("Europe/Berlin", SUNDAY, 2, "2024-03-31T01:00Z", id="Berlin skips 02:00, so it is 03:00"),
        pytest.param("Europe/Berlin", SUNDAY, 3, "2024-03-31T01:00Z", id="Berlin has 03:00 as ever"),
        pytest.param("Europe/Berlin", SUNDAY, 2, "2024-10-27T00:00Z", id="Berlin has 02:00 twice, the first counts"),
        pytest.param("America/New_York", SUNDAY, 2, "2024-03-10T07:00Z", id="New York skips 02:00"),
        pytest.param("America/New_York", SUNDAY, 1, "2024-11-03T05:00Z", id="New York has 01:00 twice"),
        pytest.param("Australia/Lord_Howe", SUNDAY, 2, "2024-10-05T15:30Z", id="Lord Howe skips half an hour"),
        pytest.param(
            "Australia/Lord_Howe", SUNDAY, 2, "2024-04-06T15:30Z", id="Lord Howe repeats half an hour before 02:00"
        ),
        pytest.param("America/Santiago", SUNDAY, 0, "2024-09-08T04:00Z", id="Santiago skips midnight"),
        pytest.param(
            "America/Santiago", SATURDAY, 23, "2024-04-07T02:00Z", id="Santiago has Saturday's last hour twice"
        ),
        pytest.param("Africa/Cairo", FRIDAY, 0, "2024-04-25T22:00Z", id="Cairo skips midnight"),
        pytest.param("Africa/Cairo", THURSDAY, 23, "2024-10-31T20:00Z", id="Cairo has 23:00 twice"),
        pytest.param("Asia/Beirut", SUNDAY, 0, "2024-03-30T22:00Z", id="Beirut skips midnight"),
        pytest.param("Africa/Casablanca", SUNDAY, 2, "2024-03-10T01:00Z", id="Casablanca turns back for Ramadan"),
        pytest.param("Africa/Casablanca", SUNDAY, 2, "2024-04-14T02:00Z", id="Casablanca turns forward after it"),
        pytest.param("Antarctica/Troll", SUNDAY, 1, "2024-03-31T01:00Z", id="Troll skips two hours, the first"),
        pytest.param("Antarctica/Troll", SUNDAY, 2, "2024-03-31T01:00Z", id="Troll skips two hours, the second"),
        pytest.param("America/Nuuk", SATURDAY, 23, "2024-03-31T01:00Z", id="Nuuk skips Saturday's last hour"),
        pytest.param("Pacific/Apia", FRIDAY, 9, "2011-12-30T10:00Z", id="Apia skipped a whole Friday"),
        pytest.param("Pacific/Kwajalein", SATURDAY, 9, "1993-08-21T12:00Z", id="Kwajalein skipped a whole Saturday"),
        pytest.param("Asia/Kathmandu", MONDAY, 9, "2026-01-05T03:15Z", id="Kathmandu is a quarter off"),
        pytest.param("Pacific/Kiritimati", MONDAY, 9, "2026-01-04T19:00Z", id="Kiritimati is a day ahead"),
        pytest.param("Europe/Berlin", TUESDAY, 9, "2028-02-29T08:00Z", id="the leap day of 2028"),
        pytest.param("Europe/Berlin", SUNDAY, 9, "2032-02-29T08:00Z", id="the leap day of 2032"),
        pytest.param("Pacific/Auckland", THURSDAY, 23, "2026-12-31T10:00Z", id="New Year's Eve"),
        pytest.param("America/Los_Angeles", FRIDAY, 0, "2027-01-01T08:00Z", id="New Year"),
    ],
)
def test_a_slot_in_a_known_place(zone: str, weekday: int, hour: int, stands: str) -> None:
    slot, expected = Slot(weekday, hour, zone), at(stands)
    for since in (expected - 5 * DAY, expected - timedelta(microseconds=1), expected):
        assert first_slot(slot, since) == expected
    assert first_slot(slot, expected + timedelta(microseconds=1)) > expected + 5 * DAY


# -- zones that come and go --------------------------------------------------------------------------------------------------
@quick(200)
@given(slots, instants, st.integers(-16 * 60, 16 * 60))
def test_a_zone_whose_name_has_gone_keeps_the_offset_it_had(slot: Slot, since: datetime, minutes: int) -> None:
    gone = replace(slot, zone="Atlantis/Poseidonis", offset_minutes=minutes)
    found = first_slot(gone, since)
    local = found.astimezone(timezone(timedelta(minutes=minutes)))
    assert (local.weekday(), local.time()) == (slot.weekday, time(slot.hour))
    assert since <= found < since + WEEK


@quick(100)
@given(st.sampled_from([zone for zone in ZONES if not changes(zone)]), slots, instants)
def test_where_clocks_are_never_turned_the_stored_offset_is_as_good_as_the_zone(
    zone: str, slot: Slot, since: datetime
) -> None:
    there = replace(slot, zone=zone, offset_minutes=offset_minutes(zone, since))
    assert first_slot(there, since) == first_slot(replace(there, zone="Atlantis/Poseidonis"), since)


@pytest.mark.parametrize(
    ("old", "new"),
    [("Europe/Kiev", "Europe/Kyiv"), ("Asia/Calcutta", "Asia/Kolkata"), ("US/Eastern", "America/New_York")],
)
def test_a_zone_that_was_renamed_keeps_its_slots(old: str, new: str) -> None:
    for weeks in range(0, 1900, 13):
        since = SINCE + weeks * WEEK
        assert first_slot(Slot(SUNDAY, 2, old), since) == first_slot(Slot(SUNDAY, 2, new), since)


@pytest.mark.parametrize(
    "zone",
    [
        "",
        "UTC+1",
        "europe/berlin",
        "Europe",
        "zone.tab",
        "../Europe/Berlin",
        "/etc/localtime",
        "a\0b",
        "é",
        "\udcff",
        "x" * 9999,
        "localtime",
        "posixrules",
        "right/Europe/Berlin",
        "posix/Europe/Berlin",
    ],
)
def test_what_is_no_place_or_not_the_same_on_every_machine_is_no_zone(zone: str) -> None:
    assert not known_zone(zone)
    assert offset_minutes(zone, SINCE) == 0
    assert first_slot(Slot(MONDAY, 9, zone, 60), SINCE) == at("2024-01-01T08:00Z")


def test_every_zone_is_known_and_its_offset_is_whole_minutes() -> None:
    assert len(ZONES) > 400
    for zone in ZONES:
        assert known_zone(zone)
        assert timedelta(minutes=offset_minutes(zone, SINCE)) == SINCE.astimezone(ZoneInfo(zone)).utcoffset()


# -- from one lesson to the next -----------------------------------------------------------------------------------------------
@quick(300)
@given(slots_and_instants(), paces)
def test_the_next_lesson_is_due_at_the_first_slot_a_day_short_of_the_pace(
    case: tuple[Slot, datetime], pace: Pace
) -> None:
    slot, last = case
    elapsed = {"weekly": 7, "two-weeks": 14, "four-weeks": 28, "ready": 7}[pace] * DAY
    due = next_due(slot, pace, last)
    assert due == first_reached(slot, ZoneInfo(slot.zone), last + elapsed - DAY)
    assert (
        last + elapsed - DAY <= due < last + elapsed + 6 * DAY + SHIFT + timedelta(microseconds=1)
    )  # nobody is forgotten


@quick(300)
@given(slots_and_instants(), st.sampled_from(SPACED), st.timedeltas(timedelta(), LEEWAY - SHIFT))
def test_a_lesson_that_is_a_little_late_does_not_put_off_the_next(
    case: tuple[Slot, datetime], pace: Pace, late: timedelta
) -> None:
    slot, since = case
    due = expected = first_slot(slot, since)
    for _ in range(pace.elapsed // WEEK):
        expected = first_slot(slot, expected + DAY)
    assert next_due(slot, pace, due + late) == expected


@quick(300)
@given(slots_and_instants(), st.lists(latenesses, min_size=2, max_size=8))
def test_weekly_lessons_are_never_under_six_days_apart_nor_two_in_a_readers_week(
    case: tuple[Slot, datetime], late: list[timedelta]
) -> None:
    slot, last = case
    for lateness in late:
        due = next_due(slot, Pace.WEEKLY, last)
        accepted = wake_at(slot, due, due + lateness)
        assert accepted - last >= 6 * DAY
        assert (
            last < first_slot(slot, last + timedelta(microseconds=1)) <= accepted
        )  # a slot, so a week's turn, lies between
        last = accepted


@quick(200)
@given(slots_and_instants(), paces)
def test_the_first_lesson_comes_at_the_first_slot_two_days_after_the_welcome(
    case: tuple[Slot, datetime], pace: Pace
) -> None:
    slot, welcomed = case
    assert next_due(slot, pace, welcomed, after_welcome=True) == first_reached(
        slot, ZoneInfo(slot.zone), welcomed + 2 * DAY
    )


@quick(200)
@given(st.sampled_from(ZONES), instants)
def test_without_a_wish_lessons_come_at_nine_from_the_third_day_after_confirmation(
    zone: str, confirmed: datetime
) -> None:
    slot = default_slot(zone, confirmed)
    third = confirmed.astimezone(ZoneInfo(zone)).date() + 3 * DAY
    assert (slot.weekday, slot.hour, slot.zone) == (third.weekday(), 9, zone)
    assert timedelta(minutes=slot.offset_minutes) == confirmed.astimezone(ZoneInfo(zone)).utcoffset()
    first = next_due(slot, Pace.WEEKLY, confirmed, after_welcome=True)
    assert first.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == datetime.combine(third, time(9))


# -- pauses, and changes of mind ------------------------------------------------------------------------------------------------
@quick(300)
@given(slots_and_instants(), paces, st.timedeltas(timedelta(), 900 * DAY), st.booleans())
def test_on_return_the_next_lesson_waits_for_the_pace_and_for_a_slot(
    case: tuple[Slot, datetime], pace: Pace, away: timedelta, welcome: bool
) -> None:
    slot, last = case
    now = last + away
    due = due_again(slot, pace, last, now, after_welcome=welcome)
    assert due == first_reached(slot, ZoneInfo(slot.zone), max(now, earliest(pace, last, after_welcome=welcome)))
    assert due_again(slot, pace, last, now, after_welcome=welcome) == due  # asking twice changes nothing


@quick(200)
@given(slots_and_instants(), st.lists(st.tuples(slots, paces, st.timedeltas(timedelta(), 2 * DAY)), max_size=12))
def test_no_number_of_changes_brings_a_lesson_before_its_pace(
    case: tuple[Slot, datetime], moves: list[tuple[Slot, Pace, timedelta]]
) -> None:
    slot, last = case
    now, pace, due = last, Pace.WEEKLY, next_due(slot, Pace.WEEKLY, last)
    for slot, pace, after in moves:
        now += after
        due = due_again(slot, pace, last, now)
        assert due >= max(now, last + pace.elapsed - DAY)
    assert due == first_reached(slot, ZoneInfo(slot.zone), max(now, last + pace.elapsed - DAY))


@quick(200)
@given(slots_and_instants(), slots, st.timedeltas(timedelta(), 6 * DAY))
def test_to_and_fro_is_where_it_began(case: tuple[Slot, datetime], other: Slot, after: timedelta) -> None:
    slot, last = case
    due = next_due(slot, Pace.WEEKLY, last)
    now = last + after
    due_again(other, Pace.WEEKLY, last, now)
    assert due_again(slot, Pace.WEEKLY, last, now) == due


def test_the_welcome_waits_for_nothing() -> None:
    assert due_again(Slot(MONDAY, 9, "Europe/Berlin"), Pace.WEEKLY, None, SINCE) == SINCE


# -- too late at night ----------------------------------------------------------------------------------------------------------
@quick(400)
@given(slots_and_instants(), latenesses)
def test_a_lesson_over_an_hour_late_goes_by_day_and_soon(case: tuple[Slot, datetime], late: timedelta) -> None:
    slot, since = case
    due = first_slot(slot, since)
    now = due + late
    wakes = wake_at(slot, due, now)
    if late <= HOUR:
        assert wakes == now
        return
    assert 7 <= wakes.astimezone(slot.tz).hour < 21
    assert now <= wakes <= now + 10 * HOUR + SHIFT
    assert (wakes == now) == (7 <= now.astimezone(slot.tz).hour < 21)
    assert wake_at(slot, due, wakes) == wakes
    if wakes > now:
        assert wakes == min(
            reaches(day, 7, slot.tz) for day in two_days(now, slot.tz) if reaches(day, 7, slot.tz) >= now
        )


def two_days(now: datetime, tz: tzinfo) -> tuple[date, date]:
    today = now.astimezone(tz).date()
    return today, today + DAY


@quick(200)
@given(slots_and_instants(), st.timedeltas(timedelta(), 40 * DAY))
def test_a_lesson_that_is_not_due_yet_sleeps_until_it_is(case: tuple[Slot, datetime], early: timedelta) -> None:
    slot, since = case
    due = first_slot(slot, since)
    assert wake_at(slot, due, due - early) == due


@quick(200)
@given(slots_and_instants(), latenesses, latenesses)
def test_whoever_asks_later_never_goes_earlier(case: tuple[Slot, datetime], one: timedelta, other: timedelta) -> None:
    slot, since = case
    due = first_slot(slot, since)
    sooner, later = sorted((one, other))
    assert wake_at(slot, due, due + sooner) <= wake_at(slot, due, due + later)


@pytest.mark.parametrize(
    ("zone", "due", "now", "wakes"),
    [
        ("Europe/Berlin", "2026-01-05T03:00+01:00", "2026-01-05T04:00+01:00", "2026-01-05T04:00+01:00"),
        ("Europe/Berlin", "2026-01-05T03:00+01:00", "2026-01-05T04:00:00.000001+01:00", "2026-01-05T07:00+01:00"),
        ("Europe/Berlin", "2026-01-05T03:00+01:00", "2026-01-05T06:59:59+01:00", "2026-01-05T07:00+01:00"),
        ("Europe/Berlin", "2026-01-05T03:00+01:00", "2026-01-05T20:59:59+01:00", "2026-01-05T20:59:59+01:00"),
        ("Europe/Berlin", "2026-01-05T03:00+01:00", "2026-01-05T21:00+01:00", "2026-01-06T07:00+01:00"),
        ("Europe/Berlin", "2025-12-31T09:00+01:00", "2025-12-31T23:30+01:00", "2026-01-01T07:00+01:00"),
        ("Europe/Berlin", "2028-02-28T09:00+01:00", "2028-02-28T22:00+01:00", "2028-02-29T07:00+01:00"),
        ("Europe/Berlin", "2024-03-29T09:00+01:00", "2024-03-30T22:00+01:00", "2024-03-31T07:00+02:00"),
        ("Asia/Kathmandu", "2026-01-05T03:00+05:45", "2026-01-05T05:00+05:45", "2026-01-05T07:00+05:45"),
        ("Pacific/Apia", "2011-12-29T09:00-10:00", "2011-12-29T22:00-10:00", "2011-12-31T07:00+14:00"),
    ],
)
def test_when_a_late_lesson_wakes(zone: str, due: str, now: str, wakes: str) -> None:
    assert wake_at(Slot(MONDAY, 3, zone), at(due), at(now)) == at(wakes)


# -- a whole course ---------------------------------------------------------------------------------------------------------------
@dataclass
class Reader:
    """Somebody in a course of sixty lessons, on a machine that is not always on. Keeps what happened, for the oracle to judge."""

    chance: Random
    slot: Slot
    pace: Pace
    now: datetime
    changed: datetime = SINCE
    """When the reader last changed anything."""

    def wish(self) -> Slot:
        return Slot(self.chance.randrange(7), self.chance.randrange(24), self.chance.choice(ZONES))

    def idle(self) -> timedelta:
        """How long the machine or the reader takes: mostly minutes, now and then months."""
        return self.chance.choice([0.002, 0.002, 0.04, 0.3, 3, 20, 90]) * self.chance.random() * DAY

    def live(self, due: datetime, last: datetime) -> datetime:
        """Change this and that before the lesson comes; returns when it is due then."""
        back = self.slot
        for _ in range(self.chance.choice([0, 0, 0, 1, 1, 2, 5])):
            self.now = self.changed = self.now + self.idle()
            self.slot = self.chance.choice(
                [self.slot, back, self.wish(), replace(self.slot, zone=self.chance.choice(ZONES))]
            )
            self.pace = self.chance.choice([self.pace, self.pace, *SPACED])
            due = due_again(self.slot, self.pace, last, self.now)
        return due

    def meet(self, due: datetime) -> datetime:
        """The machine comes round to it, perhaps long after; again and again until it may go. Returns when it went."""
        self.now = max(self.now, due) + self.idle()
        while (wakes := wake_at(self.slot, due, self.now)) > self.now:
            self.now = wakes + self.chance.random() * timedelta(minutes=10)
        return self.now


@quick(150)
@given(st.integers(0, 2**64))
def test_over_sixty_lessons_whatever_happens_every_promise_of_the_pace_is_kept(seed: int) -> None:
    chance = Random(seed)
    reader = Reader(chance, Slot(0, 0, "UTC"), chance.choice(SPACED), SINCE + chance.random() * 30 * 365 * DAY)
    reader.slot, last = reader.wish(), reader.now
    due = next_due(reader.slot, reader.pace, last, after_welcome=True)
    assert due == first_reached(reader.slot, reader.slot.tz, last + 2 * DAY)
    accepted = [reader.meet(due)]
    while len(accepted) < 60:
        last = accepted[-1]
        planned = next_due(reader.slot, reader.pace, last)
        slot_before, pace_before = reader.slot, reader.pace
        due = reader.live(planned, last)
        went = reader.meet(due)
        local, tz = went.astimezone(reader.slot.tz), reader.slot.tz
        # never early: not before the pace allows, not under six days, not before a slot of this reader
        assert went >= due >= last + reader.pace.elapsed - DAY >= last + 6 * DAY
        assert due == first_reached(reader.slot, tz, max(reader.changed, last + reader.pace.elapsed - DAY))
        # never a burst: a slot lies between this lesson and the last, so no week of the reader's holds both
        assert last < first_reached(reader.slot, tz, last + timedelta(microseconds=1)) <= went
        # never at night, unless it is the reader's own hour
        assert went <= due + HOUR or 7 <= local.hour < 21
        # never forgotten: who changes nothing waits for at most a slot's turn beyond the pace
        if (slot_before, pace_before) == (reader.slot, reader.pace) and due == planned:
            assert due <= last + reader.pace.elapsed + 6 * DAY + SHIFT
        accepted.append(went)
    assert accepted == sorted(set(accepted))
