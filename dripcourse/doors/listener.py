"""Taking mail from our own mail server, by LMTP (RFC 2033) or SMTP (RFC 5321).

"250" is said after the commit and not before; for a fault of ours it is 4xx, so that the mail server keeps the message. Only mail
for our own addresses is taken, and nothing is relayed. Which tokens are real shows to nobody: that is found out later.

A message ends with CR LF . CR LF and with nothing else: a bare line feed is a byte like any other, so that no second message can
be smuggled in within a first one. Nothing of what a client says is logged.
"""

import asyncio
import logging
import os
import socket
import stat
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from dripcourse.domain.errors import DripError, SettingsError
from dripcourse.domain.incoming import MOST_BYTES, Arrival, Door
from dripcourse.services.incoming import store
from dripcourse.services.parts import Clock, Parts
from dripcourse.settings import HostPort, Listen

log = logging.getLogger(__name__)
# the library writes clients' words and addresses into the log: no setting of ours or a host's may bring that about
logging.getLogger("mail.log").disabled = True

MOST_CONNECTIONS = 50
MOST_RECIPIENTS = 100
MOST_HELD = 2 * MOST_BYTES
"""Bytes of unfinished messages over all connections; in memory they take about three times as much."""
IDLE_SECONDS = 300
"""RFC 5321 4.5.3.2.7."""
_LINE_BYTES = 2**21
"""The longest line of a message. RFC 5321 allows 1000 bytes; a header of a megabyte is met all the same."""
_STORING_THREADS = 4
_BYE = b"421 4.3.2 Too many connections, come back later\r\n"
_FULL = b"452 4.3.1 Too much mail at once, try again later\r\n"
_LATER = "451 4.3.0 Cannot be stored just now, try again later"


class _Handler:
    """What becomes of what a client says. The names are the library's."""

    def __init__(self, door: Door, parts: Parts, clock: Clock, pool: ThreadPoolExecutor) -> None:
        self._door, self._parts, self._clock, self._pool = door, parts, clock, pool

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not store.takes(self._parts.rules, address) and address.lower() != "postmaster":  # RFC 5321 4.5.1
            return "550 5.7.1 We take mail for our own addresses only"
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        raw = envelope.original_content or b""
        envelope.content = envelope.original_content = None
        sender = "" if envelope.mail_from == "<>" else envelope.mail_from
        arrival = Arrival(self._door, raw, tuple(envelope.rcpt_tos), sender)
        del raw
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._store, arrival)

    def _store(self, arrival: Arrival) -> str:
        try:
            store.store(self._parts, arrival, self._clock())
        except DripError as error:
            log.error("a message could not be taken in by %s: %s", self._door, error)
            return _LATER
        except Exception as error:  # noqa: BLE001 - whatever it is, the mail server keeps the message
            log.error("a message could not be taken in by %s (%s)", self._door, type(error).__name__)
            return _LATER
        return "250 2.6.0 Stored"

    async def handle_exception(self, error: Exception) -> str:
        log.error("a conversation by %s broke (%s)", self._door, type(error).__name__)
        return _LATER


class _Bounded:
    """What is added to the library's protocols: a limit to how many there are, longer lines, and LMTP's answers."""

    line_length_limit = _LINE_BYTES
    _open: set[Any]
    _refused = False
    _held = 0  # bytes that came since the last answer: they are in memory
    _answers = 1

    async def push(self, status: str | bytes) -> None:
        """Answer; by LMTP what follows the message is answered once for each recipient (RFC 2033 4.2), who are one row and fare alike."""
        self._held = 0
        said = status.encode("ascii", "replace") if isinstance(status, str) else status
        count, self._answers = self._answers, 1
        if said.startswith(b"354") and isinstance(self, LMTP) and self.envelope:
            self._answers = len(self.envelope.rcpt_tos)
        await super().push(b"\r\n".join([said] * count))  # type: ignore[misc]

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - asyncio's transports share no type
        if len(self._open) >= MOST_CONNECTIONS:
            self._refused = True
            transport.write(_BYE)
            transport.close()
            return
        self._open.add(self)
        super().connection_made(transport)  # type: ignore[misc]

    @property
    def held(self) -> int:
        """Bytes in memory for it; of a message that is too large the library keeps none."""
        return self._held if self._held <= MOST_BYTES else 0

    def connection_lost(self, error: Exception | None) -> None:
        self._open.discard(self)
        if not self._refused:
            super().connection_lost(error)  # type: ignore[misc]

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self._held += len(data)
        if sum(each.held for each in self._open) > MOST_HELD:
            self.transport.write(_FULL)  # type: ignore[attr-defined]
            self.transport.close()  # type: ignore[attr-defined]
            self.connection_lost(None)
            self._refused = True
            return
        super().data_received(data)  # type: ignore[misc]

    def eof_received(self) -> bool | None:
        return None if self._refused else super().eof_received()  # type: ignore[misc]


class Listener:
    """Listens on a thread of its own from `start` until `stop`; storing happens beside it."""

    def __init__(self, listen: Listen, parts: Parts, clock: Clock) -> None:
        self._door = Door(listen.protocol)
        self._parts, self._clock = parts, clock
        self._socket = _bound(listen.where)
        self._path = listen.where if isinstance(listen.where, Path) else None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
        self._told: asyncio.Event | None = None
        self._ready = threading.Event()

    @property
    def port(self) -> int:
        """The port it listens on; 0 for a socket in the file system."""
        return 0 if self._path else int(self._socket.getsockname()[1])

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Hang up. What is being stored is stored; a client that was not answered will come again."""
        if self._thread.is_alive() and self._told:
            self._loop.call_soon_threadsafe(self._told.set)
        self._thread.join()
        if self._path:
            self._path.unlink(missing_ok=True)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        # the default one writes tracebacks, of conversations that a client broke off
        self._loop.set_exception_handler(lambda _loop, _context: None)
        try:
            self._loop.run_until_complete(self._serve())
            pending = asyncio.all_tasks(self._loop)
            for task in pending:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
        finally:
            self._ready.set()
            self._loop.close()

    async def _serve(self) -> None:
        self._told = asyncio.Event()
        with ThreadPoolExecutor(_STORING_THREADS, "storing") as pool:
            factory = _protocols(_Handler(self._door, self._parts, self._clock, pool), self._door, self._loop)
            make = self._loop.create_unix_server if self._path else self._loop.create_server
            server = await make(factory, sock=self._socket)
            self._ready.set()
            await self._told.wait()
            server.close()


def _protocols(handler: _Handler, door: Door, loop: asyncio.AbstractEventLoop) -> Callable[[], SMTP]:
    """Makes the protocol for each connection."""
    library = LMTP if door is Door.LMTP else SMTP
    kind = type("Protocol", (_Bounded, library), {"_open": set()})
    name = socket.gethostname()  # never asked of a name server, which could be away

    def made() -> SMTP:
        protocol: SMTP = kind(
            handler,
            data_size_limit=MOST_BYTES,
            enable_SMTPUTF8=True,
            hostname=name,
            ident="dripcourse",
            timeout=IDLE_SECONDS,
            loop=loop,
        )
        return protocol

    return made


def _bound(where: HostPort | Path) -> socket.socket:
    """A bound socket. Raises SettingsError if the place is taken or not ours to take."""
    family = socket.AF_UNIX if isinstance(where, Path) else socket.AF_INET6 if ":" in where.host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        if isinstance(where, Path):
            _clear(where)
            found.bind(str(where))
            where.chmod(0o666)  # a mail server has a user of its own; the folder says who comes this far
        else:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            found.bind(where)
    except OSError as error:
        found.close()
        place = where if isinstance(where, Path) else f"{where.host}:{where.port}"
        said = f"cannot listen at {place} ({error.strerror or error})"
        raise SettingsError([f"LMTP_LISTEN: {said}. Name another place, or end what listens there."]) from None
    return found


def _clear(path: Path) -> None:
    """Remove the socket of a process that was killed; one that somebody listens at stays, and binding to it then fails."""
    with suppress(OSError):
        if not stat.S_ISSOCK(os.stat(path).st_mode):  # noqa: PTH116 - Path has no such question before 3.12
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            try:
                probe.connect(str(path))
            except ConnectionRefusedError:
                path.unlink()
