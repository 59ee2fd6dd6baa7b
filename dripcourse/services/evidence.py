"""The evidence for what docs/privacy.md and `/privacy` claim, looked for in this very installation. Looks, and changes nothing.

Each finding is a claim (`about`) with its proof in one line (`says`): well, or wrong, or unseen where nothing could be looked at.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from dripcourse.db import evidence, queries
from dripcourse.db.session import Database
from dripcourse.domain.address import email_address
from dripcourse.domain.errors import AddressError, DripError
from dripcourse.domain.finding import Finding, unseen, well, wrong
from dripcourse.domain.kept import Form, columns_of
from dripcourse.services import arrive, replies, signup
from dripcourse.services.backup import keys_beside
from dripcourse.services.keys import Unsealable
from dripcourse.services.parts import Parts
from dripcourse.services.tick import FORGET_BEATS, TIDY_EVERY

_ADDRESS = re.compile(r"[^\s@<>\"'(),:;]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_JOURNAL_LINE = re.compile(rb"[a-z] [0-9a-f]{32} [0-9T:+-]{25}")
_EVERYBODYS = ("lesson_text", "consent_text")
"""Tables of words that many were told: they may name a help line's address, and no reader's."""
_SEALED_LEAST, _OWN_LEAST, _PRINT_BYTES = 4 + 12 + 16, 32 + 16, 32
_SLACK = TIDY_EVERY + timedelta(hours=1)
_MOST_BYTES = 2**30
_SOME = 50
_TELL = "Tell whoever maintains dripcourse, and say which version this is: it should not be possible."


def _proof(claim: str, faults: list[str], proof: str, do: str = _TELL) -> Finding:
    return wrong(claim, "; ".join(faults), do) if faults else well(claim, proof)


def examine_database(parts: Parts, now: datetime) -> Iterator[Finding]:
    """Every claim about the database and the journal. Raises DatabaseAway."""
    with parts.db.read() as session:
        yield _no_address(parts, session)
        yield from _locked(parts, session)
        yield _fingerprints(session)
        yield _gone(session, now)
        yield from _overwritten(parts, session)
    yield _silent_errors(parts.db)
    yield _journal(parts)


def _no_address(parts: Parts, session: Session) -> Finding:
    looked, faults = 0, []
    for table, column in columns_of(Form.PLAIN):
        statement = evidence.texts_like_addresses(table, column)
        if statement is None:
            continue
        looked += 1
        found = [each for said in session.scalars(statement) for each in _ADDRESS.findall(said)]
        if table in _EVERYBODYS:
            found = [each for each in found if _is_readers(parts, session, each)]
        if found:
            faults.append(f"{table}.{column} holds {len(found)}")
    return _proof("No address stands in the database in plain", faults, f"{looked} readable columns of text hold none")


def _is_readers(parts: Parts, session: Session, address: str) -> bool:
    try:
        indexes = parts.keys.indexes(email_address(address).normal)
    except AddressError:
        return False
    return session.scalars(queries.subscriber_by_index(indexes)).first() is not None


def _locked(parts: Parts, session: Session) -> Iterator[Finding]:
    names, faults = Counter[bytes](), []
    for table, column in columns_of(Form.SEALED):
        for head, length in session.execute(evidence.heads(table, column, ours=True)):
            if not length:
                continue  # what a backup leaves out
            if head[:4] not in parts.keys.names or length < _SEALED_LEAST or _reads(head):
                faults.append(f"{table}.{column} holds something that none of REPLY_KEYS locked")
            names[head[:4]] += 1
    told = ", ".join(f"{count} by key {name.hex()}" for name, count in names.most_common()) or "there is nothing yet"
    yield _proof("Addresses, requests and keys are locked by REPLY_KEYS", sorted(set(faults)), told)
    count, faults = 0, []
    for table, column in [*columns_of(Form.OWN), ("reader_key", "wrapped_private")]:
        for head, length in session.execute(
            evidence.heads(table, column, ours=False if table == "reader_key" else None)
        ):
            if length < _OWN_LEAST or _reads(head):
                faults.append(f"{table}.{column} holds something that is not locked")
            count += 1
    yield _proof(
        "What readers write is locked to their own keys", sorted(set(faults)), f"{count} things, none of them readable"
    )


def _reads(head: bytes) -> bool:
    """Whether these bytes are words: what was encrypted is hardly ever UTF-8 for so long."""
    for cut in range(4):  # the last sign may have been cut
        try:
            head[: len(head) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return True
    return False


def _fingerprints(session: Session) -> Finding:
    count, faults = 0, []
    for table, column in columns_of(Form.FINGERPRINT):
        for head, length in session.execute(evidence.heads(table, column)):
            if length != _PRINT_BYTES or _reads(head):
                faults.append(f"{table}.{column} holds something else")
            count += 1
    return _proof(
        "What finds an address again is a keyed fingerprint", sorted(set(faults)), f"{count} of 32 bytes each"
    )


def _gone(session: Session, now: datetime) -> Finding:
    then = now - _SLACK
    limits = evidence.past(
        signup=then - signup.FORGET_AFTER,
        confirm=then - signup.REMEMBERED,
        arrival=then - arrive.FORGET_AFTER,
        deleted=then - replies.KEPT_DELETED,
        beat=then - FORGET_BEATS,
    )
    counts = {what: session.scalars(statement).one() for what, statement in limits}
    faults = [f"{count} {what} are past their time" for what, count in counts.items() if count]
    do = "Let a worker run: it deletes them within half a day."
    return _proof(
        "What is to be deleted after a time is deleted", faults, f"none past their time: {', '.join(counts)}", do
    )


def _overwritten(parts: Parts, session: Session) -> Iterator[Finding]:
    claim = "What is deleted is overwritten"
    if not parts.db.is_sqlite:
        yield unseen(claim, "PostgreSQL overwrites at its own vacuum, and its log and standbys keep what you set")
        return
    if parts.db.path is not None and parts.db.path.stat().st_size > _MOST_BYTES:
        yield unseen(claim, "the file is too large to be looked at in memory")
        return
    image = evidence.image(session) or b""
    free = list(_free_pages(image))
    dirty = sum(any(page) for page in free)
    faults = [f"{dirty} free pages of the file hold old bytes"] if dirty else []
    if not evidence.erases(session):
        faults.append("secure_delete is off")
    do = "Back up and restore into a new file: it has no free pages. (VACUUM does the same.)"
    yield _proof(claim, faults, f"secure_delete is on, and all {len(free)} free pages of the file are zeros", do)
    known = list(_some_addresses(parts, session))
    shown = sum(address in image for address in known)
    faults = [f"{shown} of {len(known)} addresses stand in the file's bytes"] if shown else []
    yield _proof("The bytes of the file hold no address", faults, f"of {len(known)} readers each was looked for")


def _some_addresses(parts: Parts, session: Session) -> Iterator[bytes]:
    for ident, sealed in session.execute(evidence.addresses(_SOME)):
        with suppress(Unsealable):  # which is told elsewhere
            yield parts.keys.unseal(sealed, "address", ident)


def _free_pages(image: bytes) -> Iterator[bytes]:
    """The free pages of an SQLite file that hold nothing (the leaves of its freelist, sqlite.org/fileformat2.html)."""

    def number(at: int) -> int:
        return int.from_bytes(image[at : at + 4], "big")

    size = int.from_bytes(image[16:18], "big")
    size = 65536 if size == 1 else size
    trunk, seen = number(32), 0
    while trunk and seen <= number(36):
        at = (trunk - 1) * size
        for leaf in range(number(at + 4)):
            page = number(at + 8 + 4 * leaf)
            yield image[(page - 1) * size : page * size]
        trunk, seen = number(at), seen + 1


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
    return _proof("Errors hold no address", faults, "one was provoked about a made-up address, and does not tell it")


def _journal(parts: Parts) -> Finding:
    count, faults = 0, []
    for file in sorted(parts.journal.folder.glob("*")):
        for line in filter(None, file.read_bytes().split(b"\n")):
            count += 1
            if not _JOURNAL_LINE.fullmatch(line.rstrip(b"\r")):
                faults.append(f"{file.name} holds a line that is no fact")
    return _proof("The journal holds fingerprints and instants only", sorted(set(faults)), f"{count} lines were read")


def examine_backup(file: Path) -> Iterator[Finding]:
    """The claims about a backup. Raises DatabaseAway if it cannot be read."""
    saved = Database(f"sqlite:///{file}", read_only=True)
    try:
        with saved.read() as session:
            inside = evidence.keys_in(session)
    finally:
        saved.close()
    beside = keys_beside(file)
    faults = [f"{inside} keys stand in {file.name} itself"] if inside else []
    if not beside.is_file():
        faults.append(f"{beside.name} is missing beside it")
    open_to_others = [each.name for each in (file, beside) if each.exists() and each.stat().st_mode & 0o077]
    faults += [f"others may read {name}" for name in open_to_others]
    do = "Make a new backup with dripcourse backup, and chmod 600 what others may read."
    yield _proof("A backup holds no reader's key; they stand in a second file", faults, f"none in {file.name}", do)
