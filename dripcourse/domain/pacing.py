"""When a lesson may go: the pace rule, and nothing else.

A reader has a slot: one weekday and one full hour on their own wall clock. After a lesson is accepted at L, the next is due at
the first slot at or after L + pace - 24 h. Pace and the 24 h are elapsed time; a slot is wall time. So lessons a week apart are
never under six days apart, and at most one falls between two slots, whatever happens to clocks, zones and machines.
A slot on one of the reader's quiet dates is no slot; at the pace `ready` nothing is due until the reader says so.

All instants are aware datetimes in UTC. Zones are IANA names; a name that has gone falls back to the offset stored at enrollment.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from dripcourse.domain import quiet as quiet_dates
from dripcourse.domain.quiet import Quiet

LEEWAY = timedelta(hours=24)
WELCOME_TO_FIRST = timedelta(days=2)
LATE = timedelta(hours=1)
COURSE_AWAY = timedelta(days=2)
"""A course that was missing for less than this puts off no lesson that was due."""
HOLD_MOST = timedelta(weeks=8)
"""No lesson is put off for longer than this at a time."""
REMINDED_AFTER = timedelta(weeks=1)
"""For how long a lesson waits for its reader's word before they are told so, once."""
MORNING, EVENING = 7, 21
DEFAULT_HOUR = 9
DEFAULT_DAYS_AHEAD = 3
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Pace(StrEnum):
    """How far apart lessons are; `ready` waits for the reader's word, and never less than a week."""

    WEEKLY = "weekly"
    TWO_WEEKS = "two-weeks"
    FOUR_WEEKS = "four-weeks"
    READY = "ready"

    @property
    def elapsed(self) -> timedelta:
        """The elapsed time between two lessons at this pace."""
        return _ELAPSED[self]


_ELAPSED = {
    Pace.WEEKLY: timedelta(weeks=1),
    Pace.TWO_WEEKS: timedelta(weeks=2),
    Pace.FOUR_WEEKS: timedelta(weeks=4),
    Pace.READY: timedelta(weeks=1),
}


@dataclass(frozen=True, slots=True)
class Slot:
    """A reader's own hour: `weekday` 0 (Monday) to 6, `hour` 0 to 23, in `zone`.

    `offset_minutes` east of UTC stands in when `zone` is no longer known to the zone database. On a `quiet` date there is no slot.
    """

    weekday: int
    hour: int
    zone: str
    offset_minutes: int = 0
    quiet: Quiet = quiet_dates.NONE

    def is_quiet(self, at: datetime) -> bool:
        """Whether an instant falls on one of the reader's quiet dates, on their own calendar."""
        return bool(self.quiet) and quiet_dates.covers(self.quiet, at.astimezone(self.tz).date())

    @property
    def tz(self) -> tzinfo:
        """The slot's time zone, or its stored offset if the name has gone."""
        return _place(self.zone) or timezone(timedelta(minutes=self.offset_minutes))


@cache
def zones() -> frozenset[str]:
    """The names that mean the same time on every machine: all of the zone database's, without what stands for this machine's own."""
    return frozenset(available_timezones() - {"localtime"})


def known_zone(zone: str) -> bool:
    """Whether the zone database knows `zone` as a place's time (not merely an offset stored beside it)."""
    return zone in zones()


@lru_cache(maxsize=1024)
def _place(zone: str) -> ZoneInfo | None:
    return ZoneInfo(zone) if known_zone(zone) else None


def offset_minutes(zone: str, now: datetime) -> int:
    """The zone's offset east of UTC at `now`, in whole minutes: what to store against the day its name goes."""
    offset = now.astimezone(_place(zone) or UTC).utcoffset() or timedelta()
    return round(offset / timedelta(minutes=1))


def default_slot(zone: str, confirmed_at: datetime) -> Slot:
    """09:00 on the weekday three days after confirmation, on the reader's own calendar."""
    local = confirmed_at.astimezone(_place(zone) or UTC).date() + timedelta(days=DEFAULT_DAYS_AHEAD)
    return Slot(local.weekday(), DEFAULT_HOUR, zone, offset_minutes(zone, confirmed_at))


def first_slot(slot: Slot, at: datetime) -> datetime:
    """The first of the reader's slots at or after `at`, in UTC, that is on no quiet date.

    An hour that a clock change skips stands at the next valid instant; an hour that comes twice stands at its first coming only.
    """
    tz = slot.tz
    day = at.astimezone(tz).date() - timedelta(days=1)  # a skipped hour can land on the day after its own
    day += timedelta(days=(slot.weekday - day.weekday()) % 7)
    while (instant := _instant(day, slot.hour, tz)) < at or slot.is_quiet(instant):
        day += timedelta(weeks=1)
    return instant


def _instant(day: date, hour: int, tz: tzinfo) -> datetime:
    """The UTC instant at which the wall clock first shows `hour` on `day`, or would have."""
    wall = datetime.combine(day, time(hour), tz)
    early, late = wall.replace(fold=0).astimezone(UTC), wall.replace(fold=1).astimezone(UTC)
    if late >= early:
        return early
    return _jump(late, early, tz)  # fold=1 before fold=0: the hour does not exist that day (PEP 495)


def _jump(before: datetime, after: datetime, tz: tzinfo) -> datetime:
    """The instant between `before` and `after` at which the zone's clocks jump forward, to the second."""
    offset = before.astimezone(tz).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(tz).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


def earliest(pace: Pace, last_accepted: datetime, *, after_welcome: bool) -> datetime:
    """The instant before which the next lesson must not go, whatever the slot."""
    return last_accepted + (WELCOME_TO_FIRST if after_welcome else pace.elapsed - LEEWAY)


def next_due(slot: Slot, pace: Pace, last_accepted: datetime, *, after_welcome: bool = False) -> datetime:
    """When the next lesson is due after one was accepted at `last_accepted`; `after_welcome` if that one was lesson 0."""
    return first_slot(slot, earliest(pace, last_accepted, after_welcome=after_welcome))


def due_again(
    slot: Slot, pace: Pace, last_accepted: datetime | None, now: datetime, *, after_welcome: bool = False
) -> datetime:
    """When the next lesson is due after a pause, or a new day, hour, zone or pace: never sooner than the pace allows."""
    if last_accepted is None:
        return now  # the welcome waits for no slot
    return first_slot(slot, max(now, earliest(pace, last_accepted, after_welcome=after_welcome)))


def reminder_due(slot: Slot, could_come: datetime, now: datetime) -> datetime:
    """When to tell a reader that a lesson waits for their word: a week after it could first have come, and after now."""
    return first_slot(slot, max(could_come, now) + REMINDED_AFTER)


def wake_at(slot: Slot, due: datetime, now: datetime) -> datetime:
    """When a lesson due at `due` may really go, asked at `now`: never on a quiet date.

    One that is over an hour late, or has waited over a quiet date, goes in the reader's day (07:00 to 21:00).
    """
    late, wake = now > due + LATE, max(due, now)
    first, day = wake, wake.astimezone(slot.tz).date()
    while slot.is_quiet(wake) or (late and not MORNING <= wake.astimezone(slot.tz).hour < EVENING):
        day, wake, late = day + timedelta(days=1), max(first, _instant(day, MORNING, slot.tz)), True
    return wake


def rest_until(slot: Slot, now: datetime) -> datetime:
    """`now`, unless this is a quiet date of the reader's: then 07:00 of the first day after it that is none."""
    return wake_at(slot, now, now)


def free_until(slot: Slot, until: datetime) -> datetime:
    """`until`, or the midnight before it if it falls on a quiet date: what may go now may go until then. (For spans of minutes.)"""
    return _instant(until.astimezone(slot.tz).date(), 0, slot.tz) if slot.is_quiet(until) else until
