"""What stands between the pages and an open net: clients that send a request byte by byte, or none at all, stop nobody else.

Waitress takes no more connections when it has its fill of them, and lets each live for as long as a byte comes now and then. Here
a request has a deadline as a whole; and when too many connections are open, the one that has waited longest for its request, of
the client with the most, makes room for the new one.
"""

import resource
import time
from collections import Counter
from contextlib import suppress
from typing import Any

from waitress.channel import HTTPChannel

from dripcourse.domain.client import network

MOST_CONNECTIONS = 400
HEAD_SECONDS = 30
"""How long the head of a request may take, from its first byte or the connection's beginning."""
BODY_SECONDS = 300
"""How long a whole request may take: 35 MB at 1 Mbit/s."""
_CLEAN_SECONDS = 5
_FILES_ELSEWHERE = 200

OPTIONS: dict[str, Any] = {
    "connection_limit": 100_000,  # ours counts instead: waitress would take no more connections
    "asyncore_use_poll": True,  # select() ends at 1024 files
    "cleanup_interval": _CLEAN_SECONDS,
    "channel_timeout": 60,
    "backlog": 1024,
}


class GuardedChannel(HTTPChannel):  # type: ignore[misc]
    """A connection whose request must be whole in time."""

    def __init__(self, server: Any, sock: Any, addr: Any, adj: Any, map: Any = None) -> None:  # noqa: A002, ANN401
        self._began = time.monotonic()
        make_room(server)
        super().__init__(server, sock, addr, adj, map=map)

    def received(self, data: bytes) -> bool:
        """As its parent; the clock of the next request starts with its first byte."""
        if self.request is None:
            self._began = time.monotonic()
        return bool(super().received(data))

    @property
    def waits(self) -> bool:
        """Whether nothing of ours is done for it: its request is not whole."""
        return not self.requests

    @property
    def since(self) -> float:
        """When the request that it waits for began."""
        return self._began

    def readable(self) -> bool:
        """As its parent; asked with every turn of the loop, so this is where the deadline is kept."""
        if self.waits and self.request is not None and time.monotonic() - self._began > self._allowed():
            self.will_close = True
        return bool(super().readable())

    def _allowed(self) -> float:
        return BODY_SECONDS if self.request.headers_finished else HEAD_SECONDS


def make_room(server: Any) -> None:  # noqa: ANN401 - waitress knows no types
    """Hang up on one connection that waits, if there are too many: the oldest of the client that has the most of them."""
    channels = [each for each in server.active_channels.values() if not each.will_close]
    if len(channels) < MOST_CONNECTIONS:
        return
    waiting = [each for each in channels if each.waits]
    if not waiting:
        return
    clients = Counter(_client(each) for each in waiting)
    oldest = min(waiting, key=lambda each: (-clients[_client(each)], each.since))
    oldest.will_close = (
        True  # with the next turn of the loop: closed at once, its number could be another's in this one
    )


def _client(channel: HTTPChannel) -> str:
    return network(str(channel.addr[0]))


def guard(server: Any) -> None:  # noqa: ANN401
    """Put the guard before a server of waitress, and let this process have as many files open as that takes."""
    server.channel_class = GuardedChannel
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + _FILES_ELSEWHERE
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(
                resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard)
            )
