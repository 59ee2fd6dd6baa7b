"""A life: a world and its people, from a seed, under faults for so many subscriber-years, and then in peace; and the judgement on it."""

import math
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from dripcourse.db.models import Delivery, Enrollment
from dripcourse.domain.delivery import DeliveryState, Kind, Reason
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.domain.errors import NotFound
from tests.years import rhythms
from tests.years.editions import SLUG, editions
from tests.years.judges import Move, Story, Waiting, Wrong, alive, judge, lived, to_come
from tests.years.people import ZONES, People
from tests.years.verdict import Verdict
from tests.years.wire import Weather
from tests.years.world import DAY, HOUR, MINUTE, YEAR, World

AFTER = timedelta(days=45)
"""How long a life goes on after the faults have stopped: four days, the longest pace, and the way to a slot."""


@dataclass(frozen=True)
class Profile:
    """How a life is: how many readers, on how many machines, what the wire knows, and which faults there are, by weight."""

    readers: int
    machines: int
    knows: float
    hold: bool
    watched: bool
    faults_a_year: float
    acts_a_year: float
    kills: float
    faults: tuple[tuple[str, float], ...]


FAULTS = {
    "outage": 5.0,
    "weather": 4.0,
    "closed": 1.0,
    "clear": 3.0,
    "away": 1.0,
    "jump": 1.5,
    "jump back": 1.5,
    "right": 2.0,
    "edit": 0.7,
    "no course": 0.2,
    "back up": 1.0,
    "restore": 0.5,
    "decide": 2.0,
    "restart": 1.0,
}
ACTS = {
    "pause": 4.0,
    "resume": 4.0,
    "pace": 2.0,
    "slot": 3.0,
    "leave": 0.5,
    "complain": 0.2,
    "ask back": 1.0,
    "zone lost": 0.1,
    "ready": 8.0,
    "stay": 2.0,
    "quiet": 3.0,
}


def draw(chance: random.Random, readers: int) -> Profile:
    """A profile at random: some lives are calm, some have only one kind of trouble, most have all."""
    kinds = [kind for kind in FAULTS if chance.random() < 0.8]
    return Profile(
        readers=readers,
        machines=chance.choice((1, 1, 2, 3)),
        knows=chance.choice((1.0, 1.0, 1.0, 0.0, 0.5)),
        hold=chance.random() < 0.1,
        watched=chance.random() < 0.5,
        faults_a_year=chance.choice((4, 10, 20)),
        acts_a_year=chance.choice((0.1, 0.2, 0.5)),
        kills=chance.choice((0.0, 0.02, 0.1)),
        faults=tuple((kind, FAULTS[kind]) for kind in kinds) or (("outage", 1.0),),
    )


class Life:
    """Everything of one seed."""

    def __init__(
        self, folder: Path, seed: object, *, readers: int, url: str | None = None, profile: Profile | None = None
    ) -> None:
        self.seed = seed
        self.chance = chance = random.Random(f"life {seed}")
        self.profile = given = profile or draw(chance, readers)
        self.world = World(
            folder,
            chance,
            url=url,
            machines=given.machines,
            knows=given.knows,
            hold=given.hold,
            watched=given.watched,
            pace=random.Random(f"pace {seed}"),  # not `chance`: how often it is asked must not change what befalls
        )
        slots = [(chance.choice(ZONES), chance.randrange(7), chance.choice((0, 2, 7, 9, 20, 23))) for _ in range(6)]
        self.people = People(self.world, slots)
        self.world.on_meanwhile = self._meanwhile
        self.wrong: list[Wrong] = []
        self._backup: tuple[Path, datetime] | None = None
        self._lived, self._calm = 0.0, False
        self._event_at = self.world.real
        self._looked_at = self.world.real

    # ----------------------------------------------------------------------------------------------------- under faults
    def run(self, years: float) -> Verdict:
        """Live for so many subscriber-years, then in peace; and judge."""
        world = self.world
        while self._lived < years:
            before = world.real
            if world.real >= self._looked_at:
                self._look()
            if world.real >= self._event_at:
                self._event()
            self._turn(min(self._event_at, self._looked_at))
            self._lived += len(self.people.going) * ((world.real - before) / YEAR)
        calm = self._peace()
        until = world.real + AFTER
        while world.real < until:
            self._turn(until)
        return self._judge(calm)

    def _turn(self, until: datetime) -> None:
        world = self.world
        if not self._calm and self.chance.random() < self.profile.kills:
            world.strike()
        handed = self.people.complaining() if self.people.complaints else {}
        since = world.real
        if self._calm:  # everybody is ready as soon as they are asked: then `ready` is once a week
            for ident in rhythms.who_waits(self.people):
                rhythms.say_ready(self.people, ident)
        world.turn(until)
        if handed:
            self.people.heard(since, handed)

    def _look(self) -> None:
        """Twice a year: whose course is over, and new readers in their place."""
        self.people.completed()
        for ident in rhythms.who_waits(self.people):
            if self.chance.random() < 0.7:
                rhythms.say_ready(self.people, ident)
        while self.world.parts.library.courses and len(self.people.going) < self.profile.readers:
            self.people.join()
        self._looked_at = self.world.real + timedelta(days=self.chance.randint(30, 200))

    def _event(self) -> None:
        """A fault, or something that a reader does; and when the next one comes."""
        world, chance, given = self.world, self.chance, self.profile
        acts = len(self.people.going) * given.acts_a_year
        faults = given.faults_a_year
        if chance.random() < faults / (faults + acts):
            self._fault()
        elif world.real >= world.down_until or chance.random() < 0.02:
            self._act()
        self._event_at = world.real + chance.expovariate(faults + acts) * YEAR

    def _fault(self) -> None:
        if self.world.real < self.world.down_until:
            return
        names, weights = zip(*self.profile.faults, strict=True)
        name = self.chance.choices(names, weights)[0]
        self.world.score.count(name)
        _FAULTS[name](self)

    def _act(self) -> None:
        people, chance = self.people, self.chance
        name = chance.choices([*ACTS], [*ACTS.values()])[0]
        if name == "ask back":
            if people.left:
                people.ask_back(chance.choice(people.left))
            people.come_back()
        elif name == "ready":
            for ident in rhythms.who_waits(people)[:1]:
                self._does(name, ident)
        elif people.going:
            self._does(name, chance.choice(people.going))

    def _meanwhile(self, to: str) -> None:
        """While a group is on the wire, one of its readers does something."""
        ident = self.people.addresses.get(to)
        if ident in self.people.going:
            self._does(
                self.chance.choice(("pause", "leave", "pace", "slot", "resume", "stay", "quiet", "ready")), ident
            )

    def _does(self, name: str, ident: str) -> None:
        with suppress(NotFound):  # their course is over, and has not been looked at since
            _ACTS[name](self.people, ident)

    # ---------------------------------------------------------------------------------------------------------- faults
    def outage(self) -> None:
        """An hour to ten years, all lengths alike likely by their logarithm."""
        hours = math.exp(self.chance.uniform(0, math.log(10 * 365.25 * 24)))
        self.world.down_until = self.world.real + hours * HOUR
        self.world.restart()

    def weather(self) -> None:
        # a storm is as long as the hours that it costs to live through it
        trouble, lasts = self.chance.choice(((0.02, YEAR), (0.1, 20 * DAY), (0.5, 2 * DAY), (0.9, 6 * HOUR)))
        self.world.wire.weather.trouble, self.world.wire.weather.until = trouble, self.world.real + lasts

    def closed(self) -> None:
        self.world.wire.weather.closed_until = self.world.real + self.chance.choice((HOUR, DAY, 10 * DAY, 40 * DAY))

    def clear(self) -> None:
        self.world.wire.weather = Weather()

    def away(self) -> None:
        self.world.gone_until = self.world.real + self.chance.choice((MINUTE, HOUR, DAY, 10 * DAY))

    def jump(self) -> None:
        self._set_clocks(math.exp(self.chance.uniform(0, math.log(10 * 365.25 * 24))) * HOUR)

    def jump_back(self) -> None:
        self._set_clocks(-math.exp(self.chance.uniform(0, math.log(10 * 365.25 * 24))) * HOUR)

    def right(self) -> None:
        self._set_clocks(timedelta())

    def _set_clocks(self, ahead: timedelta) -> None:
        """All by as much, and a little apart; where clocks are watched, each may be right or wrong by itself."""
        apart = [timedelta(seconds=self.chance.randint(0, 120)) for _ in self.world.machines]
        alone = self.world.watched and self.chance.random() < 0.5
        self.world.set_clocks(*(each if alone and self.chance.random() < 0.5 else ahead + each for each in apart))

    def edit(self) -> None:
        self.world.edit(self.chance.randrange(len(editions())))

    def no_course(self) -> None:
        self.world.edit(None)

    def back_up(self) -> None:
        if self.world.parts.db.is_sqlite:
            self._backup = self.world.back_up(), self.world.real

    def restore(self) -> None:
        """Only where nothing is in the air: what became of that is known to nobody then (docs/reliability.md)."""
        if self._backup is None or self.people.complaints or self._in_the_air():
            return
        self.people.sort_out()
        path, at = self._backup
        self.world.restore(path)
        self.wrong += [Wrong("thrown out", reader, self.world.real) for reader in self.people.restored(at)]

    def _in_the_air(self) -> bool:
        wire = (DeliveryState.SENDING, DeliveryState.UNSURE)
        with self.world.parts.db.read() as session:
            return session.scalars(select(Delivery.id).where(Delivery.state.in_(wire)).limit(1)).first() is not None

    def decide(self) -> None:
        self.people.decide()

    def restart(self) -> None:
        self.world.restart()

    # ------------------------------------------------------------------------------------------------------- in peace
    def _peace(self) -> datetime:
        """The faults stop, the host sees to what was held; returns when."""
        world = self.world
        self.clear()
        world.gone_until = world.down_until = world.real
        world.set_clocks(*(timedelta() for _ in world.machines))
        current = self.chance.randrange(len(editions()))
        world.edit(current)
        self._calm = True
        calm = world.real
        self._waiting = self._who_waits(calm)
        for _ in range(2):
            world.real += 2 * MINUTE
            handed = self.people.complaining()
            for index in range(len(world.machines)):
                world.tick(index)
            self.people.heard(calm, handed)
            self.people.decide()
        return calm

    def _who_waits(self, calm: datetime) -> dict[str, Waiting]:
        """Everybody in mid-course: whether a lesson of theirs is overdue, and how many are to come."""
        course = self.world.parts.library.courses[SLUG]
        with self.world.parts.db.read() as session:
            rows = session.scalars(select(Enrollment).where(Enrollment.state == EnrollmentState.ACTIVE)).all()
            lessons = session.scalars(select(Delivery).where(Delivery.kind == Kind.LESSON)).all()
        seen: dict[str, set[str]] = {row.id: set() for row in rows}
        in_hand: dict[str, str] = {}
        overdue: set[str] = set()
        went = (DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.BOUNCED, DeliveryState.DEFERRED)
        done = (*went, DeliveryState.REFUSED)  # what was refused never goes again
        for each in lessons:
            ident = each.enrollment_id or ""
            if ident not in seen:
                continue
            if each.state in done:
                seen[ident].add(each.lesson or "")
            else:
                in_hand[ident] = each.lesson or ""
                if each.due_at is None or each.due_at <= calm:
                    overdue.add(ident)
        return {
            row.id: Waiting(
                row.id in overdue or (row.due_at is not None and row.due_at <= calm),
                to_come(course, row.last_lesson, row.last_number, seen[row.id], in_hand.get(row.id)),
            )
            for row in rows
        }

    # ------------------------------------------------------------------------------------------------------ judgement
    def _judge(self, calm: datetime) -> Verdict:
        people, world = self.people, self.world
        people.sort_out()
        people.end_pauses()
        verdict = Verdict(lives=1, enrollments=len(people.stories), ticks=world.score.ticks, kills=world.score.kills)
        verdict.faults = dict(world.score.faults)
        verdict.lessons = len(world.wire.taken)
        for wrong in [*self.wrong, *self._end_states()]:
            verdict.against(wrong, self.seed)
        for ident, story in people.stories.items():
            verdict.years += lived(story, world.real, self._over(ident, story)) / YEAR
            for wrong in self._wrongs(ident, story, calm):
                verdict.against(wrong, self.seed)
        return verdict

    def _wrongs(self, ident: str, story: Story, calm: datetime) -> Iterator[Wrong]:
        story.moves = self._moves(ident)
        yield from judge(story, self.world.editions, self.world.jumps, clocks_set=self.world.clocks_set)
        if ident in self._waiting and ident in self.people.going:
            yield from alive(story, calm, self.world.real, self._waiting[ident])

    def _moves(self, ident: str) -> list[Move]:
        """Lessons that were assumed to have gone."""
        with self.world.parts.db.read() as session:
            rows = session.scalars(
                select(Delivery).where(
                    Delivery.enrollment_id == ident, Delivery.reason.in_((Reason.ASSUMED, Reason.HOST))
                )
            )
            return [Move(row.changed_at, row.lesson or "") for row in rows if row.accepted_at]

    def _end_states(self) -> Iterator[Wrong]:
        """Nobody ends where nobody put them, and no complaint is left unheard."""
        with self.world.parts.db.read() as session:
            rows = session.scalars(select(Enrollment)).all()
        for row in rows:
            story = self.people.stories.get(row.id)
            if story is None:
                continue
            stopped = any(stop.until is None and stop.since < self.world.real for stop in story.stops)
            # a clock that nobody went by may have shown the end of a pause that still lasts
            lasts = row.state is EnrollmentState.PAUSED and self.people.asked_for(row.id, row.paused_until)
            if row.state in (EnrollmentState.LEFT, EnrollmentState.PAUSED) and not stopped and not lasts:
                yield Wrong("lost", story.reader, self.world.real, f"{row.state}, and nobody asked for it")
        for ident in self.people.complaints:
            yield Wrong("unheard", self.people.stories[ident].reader, self.world.real)

    def _over(self, ident: str, story: Story) -> dict[str, datetime]:
        """When an enrollment ended: as its reader left, or with the last lesson they had."""
        if ident in self.people.going:
            return {}
        last = [each.at for each in story.receipts[-1:]] + [stop.since for stop in story.stops if stop.until is None]
        return {story.reader: max(last, default=story.began)}


_FAULTS: dict[str, Callable[[Life], None]] = {name: getattr(Life, name.replace(" ", "_")) for name in FAULTS}
_ACTS: dict[str, Callable[[People, str], None]] = {
    "pause": People.pause,
    "resume": People.resume,
    "pace": People.choose_pace,
    "slot": People.choose_slot,
    "leave": People.leave,
    "complain": People.complain,
    "zone lost": People.lose_zone,
    **rhythms.ACTS,
}
