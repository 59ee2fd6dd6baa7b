"""One beat of the heart: everything that wants doing at an instant, in its order."""

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update

from dripcourse.db import once, queries, schema
from dripcourse.db.models import Beat
from dripcourse.domain.clock_skew import TOLERANCE
from dripcourse.domain.errors import DripError, JournalAway
from dripcourse.services import incidents
from dripcourse.services.crypto.keyring import new_id
from dripcourse.services.delivery import clock_repair, provider_events, reminders, settle, workers
from dripcourse.services.delivery.clock_watch import Watch
from dripcourse.services.delivery.dispatch import dispatch
from dripcourse.services.delivery.freshness import keep_up
from dripcourse.services.delivery.record import Counts
from dripcourse.services.diagnostics import alert
from dripcourse.services.enrollment import lifecycle
from dripcourse.services.incoming import process, store, whose
from dripcourse.services.parts import Clock, Parts
from dripcourse.services.privacy import erase, retention
from dripcourse.services.privacy.retention import FORGET_BEATS, TIDY_EVERY
from dripcourse.services.recovery.seal import require_voice
from dripcourse.services.replies import store as replies_store
from dripcourse.services.signup import request

log = logging.getLogger(__name__)

BEAT_SECONDS = 5.0
TELL_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick did, over all kinds of mail; what is to be tried later counts as deferred."""

    at: datetime
    arrived: int = 0
    claimed: int = 0
    accepted: int = 0
    refused: int = 0
    deferred: int = 0
    held: int = 0
    unsure: int = 0
    settled: int = 0


class Heart:
    """Ticks, for one process. Any number of processes may tick."""

    def __init__(self, parts: Parts, clock: Clock, *, real: bool = False) -> None:
        """`real` if `clock` is the machine's own: then others are asked whether it is right."""
        self._parts = parts
        self._watch = Watch(parts, clock) if real else None
        self._clock = clock
        self._id = new_id()
        self._started_at = clock()
        self._beaten: float | None = None
        self._can_note = True
        self._shown = workers.shown(parts)
        self._schema = ""
        self._tidied_at: datetime | None = None
        self._told_at: datetime | None = None

    def tick(self, *, any_hour: bool = False, stopping: Callable[[], bool] = lambda: False) -> Ticked:
        """Handle what arrived, send what is due, settle what is unsure. With nothing to do it asks one question and writes nothing.

        Raises MuteError if the database is a copy, DatabaseAway if it does not answer, JournalAway if a fact cannot be noted, which
        `/readyz` of every process then says; the next tick finds everything as it was.
        """
        try:
            return self._tick(any_hour=any_hour, stopping=stopping)
        except JournalAway as error:
            self._can_note = False
            incidents.note(self._parts, self._parts.journal.name, str(error), self._clock())
            raise

    def _tick(self, *, any_hour: bool, stopping: Callable[[], bool]) -> Ticked:
        parts, now = self._parts, self._clock()
        self._beat(now)
        if self._watch and self._watch.finds_wrong():
            return self._listen(now)
        if not self._can_note:
            self._try_journal(now)
        with parts.db.read() as session:
            require_voice(session)
        keep_up(parts, now)
        self._tidy(now)
        with parts.db.read() as session:
            when = {
                "now": now,
                "ahead": now + TOLERANCE,
                "long": now + clock_repair.LONGEST_SLEEP,
                "beyond": now + clock_repair.FARTHEST,
            }
            asked = session.execute(queries.tick.agenda(any_hour=any_hour), when).one()
            to_mend, to_receive, to_hear, to_settle, to_erase, to_decide, to_resume, to_remind, to_send = asked
        if to_mend:
            clock_repair.bring_back(parts, self._clock)
        received = process.handle(parts, now) if to_receive else 0
        arrived, settled = provider_events.handle(parts, now) if to_hear or received else (0, 0)
        settled += settle.settle(parts, now) if to_settle else 0
        if to_erase:
            erase.erase_asked(parts, now)
        arrived += received + (request.decide(parts, now) if to_decide or received else 0)
        if to_resume:
            lifecycle.resume_due(parts, now)
        if to_remind:
            reminders.offer_due(parts, now)
        counts = Counts()
        if to_send or to_decide or to_resume or to_remind or to_settle or to_mend or to_hear or received:
            counts = dispatch(parts, self._clock, any_hour=any_hour, stopping=stopping)
        if counts.unsure:
            settled += settle.settle(parts, self._clock())
        if self._tells_host():
            counts += dispatch(parts, self._clock, any_hour=any_hour, stopping=stopping)
        return Ticked(at=now, arrived=arrived, settled=settled, **asdict(counts))

    def _tells_host(self) -> bool:
        """Whether a mail to the host was offered: looked at once a minute, and a fault of that look stops no tick."""
        now = self._clock()
        if self._told_at is not None and timedelta() <= now - self._told_at < TELL_EVERY:
            return False
        self._told_at = now
        try:
            return alert.tell_host(self._parts, now)
        except DripError as error:
            log.warning("What needs the host could not be found out (%s).", type(error).__name__)
            return False

    def _listen(self, now: datetime) -> Ticked:
        """What can be done by a clock that is wrong: taking in what was told, and settling by evidence alone."""
        with self._parts.db.read() as session:
            require_voice(session)
        arrived, settled = provider_events.handle(self._parts, now)
        settled += settle.settle(self._parts, now, by_time=False)
        return Ticked(at=now, arrived=arrived, settled=settled)

    def _beat(self, now: datetime) -> None:
        """Note that we are alive, every few seconds of real time: it is read to see whether anybody ticks.

        Raises SchemaError if the database was upgraded meanwhile, by a newer version.
        """
        if self._beaten is not None and self._parts.stopwatch() - self._beaten < BEAT_SECONDS:
            return
        self._require_schema()
        with self._parts.db.write() as session:
            # not read and then written: between the two, another's tidying may forget a beat that stopped for a day
            beat = {"id": self._id, "started_at": self._started_at, "beat_at": now} | self._shown
            once.keep_once(session, Beat, [beat])
            session.execute(update(Beat).where(Beat.id == self._id).values(beat_at=now))
            self._can_note &= not incidents.stands(session, self._parts.journal.name)
        with self._parts.db.read() as session:
            workers.require_one_installation(self._parts, session, self._id, now)
        self._beaten = self._parts.stopwatch()

    def _require_schema(self) -> None:
        if not self._schema or schema.current(self._parts.db) != self._schema:
            schema.require(self._parts.db)
            self._schema = schema.wanted()

    def _try_journal(self, now: datetime) -> None:
        """What goes and cannot be noted is unsure: so once the journal failed, here or in the pages, nothing goes until it takes a group's facts."""
        self._parts.journal.try_out(now)
        with self._parts.db.write() as session:
            incidents.over(session, self._parts.journal.name)
        self._can_note = True

    def _tidy(self, now: datetime) -> None:
        """Once on start and then twice a day: what is to be forgotten, and what waited for a course that is there again."""
        # a clock that jumped back is no reason to wait until it is there again
        if self._tidied_at is not None and timedelta() <= now - self._tidied_at < TIDY_EVERY:
            return
        with self._parts.db.write() as session:
            require_voice(session)
            session.execute(delete(Beat).where(Beat.beat_at < now - FORGET_BEATS))
        lifecycle.resume_waiting(self._parts, now)
        request.forget_unconfirmed(self._parts, now)
        whose.ask_before_forgetting(self._parts, now)
        store.forget_old(self._parts, now)
        replies_store.destroy_deleted(self._parts, now)
        retention.expire(self._parts, now)
        self._parts.db.scrub()
        settle.retry_held(self._parts, now)
        self._tidied_at = now
