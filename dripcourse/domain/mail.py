"""A mail that is ready to go, the door it goes through, and what can come of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from enum import StrEnum
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name to show and an address to write to."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One rendered mail to one person. `delivery` and `fence` name the attempt; `date` is the Date header."""

    delivery: str
    fence: int
    sender: Mailbox
    to: str
    subject: str
    text: str
    html: str | None
    message_id: str
    """With its angle brackets (RFC 5322 3.6.4); the left side is the delivery's id."""
    date: datetime
    reply_to: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The other side took the mail and answers for it; `reference` is its own name for it."""

    reference: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The other side will never take this mail for this reader; nothing was sent."""

    why: str


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing was sent; try again, not before `not_before` (None: when it suits). `everyone` if the whole wire is closed, not one reader's."""

    why: str
    not_before: datetime | None = None
    everyone: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody answered: it may or may not have gone. Never a reason to send again."""

    why: str


Outcome = Accepted | Refused | Later | Unknown


class Evidence(StrEnum):
    """What a transport can say afterwards about an attempt whose outcome nobody recorded."""

    SENT = "sent"
    NOT_SENT = "not sent"
    NONE = "none"


class Transport(Protocol):
    """The one door a mail leaves by. Implementations keep their connections; none of them ever raises for a mail's fate."""

    is_local: bool
    """Whether nothing it sends can leave this machine (the outbox, a loopback address): only then may time be driven ahead."""

    def send(self, mail: Outgoing, *, now: datetime) -> Outcome:
        """Hand over one mail. Blocks for at most the transport's own time-out, which is well under a lease."""
        ...

    def evidence(self, delivery: str, fence: int, *, marked_at: datetime, now: datetime) -> Evidence:
        """What became of an attempt. NOT_SENT is a promise that this very attempt can never be sent any more."""
        ...

    def close(self) -> None:
        """Give back connections; the transport may be used again afterwards."""
        ...


class _Verbatim(BaseHeader):
    """A header of links. Folded as prose, a long one would be cut into encoded words, which no program reads there (RFC 2047 5)."""

    max_count = 1

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        kwds |= {"decoded": value, "parse_tree": None}

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self.replace('>, <', f'>,{policy.linesep} <')}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("List-Unsubscribe", _Verbatim)
_HEADERS.map_to_type("List-Id", _Verbatim)
_WIRE = SMTP.clone(header_factory=_HEADERS)


def mime(mail: Outgoing) -> bytes:
    """The mail as RFC 5322 bytes with CRLF line ends: multipart/alternative, plain text first (RFC 2046 5.1.4)."""
    message = EmailMessage(policy=_WIRE)
    message["From"] = Address(display_name=mail.sender.name, addr_spec=mail.sender.address)
    message["To"] = Address(addr_spec=mail.to)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.date)
    message["Message-ID"] = mail.message_id
    if mail.reply_to:
        message["Reply-To"] = Address(addr_spec=mail.reply_to)
    for name, value in mail.headers.items():
        message[name] = value
    message.set_content(mail.text, cte="quoted-printable")
    if mail.html is not None:
        message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
        # A boundary from the id makes the same mail the same bytes, whoever builds it.
        message.set_boundary(f"=_{mail.delivery}")
    return message.as_bytes()
