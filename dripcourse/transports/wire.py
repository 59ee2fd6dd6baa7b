"""HTTP connections that are kept, and that know of every request whether it left whole.

A reset right after a request was written is ambiguous: the server may have closed an idle connection, or have died with our
mail in hand. So a connection is used again only if it was idle for less than any common server or balancer waits (5 s), and
nothing has come in on it meanwhile; and nothing is ever repeated here.
"""

import io
import selectors
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPResponse, HTTPSConnection
from ipaddress import ip_address
from time import monotonic
from typing import Any, cast
from urllib.parse import urlsplit

from dripcourse.deadline import Deadline, reader

TIMEOUT_SECONDS = 10.0
"""How long a connection may take to open, and one exchange as a whole."""
IDLE_SECONDS = 4.0
_MOST_BYTES = 65_536
"""No answer that we read is longer."""


class NotSent(Exception):
    """The request did not leave whole, so it cannot have been accepted."""


class NoAnswer(Exception):
    """The request left, and no answer that could be read came back."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, its headers, and the body: None if it was cut short. Shaped as the official library reads answers."""

    status: int
    reason: str
    headers: HTTPMessage
    body: bytes | None

    def getcode(self) -> int:
        """The status."""
        return self.status

    def read(self) -> bytes | None:
        """The body."""
        return self.body

    def info(self) -> HTTPMessage:
        """The headers."""
        return self.headers


class _Patient:
    """A socket as a response reads it, until the deadline."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock, self._deadline = sock, deadline

    def makefile(self, _mode: str) -> io.BufferedReader:
        return reader(self._sock, self._deadline)


def _response(deadline: Deadline) -> Callable[..., HTTPResponse]:
    def response(sock: socket.socket, *args: Any, **kwargs: Any) -> HTTPResponse:  # noqa: ANN401 - as the library's
        return HTTPResponse(cast(socket.socket, _Patient(sock, deadline)), *args, **kwargs)

    return response


class Wire:
    """Connections to one server. Several threads may use it; each has a connection to itself while it does."""

    def __init__(
        self, url: str, *, context: ssl.SSLContext | None = None, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        address = urlsplit(url)
        self._host, self._port, self._tls = address.hostname or "", address.port, address.scheme == "https"
        self._context = context
        self._timeout = timeout_seconds
        self._idle: list[tuple[HTTPConnection, float]] = []
        self.is_local = is_loopback(self._host)

    def post(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One request and its answer. Raises NotSent or NoAnswer."""
        return self._ask("POST", path, headers, body)

    def get(self, path: str, headers: Mapping[str, str]) -> Answer:
        """One question and its answer. Raises NotSent or NoAnswer."""
        return self._ask("GET", path, headers, b"")

    def clock(self) -> datetime | None:
        """What time it is at the other end, by the Date of any answer of its (RFC 9110 6.6.1); None if none comes, or without one."""
        try:
            answer = self._ask("HEAD", "/", {}, b"")
            return parsedate_to_datetime(answer.headers["Date"]).astimezone(UTC)
        except (NotSent, NoAnswer, TypeError, ValueError):
            return None

    def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        connection = self._take()
        deadline = Deadline(self._timeout)
        connection.response_class = _response(deadline)  # type: ignore[assignment] # a factory serves as the class
        try:
            if connection.sock is not None:
                connection.sock.settimeout(self._timeout)
            connection.putrequest(method, path)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                connection.putheader(name, value)
            connection.endheaders(body)  # returns when the last byte has left our hands
        except (OSError, HTTPException, ValueError) as error:
            connection.close()
            raise NotSent(f"the connection broke before the request was out ({type(error).__name__})") from None
        except BaseException:
            connection.close()
            raise
        return self._answer(connection)

    def close(self) -> None:
        """Give back every connection that is not in use; the wire may be used again."""
        while self._idle:
            connection, _ = self._idle.pop()
            connection.close()

    def _answer(self, connection: HTTPConnection) -> Answer:
        try:
            response = connection.getresponse()
        except (OSError, HTTPException) as error:
            connection.close()
            raise NoAnswer(f"no answer after the request was out ({type(error).__name__})") from None
        body = _read(response)
        if body is not None and response.isclosed() and connection.sock is not None:
            self._idle.append((connection, monotonic()))
        else:
            connection.close()
        return Answer(response.status, response.reason, response.headers, body)

    def _take(self) -> HTTPConnection:
        """A connection that is known to be open: the one used last, or a new one."""
        while self._idle:
            with suppress(IndexError):  # another thread was quicker
                connection, used_at = self._idle.pop()
                if monotonic() - used_at <= IDLE_SECONDS and _is_quiet(connection):
                    return connection
                connection.close()
        return self._connect()

    def _connect(self) -> HTTPConnection:
        connection = (
            HTTPSConnection(self._host, self._port, timeout=self._timeout, context=self._ssl())
            if self._tls
            else HTTPConnection(self._host, self._port, timeout=self._timeout)
        )
        connection.auto_open = 0  # a connection that has gone is made anew here or not at all
        try:
            connection.connect()  # with TCP_NODELAY, as http.client does it
        except OSError as error:
            connection.close()
            raise NotSent(_trouble(error)) from None
        return connection

    def _ssl(self) -> ssl.SSLContext:
        """One context for all connections: loading the system's certificates takes longer than a mail."""
        if self._context is None:
            self._context = ssl.create_default_context()
        return self._context


def _read(response: HTTPResponse) -> bytes | None:
    """The whole body, or None: the status has come in any case."""
    try:
        body = response.read(_MOST_BYTES)
    except (OSError, HTTPException):
        return None
    return None if response.length else body  # http.client says nothing of a body that ends too soon


def _is_quiet(connection: HTTPConnection) -> bool:
    """Whether nothing has come in on an idle connection: what comes there can only be its end."""
    if connection.sock is None:
        return False
    with selectors.DefaultSelector() as selector:
        selector.register(connection.sock, selectors.EVENT_READ)
        return not selector.select(0)


def _trouble(error: OSError) -> str:
    match error:
        case ssl.SSLError():
            return "no encrypted connection could be agreed on"
        case TimeoutError():
            return "the server does not answer in time"
    return f"the server cannot be reached ({type(error).__name__})"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
