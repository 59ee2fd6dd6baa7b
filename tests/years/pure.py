"""The larger number: the rules alone, over random years. A model of the engine that has no rule of its own; every date is the domain's."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from dripcourse.domain.course import Course, Lesson, next_lesson
from dripcourse.domain.pacing import Pace, Slot, due_again, earliest, next_due, wake_at
from tests.support.house import MONDAY
from tests.years.editions import orders
from tests.years.judges import Receipt, Stop, Story, Waiting, alive, judge
from tests.years.verdict import Verdict

HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365.25)
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Antarctica/Troll",
    "Pacific/Apia",
    "UTC",
    "Atlantis/Gone",
)
PACES = (Pace.WEEKLY, Pace.TWO_WEEKS, *[Pace.FOUR_WEEKS] * 3)
LENGTHS = (HOUR, 5 * HOUR, DAY, 9 * DAY, 45 * DAY, YEAR, 3 * YEAR, 10 * YEAR)


def _course(order: tuple[str, ...]) -> Course:
    lessons = tuple(Lesson(slug, number, slug, slug, slug, "", "", {}) for number, slug in enumerate(order))
    return Course("small", "small", "Small", "Small", "en", Pace.WEEKLY, {}, {}, lessons)


COURSES = tuple(_course(order) for order in orders(90))


@dataclass(slots=True)
class Row:
    """An enrollment, as its table holds it."""

    slot: Slot
    pace: Pace
    due: datetime | None
    wake: datetime
    active: bool = True
    last: str | None = None
    number: int = -1
    accepted_at: datetime | None = None

    @property
    def after_welcome(self) -> bool:
        return self.number == 0


class Reader:
    """One enrollment, from a seed: it is claimed when it may be, and whatever befalls it befalls it at random."""

    def __init__(self, seed: object) -> None:
        self.chance = random.Random(f"reader {seed}")
        self.real = MONDAY + self.chance.random() * 4 * YEAR
        self.ahead = timedelta()
        self.course = COURSES[0]
        self.jumps: list[tuple[datetime, timedelta]] = []
        self.editions = [(self.real, orders_of(self.course))]
        self.row = Row(self._slot(), self.chance.choice(PACES), self.now, self.now)
        self.story = Story(str(seed), self.real, paces=[(self.real, self.row.pace)], slots=[(self.real, self.row.slot)])
        self.seen: frozenset[str] = frozenset()
        self.over = self.left = self.calm = False

    @property
    def now(self) -> datetime:
        return self.real + self.ahead

    def _slot(self) -> Slot:
        return Slot(self.chance.randrange(7), self.chance.randrange(24), self.chance.choice(ZONES), 60)

    # ------------------------------------------------------------------------------------------------- the engine's part
    def live(self, until: datetime) -> None:
        """Tick at every instant at which something is to be done, up to one in true time."""
        row = self.row
        while row.active and not self.over:
            self._bring_back()
            at = max(self.real, row.wake - self.ahead) + timedelta(seconds=self.chance.random() * 10)
            if at > until:
                break
            self.real = at
            self._claim()
        self.real = max(self.real, until)

    def _bring_back(self) -> None:
        """What lies ahead was written by a clock that was wrong."""
        row = self.row
        if row.accepted_at is not None and row.accepted_at > self.now:
            row.accepted_at = self.now
            self._due_again()

    def _due_again(self) -> None:
        row = self.row
        row.due = row.wake = due_again(row.slot, row.pace, row.accepted_at, self.now, after_welcome=row.after_welcome)

    def _claim(self) -> None:
        row, now = self.row, self.now
        if row.accepted_at is not None and earliest(row.pace, row.accepted_at, after_welcome=row.after_welcome) > now:
            self._due_again()
            return
        if (morning := wake_at(row.slot, row.due or now, now)) > now:
            row.wake = morning
            return
        lesson = next_lesson(self.course, last_slug=row.last, last_number=row.number, seen=self.seen)
        if lesson is None:
            self.over = True
        elif not self.calm and self.chance.random() < 0.05:
            row.wake = now + timedelta(
                minutes=self.chance.choice((1, 60, 3000))
            )  # the wire says later, or the process died
        else:
            self._accepted(lesson)

    def _accepted(self, lesson: Lesson) -> None:
        row = self.row
        self.seen |= {lesson.slug}
        self.story.receipts.append(Receipt(self.real, lesson.slug, ahead=self.ahead))
        row.last, row.number, row.accepted_at = lesson.slug, lesson.number, self.now
        row.due = row.wake = next_due(row.slot, row.pace, self.now, after_welcome=row.after_welcome)

    # ------------------------------------------------------------------------------------------------ what befalls them
    def befall(self) -> None:
        """One thing at random, and how long it is until the next."""
        self.chance.choices([*_EVENTS], [*_EVENTS.values()])[0](self)

    def outage(self) -> None:
        self.real += self.chance.choice(LENGTHS)

    def jump(self) -> None:
        self._set(self.chance.choice(LENGTHS))

    def jump_back(self) -> None:
        self._set(-self.chance.choice(LENGTHS))

    def right(self) -> None:
        self._set(timedelta())

    def _set(self, ahead: timedelta) -> None:
        if ahead > self.ahead:
            self.jumps.append((self.real, ahead - self.ahead))
        self.ahead = ahead

    def pause(self) -> None:
        if self.row.active:
            self.row.active = False
            self.story.stops.append(Stop(self.real))
        self.real += self.chance.choice((HOUR, DAY, 30 * DAY, 200 * DAY))
        if self.chance.random() < 0.9:
            self.resume()

    def resume(self) -> None:
        if not self.row.active and not self.left:
            self.row.active = True
            self.story.stops[-1].until = self.real
            self._due_again()

    def leave(self) -> None:
        self.pause()
        self.left = not self.row.active
        if self.left and self.chance.random() < 0.7:  # and comes back
            self.left = False
            self.resume()

    def choose_pace(self) -> None:
        self.row.pace = self.chance.choice(PACES)
        self.story.paces.append((self.real, self.row.pace))
        self._due_again()

    def choose_slot(self) -> None:
        for _ in range(self.chance.choice((1, 1, 2, 5))):
            self.row.slot = self._slot()
            self._due_again()
        self.story.slots.append((self.real, self.row.slot))

    def edit(self) -> None:
        self.course = self.chance.choice(COURSES)
        self.editions.append((self.real, orders_of(self.course)))


def orders_of(course: Course) -> tuple[str, ...]:
    return tuple(lesson.slug for lesson in course.lessons)


_EVENTS: dict[Callable[[Reader], None], float] = {
    Reader.outage: 3,
    Reader.jump: 1.5,
    Reader.jump_back: 1.5,
    Reader.right: 2,
    Reader.pause: 2,
    Reader.resume: 1,
    Reader.leave: 0.2,
    Reader.choose_pace: 1,
    Reader.choose_slot: 2,
    Reader.edit: 0.7,
}


def live(seed: object, years: float) -> Verdict:
    """One reader after another, from one seed, for so many subscriber-years in all."""
    verdict, number = Verdict(lives=1), 0
    while verdict.years < years:
        number += 1
        _one(Reader(f"{seed}:{number}"), verdict, seed)
    return verdict


def _one(reader: Reader, verdict: Verdict, seed: object) -> None:
    story = reader.story
    end = reader.real + 60 * YEAR
    while reader.real < end and not reader.over and not reader.left:
        reader.live(reader.real + reader.chance.expovariate(2.5) * YEAR)
        reader.befall()
    reader.right()
    reader.calm = True
    calm, waits = reader.real, reader.row.active and not reader.over
    overdue = reader.row.due is not None and reader.row.due <= calm
    reader.live(calm + 45 * DAY)
    verdict.enrollments += 1
    verdict.lessons += len(story.receipts)
    ended = story.receipts[-1].at if reader.over and story.receipts else reader.real
    verdict.years += (ended - story.began) / YEAR
    for wrong in judge(story, reader.editions, reader.jumps):
        verdict.against(wrong, seed)
    if waits:
        left = 99 if not reader.over else len([1 for each in story.receipts if each.at > calm])
        for wrong in alive(story, calm, reader.real, Waiting(overdue, left)):
            verdict.against(wrong, seed)
