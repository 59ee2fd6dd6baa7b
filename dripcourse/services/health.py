"""Whether this installation can do its work: what a load balancer asks, and a host who looks."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dripcourse.db import arrivals, queries, schema
from dripcourse.domain.circuit import Leave
from dripcourse.domain.errors import DatabaseAway, SchemaError
from dripcourse.services import circuit, trouble
from dripcourse.services.parts import Parts

UNHANDLED_FOR = timedelta(hours=1)
"""How long a message that came in may wait: every tick handles what it finds."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be so; `says` is a line for the host."""

    name: str
    ok: bool
    says: str


def readiness(parts: Parts, now: datetime, *, beat_within: timedelta) -> list[Check]:
    """The database answers, its schema is the one this code wants, somebody has ticked lately, mail comes in and can leave.

    Stops where the database does not answer, or not as this code wants.
    """
    checks: list[Check] = []
    for look in (_schema, _beat, _wire, _arrivals):
        try:
            checks += look(parts, now, beat_within)
        except (DatabaseAway, SchemaError) as error:
            checks.append(Check("database" if isinstance(error, DatabaseAway) else "schema", ok=False, says=str(error)))
            break
    return checks


def _schema(parts: Parts, _now: datetime, _within: timedelta) -> list[Check]:
    schema.require(parts.db)
    return [Check("database", ok=True, says="answers"), Check("schema", ok=True, says="is the one this version wants")]


def _beat(parts: Parts, now: datetime, within: timedelta) -> list[Check]:
    with parts.db.read() as session:
        lately = session.scalars(queries.beats_since(now - within)).first()
    if lately is not None:
        return [Check("beat", ok=True, says="somebody ticks")]
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
