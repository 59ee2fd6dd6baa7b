"""A message that arrived: the bytes as they came, and what only the door that took them can know."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256

MOST_BYTES = 35 * 2**20
"""The largest message that is kept whole. SendGrid posts up to 30 MB, and most mail servers take less."""
HEAD_BYTES = 2**20
"""What is kept of a larger one: its headers and its words, which stand before what is attached."""

STRANGER = "stranger"
"""The verdict on what somebody wrote of whom nobody knows whether they are the reader; only a service can know."""
BY_WORDS = "automatic by its words alone"
"""The reason of an automatic mail without a machine's header: a person may have written it."""

_HEADERS_END = re.compile(rb"\r?\n\r?\n")
_SAID_BY_ITS_WRITER = re.compile(
    rb"^(message-id|from|date|subject)[ \t]*:(.*(?:\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE
)
_SAID_BY_A_SERVER = re.compile(
    rb"^(?:delivered-to|x-original-to|envelope-to)[ \t]*:[ \t]*<?([^\s<>]{1,320})>?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_MOST_HEADER_BYTES = 2**18
_SLICE = 2**20


class Door(StrEnum):
    """Where a message came in."""

    SENDGRID = "sendgrid"
    SMTP = "smtp"
    LMTP = "lmtp"
    PIPE = "pipe"
    MAILBOX = "mailbox"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message with its envelope (RFC 5321 2.3.1).

    `rcpt` are the addresses that it was delivered to, those with a token first; empty if the door was not told. `sender` is the
    return path: '' for the null path of a bounce, None if the door was not told. `spf` and `dkim` are a provider's own words
    about them (SendGrid's fields `SPF` and `dkim`), empty at any other door. `size` is that of the whole message, of which
    `raw` is but the head if it was too large. `note` is what the door has to say of it to the host.
    """

    door: Door
    raw: bytes
    rcpt: tuple[str, ...] = ()
    sender: str | None = None
    spf: str = ""
    dkim: str = ""
    size: int = 0
    note: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "rcpt", tuple(sorted(dict.fromkeys(self.rcpt), key=_rank)))
        object.__setattr__(self, "size", max(self.size, len(self.raw)))

    @property
    def is_cut(self) -> bool:
        """Whether only the head is here."""
        return self.size > len(self.raw)


def within_bounds(arrival: Arrival) -> Arrival:
    """The arrival, of whose message only the head is left if it is larger than we keep."""
    return replace(arrival, raw=arrival.raw[:HEAD_BYTES]) if arrival.size > MOST_BYTES else arrival


def leaves(address: str) -> bool:
    """Whether mail to this address is an order to leave, `leave+TOKEN@`."""
    return address.lower().startswith("leave+")


def carries_token(address: str) -> bool:
    """Whether an address is one of those that we make for one delivery: `r+TOKEN@` or `leave+TOKEN@`."""
    return leaves(address) or address.lower().startswith("r+")


def _rank(address: str) -> int:
    return 0 if carries_token(address) else 1


def is_ours(address: str, reply_domain: str, mailboxes: Iterable[str]) -> bool:
    """Whether we take mail for an address: any at REPLY_DOMAIN (which of its tokens are real shows to nobody), or one we send from."""
    written = address.casefold()
    return written.rpartition("@")[2] == reply_domain.casefold() or written in {each.casefold() for each in mailboxes}


def delivered_to(raw: bytes) -> tuple[str, ...]:
    """The addresses that mail servers wrote into a message when they delivered it. Anybody can have written them."""
    found = _SAID_BY_A_SERVER.findall(_head(raw)[0])
    return tuple(dict.fromkeys(address.decode("utf-8", "replace") for address in found))


def _head(raw: bytes) -> tuple[bytes, int]:
    """The headers, with plain line ends, and where the body begins."""
    split = _HEADERS_END.search(raw, 0, _MOST_HEADER_BYTES)
    end = split.start() if split else min(len(raw), _MOST_HEADER_BYTES)
    return raw[:end].replace(b"\r", b""), split.end() if split else end


def identity(raw: bytes) -> bytes:
    """What makes a message itself, whatever way it came and however often: the digest of its Message-ID and its body.

    Headers that a mail server writes on the way, and how it ends its lines, do not count. A message without a Message-ID
    (RFC 5322 3.6.4 allows that) is known by From, Date and Subject instead.
    """
    head, begin = _head(raw)
    said: dict[bytes, bytes] = {}
    for name, value in _SAID_BY_ITS_WRITER.findall(head):
        said.setdefault(name.lower(), b" ".join(value.split()))
    named = said.pop(b"message-id", b"")
    names = [b"message-id", named] if named else [part for pair in sorted(said.items()) for part in pair]
    found = sha256()
    for part in names:
        found.update(b"%d:%s" % (len(part), part))
    end = len(raw)
    while end > begin and raw[end - 1 : end] in (b"\r", b"\n"):
        end -= 1
    for place in range(begin, end, _SLICE):
        found.update(raw[place : min(place + _SLICE, end)].translate(None, b"\r"))
    return found.digest()
