"""Whether this installation can do its work: what a load balancer asks, and a host who looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from shutil import disk_usage

from dripcourse.db import arrivals, queries, schema
from dripcourse.db.models import Beat
from dripcourse.domain.circuit import Leave
from dripcourse.domain.errors import DatabaseAway, SchemaError
from dripcourse.services import circuit, trouble
from dripcourse.services.parts import Parts

LEAST_FREE = 4 * 2**20
"""With less room than this nothing can be written for long: not the facts of a few groups, not a database's log."""
UNHANDLED_FOR = timedelta(hours=1)
"""How long a message that came in may wait: every tick handles what it finds."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be so; `says` is a line for the host."""

    name: str
    ok: bool
    says: str


def readiness(parts: Parts, now: datetime, *, beat_within: timedelta) -> list[Check]:
    """The database answers, its schema is the one this code wants, no disk is full, somebody has ticked lately, mail comes in and can leave.

    Stops where the database does not answer, or not as this code wants.
    """
    checks: list[Check] = []
    for look in (_schema, _disks, _beat, _wire, _arrivals):
        try:
            checks += look(parts, now, beat_within)
        except (DatabaseAway, SchemaError) as error:
            checks.append(Check("database" if isinstance(error, DatabaseAway) else "schema", ok=False, says=str(error)))
            break
    return checks


def _schema(parts: Parts, _now: datetime, _within: timedelta) -> list[Check]:
    schema.require(parts.db)
    return [Check("database", ok=True, says="answers"), Check("schema", ok=True, says="is the one this version wants")]


def _disks(parts: Parts, _now: datetime, _within: timedelta) -> list[Check]:
    """Seen by each process for itself: where nothing at all can be written, nobody can leave word for the others."""
    folders = {"database": parts.db.path.parent if parts.db.path else None, "journal": parts.journal.folder}
    return [
        Check("disk", ok=False, says=f"of the {name} is full. Nothing more is sent; make room and it goes on by itself")
        for name, folder in folders.items()
        if folder and folder.exists() and disk_usage(folder).free < LEAST_FREE
    ]


def beats(parts: Parts, now: datetime, within: timedelta) -> int:
    """How many schedulers tick: processes whose heart beat again and again, and within that time. Raises DatabaseAway.

    More than one does no harm (each lesson goes once), but perhaps one was meant. One that was just ended still counts for a while.
    """
    return _ticking(_lately(parts, now - within))


def _ticking(beats: Sequence[Beat]) -> int:
    return sum(each.beat_at > each.started_at for each in beats)


def _lately(parts: Parts, since: datetime) -> Sequence[Beat]:
    with parts.db.read() as session:
        return session.scalars(queries.beats_since(since)).all()


def _beat(parts: Parts, now: datetime, within: timedelta) -> list[Check]:
    if lately := _lately(parts, now - within):
        several = _ticking(lately)
        says = f"somebody ticks: {several} schedulers, each lesson once" if several > 1 else "somebody ticks"
        return [Check("beat", ok=True, says=says)]
    says = f"nobody has ticked for {within.total_seconds():.0f} seconds. If a worker runs, its log says what keeps it (a disk that is full, a database that is held); if not, start one with: dripcourse worker"
    return [Check("beat", ok=False, says=says)]


def _arrivals(parts: Parts, now: datetime, _within: timedelta) -> list[Check]:
    with parts.db.read() as session:
        troubles = [Check(name, ok=False, says=says) for name, says in trouble.told(session, now)]
        oldest = session.scalars(arrivals.oldest_unhandled()).one()
    if oldest is not None and oldest < now - UNHANDLED_FOR:
        says = "a message that came in has waited for over an hour to be handled. The log of the worker says why"
        return [*troubles, Check("arrivals", ok=False, says=says)]
    return [*troubles, Check("arrivals", ok=True, says="are handled")]


def _wire(parts: Parts, now: datetime, _within: timedelta) -> list[Check]:
    wire = circuit.standing(parts)
    if wire.opened_at is not None:
        says = f"cannot leave since {_utc(wire.opened_at)}: {wire.reason}. Nothing is lost: one mail a minute tries, and the rest follows when it is taken."
        return [Check("mail", ok=False, says=says)]
    if wire.probe_at is not None and wire.leave(now) is Leave.WAIT:
        return [Check("mail", ok=True, says=f"waits until {_utc(wire.probe_at)}, as it was told: {wire.reason}")]
    return [Check("mail", ok=True, says="can leave")]


def _utc(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"
