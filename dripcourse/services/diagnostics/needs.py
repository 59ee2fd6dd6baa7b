"""The one list of what needs the host: `status`, `/readyz`, doctor and the mail to HOST_EMAIL all print it.

Each provider asks a constant number of questions of one kind, each answered by an index (see `db.standing`). What no provider knows
by its cause is still found by the last of them: whatever waits in the past stands still.
"""

from datetime import datetime, timedelta

from dripcourse.domain.errors import CourseError, DatabaseAway, SchemaError
from dripcourse.domain.need import Need, many
from dripcourse.services.diagnostics import needs_incoming, needs_outgoing, needs_system
from dripcourse.services.diagnostics.need import Look, Provider
from dripcourse.services.parts import Parts

BEATS = 10
"""After so many beats that did not come nobody ticks."""
WATCHED = frozenset({"shared", "waiting", "backup", "bounced", "refused-signups"})
"""These want the host's eye and keep nothing from going on."""

_PROVIDERS: tuple[Provider, ...] = (*needs_system.PROVIDERS, *needs_outgoing.PROVIDERS, *needs_incoming.PROVIDERS)


def needs(parts: Parts, now: datetime, *, beat_within: timedelta | None = None) -> list[Need]:
    """Everything that needs the host at an instant, the gravest first. Raises DatabaseAway, SchemaError.

    `beat_within` is how long ago the last tick may be; without it the caller is the one who ticks.
    """
    with parts.db.read() as session:
        look = Look(parts, session, now, beat_within)
        return [need for provider in _PROVIDERS for need in provider(look)]


def needs_or_none(parts: Parts, now: datetime, *, beat_within: timedelta) -> tuple[list[Need], bool]:
    """As `needs`; and whether the database answered: if it did not, that is the only need."""
    try:
        return needs(parts, now, beat_within=beat_within), True
    except (DatabaseAway, SchemaError) as error:
        return [cannot_look(error)], False


def cannot_look(error: DatabaseAway | SchemaError | CourseError) -> Need:
    """The need of an installation that cannot be looked at: its database does not answer as this version wants, or a course has faults."""
    if isinstance(error, CourseError):
        says = f"{many(len(error.faults), 'fault')} in the courses, so no process can start: {error.faults[0]}"
        return Need("course", len(error.faults), None, says, "dripcourse course check")
    if isinstance(error, SchemaError):
        command = "dripcourse db upgrade"
        return Need("schema", 1, None, str(error), command if command in str(error) else "dripcourse --version")
    return Need("database", 1, None, str(error), "dripcourse doctor")
