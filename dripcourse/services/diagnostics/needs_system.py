"""What needs the host of the installation itself: its database, disks and clock, who ticks, and the way out."""

from collections.abc import Iterator
from shutil import disk_usage

from dripcourse.db import queries, schema
from dripcourse.domain.errors import MuteError
from dripcourse.domain.need import Need, utc
from dripcourse.services import incidents
from dripcourse.services.delivery import workers
from dripcourse.services.delivery.freshness import require_all
from dripcourse.services.diagnostics.need import Look, Provider
from dripcourse.services.recovery.backup import MADE, STALE
from dripcourse.services.recovery.seal import require_voice

LEAST_FREE = 4 * 2**20
"""With less room than this nothing can be written for long: not the facts of a few groups, not a database's log."""


def database(look: Look) -> Iterator[Need]:
    """A schema that is not this version's raises SchemaError; a copy of the database, by its seal or by its journal, sends nothing."""
    schema.require(look.parts.db)
    try:
        require_voice(look.session)
        require_all(look.parts, look.now)
    except MuteError as error:
        yield Need("copy", 1, None, str(error), "dripcourse adopt")


def workers_differ(look: Look) -> Iterator[Need]:
    """Processes that tick with other courses, or from other addresses."""
    beats = workers.living(look.session, look.now)
    voices = sorted({each.voice for each in beats})
    if len(voices) > 1:
        since = max(each.started_at for each in beats)
        yield Need("installations", len(voices), since, workers.two_voices(*voices[:2]), "dripcourse doctor")
    courses = {each.courses for each in beats}
    if len(courses) > 1:
        some, every = (
            set.union(*map(set, map(str.split, courses))),
            set.intersection(*map(set, map(str.split, courses))),
        )
        names = ", ".join(sorted({each.partition(":")[0] for each in some - every}))
        says = f"The workers have different courses: {names} is missing at one of them, or has other words there. Give all the same COURSES_DIR."
        yield Need("workers", len(beats), max(each.started_at for each in beats), says, "dripcourse course list")


def disks(look: Look) -> Iterator[Need]:
    """Seen by each process for itself: where nothing at all can be written, nobody can leave word for the others."""
    parts = look.parts
    folders = {"database": parts.db.path.parent if parts.db.path else None, "journal": parts.journal.folder}
    for name, folder in folders.items():
        if folder and folder.exists() and disk_usage(folder).free < LEAST_FREE:
            says = f"The disk of the {name} is full. Nothing more is sent; make room and it goes on by itself."
            yield Need("disk", 1, None, says, "dripcourse doctor")


def beat(look: Look) -> Iterator[Need]:
    """Nobody ticks, though there is somebody to tick for."""
    if look.beat_within is None or not any(look.session.execute(queries.needs.anybody()).one()):
        return
    if look.session.scalars(queries.overview.beats_since(look.now - look.beat_within)).first() is None:
        last = look.session.scalars(queries.needs.last_beat()).one()
        yield Need("beat", 1, last, nobody_ticks(look.beat_within.total_seconds()), "dripcourse worker")


def nobody_ticks(seconds: float) -> str:
    """The sentence for an installation without a beating heart."""
    return (
        f"Nobody has ticked for {seconds:.0f} seconds. If a worker runs, its log says what keeps it (a disk that is full,"
        " a database that is held); if not, start one."
    )


def wire(look: Look) -> Iterator[Need]:
    """The circuit that stands open."""
    row = look.session.scalar(queries.delivery.circuit("wire"))
    if row is not None and row.opened_at is not None:
        says = (
            f"Mail cannot leave since {utc(row.opened_at)}: {row.reason.rstrip('.')}."
            " Nothing is lost: one mail a minute tries, and the rest follows when it is taken."
        )
        yield Need("mail", max(row.failures, 1), row.opened_at, says, "dripcourse doctor")


def troubles(look: Look) -> Iterator[Need]:
    """Whatever a running process met within the hour and is not over."""
    for name, says, since in incidents.told(look.session, look.now):
        kind = name.partition(":")[0]
        reason = f"The clock {says}" if kind == "clock" else says
        yield Need(kind, 1, since, f"{reason.rstrip('.')}.", "dripcourse doctor")


def backups(look: Look) -> Iterator[Need]:
    """A backup that was left out, where they have been made: without any the host has other ways, or will not be reminded of one."""
    row = incidents.counted(look.session, MADE)
    if row is not None and row.probe_at is not None and abs(look.now - row.probe_at) > STALE:
        says = f"The last backup was made on {row.probe_at:%Y-%m-%d}: what happened since is in this one place. Make one every day or week."
        yield Need("backup", 1, row.probe_at, says, "dripcourse backup FILE")


PROVIDERS: tuple[Provider, ...] = (database, workers_differ, disks, beat, wire, troubles, backups)
