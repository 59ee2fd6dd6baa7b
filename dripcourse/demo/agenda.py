"""What went to a reader and what is to come, with dates in the reader's own zone."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum

from dripcourse.domain.course import Course
from dripcourse.domain.errors import NotFound
from dripcourse.domain.pacing import Slot
from dripcourse.services.enrollment import calendar
from dripcourse.services.host import overview
from dripcourse.services.host.overview import ReaderView
from dripcourse.services.parts import Parts


class When(StrEnum):
    """Where a lesson stands for a reader. The date of the next one is a promise; those after it are what follows if nothing changes."""

    WENT = "went"
    NEXT = "next"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Entry:
    """One lesson in a reader's calendar; `at` in the reader's zone."""

    number: int
    title: str
    at: datetime
    when: When


@dataclass(frozen=True, slots=True)
class Agenda:
    """One enrollment: how it stands, in a sentence, and its lessons in their order."""

    course: str
    state: str
    says: str
    zone: str
    tz: tzinfo
    entries: tuple[Entry, ...]

    @property
    def coming(self) -> bool:
        """Whether anything is still to come."""
        return any(entry.when is not When.WENT for entry in self.entries)


_WAITS = "Waiting for the reader: the next letter comes when they ask for it, on their page or by a reply."
_SAYS = {
    "pending": "Waiting for a yes: the link is in the confirmation mail.",
    "active": "On the way. The next date is a promise; the others follow from it if nothing changes.",
    "paused": "Paused. Nothing comes until the reader goes on.",
    "completed": "The course is complete. Nothing more will come.",
    "left": "The reader has left. Nothing more will come.",
}


def agendas(parts: Parts, address: str) -> list[Agenda]:
    """The calendars of whoever has this address, newest enrollment first; none if it was never enrolled."""
    try:
        found = overview.reader(parts, address)
    except NotFound:
        return []
    return [_agenda(parts, view) for view in reversed(found)]


def _agenda(parts: Parts, reader: ReaderView) -> Agenda:
    course = parts.library.courses.get(reader.course)
    tz = Slot(0, 0, reader.zone).tz
    return Agenda(
        course=course.title if course else reader.course,
        state=reader.state,
        says=_WAITS if reader.waits else _SAYS[reader.state],
        zone=reader.zone,
        tz=tz,
        entries=tuple(_entries(parts, reader, course, tz)) if course else (),
    )


def _entries(parts: Parts, reader: ReaderView, course: Course, tz: tzinfo) -> list[Entry]:
    entries = []
    for delivery in overview.accepted_lessons(parts, reader.enrollment):
        if lesson := course.lesson(delivery.lesson or ""):
            entries.append(Entry(lesson.number, lesson.title, delivery.at.astimezone(tz), When.WENT))
    for place, coming in enumerate(calendar.coming(parts, reader.enrollment)):
        when = When.LATER if place else When.NEXT
        entries.append(Entry(coming.lesson.number, coming.lesson.title, coming.due.astimezone(tz), when))
    return entries


def day(at: datetime) -> str:
    """An instant's day in words, without the year: `Tuesday, 2 March`."""
    return f"{at:%A}, {at.day} {at:%B}"


def short_day(at: datetime) -> str:
    """An instant's day, short: `Tue 2 Mar`."""
    return f"{at:%a} {at.day} {at:%b}"


def hour(at: datetime) -> str:
    """An instant's time of day: `09:00`."""
    return f"{at:%H:%M}"


def zone_of(found: list[Agenda]) -> tuple[str, tzinfo]:
    """The zone to tell the time in: the newest enrollment's, else UTC."""
    return (found[0].zone, found[0].tz) if found else ("UTC", UTC)
