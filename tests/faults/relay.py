"""A relay before a PostgreSQL server, on this machine, that can cut a connection when the server has committed and nobody knows it yet."""

import socket
import threading
from contextlib import suppress

from sqlalchemy import make_url

_COMMIT, _DONE = b"COMMIT\x00", b"Z\x00\x00\x00\x05I"
"""How a client's COMMIT ends (Query), and how the server says that it has done so and is idle (ReadyForQuery)."""


class Relay:
    """Passes everything on, until it swallows the answer to the `nth` COMMIT from now and hangs up on both sides."""

    def __init__(self, server_url: str) -> None:
        self._server = make_url(server_url)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._left = 0
        self._lock = threading.Lock()
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """The database's URL, by way of the relay."""
        here = self._server.set(host="127.0.0.1", port=self._listener.getsockname()[1], query={})
        return here.render_as_string(hide_password=False)

    def cut(self, nth: int) -> None:
        """Cut at the `nth` COMMIT from now; 0: never."""
        with self._lock:
            self._left = nth

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        server, swallow = self._connect(), threading.Event()
        back = threading.Thread(target=self._back, args=(server, client, swallow), daemon=True)
        back.start()
        with suppress(OSError):
            while said := client.recv(65536):
                if said.endswith(_COMMIT) and self._is_the_one():
                    swallow.set()
                server.sendall(said)
        _hang_up(server)
        back.join(10)

    def _is_the_one(self) -> bool:
        with self._lock:
            self._left -= 1
            return self._left == 0

    def _back(self, server: socket.socket, client: socket.socket, swallow: threading.Event) -> None:
        with suppress(OSError):
            while said := server.recv(65536):
                if not swallow.is_set():
                    client.sendall(said)
                elif said.endswith(_DONE):
                    self.cuts += 1
                    break
        _hang_up(client)

    def _connect(self) -> socket.socket:
        folder = str(self._server.query.get("host", ""))
        if folder.startswith("/"):
            server = socket.socket(socket.AF_UNIX)
            server.connect(f"{folder}/.s.PGSQL.{self._server.port or 5432}")
            return server
        return socket.create_connection((self._server.host or "127.0.0.1", self._server.port or 5432))


def _hang_up(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
