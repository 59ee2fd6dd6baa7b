"""Clocks that disagree: when it is a fault, and how to say it."""

from datetime import datetime, timedelta

TOLERANCE = timedelta(minutes=5)
"""How far two machines' clocks may be apart without anybody calling it a fault."""


def disagrees(ours: datetime, theirs: datetime) -> bool:
    """Whether one of two clocks that were read at the same moment must be wrong."""
    return abs(ours - theirs) > TOLERANCE


def jumped(by_clock: timedelta, truly: timedelta) -> bool:
    """Whether a clock that went on by `by_clock` while `truly` so much time passed was set meanwhile, or slept."""
    return abs(by_clock - truly) > TOLERANCE / 5


def how_far(ours: datetime, theirs: datetime) -> str:
    """How our clock stands to theirs, in words: "12 minutes ahead of", "3 days behind"."""
    apart = abs(ours - theirs)
    units = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))
    name, unit = next(((name, unit) for name, unit in units if apart >= 2 * unit), units[-1])
    return f"{apart // unit} {name}s {'ahead of' if ours > theirs else 'behind'}"
