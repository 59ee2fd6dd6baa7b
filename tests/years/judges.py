"""What really reached a reader, and what was promised them. Pure: a story in, what is wrong with it out.

Everything is judged by true time. The clock of a machine may be wrong; what it sent is judged by when it really came. There is one
thing that no engine can know by itself: that its clock has just jumped ahead (or, having been behind, is right again). A lesson
that comes early by no more than such a jump since the last one is counted apart, as `by a clock`: at most one a reader for a jump.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from operator import itemgetter
from typing import TypeVar

from dripcourse.domain.course import Course, next_lesson
from dripcourse.domain.pacing import HOLD_MOST, Pace, Slot, first_slot, known_zone
from dripcourse.domain.quiet import NONE

DAY = timedelta(days=1)
WELCOME_TO_FIRST = 2 * DAY
ELAPSED = {
    Pace.WEEKLY: 7 * DAY,
    Pace.TWO_WEEKS: 14 * DAY,
    Pace.FOUR_WEEKS: 28 * DAY,
    Pace.READY: 7 * DAY,
}
OVERDUE_WITHIN = 4 * DAY
ON_THE_WIRE = timedelta(minutes=15)
"""For how long a mail may be on the wire: what begins meanwhile is too late for it."""
SLACK = timedelta(hours=2)
"""What DST may add to the way from slot to slot, and what a clock's tick may."""

Attempt = tuple[str, int]
"""A delivery and its fence."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Receipt:
    """One lesson that reached its reader at `at`, sent by a clock that was `ahead` of true time by so much."""

    at: datetime
    slug: str
    attempt: Attempt = ("", 0)
    ahead: timedelta = timedelta()


@dataclass(slots=True)
class Stop:
    """From `since` to `until` (None: for good) nothing may come but what was `handed` over already."""

    since: datetime
    until: datetime | None = None
    handed: frozenset[Attempt] = frozenset()


@dataclass(slots=True)
class Move:
    """A lesson that nobody knows the fate of: assumed, at last, to have gone, so that the course goes on."""

    at: datetime
    slug: str


@dataclass(slots=True)
class Story:
    """One enrollment as its reader and the host knew it, in true time."""

    reader: str
    began: datetime
    receipts: list[Receipt] = field(default_factory=list)
    paces: list[tuple[datetime, Pace]] = field(default_factory=list)
    slots: list[tuple[datetime, Slot]] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    """Lessons of which an attempt had no answer, or that are held: the course may go on, or wait, without them."""
    moves: list[Move] = field(default_factory=list)
    reminders: list[Receipt] = field(default_factory=list)
    words: list[datetime] = field(default_factory=list)
    """When they said that they are ready, or chose to be asked while a lesson was in hand already."""
    holds: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    """From an instant on: the next lesson not before another, as they stay with the last one (None: no longer)."""


Jumps = Sequence[tuple[datetime, timedelta]]
"""When clocks jumped ahead, and how far."""
Editions = Sequence[tuple[datetime, tuple[str, ...]]]
"""The course's lessons in order, from an instant on; the first of them is the welcome."""


@dataclass(slots=True)
class Wrong:
    """A promise broken, and to whom."""

    what: str
    reader: str
    when: datetime
    words: str = ""


def in_force(history: Sequence[tuple[datetime, T]], at: datetime) -> T:
    """What was the case right before an instant: what changes while a mail is on the wire is too late for it."""
    place = bisect_left(history, at, key=itemgetter(0))
    return history[max(0, place - 1)][1]


def judge(
    story: Story, editions: Editions, jumps: Jumps = (), *, clocks_set: Sequence[datetime] = ()
) -> Iterator[Wrong]:
    """Everything that is wrong with a story: `repeated`, `early`, `burst`, `disorder`, `skipped`, `after stop`, and `by a clock`;
    `unasked`, `on a quiet date`, `not stayed`, `reminded twice` and `reminded too soon`. `clocks_set` is whenever anybody set a clock."""
    story.receipts.sort(key=lambda each: each.at)
    story.reminders.sort(key=lambda each: each.at)
    yield from once(story)
    yield from pace(story, editions, jumps)
    yield from order(story, editions)
    yield from stop(story)
    yield from asked(story)
    yield from quiet(story)
    yield from stayed(story, clocks_set)
    yield from reminded(story, jumps)


def once(story: Story) -> Iterator[Wrong]:
    """Each lesson at most once."""
    seen: dict[str, datetime] = {}
    for each in story.receipts:
        if each.slug in seen:
            yield Wrong("repeated", story.reader, each.at, f"{each.slug}, which came at {seen[each.slug]}")
        seen.setdefault(each.slug, each.at)


def pace(story: Story, editions: Editions, jumps: Jumps) -> Iterator[Wrong]:
    """Never sooner than the pace less 24 hours (after the welcome: two days), and one at most between two of the reader's slots."""
    for one, other in pairwise(story.receipts):
        welcome = one.slug == in_force(editions, one.at)[0]
        least = WELCOME_TO_FIRST if welcome else ELAPSED[in_force(story.paces, other.at)] - DAY
        jump = sum((by for at, by in jumps if one.at <= at <= other.at), timedelta())
        gap = other.at - one.at
        if gap < least:
            what = "by a clock" if gap + jump >= least else "early"
            yield Wrong(what, story.reader, other.at, f"{other.slug} came {gap} after {one.slug}")
        elif not welcome and not _slot_between(story, one.at, other.at, other.at):
            # a clock that is wrong all the while shows other weeks, but one lesson a week all the same
            kept = _slot_between(story, one.at + one.ahead, other.at + other.ahead + jump, other.at)
            yield Wrong(
                "by a clock" if kept else "burst", story.reader, other.at, f"{one.slug} and {other.slug} in one week"
            )


def _slot_between(story: Story, one: datetime, other: datetime, at: datetime) -> bool:
    """Whether a new week of the reader's, as it was at `at`, began between two instants."""
    slot = in_force(story.slots, at)
    # a zone's name that went since takes nothing from the date that was promised by it
    before = () if known_zone(slot.zone) else [each for _, each in story.slots if known_zone(each.zone)][-1:]
    # a slot on a quiet date begins a week all the same
    weeks = (replace(each, quiet=NONE) for each in (slot, *before))
    return any(first_slot(week, one + timedelta(microseconds=1)) <= other for week in weeks)


def order(story: Story, editions: Editions) -> Iterator[Wrong]:
    """In the course's order as it stood then, and without a gap: what lies between was sent, or nobody knows whether it was."""
    seen: set[str] = set(story.unknown)
    for one, other in pairwise(story.receipts):
        seen.add(one.slug)
        orders = [lessons for _, lessons in _between(editions, one.at, other.at)]
        places = {one.slug, *(move.slug for move in story.moves if one.at < move.at <= other.at)}
        if any(not places <= {*lessons} for lessons in orders):
            continue  # it was taken out meanwhile: then the place is told by what was seen before
        ways = [_way(lessons, one.slug, other.slug) for lessons in orders]
        known = [way for way in ways if way is not None]
        if _leads_on(orders, one.slug, other.slug, seen, story.unknown):
            continue
        if not known:
            yield Wrong("disorder", story.reader, other.at, f"{other.slug} after {one.slug}")
        else:
            yield Wrong("skipped", story.reader, other.at, f"{known[-1]} between {one.slug} and {other.slug}")


def _leads_on(
    orders: Sequence[tuple[str, ...]], one: str, other: str, seen: AbstractSet[str], unknown: AbstractSet[str]
) -> bool:
    """Whether one lesson leads to another over none but `seen` ones: by one order, or by a lesson that was in hand when the order changed."""
    places = {one}
    for lessons in orders:
        for each in sorted({*unknown, other} & {*lessons}, key=lessons.index):
            ways = [_way(lessons, place, each) for place in places]
            if any(way is not None and seen.issuperset(way) for way in ways):
                places.add(each)
    return one != other and other in places


def _between(editions: Editions, since: datetime, until: datetime) -> Editions:
    """Those that were in force at some time between two instants."""
    last = max(index for index, (at, _) in enumerate(editions) if at <= until or index == 0)
    first = max(index for index, (at, _) in enumerate(editions) if at <= since or index == 0)
    return editions[first : last + 1]


def _way(lessons: Sequence[str], one: str, other: str) -> Sequence[str] | None:
    """What lies between two lessons; None if the second does not come after the first."""
    if one not in lessons or other not in lessons or lessons.index(other) <= lessons.index(one):
        return None
    return lessons[lessons.index(one) + 1 : lessons.index(other)]


def stop(story: Story) -> Iterator[Wrong]:
    """Nothing after a stop, but what was on the wire by then."""
    for each in (*story.receipts, *story.reminders):
        for halt in story.stops:
            over = halt.until is not None and each.at >= halt.until
            if each.at > halt.since and not over and each.attempt not in halt.handed:
                yield Wrong("after stop", story.reader, each.at, f"{each.slug}, stopped since {halt.since}")


def asked(story: Story) -> Iterator[Wrong]:
    """At the pace `ready` no lesson after the welcome without the reader's word since the last."""
    for one, other in pairwise(story.receipts):
        said = any(one.at <= at <= other.at for at in story.words)
        if in_force(story.paces, other.at) is Pace.READY and not said:
            yield Wrong("unasked", story.reader, other.at, other.slug)


def quiet(story: Story) -> Iterator[Wrong]:
    """Nothing on a quiet date, by the clock that sent it, if it had begun, and was known, before a lesson could be on the wire."""
    for each in (*story.receipts, *story.reminders):
        slot, shown = in_force(story.slots, each.at - ON_THE_WIRE), each.at + each.ahead
        if slot.is_quiet(shown) and slot.is_quiet(shown - ON_THE_WIRE):
            yield Wrong("on a quiet date", story.reader, each.at, each.slug)


def stayed(story: Story, clocks_set: Sequence[datetime]) -> Iterator[Wrong]:
    """Who stays another week has it, unless a clock was set meanwhile, or they paused: then the end of that pause is their last word."""
    for one, other in pairwise(story.receipts if story.holds else ()):
        since, not_before = in_force([(at, (at, until)) for at, until in story.holds], other.at)
        untouched = since > one.at and not any(one.at <= at <= other.at for at in clocks_set)
        untouched &= not any(since <= stop.since <= other.at for stop in story.stops)
        if untouched and not_before is not None and other.at + other.ahead < not_before:
            yield Wrong("not stayed", story.reader, other.at, f"{other.slug}, not before {not_before}")


def reminded(story: Story, jumps: Jumps) -> Iterator[Wrong]:
    """Once a wait, and not before a lesson could have come and waited for a week."""
    seen: set[str] = set()
    for each in story.reminders:
        if each.slug in seen:
            yield Wrong("reminded twice", story.reader, each.at, each.slug)
        seen.add(each.slug)
        last = max((had.at for had in story.receipts if had.at <= each.at), default=story.began)
        jump = sum((by for at, by in jumps if last <= at <= each.at), timedelta())
        if each.at - last + jump < WELCOME_TO_FIRST + 7 * DAY:
            yield Wrong("reminded too soon", story.reader, each.at, each.slug)


# ------------------------------------------------------------------------------------------------------ going on again


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody in mid-course when the faults stop, with a lesson that is `overdue`, or with one that is to come."""

    overdue: bool
    left: int
    """How many lessons are to come."""


def to_come(course: Course, last: str | None, number: int, had: AbstractSet[str], in_hand: str | None) -> int:
    """How many lessons of a course are to come after a place. What stands before one that is `in_hand` may never go: it was claimed when
    there was no such lesson in between."""
    first = course.lesson(in_hand) if in_hand else None
    passed = {each.slug for each in course.lessons if first and each.number < first.number}
    left = 0
    while lesson := next_lesson(course, last_slug=last, last_number=number, seen=frozenset(had | passed)):
        left, last, number = left + 1, lesson.slug, lesson.number
    return left


def alive(story: Story, calm: datetime, until: datetime, waiting: Waiting) -> Iterator[Wrong]:
    """After the faults stop at `calm` the overdue lesson comes within four days, and the next within pace + 6 days of that."""
    step = ELAPSED[story.paces[-1][1]] + 6 * DAY + SLACK
    step += 7 * DAY * len(story.slots[-1][1].quiet)  # each may put it off by a week
    # one that was assumed and the next one may have the same instant: so by lesson
    came = {each.slug: each.at for each in (*story.moves, *story.receipts) if each.at > calm}
    since = sorted(came.values())
    bounds = [calm + (OVERDUE_WITHIN if waiting.overdue else step), *(at + step for at in since)]
    _, stays = story.holds[-1] if story.holds else (calm, None)
    if stays is not None and not waiting.overdue and stays <= calm + HOLD_MOST:
        bounds[0] = max(bounds[0], stays + SLACK)
    for nth, bound in enumerate(bounds[: waiting.left]):
        if bound <= until and (nth >= len(since) or since[nth] > bound):
            yield Wrong("stuck", story.reader, bound, f"number {nth + 1} since {calm} has not come")
            return


def lived(story: Story, until: datetime, over: Mapping[str, datetime]) -> timedelta:
    """How long an enrollment was active or paused; `over` tells when those that have ended did."""
    return max(timedelta(), min(until, over.get(story.reader, until)) - story.began)
