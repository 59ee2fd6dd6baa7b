"""The outbox: a local Maildir, and a ledger beside it that knows what was really put there.

    PATH/            an ordinary Maildir (tmp, new, cur); mail programs may read, move and delete what is in it
    PATH.ledger/     ours alone: `sent`, one line an attempt, `staging/`, what is on its way, and `id`, the ledger's name

An attempt is staged, noted in the ledger, then renamed into the Maildir, which is the moment of sending. Afterwards its fate is
certain, whoever was killed when, and whatever became of the file: still staged means not sent; noted and no longer staged means
sent. Asking for evidence also settles it: the staged file is taken away, or a void mark left for a worker that may yet wake up.
A void mark with a byte in it says that the attempt was staged and taken away, whatever the ledger says.
"""

import errno
import mmap
import os
import secrets
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from dripcourse.domain.errors import DripError
from dripcourse.domain.mail import Accepted, Evidence, Later, Outcome, Outgoing, Refused, Unknown
from dripcourse.domain.mime import mime

_TROUBLE = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the folder is read-only",
    errno.EACCES: "the folder cannot be written to",
    errno.EPERM: "the folder cannot be written to",
    errno.EEXIST: "a file is where a folder should be",
    errno.ENOTDIR: "a file is where a folder should be",
    errno.EXDEV: "the folder and its ledger are on two disks",
}


class Outbox:
    """Mail as files in a folder on this machine. Nothing leaves it."""

    is_local = True

    def __init__(self, path: Path) -> None:
        self.path = path
        self._new = path / "new"
        self._room = path.with_name(path.name + ".ledger")
        self._staging = self._room / "staging"
        self._sent = self._room / "sent"
        self._ready = False

    def send(self, mail: Outgoing, *, now: datetime) -> Outcome:  # noqa: ARG002 - a folder has no opening hours
        """Put the mail into the Maildir's `new`, durably."""
        attempt = f"{mail.delivery}.{mail.fence}"
        staged = self._staging / attempt
        try:
            content = mime(mail)
        except Exception as error:  # noqa: BLE001 - whatever the library makes of it: one mail must not stop the others
            return Refused(f"outbox: this cannot be written as a mail ({type(error).__name__})")
        try:
            self._make()
            if not self._stage(staged, content):
                return Unknown("overtaken")
            self._note(attempt)
            staged.rename(self._new / attempt)
        except FileNotFoundError:
            self._ready = False  # if it is the folder that has gone, it is made anew
            return Unknown("overtaken")  # settled while we slept: whoever settled it knows its fate
        except OSError as error:
            with suppress(OSError):
                _take_away(staged, _void(staged))
            return Later(f"outbox: {_TROUBLE.get(error.errno or 0, 'the folder does not answer')}", everyone=True)
        with suppress(OSError):  # it is sent, whatever the disk says now
            _sync_folder(self._new)
        return Accepted(attempt)

    def carrier(self) -> str | None:
        """The ledger's own random name, with its inode: a copy of it knows nothing of what goes by the other from then on."""
        named = self._room / "id"
        try:
            if not named.exists():
                self._make()
                with suppress(FileExistsError):
                    _create(named, secrets.token_hex(8))
            return f"outbox:{named.read_text(encoding='ascii')[:16]}:{named.stat().st_ino}"
        except (OSError, ValueError):
            return None

    def evidence(self, delivery: str, fence: int, *, marked_at: datetime, now: datetime) -> Evidence:  # noqa: ARG002
        """SENT or NOT_SENT, and if NOT_SENT then for good; NONE only while the disk does not answer."""
        attempt = f"{delivery}.{fence}"
        staged = self._staging / attempt
        self._ready = False
        try:
            self._make()
            if fate := self._fate(attempt, staged):
                return fate
            _void(staged).touch(mode=0o600)
            # it may have been staged and sent between our look and our mark
            return self._fate(attempt, staged) or Evidence.NOT_SENT
        except OSError:
            return Evidence.NONE

    def _fate(self, attempt: str, staged: Path) -> Evidence | None:
        void = _void(staged)
        with suppress(FileNotFoundError):
            _take_away(staged, void)
            return Evidence.NOT_SENT
        if not self._noted(attempt):
            return None
        # noted, and yet taken away before it could be sent, by whoever asked at the same time as we
        return Evidence.NOT_SENT if void.exists() and void.stat().st_size else Evidence.SENT

    def erase(self, address: str, deliveries: Collection[str]) -> None:  # noqa: ARG002 - a folder knows no addresses
        """Delete these mails, wherever a mail program has put them in the Maildir, and what the ledger says of them."""
        doomed = set(deliveries)
        try:
            for folder in (self.path, self._staging):
                for file in folder.rglob("*"):  # a mail program's own folders (.Archive/cur) lie within
                    if file.name.partition(".")[0] in doomed and not file.name.endswith(".void"):
                        file.unlink(missing_ok=True)
            self._blot_out(doomed)
        except OSError as error:
            raise DripError(
                f"The outbox cannot be written to ({error.strerror}), so its mails are still there."
            ) from None

    def _blot_out(self, doomed: Collection[str]) -> None:
        """Overwrite their lines of the ledger in place: others add to its end meanwhile."""
        with suppress(FileNotFoundError), self._sent.open("r+b") as file:
            if not os.fstat(file.fileno()).st_size:
                return
            with mmap.mmap(file.fileno(), 0) as ledger:
                for ident in doomed:
                    sign, place = f"\n{ident}.".encode(), -1
                    while (place := ledger.find(sign, place + 1)) >= 0:
                        end = ledger.find(b"\n", place + 1)
                        ledger[place + 1 : end] = b"-" * (end - place - 1)
                ledger.flush()

    def close(self) -> None:
        """Nothing to give back."""

    def _make(self) -> None:
        if self._ready:
            return
        for folder in (self.path, self._room, self.path / "tmp", self.path / "cur", self._new, self._staging):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._ready = True

    def _stage(self, staged: Path, content: bytes) -> bool:
        """Whether this attempt may go on: it is the first of its name, and nobody has declared it void."""
        try:
            handle = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return False
        with os.fdopen(handle, "wb") as file:
            if _void(staged).exists():
                staged.unlink(missing_ok=True)
                return False
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return True

    def _note(self, attempt: str) -> None:
        handle = os.open(self._sent, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            # a line break on both sides: a line cut short by a full disk cannot spoil the next one
            line = f"\n{attempt}\n".encode()
            if os.write(handle, line) != len(line):
                raise OSError(errno.ENOSPC, "short write")
            os.fsync(handle)
        finally:
            os.close(handle)

    def _noted(self, attempt: str) -> bool:
        with suppress(FileNotFoundError), self._sent.open("rb") as file:
            if os.fstat(file.fileno()).st_size:
                with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as ledger:
                    return ledger.find(f"\n{attempt}\n".encode()) >= 0
        return False


def _create(file: Path, text: str) -> None:
    """The file, whole from its first moment. Raises FileExistsError."""
    draft = file.with_name(f"{file.name}.{text}")
    draft.write_text(text, encoding="ascii")
    try:
        file.hardlink_to(draft)
    finally:
        draft.unlink()


def _void(staged: Path) -> Path:
    return staged.with_name(f"{staged.name}.void")


def _take_away(staged: Path, void: Path) -> None:
    """From now on this attempt cannot be sent; nothing is kept of what it said. Raises FileNotFoundError if it is not staged."""
    staged.rename(void)
    os.truncate(void, 1)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
