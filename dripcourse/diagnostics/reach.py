"""Reaching a web address as its readers do: what certificate it shows, what time it has, whether it is ours that answers."""

import ssl
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

SECONDS = 5.0
LARGE_BYTES = 2 * 2**20
"""A reply with one photo of a telephone; proxies refuse more than 1 MB unless they are told otherwise."""


@dataclass(frozen=True, slots=True)
class Reached:
    """`trouble` in words, '' if it answered; `ours` if it says what our `/healthz` says; the certificate's end, if it has one."""

    trouble: str = ""
    ours: bool = False
    date: datetime | None = None
    ends: datetime | None = None


def reach(url: str, *, seconds: float = SECONDS, context: ssl.SSLContext | None = None) -> Reached:
    """GET /healthz of a web address, its certificate checked as a browser does. Never raises."""
    with closing(_connection(url, seconds, context)) as connection:
        try:
            connection.connect()
            shown = connection.sock.getpeercert() if isinstance(connection.sock, ssl.SSLSocket) else None
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            ours = answer.status == 200 and answer.read(16) == b"ok\n"
        except ssl.SSLCertVerificationError as error:
            return Reached(f"its certificate is not good ({error.verify_message})")
        except TimeoutError:
            return Reached("it does not answer in time")
        except (OSError, HTTPException) as error:
            return Reached(f"it cannot be reached ({type(error).__name__})")
    return Reached("", ours, _instant(answer.getheader("Date")), _ends(shown))


def post(
    url: str, path: str, size: int, *, seconds: float = 2 * SECONDS, context: ssl.SSLContext | None = None
) -> int | None:
    """The status that answers an unsigned post of so many bytes; None if none comes. Never raises."""
    head = {"Content-Type": "multipart/form-data; boundary=doctor"}
    with closing(_connection(url, seconds, context)) as connection, suppress(OSError, HTTPException):
        with suppress(
            BrokenPipeError, ConnectionResetError
        ):  # who refuses the size may answer before all of it is there
            connection.request("POST", path, bytes(size), head)
        return connection.getresponse().status
    return None


def _connection(url: str, seconds: float, context: ssl.SSLContext | None) -> HTTPConnection:
    address = urlsplit(url)
    host, port = address.hostname or "", address.port
    if address.scheme == "https":
        return HTTPSConnection(host, port, timeout=seconds, context=context)
    return HTTPConnection(host, port, timeout=seconds)


def _instant(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC) if text else None
    except ValueError:
        return None


def _ends(certificate: object) -> datetime | None:
    text = certificate.get("notAfter") if isinstance(certificate, dict) else None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(text)), UTC) if text else None
