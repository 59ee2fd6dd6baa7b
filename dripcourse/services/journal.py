"""The journal: what must outlive the database. Append-only, outside it, and readable by nobody without SECRET_KEY.

One line a fact: a letter, the keyed digest of a random id (for a lesson: of its key, which holds one), an instant. After a backup is restored, replaying it tells which lessons
had gone and who had left since, so that nobody gets a lesson twice and nobody who left comes back.
"""

import errno
import os
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from dripcourse.domain.errors import JournalAway
from dripcourse.services.keys import Keyring

ROOM = 8192
"""How many bytes the journal must take before more is sent: as much as the facts of a group are, and more."""


class Fact(StrEnum):
    """What a line of the journal says of an id: a delivery accepted, an enrollment stopped, or returned to by its reader, an address suppressed, for good by its owner, or written to again, a subscriber erased."""

    ACCEPTED = "a"
    STOPPED = "s"
    SUPPRESSED = "x"
    ERASED = "e"
    RETURNED = "r"
    NEVER = "n"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal."""

    fact: Fact
    digest: str
    at: datetime


class Journal:
    """The journal's folder. Each host writes a file of its own for each month, so that hosts may share the folder."""

    def __init__(self, folder: Path, keys: Keyring) -> None:
        self._folder = folder
        self._keys = keys
        self._host = sha256(socket.gethostname().encode()).hexdigest()[:8]

    @property
    def folder(self) -> Path:
        """Where it is kept."""
        return self._folder

    @property
    def name(self) -> str:
        """What a trouble of this host's journal is called."""
        return f"journal:{self._host}"

    def note(self, fact: Fact, ids: Iterable[str], at: datetime) -> None:
        """Append one line for each id, and wait until the disk has them. Raises JournalAway if it cannot: then the fact must not stand."""
        instant = at.astimezone(UTC).isoformat(timespec="seconds")
        lines = "".join(f"{fact.value} {self._keys.digests(ident)[0]} {instant}\n" for ident in ids)
        if lines:
            # a line break first: a line that a full disk or a crash cut short must not spoil the next one
            self._write(f"\n{lines}".encode(), at)

    def try_out(self, at: datetime) -> None:
        """See whether it takes what a group of mails has to note: as many empty lines. Raises JournalAway if it does not."""
        self._write(b"\n" * ROOM, at)

    def _write(self, text: bytes, at: datetime) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _append(self._file(at), text)
        except OSError as error:
            raise JournalAway(
                f"The journal cannot be written to ({error.strerror}), so nothing is sent or recorded. Look after JOURNAL_DIR; then it goes on by itself."
            ) from None

    def _file(self, at: datetime) -> Path:
        return self._folder / f"{at.astimezone(UTC):%Y-%m}.{self._host}.journal"

    @property
    def is_kept(self) -> bool:
        """Whether there is anything to replay: an empty folder knows nothing, not that nothing happened."""
        return any(self._folder.glob("*.journal"))

    def replay(self) -> Iterator[Entry]:
        """Every entry of every host, in no particular order; a line cut short by a crash is passed over."""
        for file in sorted(self._folder.glob("*.journal")):
            for line in file.read_text(encoding="ascii", errors="replace").splitlines():
                if entry := _entry(line):
                    yield entry


def _append(file: Path, text: bytes) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        if os.write(handle, text) != len(text):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(handle)
    finally:
        os.close(handle)


def _entry(line: str) -> Entry | None:
    try:
        fact, digest, instant = line.split(" ")
        return Entry(Fact(fact), digest, datetime.fromisoformat(instant))
    except ValueError:
        return None
