"""The evidence outside the tables: what errors and the journal tell, what the bytes of a backup hold."""

import re
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dripcourse.db import queries
from dripcourse.db.session import Database
from dripcourse.domain.errors import DripError
from dripcourse.domain.finding import Finding
from dripcourse.services.diagnostics.privacy_database import proof_of
from dripcourse.services.parts import Parts
from dripcourse.services.recovery.backup import keys_beside

_JOURNAL_LINE = re.compile(rb"[a-z] [0-9a-f]{32} [0-9T:+-]{25}")


def examine_traces(parts: Parts) -> Iterator[Finding]:
    """What an error would tell a log, and what the journal holds. Raises DatabaseAway."""
    yield _silent_errors(parts.db)
    yield _journal(parts)


def _silent_errors(db: Database) -> Finding:
    """Provokes an error about a made-up address, and reads what a log would hold of it."""
    canary = "somebody@canary.example"
    try:
        with db.read() as session:
            session.execute(text("SELECT :address FROM no_such_table"), {"address": canary})
    except (DripError, DBAPIError) as error:
        told = f"{error} {error!r} {error.__cause__!r}"
    else:
        told = canary
    faults = ["an error that was provoked tells the address it was about"] if canary in told else []
    return proof_of("Errors hold no address", faults, "one was provoked about a made-up address, and does not tell it")


def _journal(parts: Parts) -> Finding:
    count, faults = 0, []
    for file in sorted(parts.journal.folder.glob("*")):
        for line in filter(None, file.read_bytes().split(b"\n")):
            count += 1
            if not _JOURNAL_LINE.fullmatch(line.rstrip(b"\r")):
                faults.append(f"{file.name} holds a line that is no fact")
    return proof_of("The journal holds fingerprints and instants only", sorted(set(faults)), f"{count} lines were read")


def examine_backup(file: Path) -> Iterator[Finding]:
    """The claims about a backup. Raises DatabaseAway if it cannot be read."""
    saved = Database(f"sqlite:///{file}", read_only=True)
    try:
        with saved.read() as session:
            inside = queries.audit.keys_in(session)
    finally:
        saved.close()
    beside = keys_beside(file)
    faults = [f"{inside} keys stand in {file.name} itself"] if inside else []
    if not beside.is_file():
        faults.append(f"{beside.name} is missing beside it")
    open_to_others = [each.name for each in (file, beside) if each.exists() and each.stat().st_mode & 0o077]
    faults += [f"others may read {name}" for name in open_to_others]
    do = "Make a new backup with dripcourse backup, and chmod 600 what others may read."
    yield proof_of("A backup holds no reader's key; they stand in a second file", faults, f"none in {file.name}", do)
