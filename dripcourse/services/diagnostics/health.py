"""Whether this installation can do its work: what a load balancer asks, and a host who looks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dripcourse.db import queries
from dripcourse.db.models import Beat
from dripcourse.domain.circuit_breaker import Leave
from dripcourse.domain.need import Need, utc
from dripcourse.services.delivery import circuit_breaker
from dripcourse.services.diagnostics.needs import WATCHED, needs_or_none
from dripcourse.services.diagnostics.needs_system import nobody_ticks
from dripcourse.services.parts import Parts


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be so, or that needs the host; `says` is a line for the host."""

    name: str
    ok: bool
    says: str


def readiness(parts: Parts, now: datetime, *, beat_within: timedelta) -> list[Check]:
    """The database answers, its schema is the one this code wants, somebody has ticked lately, mail comes in and can leave; and every need.

    Stops where the database does not answer, or not as this code wants. What only wants the host's eye is no failure.
    """
    found, answered = needs_or_none(parts, now, beat_within=beat_within)
    failing = {need.kind for need in found}
    well = _well(parts, now, beat_within) if answered else ()
    checks = [check for check in well if check.name not in failing]
    return checks + [Check(need.kind, ok=need.kind in WATCHED, says=in_words(need)) for need in found]


def in_words(need: Need) -> str:
    """A need on one line: why, and the command for it."""
    return f"{need.reason} See: {need.command}" if need.command else need.reason


def beats(parts: Parts, now: datetime, within: timedelta) -> int:
    """How many schedulers tick: processes whose heart beat again and again, and within that time. Raises DatabaseAway.

    More than one does no harm (each lesson goes once), but perhaps one was meant. One that was just ended still counts for a while.
    """
    return _ticking(_lately(parts, now - within))


def _well(parts: Parts, now: datetime, within: timedelta) -> Iterator[Check]:
    """What holds unless a need of the same name speaks against it."""
    yield Check("database", ok=True, says="answers")
    yield Check("schema", ok=True, says="is the one this version wants")
    yield _beat(parts, now, within)
    yield _mail(parts, now)
    yield Check("arrivals", ok=True, says="are handled")


def _beat(parts: Parts, now: datetime, within: timedelta) -> Check:
    if lately := _lately(parts, now - within):
        several = _ticking(lately)
        says = f"somebody ticks: {several} schedulers, each lesson once" if several > 1 else "somebody ticks"
        return Check("beat", ok=True, says=says)
    return Check("beat", ok=False, says=f"{nobody_ticks(within.total_seconds())} See: dripcourse worker")


def _mail(parts: Parts, now: datetime) -> Check:
    wire = circuit_breaker.standing(parts)
    if wire.probe_at is not None and wire.leave(now) is Leave.WAIT:
        return Check("mail", ok=True, says=f"waits until {utc(wire.probe_at)}, as it was told: {wire.reason}")
    return Check("mail", ok=True, says="can leave")


def _ticking(beats: Sequence[Beat]) -> int:
    return sum(each.beat_at > each.started_at for each in beats)


def _lately(parts: Parts, since: datetime) -> Sequence[Beat]:
    with parts.db.read() as session:
        return session.scalars(queries.overview.beats_since(since)).all()
