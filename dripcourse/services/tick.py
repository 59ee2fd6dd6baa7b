"""One beat of the heart: everything that wants doing at an instant, in its order."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Beat
from dripcourse.db.session import fingerprint
from dripcourse.domain.errors import MuteError
from dripcourse.services import enroll, settle, stay
from dripcourse.services.dispatch import dispatch
from dripcourse.services.keys import new_id
from dripcourse.services.parts import Clock, Parts

log = logging.getLogger(__name__)


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

    def __init__(self, parts: Parts, clock: Clock) -> None:
        self._parts = parts
        self._clock = clock
        self._id = new_id()
        self._started_at = clock()

    def tick(self, *, any_hour: bool = False, stopping: Callable[[], bool] = lambda: False) -> Ticked:
        """Handle what arrived, send what is due, settle what is unsure.

        Raises MuteError if the database is a copy, DatabaseAway if it does not answer; the next tick finds everything as it was.
        """
        parts, now = self._parts, self._clock()
        self._begin(now)
        settled = settle.settle(parts, now)
        arrived = enroll.decide(parts, now)
        stay.resume_all(parts, now)
        enroll.forget_unconfirmed(parts, now)
        settle.retry_held(parts, now)
        counts = dispatch(parts, self._clock, any_hour=any_hour, stopping=stopping)
        if counts.unsure:
            settled += settle.settle(parts, self._clock())
        return Ticked(
            at=now,
            arrived=arrived,
            claimed=counts.claimed,
            accepted=counts.accepted,
            refused=counts.refused,
            deferred=counts.deferred,
            held=counts.held,
            unsure=counts.unsure,
            settled=settled,
        )

    def _begin(self, now: datetime) -> None:
        """Note that we are alive, and make sure that this database may speak."""
        with self._parts.db.write() as session:
            require_voice(session)
            session.merge(Beat(id=self._id, started_at=self._started_at, beat_at=now))


def require_voice(session: Session) -> None:
    """Raises MuteError if the database is not the one that was set up here: a restored backup, a copy for trials."""
    seal = session.scalar(queries.instance())
    if seal is None or seal.fingerprint != fingerprint(session):
        raise MuteError(
            "This database is a copy: it was restored, moved or cloned, and a copy sends nothing, so that nobody gets a"
            " lesson twice. If it is now the real one, run: dripcourse adopt"
        )
