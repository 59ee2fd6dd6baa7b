"""A mail that is ready to go, the door it goes through, and what can come of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable


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
    """The other side will never take this mail for this reader; nothing was sent.

    `perhaps_us` where its words leave open that it refuses us and not this reader: one such refusal is the reader's, many in a row are not.
    """

    why: str
    perhaps_us: bool = False


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing was sent; try again, not before `not_before` (None: when it suits).

    `everyone` if the whole wire is closed, not one reader's; `needs_host` if it stays so until the host mends a setting;
    `perhaps_us` as in `Refused`.
    """

    why: str
    not_before: datetime | None = None
    everyone: bool = False
    needs_host: bool = False
    perhaps_us: bool = False


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

    def erase(self, address: str, deliveries: Collection[str]) -> None:
        """Forget somebody, as far as this door keeps anything of them: these mails, and whatever it knows of the address.

        Repeating it is harmless. Raises DripError if it could not be done now.
        """
        ...

    def close(self) -> None:
        """Give back connections; the transport may be used again afterwards."""
        ...


@runtime_checkable
class TellsTime(Protocol):
    """A transport whose other side can be asked for the time, without a mail."""

    def clock(self) -> datetime | None:
        """What time it is there, aware and to the second; None if nobody says just now. Blocks for at most the transport's time-out."""
        ...


@runtime_checkable
class KeepsEvidence(Protocol):
    """A transport that has a name for the ledger or the server which knows what it carried."""

    def carrier(self) -> str | None:
        """That name, the same for as long as the same evidence is there and no longer; None if it cannot be had just now."""
        ...


SENDGRID = "sendgrid"
"""The carrier whose events tell what became of a mail."""


def carrier_of(transport: Transport) -> str | None:
    """The name of what carries a mail by this transport, at most 64 characters; '' for a transport that needs none."""
    return transport.carrier() if isinstance(transport, KeepsEvidence) else ""
