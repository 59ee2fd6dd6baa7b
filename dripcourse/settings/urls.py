"""From the text of a setting to its value: databases, doors for mail, web addresses.

Each reader raises ValueError with the rest of a sentence that begins with the setting's name. What it was given is not
repeated: most of these hold a password.
"""

import re
from dataclasses import dataclass
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, cast
from urllib.parse import SplitResult, quote, unquote, urlsplit

from pydantic import SecretStr, ValidationInfo

from dripcourse.settings.words import folder

Tls = Literal["tls", "starttls", "none"]
_MAIL_PORTS: dict[Tls, int] = {"tls": 465, "starttls": 587, "none": 25}
_SQLITE = "sqlite:///"
_ESCAPE = "in a password write %40 for @, %2F for / and %23 for #"


@dataclass(frozen=True, slots=True)
class OutboxUrl:
    """Mail stays on this machine, in the Maildir at `path`."""

    path: Path


@dataclass(frozen=True, slots=True)
class SmtpUrl:
    """Mail goes to a mail server; `tls` from the first byte, by `starttls` or not at all, or `none`. `user` may be empty."""

    host: str
    port: int
    user: str
    password: SecretStr
    tls: Tls


@dataclass(frozen=True, slots=True)
class SendgridUrl:
    """Mail goes to SendGrid's API."""


@dataclass(frozen=True, slots=True)
class ImapUrl:
    """A mailbox to read mail from; without `tls` on this machine only."""

    host: str
    port: int
    user: str
    password: SecretStr
    folder: str
    tls: bool


MailUrl = OutboxUrl | SmtpUrl | SendgridUrl


def is_loopback(host: str) -> bool:
    """Whether `host` can only be this very machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def sqlite_url(path: Path) -> str:
    """The URL of an SQLite file, whatever characters its path holds."""
    return _SQLITE + quote(str(path), safe=" +/")


def sqlite_path(url: str) -> Path | None:
    """The file of a URL that `database` gave; None for PostgreSQL."""
    return Path(unquote(url.removeprefix(_SQLITE))) if url.startswith(_SQLITE) else None


def database(text: str, info: ValidationInfo) -> SecretStr:
    """A database as SQLAlchemy wants it named: an SQLite file by its whole path, or PostgreSQL through psycopg 3."""
    scheme, there, rest = text.partition("://")
    if not there:
        raise ValueError("is not the URL of a database")
    if scheme == "sqlite":
        return SecretStr(_sqlite(rest, info))
    if scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
        named = f" ({scheme})" if scheme.replace("+", "").isalnum() else ""
        raise ValueError(f"names another kind of database{named}; there are two: sqlite:/// and postgresql://")
    if not _split(text).path.strip("/"):
        raise ValueError("names no database after the host")
    if find_spec("psycopg") is None:
        raise ValueError("wants PostgreSQL's driver, which is not installed: pip install 'dripcourse[postgres]'")
    return SecretStr(f"postgresql+psycopg://{rest}")


def _sqlite(rest: str, info: ValidationInfo) -> str:
    if not rest.startswith("/"):
        raise ValueError("lacks a slash: three before a path from here, four before a whole path")
    name = unquote(rest.removeprefix("/"))
    if name in ("", ":memory:"):
        raise ValueError("names no file, and a database in memory forgets every reader")
    if "?" in rest:
        raise ValueError("holds a ?; only a file is named here")
    path = folder(name, info)
    if path.is_dir():
        raise ValueError(f"names a folder, not a file: {path}")
    return sqlite_url(path)


def mail_door(text: str, info: ValidationInfo) -> MailUrl:
    """How mail leaves: `outbox:PATH`, `smtp://user:password@host:587`, `smtps://...` or `sendgrid:`."""
    scheme, _, rest = text.partition(":")
    if scheme == "outbox" and rest and not rest.startswith("//"):
        return OutboxUrl(folder(rest, info))
    if text == "sendgrid:":
        return SendgridUrl()
    if scheme in ("smtp", "smtps"):
        return _smtp(_split(text))
    raise ValueError(
        "is none of outbox:PATH, smtp://user:password@host:587, smtps://user:password@host:465 and sendgrid:"
    )


def _smtp(url: SplitResult) -> SmtpUrl:
    host, user, password = url.hostname or "", unquote(url.username or ""), unquote(url.password or "")
    if not host or url.path.strip("/") or url.fragment:
        raise ValueError(f"is not smtp:// with a host and nothing after its port ({_ESCAPE})")
    if bool(user) != bool(password):
        raise ValueError("holds a user without a password, or a password without a user")
    tls = _tls(url, host)
    if tls == "none" and password and not is_loopback(host):
        raise ValueError("would send the password unencrypted: leave out ?tls=none")
    return SmtpUrl(host, url.port or _MAIL_PORTS[tls], user, SecretStr(password), tls)


def _tls(url: SplitResult, host: str) -> Tls:
    if url.query:
        chosen = url.query.removeprefix("tls=")
        if url.scheme == "smtps" or chosen == url.query or chosen not in ("none", "starttls"):
            raise ValueError("knows nothing after a ? but smtp://...?tls=none and ?tls=starttls")
        return cast("Tls", chosen)
    if url.scheme == "smtps":
        return "tls"
    return "none" if is_loopback(host) else "starttls"


def imap(text: str) -> SecretStr:
    """A mailbox to read: `imaps://user:password@host[:993][/FOLDER]`; `imap://`, without TLS, on this machine only."""
    url = _split(text)
    if url.scheme not in ("imap", "imaps") or not (url.hostname and url.username and url.password):
        raise ValueError(f"is not imaps:// with user, password and host ({_ESCAPE})")
    if url.scheme == "imap" and not is_loopback(url.hostname):
        raise ValueError("would send the password unencrypted: begin it with imaps://")
    return SecretStr(text)


def imap_door(url: SecretStr) -> ImapUrl:
    """The parts of a URL that `imap` took."""
    parts = urlsplit(url.get_secret_value())
    tls = parts.scheme == "imaps"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    return ImapUrl(parts.hostname or "", parts.port or (993 if tls else 143), user, SecretStr(password), folder, tls)


def web_address(text: str) -> str:
    """`https://host[:port]`, or http for trials, in lower case and without a slash at its end."""
    url = _split(text)
    if url.scheme not in ("http", "https") or not re.fullmatch(r"[a-z0-9._-]+|[0-9a-f:.]+", url.hostname or ""):
        raise ValueError("is not a web address that begins with https:// (a host in other letters goes as xn--...)")
    if url.path.strip("/") or "@" in url.netloc or "?" in text or "#" in text:
        raise ValueError("holds more than a host and a port; the pages stand at the top of a host of their own")
    return f"{url.scheme}://{url.netloc.lower()}"


def api_address(text: str) -> str:
    """A web address that a key is sent to: https, or this very machine."""
    found = web_address(text)
    if found.startswith("http:") and not is_loopback(urlsplit(found).hostname or ""):
        raise ValueError("would send the API key unencrypted: begin it with https://")
    return found


def masked(url: str) -> str:
    """A URL without its password and without what follows a question mark."""
    parts = urlsplit(url)
    before, at, host = parts.netloc.rpartition("@")
    user = f"{before.partition(':')[0]}:***" if ":" in before else before
    return f"{parts.scheme}://{user}{at}{host}{parts.path}"


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port  # is looked at only when asked for
    except ValueError:
        raise ValueError(f"is not a URL with a host and a port from 1 to 65535 ({_ESCAPE})") from None
    return parts
