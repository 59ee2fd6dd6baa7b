"""Dates on which a reader wants no mail: one day, or the same day every year."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

MOST = 12
"""As many quiet dates a reader can have at a time."""
_EVERY_YEAR = "--"


@dataclass(frozen=True, slots=True, order=True)
class QuietDate:
    """A date on a reader's own calendar; `year` is None if it is meant every year (29 February: in the years that have one)."""

    month: int
    day: int
    year: int | None = None

    @classmethod
    def on(cls, day: date, *, every_year: bool) -> "QuietDate":
        """The quiet date that a day names."""
        return cls(day.month, day.day, None if every_year else day.year)

    @classmethod
    def read(cls, text: str) -> "QuietDate":
        """From `2027-02-14`, or `--02-14` for every year (as in RFC 6350). Raises ValueError."""
        if text.startswith(_EVERY_YEAR):
            return cls.on(date.fromisoformat(f"2000-{text.removeprefix(_EVERY_YEAR)}"), every_year=True)
        return cls.on(date.fromisoformat(text), every_year=False)

    def __str__(self) -> str:
        return f"{_EVERY_YEAR if self.year is None else f'{self.year:04d}-'}{self.month:02d}-{self.day:02d}"

    def covers(self, day: date) -> bool:
        """Whether it is this day."""
        return (self.month, self.day) == (day.month, day.day) and self.year in (None, day.year)

    def is_over(self, today: date) -> bool:
        """Whether it can never come again."""
        return self.year is not None and (self.year, self.month, self.day) < (today.year, today.month, today.day)


Quiet = frozenset[QuietDate]
"""All quiet dates of a reader."""
NONE: Quiet = frozenset()


def covers(quiet: Iterable[QuietDate], day: date) -> bool:
    """Whether a day is one of these."""
    return any(each.covers(day) for each in quiet)
