"""What strikes a process between two of its steps: death, a database that goes away, a disk that is full."""

import random
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from dripcourse.db.session import Database
from dripcourse.domain.errors import DatabaseAway
from dripcourse.services.crypto.keyring import Keyring
from dripcourse.services.journal import Fact, Journal, Segment


class Killed(BaseException):
    """Signal 9: nobody catches it, and what was not committed is gone."""


PLACES = (
    "clock",
    "statement",
    "before commit",
    "after commit",
    "before journal",
    "after journal",
    "before send",
    "after send",
)


@dataclass(slots=True)
class Blow:
    """What happens when a place is come to for the `count`th time: a death, or (`away`) a fault that can be survived."""

    place: str
    count: int
    away: bool = False


def any_blow(chance: random.Random) -> Blow:
    """A blow at random: early places often, late ones now and then."""
    place = chance.choice(PLACES)
    away = place in ("statement", "before commit", "after commit", "before journal") and chance.random() < 0.4
    return Blow(place, 1 + int(chance.expovariate(0.25 if place in ("clock", "statement") else 0.7)), away)


@dataclass
class Fate:
    """One for each world: whoever ticks is struck as `blow` says; while it is `gone` the database answers nobody."""

    blow: Blow | None = None
    gone: bool = False
    struck: int = 0

    @contextmanager
    def watching(self, db: Database) -> Iterator[None]:
        """Stand at every door of a database."""

        def committed(session: Session) -> None:
            if session.get_bind().engine is db.engine:
                self.come_to("after commit")

        event.listen(db.engine, "before_cursor_execute", lambda *_: self._statement())
        event.listen(db.engine, "commit", lambda _: self.come_to("before commit"))
        event.listen(Session, "after_commit", committed)
        try:
            yield
        finally:
            event.remove(Session, "after_commit", committed)

    def come_to(self, place: str) -> None:
        """Somebody is at this place: strike, if it is the one."""
        blow = self.blow
        if blow is None or blow.place != place:
            return
        blow.count -= 1
        if blow.count > 0:
            return
        self.blow = None
        self.struck += 1
        if blow.away:
            raise DatabaseAway("The disk is full.") if place == "before journal" else _gone()
        raise Killed(place)

    @contextmanager
    def spared(self) -> Iterator[None]:
        """For whom the blow is not meant: a reader's act, another machine's tick."""
        kept, self.blow = self.blow, None
        try:
            yield
        finally:
            self.blow = kept

    def _statement(self) -> None:
        if self.gone:
            raise _gone()
        self.come_to("statement")


def _gone() -> OperationalError:
    return OperationalError("(a statement)", None, sqlite3.OperationalError("unable to open database file"))


class StruckJournal(Journal):
    """The real journal, beside which fate may stand."""

    def __init__(self, journal: Journal, keys: Keyring, fate: Fate) -> None:
        super().__init__(journal._folder, keys)
        self._fate = fate

    def append(self, fact: Fact, ids: Iterable[str], at: datetime) -> Segment | None:
        lines = list(ids)
        if lines:
            self._fate.come_to("before journal")
        noted = super().append(fact, lines, at)
        if lines:
            self._fate.come_to("after journal")
        return noted
