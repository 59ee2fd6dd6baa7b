"""From the text of a setting to its value: folders, addresses, numbers, instants, keys.

Each reader raises ValueError with the rest of a sentence that begins with the setting's name; no secret and no address is ever in it.
"""

import re
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import SecretStr, ValidationInfo

from dripcourse.domain.address import email_address
from dripcourse.domain.errors import AddressError
from dripcourse.domain.mail import Mailbox

KEY_BYTES = 32
SECRET_LENGTH = 32
PORTS = range(1, 65536)
_P256 = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"
"""How every P-256 public key begins in base64 (RFC 5480): SendGrid signs with no other kind."""
_P256_BYTES = 91


class HostPort(NamedTuple):
    """Where to listen."""

    host: str
    port: int


class Listen(NamedTuple):
    """What to speak, and where: on a port, or at a socket in the file system."""

    protocol: Literal["lmtp", "smtp"]
    where: HostPort | Path


def folder(text: str, info: ValidationInfo) -> Path:
    """A folder, from the working directory if it is relative; it need not be there yet."""
    if text.startswith("~"):
        raise ValueError("begins with ~, which only a shell understands; write the whole path")
    return Path((info.context or {}).get("cwd", "")) / text


def folder_there(text: str, info: ValidationInfo) -> Path:
    """A folder that is there."""
    path = folder(text, info)
    if not path.is_dir():
        raise ValueError(f"names no folder: there is none at {path}")
    return path


def address(text: str) -> str:
    """An address to write to. For trials it may be `@localhost` or under `.test`: no mail leaves the machine for these (RFC 6761)."""
    # email-validator refuses localhost by name and has no option for it, so the check is made under .test instead
    stand_in = f"{text}.test" if text.lower().endswith("@localhost") else text
    try:
        found = email_address(stand_in).written
    except AddressError:
        raise ValueError("does not hold an e-mail address") from None
    return found if stand_in is text else found.removesuffix(".test")


def mailbox(text: str) -> Mailbox:
    """An address, or `Name <address>`."""
    named = re.fullmatch(r"([^<>]*)<([^<>]*)>", text)
    if named is None:
        return Mailbox(address(text))
    return Mailbox(address(named[2].strip()), named[1].strip().strip('"').strip())


def domain(text: str) -> str:
    """A domain that mail is addressed to, in lower case, as A-labels."""
    if "@" in text:
        raise ValueError("holds an @; only the part after it is meant")
    try:
        return address(f"someone@{text}").rpartition("@")[2]
    except ValueError:
        raise ValueError("is not a domain name") from None


def host(text: str) -> str:
    """The name or address of a network interface to listen on."""
    if not re.fullmatch(r"[A-Za-z0-9._:%-]+", text):
        raise ValueError("is not a host name or an IP address")
    return text


def listen(text: str, info: ValidationInfo) -> Listen:
    """`host:port` (an IPv6 address in brackets) or the path of a socket; `smtp:` or `lmtp:` before it, LMTP if neither is."""
    scheme, colon, rest = text.partition(":")
    protocol: Literal["lmtp", "smtp"] = "smtp" if colon and scheme == "smtp" else "lmtp"
    where = rest.removeprefix("//") if colon and scheme in ("smtp", "lmtp") else text
    if where.startswith("/"):
        return Listen(protocol, folder(where, info))
    found = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})", where)
    if found is None or int(found[2]) not in PORTS:
        raise ValueError("is not a host and a port with a colon between them, nor the whole path of a socket")
    return Listen(protocol, HostPort(found[1].strip("[]"), int(found[2])))


def whole(low: int, high: int) -> Callable[[str], int]:
    """A reader of whole numbers from `low` to `high`."""

    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise ValueError(f"is not a whole number from {low} to {high}")
        return int(text)

    return read


def rate(text: str) -> float:
    """A number above nothing."""
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text) or not float(text):
        raise ValueError("is not a number above 0 and below a million")
    return float(text)


def one_of(*words: str) -> Callable[[str], str]:
    """A reader of one word out of a few."""

    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"is not one of these words: {', '.join(words)}")
        return text

    return read


def instant(text: str) -> datetime:
    """An instant (ISO 8601 with its offset), in UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("is not a date and time in ISO form") from None
    if found.tzinfo is None:
        raise ValueError(
            "has no offset from UTC at its end (Z, or one like +02:00), so nobody knows which instant is meant"
        )
    return found.astimezone(UTC)


def line(text: str) -> str:
    """Any text on one line."""
    return text


def word(text: str) -> str:
    """Any text without a space."""
    if " " in text:
        raise ValueError("holds a space")
    return text


def secret(text: str) -> SecretStr:
    """A secret that somebody else made."""
    return SecretStr(word(text))


def path_secret(text: str) -> SecretStr:
    """A secret that stands in a web address."""
    if not re.fullmatch(r"[A-Za-z0-9_=-]{16,}", text):
        raise ValueError("is not 16 or more letters, digits, - and _ (it stands in a web address)")
    return SecretStr(text)


def secrets(text: str) -> tuple[SecretStr, ...]:
    """Secret texts of 32 characters or more, newest first."""
    items = _items(text)
    if any(len(item) < SECRET_LENGTH for item in items):
        raise ValueError(f"is too short: {SECRET_LENGTH} characters or more are wanted (in a comma list, of each)")
    return tuple(SecretStr(item) for item in items)


def seal_keys(text: str) -> tuple[SecretStr, ...]:
    """Keys as `dripcourse keys new` prints them, newest first."""
    return tuple(SecretStr(_seal_key(item)) for item in _items(text))


def _seal_key(text: str) -> str:
    raw = _decoded(text.rstrip("=") + "=", altchars=b"-_")  # the = at the end is easily lost in copying
    if len(raw) != KEY_BYTES:
        raise ValueError("is not what `dripcourse keys new` prints (in a comma list, each)")
    return urlsafe_b64encode(raw).decode("ascii")


def public_keys(text: str) -> tuple[str, ...]:
    """Verification keys as SendGrid shows them, newest first."""
    items = _items(text)
    if not all(item.startswith(_P256) and len(_decoded(item)) == _P256_BYTES for item in items):
        raise ValueError(f"is not a verification key as SendGrid shows it: one long word that begins with {_P256[:12]}")
    return tuple(items)


def _items(text: str) -> list[str]:
    items = [item.strip() for item in text.split(",")]
    if not all(items):
        raise ValueError("is a comma list with nothing before, between or after its commas")
    return items


def _decoded(text: str, *, altchars: bytes | None = None) -> bytes:
    """The bytes of a text in base64; none if it is no base64."""
    try:
        return b64decode(text, altchars, validate=True)
    except ValueError:
        return b""
