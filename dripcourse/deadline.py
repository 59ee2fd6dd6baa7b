"""A deadline for a whole exchange: a socket's own time-out begins anew with every byte, so a server that drips holds a caller for ever."""

import io
import socket
from time import monotonic


class Deadline:
    """An instant by the monotonic clock, set anew for each exchange on a connection that is kept."""

    def __init__(self, seconds: float) -> None:
        self.set(seconds)

    def set(self, seconds: float) -> None:
        """From now on, so many seconds are left."""
        self._ends = monotonic() + seconds

    def left(self) -> float:
        """Seconds that are left, more than zero. Raises TimeoutError when none are."""
        left = self._ends - monotonic()
        if left <= 0:
            raise TimeoutError("the exchange took too long")
        return left


class _Reader(io.RawIOBase):
    """What a socket brings, until the deadline."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._file = sock.makefile("rb", buffering=0)  # which keeps the socket open until it is closed itself
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override] # the library gives it nothing else
        self._sock.settimeout(self._deadline.left())
        return self._file.readinto(buffer) or 0

    def close(self) -> None:
        self._file.close()
        super().close()


def reader(sock: socket.socket, deadline: Deadline) -> io.BufferedReader:
    """As `sock.makefile("rb")`, but that no read goes on after the deadline."""
    return io.BufferedReader(_Reader(sock, deadline))
