"""How many facts an SQLite file has, without its log: an older file that was copied over it has fewer, whatever the log says.

The count is SQLite's `user_version`, which stands in the file's first page. A page only ever grows newer in the file, by a
checkpoint; so a count that went down is another file's. What a connection says of it may come from the log or from its cache.
"""

import os
import threading
from contextlib import suppress
from pathlib import Path

from sqlalchemy.orm import Session

_PLACE, _BYTES = 60, 4

# A process that closes any descriptor of a file loses every lock it has on it (POSIX), SQLite's included. So there is one
# descriptor for each file, which is closed with the last `Header` of it.
_open: dict[tuple[int, int], tuple[int, int]] = {}
_guard = threading.Lock()


class Header:
    """The head of one database file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: tuple[int, int] | None = None
        self._seen = (0, 0)

    def turn(self) -> int | None:
        """The count that stands in the file itself; None if there is none to be read."""
        with suppress(OSError):
            found = os.pread(self._descriptor(), _BYTES, _PLACE)
            return int.from_bytes(found, "big") if len(found) == _BYTES else None
        return None

    def went_back(self, epoch: int, turn: int, kept: int) -> bool:
        """Whether the file has fewer than it had when it was last looked at, here or by whoever `kept` it; adopting begins a new epoch."""
        seen = self._seen[1] if self._seen[0] == epoch else 0
        if turn < max(seen, kept):
            return True
        self._seen = epoch, turn
        return False

    def _descriptor(self) -> int:
        there = self._path.stat()
        name = there.st_dev, there.st_ino
        with _guard:
            if self._held != name:
                self._let_go()
                handle, sharers = _open.get(name) or (os.open(self._path, os.O_RDONLY), 0)
                _open[name] = handle, sharers + 1
                self._held = name
            return _open[name][0]

    def close(self) -> None:
        """Not needed any more."""
        with _guard:
            self._let_go()

    def _let_go(self) -> None:
        if self._held is None:
            return
        handle, sharers = _open.pop(self._held)
        if sharers > 1:
            _open[self._held] = handle, sharers - 1
        else:
            os.close(handle)
        self._held = None


def count_fact(session: Session) -> None:
    """One more, in this writing session's transaction. Does nothing on another kind of database."""
    if session.get_bind().dialect.name == "sqlite":
        connection = session.connection()
        turn = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        connection.exec_driver_sql(f"PRAGMA user_version = {int(turn) + 1}")
