"""`python -m tests.faults.copies --moments 1000 --folder F`: an older copy comes back at random moments of a running course.

Six ways: copied over in place, moved into place, only the differing blocks written (rsync --inplace), the data directory put back, a
standby that lagged, a backup restored; with the process stopped, killed or running. Then it must be mute if anything was noted since,
and after `adopt` the course goes on. Between them processes are killed at random moments of a tick or of a reader's leaving, and
must go on without being mute. Judged by what is in the mailboxes: no lesson twice, nothing to a reader who had left. Exit 1 if not.
"""

import argparse
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from time import monotonic

from dripcourse.bootstrap import back_up, open_parts, restore_from
from dripcourse.db import schema
from dripcourse.db.models import Enrollment
from dripcourse.db.session import Database
from dripcourse.domain.enrollment import LIVE, LeftReason
from dripcourse.domain.errors import DatabaseAway, MuteError
from dripcourse.services.enrollment import enroll, lifecycle
from dripcourse.services.enrollment.enroll import How, Wish
from dripcourse.services.journal import Fact
from dripcourse.services.privacy import erase
from dripcourse.services.recovery import adopt
from dripcourse.settings import Settings
from tests.faults import servers
from tests.support.children import ended, fork, kill_self
from tests.support.house import MONDAY, House, settings_for
from tests.support.once import read_once

WAYS = ("copied over", "moved", "in place", "directory", "standby", "restored")
BLOCK = 4096
WORLD_MOMENTS = 20
"""After so many moments a new course begins, so that judging stays quick."""
CALLS = 60_000
"""About so many calls are made in a tick or two: a killed process dies at one of them."""


@dataclass
class Score:
    """What was done, and what came of it."""

    moments: int = 0
    mute: int = 0
    nothing_new: int = 0
    restarts: int = 0
    killed: int = 0
    mails: int = 0
    repeated: int = 0
    to_left: int = 0
    false_alarms: int = 0
    unnoticed: int = 0
    ways: Counter[str] = field(default_factory=Counter)

    @property
    def broken(self) -> int:
        return self.repeated + self.to_left + self.false_alarms + self.unnoticed


class Store(ABC):
    """Where a database's bytes lie, and how an older copy of them comes back."""

    url: str

    @abstractmethod
    def take(self, way: str) -> Path:
        """A copy, as it is made for that way of coming back. Nobody has the database open."""

    @abstractmethod
    def put_back(self, copy: Path, way: str) -> None:
        """It comes back."""


class File(Store):
    """An SQLite file, in a data directory without the journal."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._names = folder, count()
        self.data = folder / "data"
        self.data.mkdir(parents=True)
        self.path = self.data / "truth.db"
        self.url = f"sqlite:///{self.path}"

    def take(self, way: str) -> Path:
        copy = self.folder / f"copy-{next(self._names)}"
        if way == "directory":
            shutil.copytree(self.data, copy)
        elif way == "restored":
            back_up(settings(self.folder, self.url), copy, lambda _: None)
        else:  # a standby lags behind, as a file that was copied then
            with closing(sqlite3.connect(self.path)) as source, closing(sqlite3.connect(copy)) as target:
                source.backup(target)
        return copy

    def put_back(self, copy: Path, way: str) -> None:
        match way:
            case "copied over":
                shutil.copyfile(copy, self.path)
            case "in place":
                write_blocks(copy, self.path)
            case "moved":
                shutil.copyfile(copy, draft := self.data / "draft")
                draft.replace(self.path)
            case "standby":
                self.path = self.data / f"standby-{next(self._names)}.db"
                shutil.copyfile(copy, self.path)
            case "directory":
                shutil.rmtree(self.data)
                shutil.copytree(copy, self.data)
            case "restored":
                self.path = self.data / f"restored-{next(self._names)}.db"
        if way not in ("restored", "directory"):
            self.forget_log()
        self.url = f"sqlite:///{self.path}"
        if way == "restored":
            restore_from(settings(self.folder, self.url), copy, lambda _: None)

    def forget_log(self) -> None:
        for end in ("-wal", "-shm"):
            self.path.with_name(self.path.name + end).unlink(missing_ok=True)


def write_blocks(source: Path, target: Path) -> None:
    """As `rsync --inplace --no-whole-file`: only the blocks that differ are written, in the same file."""
    with source.open("rb") as new, target.open("r+b") as old:
        while block := new.read(BLOCK):
            place = new.tell() - len(block)
            old.seek(place)
            if old.read(len(block)) != block:
                old.seek(place)
                old.write(block)
        old.truncate(new.tell())


class Server(Store):
    """A PostgreSQL server's data directory."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self._names = folder, count()
        self._room = Path(tempfile.mkdtemp(prefix="dripcourse-pg-"))
        self._room.chmod(0o755)
        stack.callback(shutil.rmtree, self._room, ignore_errors=True)
        stack.callback(self._end)
        self._data = self._room / "data"
        self._begin()
        self.url = self._server.database("course")

    def _end(self) -> None:
        self._server.stop()

    def _begin(self) -> None:
        self._server = servers.Server(self._data)

    def take(self, way: str) -> Path:
        copy = self._room / f"copy-{next(self._names)}"
        if way == "restored":
            back_up(settings(self.folder, self.url), copy, lambda _: None)
            return copy
        self._server.stop()
        subprocess.run(["cp", "-a", self._data, copy], check=True)
        self._server.start()
        return copy

    def put_back(self, copy: Path, way: str) -> None:
        if way == "restored":
            self.url = self._server.database(f"restored_{next(self._names)}")
            restore_from(settings(self.folder, self.url), copy, lambda _: None)
            return
        self._server.stop()
        name = self.url.rpartition("/")[2].partition("?")[0]
        match way:
            case "moved":
                self._data.rename(self._room / f"old-{next(self._names)}")
                copy.rename(self._data)
            case "standby":
                self._data = copy
            case "directory":
                shutil.rmtree(self._data)
                subprocess.run(["cp", "-a", copy, self._data], check=True)
            case _:  # the files that are there are written over
                for old in [each for each in self._data.rglob("*") if each.is_file()]:
                    if not (copy / old.relative_to(self._data)).exists():
                        old.unlink()
                subprocess.run(["cp", "-a", f"{copy}/.", self._data], check=True)
        self._begin() if way == "standby" else self._server.start()
        self.url = self._server.database(name)


def settings(folder: Path, url: str) -> Settings:
    places = {
        "JOURNAL_DIR": folder / "journal",
        "MAIL_URL": f"outbox:{folder / 'outbox'}",
    }
    return settings_for(folder, url, **{name: str(place) for name, place in places.items()})


class World:
    """A course under way, a clock that is turned, and the truth about who had left when."""

    def __init__(self, folder: Path, store: Store, chance: random.Random, score: Score) -> None:
        self._folder, self._store, self._chance, self._score = folder, store, chance, score
        self.now = MONDAY
        self._left: set[str] = set()
        self._read: Counter[tuple[str, str]] = Counter()
        self._files: set[str] = set()
        self._names = count()
        db = Database(store.url)
        schema.upgrade(db, now=self.now)
        db.close()
        with self.open() as house:
            self._enroll(house)  # a database that knows nobody is new, and no copy
            house.tick()

    @contextmanager
    def open(self) -> Iterator[House]:
        with ExitStack() as stack:
            with read_once():
                parts = stack.enter_context(open_parts(settings(self._folder, self._store.url)))
            yield House(parts, self._folder, self.now)

    # -- the course

    def live(self, house: House, steps: int) -> None:
        """Readers come, get their lessons, and some leave."""
        for _ in range(steps):
            for _ in range(self._chance.randrange(3)):
                self._enroll(house)
            house.now = self.now = self.now + timedelta(hours=self._chance.choice((5, 30, 80, 170)))
            house.tick()
            if self._chance.random() < 0.5:
                self._leave(house)

    def _enroll(self, house: House) -> None:
        address = f"reader{next(self._names)}@example.org"
        enroll.vouch(
            house.parts, Wish(address=address, course="rebuilding-trust", how=How.HOST, consent="Yes."), house.now
        )

    def _leave(self, house: House) -> None:
        found = self._somebody(house)
        if not found:
            return
        ident, subscriber, address = found
        self.judge()  # what came before they left
        if self._chance.random() < 0.2:
            erase.erase(house.parts, subscriber, house.now)
        else:
            end(house, ident)
        self._left.add(address)

    def _somebody(self, house: House) -> tuple[str, str, str] | None:
        with house.parts.db.read() as session:
            rows = session.query(Enrollment).where(Enrollment.state.in_(LIVE)).order_by(Enrollment.id).all()
        if not rows:
            return None
        row = self._chance.choice(rows)
        with house.parts.db.read() as session:
            subscriber = session.get_one(erase.Subscriber, row.subscriber_id)
        sealed = house.parts.keys.unseal(subscriber.address_sealed, "address", subscriber.id)
        return row.id, row.subscriber_id, sealed.decode()

    # -- what is done to it

    def restart(self) -> None:
        """A process is killed at some moment; the next one must not take the database for a copy."""
        if self._chance.random() < 0.75:
            self._kill()
        self._score.restarts += 1
        with self.open() as house:
            try:
                house.tick()
            except MuteError as error:
                self._score.false_alarms += 1
                adopt.adopt(house.parts, house.now)
                print("a false alarm:", error, flush=True)
            except DatabaseAway:
                pass
        self.judge()

    def _kill(self) -> None:
        """In a child: a tick or two, or a reader who leaves, up to the moment."""
        moment, leaves = int(CALLS * self._chance.random() ** 2), self._chance.random() < 0.3
        self.now += timedelta(hours=self._chance.choice((1, 30, 170)))

        def work() -> None:
            with self.open() as house:
                found = self._somebody(house) if leaves else None
                die_at(moment if not leaves else moment // 40)
                if found:
                    end(house, found[0])
                house.tick()
                house.tick()
                sys.setprofile(None)

        self._score.killed += ended(fork(work)) < 0

    def copy_comes_back(self, way: str) -> None:
        """One moment."""
        self._score.moments += 1
        self._score.ways[way] += 1
        with self.open() as house:
            self.live(house, self._chance.randrange(1, 3))
        copy = self._store.take(way)
        noted = self._facts()
        with self.open() as house:
            self.live(house, self._chance.randrange(1, 4))
        if self._chance.random() < 0.3:
            self._kill()
        self.judge()
        running = isinstance(self._store, File) and way in ("copied over", "in place") and self._chance.random() < 0.4
        if running:
            self._while_running(copy, way)
        self._store.put_back(copy, way)
        self._must_be_mute(older=self._facts() != noted or way == "restored")
        self.judge()

    def _while_running(self, copy: Path, way: str) -> None:
        """The process that has the file open sends nothing any more, whatever it still makes of the file."""
        store = self._store
        assert isinstance(store, File)
        with self.open() as house:
            house.tick()
            before = self._facts()
            (shutil.copyfile if way == "copied over" else write_blocks)(copy, store.path)
            house.now = self.now = self.now + timedelta(hours=30)
            try:
                house.tick()
            except (MuteError, DatabaseAway):
                pass
            else:
                self._score.unnoticed += self._facts() != before

    def _must_be_mute(self, *, older: bool) -> None:
        with self.open() as house:
            house.now = self.now = self.now + timedelta(hours=self._chance.choice((0, 30, 200)))
            try:
                house.tick()
            except MuteError:
                self._score.mute += 1
                adopt.adopt(house.parts, house.now)
                house.tick()
            else:
                self._score.nothing_new += not older
                self._score.unnoticed += older
            self.live(house, 1)

    def _facts(self) -> int:
        """How many facts the journal has of which it says that they were committed."""
        return sum(
            file.read_text(encoding="ascii", errors="replace").count(f"\n{Fact.COMMITTED} ")
            for file in (self._folder / "journal").glob("*.journal")
        )

    # -- the truth

    def judge(self) -> None:
        """Count what is new in the mailboxes."""
        for file in sorted((self._folder / "outbox" / "new").glob("*"), key=lambda each: each.stat().st_mtime_ns):
            if file.name in self._files:
                continue
            head = file.read_text(encoding="utf-8", errors="replace").partition("\n\n")[0]
            lines = dict(line.split(": ", 1) for line in head.splitlines() if line[:1].isalpha() and ": " in line)
            to, subject = lines["To"].strip("<>"), lines["Subject"]
            self._files.add(file.name)
            self._score.mails += 1
            self._score.to_left += to in self._left
            self._read[to, subject] += 1  # lessons are all that these readers get
            self._score.repeated += self._read[to, subject] > 1


def end(house: House, ident: str) -> None:
    with house.parts.db.write() as session:
        enrollment = session.get_one(Enrollment, ident, with_for_update=True)
        if enrollment.state in LIVE:
            lifecycle.end(house.parts, session, enrollment, LeftReason.ASKED, house.now)


def die_at(moment: int) -> None:
    """End this process as `kill -9` would, at that many calls from now."""
    left = moment

    def count_down(*_: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            kill_self()

    sys.setprofile(count_down)


def run(folder: Path, *, moments: int, restarts: int, database: str, seed: int, say: bool = False) -> Score:
    """So many moments and restarts, in worlds of their own."""
    chance, score, began = random.Random(seed), Score(), monotonic()
    ways = [WAYS[number % len(WAYS)] for number in range(moments)]
    chance.shuffle(ways)
    todo = [*ways, *[""] * restarts]
    chance.shuffle(todo)
    for number in range(0, len(todo), WORLD_MOMENTS):
        place = folder / f"world-{number}"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        with ExitStack() as stack:
            store: Store = File(place) if database == "sqlite" else Server(place, stack)
            world = World(place, store, chance, score)
            for way in todo[number : number + WORLD_MOMENTS]:
                world.copy_comes_back(way) if way else world.restart()
        if not score.broken:
            shutil.rmtree(place, ignore_errors=True)
        if say:
            print(f"{database} {monotonic() - began:.0f} s: {summary(score)}", flush=True)
    return score


def summary(score: Score) -> str:
    told = {name: value for name, value in asdict(score).items() if name != "ways"}
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in told.items())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=1000)
    parser.add_argument("--restarts", type=int)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgresql"))
    given = parser.parse_args()
    broken = 0
    for database in [given.database] if given.database else ["sqlite", "postgresql"]:
        restarts = given.moments if given.restarts is None else given.restarts
        place = given.folder / database
        score = run(place, moments=given.moments, restarts=restarts, database=database, seed=given.seed, say=True)
        print(f"{database}: {summary(score)}; {dict(score.ways)}", flush=True)
        broken += score.broken
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
