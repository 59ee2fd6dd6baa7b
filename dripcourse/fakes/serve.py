"""The stand-in on a socket: HTTP/1.1 with connections that are kept, a page to look at, and a thread that posts signed events."""

import json
import threading
from base64 import b64encode
from collections.abc import Mapping
from email.utils import format_datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dripcourse.fakes.answers import Reply
from dripcourse.fakes.page import page
from dripcourse.fakes.script import Manner
from dripcourse.fakes.sendgrid import Account
from dripcourse.fakes.server import Server
from dripcourse.services.parts import Clock

SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"
_LOOK_SECONDS = 0.05


class Signer:
    """Signs as SendGrid does: ECDSA P-256 and SHA-256 over the timestamp and the body."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def public_key(self) -> str:
        """The verification key as SendGrid shows it, good as SENDGRID_EVENT_PUBLIC_KEY."""
        public = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return b64encode(public).decode()

    def headers(self, body: bytes, timestamp: int) -> dict[str, str]:
        """The two headers of a signed post."""
        signature = self._key.sign(str(timestamp).encode() + body, ec.ECDSA(SHA256()))
        return {SIGNATURE: b64encode(signature).decode(), TIMESTAMP: str(timestamp)}


def event_body(events: object) -> bytes:
    """A post of events as SendGrid writes it: a JSON array with CRLF at its end."""
    return json.dumps(events, separators=(",", ":")).encode() + b"\r\n"


class FakeSendgrid:
    """The stand-in, listening on loopback. `start` and `stop` it; `account` is what it knows."""

    def __init__(
        self,
        account: Account,
        clock: Clock,
        *,
        port: int = 0,
        signer: Signer | None = None,
        events_url: str | None = None,
    ) -> None:
        self.account = account
        self.signer = signer or Signer()
        self.connections = 0
        self._clock = clock
        self._events_url = events_url
        self._lock = threading.Lock()
        self._telling = threading.Lock()
        self._ending = threading.Event()
        if events_url:
            account.standing.hook(events_url, self.signer.public_key)
        self._server = Server(("127.0.0.1", port), self._handler())
        self._threads = [threading.Thread(target=self._server.serve_forever, args=(_LOOK_SECONDS,), daemon=True)]
        if events_url:
            self._threads.append(threading.Thread(target=self._keep_telling, daemon=True))

    @property
    def url(self) -> str:
        """Where it is: good as SENDGRID_API_URL."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> None:
        """Listen, and post events as they come due."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Hang up on everybody."""
        self._ending.set()
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        for thread in self._threads:
            thread.join(5)

    # -- requests ---------------------------------------------------------------------------------------------------
    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Bound(_Handler):
            owner = fake

        return Bound

    def take(self, headers: Mapping[str, str], body: bytes) -> Reply:
        """One POST /v3/mail/send."""
        with self._lock:
            return self.account.post(headers, body, self._clock())

    def forget(self, headers: Mapping[str, str], body: bytes) -> Reply:
        """One POST /v3/recipients/erasejob."""
        with self._lock:
            return self.account.erase(headers, body, self._clock())

    def tells(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Reply:
        """One question about how the account is set up, or a change of it."""
        with self._lock:
            return self.account.standing.answer(method, path, headers, body, self._clock())

    def date(self) -> str:
        """The Date header, by the clock it was given."""
        return format_datetime(self._clock(), usegmt=True)

    def wait(self, seconds: float) -> None:
        """Let time go by, unless it ends meanwhile."""
        self._ending.wait(seconds)

    def page(self) -> str:
        """Everything that came, newest first."""
        with self._lock:
            taken, answered, waiting = list(self.account.taken), list(self.account.answered), len(self.account.batches)
        return page(taken, len(answered), waiting)

    def raw(self, place: str) -> bytes | None:
        """One mail as a mailbox would get it."""
        with self._lock:
            known = place.isdigit() and int(place) < len(self.account.taken)
            return self.account.taken[int(place)].raw() if known else None

    # -- events -----------------------------------------------------------------------------------------------------
    def tell(self) -> int:
        """Post the events whose time has come; returns how many posts that were. What another thread is posting is waited for."""
        with self._telling:
            with self._lock:
                due = self.account.due(self._clock())
            for batch in due:
                status = self._post(event_body(batch.events))
                with self._lock:
                    self.account.heard(batch, status, self._clock())
            return len(due)

    def _keep_telling(self) -> None:
        while not self._ending.wait(_LOOK_SECONDS):
            self.tell()

    def _post(self, body: bytes) -> int:
        address = urlsplit(self._events_url or "")
        kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
        connection = kind(address.hostname or "", address.port, timeout=10)
        headers = self.signer.headers(body, int(self._clock().timestamp())) | {"Content-Type": "application/json"}
        try:
            connection.request("POST", address.path or "/", body, headers)
            return connection.getresponse().status
        except (OSError, HTTPException):
            return 0
        finally:
            connection.close()


class _Handler(BaseHTTPRequestHandler):
    owner: FakeSendgrid
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server_version, sys_version = "fake-sendgrid", ""

    def setup(self) -> None:
        super().setup()
        self.owner.connections += 1

    def do_GET(self) -> None:
        """The page, or one mail."""
        if self.path.startswith("/v3/"):
            reply = self.owner.tells("GET", self.path, self.headers)  # type: ignore[arg-type] # a Message reads as a Mapping
            return self._say(reply.status, reply.body, reply.headers)
        if self.path == "/":
            return self._say(200, self.owner.page().encode(), {"Content-Type": "text/html; charset=utf-8"})
        raw = self.owner.raw(self.path.removeprefix("/mails/"))
        plain = {"Content-Type": "text/plain; charset=utf-8"}
        return self._say(404, b"There is no such mail.\n", plain) if raw is None else self._say(200, raw, plain)

    def do_PATCH(self) -> None:
        """A change of the account's settings."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        reply = self.owner.tells("PATCH", self.path, self.headers, body)  # type: ignore[arg-type]
        self._say(reply.status, reply.body, reply.headers)

    def do_POST(self) -> None:
        """The API."""
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:  # its sender died over it
            self.close_connection = True
            return None
        if self.path == "/v3/recipients/erasejob":
            reply = self.owner.forget(self.headers, body)  # type: ignore[arg-type] # a Message reads as a Mapping
            return self._say(reply.status, reply.body, reply.headers)
        if self.path != "/v3/mail/send":
            return self._say(404, b'{"errors":[{"message":"not found","field":null}]}', {})
        reply = self.owner.take(self.headers, body)  # type: ignore[arg-type] # a Message reads as a Mapping
        if reply.manner in (Manner.LATE, Manner.HANG):
            self.owner.wait(reply.seconds)
        match reply.manner:
            case Manner.HANG | Manner.DROP | Manner.DEAF:
                self.close_connection = True
            case Manner.CUT:
                self.wfile.write(b"HTTP/1.1 20")
                self.close_connection = True
            case _:
                self._say(reply.status, reply.body, reply.headers)
        return None

    def _say(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def date_time_string(self, timestamp: float | None = None) -> str:  # noqa: ARG002
        """By the clock that the stand-in was given."""
        return self.owner.date()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: who asked for what is on the page."""
