"""A world: the real engine on real tables, machines whose clocks may be wrong, a wire, and the faults that befall them."""

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from dripcourse.bootstrap import open_database
from dripcourse.db import schema
from dripcourse.db.models import Delivery, Enrollment, ProviderEvent, Signup
from dripcourse.domain.delivery import DeliveryState
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.domain.errors import DatabaseAway, MuteError
from dripcourse.domain.mail import Mailbox
from dripcourse.services.crypto.keyring import Keyring
from dripcourse.services.journal import Journal
from dripcourse.services.parts import Parts, Rules
from dripcourse.services.recovery.adopt import adopt
from dripcourse.services.tick import Heart
from tests.support.house import ENVIRONMENT, MONDAY, settings_for
from tests.years.editions import editions
from tests.years.fate import Fate, Killed, StruckJournal, any_blow
from tests.years.wire import Wire

MINUTE, HOUR, DAY, YEAR = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=365.25)
DWELLS = (0.001, 0.001, 0.001, 0.02, 0.02, 0.02, 0.06, 0.5)
"""Seconds that a mail takes on the wire: fifty in a group, or one. (The last is drawn seldom: each of its mails costs a transaction.)"""
_UNSURE = Delivery.state == DeliveryState.UNSURE
_NEXT = select(
    *(
        each.scalar_subquery()
        for each in (
            select(func.min(Enrollment.wake_at)).where(Enrollment.state == EnrollmentState.ACTIVE),
            select(func.min(Enrollment.paused_until)).where(Enrollment.state == EnrollmentState.PAUSED),
            select(func.min(Enrollment.remind_at)).where(Enrollment.state == EnrollmentState.ACTIVE),
            select(func.min(ProviderEvent.received_at)).where(ProviderEvent.handled_at.is_(None)),
            select(func.min(Signup.requested_at)).where(Signup.handled_at.is_(None)),
            select(func.min(Delivery.wake_at)).where(Delivery.wake_at.is_not(None), ~_UNSURE),
            select(func.min(Delivery.wake_at)).where(Delivery.wake_at.is_not(None), _UNSURE),
        )
    )
)
"""When something is to be done next; the last is when evidence is asked for."""


@dataclass
class Machine:
    """One process that ticks. Its clock may be ahead of true time, or behind it (less than nothing)."""

    ahead: timedelta = timedelta()
    heart: Heart = field(init=False)


@dataclass
class Score:
    """What happened in a world."""

    ticks: int = 0
    kills: int = 0
    away: int = 0
    faults: dict[str, int] = field(default_factory=dict)

    def count(self, what: str) -> None:
        self.faults[what] = self.faults.get(what, 0) + 1


class World:
    """One database and all that ticks over it. `real` is true time, which only goes forward."""

    def __init__(
        self,
        folder: Path,
        chance: random.Random,
        *,
        url: str | None = None,
        machines: int = 1,
        knows: float = 1.0,
        hold: bool = False,
        watched: bool = False,
        pace: random.Random | None = None,
    ) -> None:
        """`watched` if the wire says what time it is, and every machine asks it; `pace` draws how fast the wire is."""
        self.folder, self.chance, self.real = folder, chance, MONDAY
        self.score, self.fate = Score(), Fate()
        self.down_until = self.gone_until = MONDAY
        self.errors: list[tuple[datetime, timedelta]] = [(MONDAY, timedelta())]
        """The most that any clock was ahead, from an instant on."""
        self.jumps: list[tuple[datetime, timedelta]] = []
        self.editions = [(MONDAY, editions()[0].lessons)]
        self._depth, self._doomed = 0, False
        self._same, self._was_next = 0, MONDAY
        """How often in a row it was due at the same instant, and which: then its ticks came to nothing."""
        self.watched = watched
        self._pace = pace or random.Random("pace")
        self._dwell, self._dwelt = self._pace.choice(DWELLS), 0.0
        self._settings, self._open = settings_for(folder, url), ExitStack()
        self.wire = Wire(
            chance,
            self.fate,
            knows=knows,
            real=lambda: self.real,
            pass_time=self._pass,
            meanwhile=self._meanwhile,
            tells=watched,
        )
        self.on_meanwhile = lambda _: None
        self.parts = self._parts(hold=hold)
        self.machines = [self._machine() for _ in range(machines)]

    def _parts(self, *, hold: bool) -> Parts:
        db = open_database(self._settings)
        schema.upgrade(db, now=MONDAY)
        self._open.enter_context(self.fate.watching(db))
        self._open.callback(db.close)
        secrets = [
            [key.get_secret_value() for key in keys] for keys in (self._settings.secret_keys, self._settings.reply_keys)
        ]
        keys = Keyring(*secrets)
        first = editions()[0]
        rules = Rules(
            base_url=ENVIRONMENT["BASE_URL"],
            mail_from=Mailbox(ENVIRONMENT["MAIL_FROM"]),
            system_from=Mailbox(ENVIRONMENT["SYSTEM_FROM"]),
            reply_domain=ENVIRONMENT["REPLY_DOMAIN"],
            postal_address=ENVIRONMENT["POSTAL_ADDRESS"],
            assume_after=None if hold else timedelta(days=4),
        )
        journal = StruckJournal(Journal(self._settings.journal_dir, keys), keys, self.fate)
        return Parts(db, keys, first.library, first.renderer, self.wire, journal, rules, self._stopwatch)

    def close(self) -> None:
        """Give back every connection, and let go of fate."""
        self._open.close()

    # ------------------------------------------------------------------------------------------------------ machines
    def _machine(self, ahead: timedelta = timedelta()) -> Machine:
        machine = Machine(ahead)

        def clock() -> datetime:
            self.fate.come_to("clock")
            return self.real + machine.ahead

        with self.fate.spared():
            machine.heart = Heart(self.parts, clock, real=self.watched)
        return machine

    def restart(self) -> None:
        """Every process anew, as after an update."""
        self.machines = [self._machine(machine.ahead) for machine in self.machines]

    def set_clocks(self, *ahead: timedelta) -> None:
        """How far each machine's clock is ahead of true time."""
        before = [machine.ahead for machine in self.machines]
        for machine, each in zip(self.machines, ahead, strict=True):
            machine.ahead = each
        # whichever machine wrote last and whichever sends next: so far may time have seemed to jump
        if (by := max(ahead) - min(before)) > timedelta():
            self.jumps.append((self.real, by))
        self.errors.append((self.real, max(ahead)))

    @property
    def clocks_set(self) -> list[datetime]:
        """Whenever anybody set a clock."""
        return [at for at, _ in self.errors[1:]]

    def shown_at(self, instant: datetime, since: datetime) -> datetime | None:
        """From when on, in true time, some clock showed an instant; None if none has yet."""
        ends = [*(at for at, _ in self.errors[1:]), self.real]
        for (at, ahead), end in zip(self.errors, ends, strict=True):
            if end > since and (first := max(at, since, instant - ahead)) <= end:
                return first
        return None

    def some_clock(self) -> datetime:
        """What a clock shows that some machine goes by."""
        return self.real + self.chance.choice(self.machines).ahead

    def tick(self, index: int) -> None:
        """One tick of one machine, with whatever befalls it."""
        machine = self.machines[index]
        self.fate.gone = self.real < self.gone_until
        self.score.ticks += 1
        self._depth += 1
        if self._doomed and self._depth == 1:
            self.fate.blow, self._doomed = any_blow(self.chance), False
        try:
            machine.heart.tick()
        except Killed:
            self.score.kills += 1
            self.machines[index] = self._machine(machine.ahead)
        except DatabaseAway:
            self.score.away += 1
        finally:
            self._depth -= 1
            self.fate.blow, self.fate.gone = None, False

    def _pass(self, time: timedelta) -> None:
        """Time goes by while somebody is on the wire; others tick."""
        self.real += time
        if self._depth == 1:
            with self.fate.spared():
                for index in range(1, len(self.machines)):
                    self.tick(index)

    def _meanwhile(self, to: str) -> None:
        with self.fate.spared():
            self.on_meanwhile(to)

    # ---------------------------------------------------------------------------------------------------------- time
    def _stopwatch(self) -> float:
        """True time, and what the mails took on the wire: how large a batch is depends on it, and not on this machine's load."""
        self._dwelt += self._dwell * self._pace.uniform(0.5, 1.5)
        return (self.real - MONDAY).total_seconds() + self._dwelt

    def next_instant(self) -> datetime | None:
        """When, in true time, some machine's clock shows that something is to be done."""
        with self.parts.db.read() as session:
            *times, unsure = session.execute(_NEXT).one()
        if unsure is not None:
            times.append(unsure + 6 * HOUR)  # it asks every hour, for days
        most = max(machine.ahead for machine in self.machines)
        return min((at - most for at in times if at is not None), default=None)

    def turn(self, until: datetime) -> None:
        """To the next instant at which something is to be done, but not beyond `until`, and a tick of every machine then."""
        upcoming = self.next_instant() or until
        self._same = self._same + 1 if upcoming == self._was_next else 0
        self._was_next = upcoming
        self.real = max(self.real + self._step(), min(upcoming + self._late(), until))
        if self.real < self.down_until:
            self.real = min(self.down_until, max(self.real, until))
        if self.real >= self.down_until:
            first = self.chance.randrange(len(self.machines))
            self.tick(first)
            for index in range(len(self.machines)):
                if index != first and self.chance.random() < 0.3:
                    self.tick(index)

    def _late(self) -> timedelta:
        """How long after its time something is ticked for: seconds, but now and then hours."""
        return timedelta(seconds=self.chance.uniform(0, 10 if self.chance.random() < 0.97 else 3 * 3600))

    def _step(self) -> timedelta:
        closed = max(self.wire.weather.closed_until or self.real, self.gone_until)
        # meanwhile it would be told the same, every ten seconds; and while a clock is distrusted, it only listens
        vain = min(timedelta(seconds=10) * 2 ** min(self._same // 3, 12), 6 * HOUR)
        return max(vain, (closed - self.real) / 15)

    # -------------------------------------------------------------------------------------------------------- faults
    def strike(self) -> None:
        """The next tick is struck somewhere."""
        self._doomed = True

    def edit(self, number: int | None) -> None:
        """Another edition of the course, or (None) none at all, and a restart."""
        edition = editions()[number or 0]
        library = edition.library if number is not None else replace(edition.library, courses={})
        self.parts = replace(self.parts, library=library, renderer=edition.renderer)
        if number is not None:
            self.editions.append((self.real, edition.lessons))
        self.restart()

    @contextmanager
    def back_door(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.parts.db.path or "")
        try:
            yield connection
        finally:
            connection.close()

    def back_up(self) -> Path:
        """A copy of the database as it is now."""
        path = self.folder / "backup.db"
        path.unlink(missing_ok=True)
        with self.back_door() as truth, sqlite3.connect(path) as copy:
            truth.backup(copy)
        copy.close()
        return path

    def restore(self, backup: Path) -> None:
        """The copy in the database's place: it must be mute, until it is adopted."""
        truth = self.parts.db.path
        assert truth is not None
        self.parts.db.close()
        shutil.copy(backup, copied := truth.with_suffix(".copy"))
        for left in ("-wal", "-shm"):
            truth.with_name(truth.name + left).unlink(missing_ok=True)
        copied.replace(truth)
        self.restart()
        taken = len(self.wire.taken)
        try:
            self.machines[0].heart.tick()
        except MuteError:
            pass
        else:
            raise AssertionError("a restored database spoke")
        assert len(self.wire.taken) == taken
        adopt(self.parts, self.real + self.machines[0].ahead)
