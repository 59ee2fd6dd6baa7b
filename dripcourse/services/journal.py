"""The journal: what must outlive the database. Append-only, outside it, and readable by nobody without SECRET_KEY.

One line a fact: a letter, the keyed digest of a random id (for a lesson: of its key, which holds one), an instant. After a backup is restored, replaying it tells which lessons
had gone and who had left since, so that nobody gets a lesson twice and nobody who left comes back.
"""

import errno
import os
import secrets
import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.header import count_fact
from dripcourse.db.session import after_commit
from dripcourse.domain.errors import JournalAway
from dripcourse.services.crypto.keyring import Keyring

ROOM = 8192
"""How many bytes the journal must take before more is sent: as much as the facts of a group are, and more."""


class Fact(StrEnum):
    """What a line of the journal says of an id: a delivery about to be sent, accepted, or known not to have been sent; an enrollment
    stopped, or returned to by its reader; an address suppressed, for good by its owner, or written to again; a subscriber erased. Or it
    says of other lines that their transaction committed.
    """

    MARKED = "m"
    ACCEPTED = "a"
    UNSENT = "u"
    STOPPED = "s"
    SUPPRESSED = "x"
    ERASED = "e"
    RETURNED = "r"
    NEVER = "n"
    COMMITTED = "c"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal."""

    fact: Fact
    digest: str
    at: datetime


@dataclass(frozen=True, slots=True, order=True)
class Segment:
    """The bytes of a journal file that one append put there."""

    file: str
    start: int
    stop: int


class Journal:
    """The journal's folder. Each place that it is written from has a file of its own for each month, so that hosts may share the folder."""

    def __init__(self, folder: Path, keys: Keyring) -> None:
        self._folder = folder
        self._keys = keys
        host = socket.gethostname()
        self._host = sha256(host.encode()).hexdigest()[:8]
        self.place = sha256(f"{host}:{folder.absolute()}".encode()).hexdigest()[:8]
        """This host and this folder: what stands in the name of each file that is written from here."""

    @property
    def folder(self) -> Path:
        """Where it is kept."""
        return self._folder

    @property
    def name(self) -> str:
        """What a trouble of this host's journal is called."""
        return f"journal:{self._host}"

    def note(self, session: Session, fact: Fact, ids: Iterable[str], at: datetime) -> None:
        """Append one line for each id, and note in this writing session that the database knows them. Raises JournalAway."""
        self.keep(session, self.append(fact, ids, at), at)

    def append(self, fact: Fact, ids: Iterable[str], at: datetime) -> Segment | None:
        """Append one line for each id, and wait until the disk has them. Raises JournalAway if it cannot: then the fact must not stand."""
        lines = "".join(_line(fact, self._keys.digests(ident)[0], at) for ident in ids)
        # a line break first: a line that a full disk or a crash cut short must not spoil the next one
        return self._write(f"\n{lines}".encode(), at) if lines else None

    def keep(self, session: Session, segment: Segment | None, at: datetime) -> None:
        """The database knows these facts, once this writing session commits; after that the journal says so too.

        What the journal says to be committed and the database does not know was lost with a newer database.
        """
        if segment is None:
            return
        queries.journal.know(session, [{"file": segment.file, "start": segment.start, "stop": segment.stop}])
        count_fact(session)
        after_commit(session, lambda: self._confirm(segment, at))

    def _confirm(self, segment: Segment, at: datetime) -> None:
        with suppress(OSError):  # it is a help, and no fact: nobody waits for the disk
            _append(self._folder / segment.file, _line(Fact.COMMITTED, span(segment), at).encode(), sync=False)

    def try_out(self, at: datetime) -> None:
        """See whether it takes what a group of mails has to note: as many empty lines. Raises JournalAway if it does not."""
        self._write(b"\n" * ROOM, at)

    def _write(self, text: bytes, at: datetime) -> Segment:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = self._file(at)
            return _append(file, text)
        except OSError as error:
            raise JournalAway(
                f"The journal cannot be written to ({error.strerror}), so nothing is sent or recorded. Look after JOURNAL_DIR; then it goes on by itself."
            ) from None

    def _file(self, at: datetime) -> Path:
        """This place's file of the month; it has a random name too, so that one that is made anew is another file to the database."""
        head = f"{at.astimezone(UTC):%Y-%m}.{self.place}"
        mine = sorted(self._folder.glob(f"{head}.*.journal"))
        return mine[0] if mine else self._folder / f"{head}.{secrets.token_hex(4)}.journal"

    def sizes(self) -> dict[str, int]:
        """How long each file is, of every host."""
        return {file.name: file.stat().st_size for file in self._folder.glob("*.journal")}

    def size(self, name: str) -> int:
        """How long one file is, as the file itself says: a shared folder's listing may lag. 0 if it is not there."""
        with suppress(OSError), (self._folder / name).open("rb") as file:
            return os.fstat(file.fileno()).st_size
        return 0

    def read(self, segment: Segment) -> list[Entry]:
        """The entries in these bytes."""
        with (self._folder / segment.file).open("rb") as file:
            file.seek(segment.start)
            text = file.read(segment.stop - segment.start).decode("ascii", errors="replace")
        return [entry for line in text.splitlines() if (entry := _entry(line))]

    def is_of_this_place(self, name: str) -> bool:
        """Whether a file was written from here."""
        return name.split(".")[1:2] == [self.place]

    @property
    def is_kept(self) -> bool:
        """Whether there is anything to replay: an empty folder knows nothing, not that nothing happened."""
        return any(self._folder.glob("*.journal"))

    def replay(self) -> Iterator[Entry]:
        """Every fact of every host, in no particular order; a line cut short by a crash is passed over."""
        for file in sorted(self._folder.glob("*.journal")):
            for line in file.read_text(encoding="ascii", errors="replace").splitlines():
                if (entry := _entry(line)) and entry.fact is not Fact.COMMITTED:
                    yield entry


def span(segment: Segment) -> str:
    """Where a segment stands in its file, as long as a digest."""
    return f"{segment.start:016x}{segment.stop:016x}"


def _line(fact: Fact, digest: str, at: datetime) -> str:
    return f"{fact.value} {digest} {at.astimezone(UTC).isoformat(timespec='seconds')}\n"


def _append(file: Path, text: bytes, *, sync: bool = True) -> Segment:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        if os.write(handle, text) != len(text):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        stop = os.lseek(handle, 0, os.SEEK_CUR)
        if sync:
            os.fsync(handle)
    finally:
        os.close(handle)
    return Segment(file.name, stop - len(text), stop)


def _entry(line: str) -> Entry | None:
    try:
        fact, digest, instant = line.split(" ")
        return Entry(Fact(fact), digest, datetime.fromisoformat(instant))
    except ValueError:
        return None
