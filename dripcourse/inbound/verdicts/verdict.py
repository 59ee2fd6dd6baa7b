"""What a message turned out to be, and what is known about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Verdict(StrEnum):
    """What a message is. A `stranger` is for services to find: bytes do not say whom we know."""

    REPLY = "reply"
    COMMAND = "command"
    SUBSCRIBE = "subscribe"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"


class Severity(StrEnum):
    """What a bounce says: HARD, that mailbox does not exist; SOFT, not now; POLICY, not this mail or not from us; DELAY, still trying."""

    HARD = "hard"
    SOFT = "soft"
    POLICY = "policy"
    DELAY = "delay"


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a bounce (or a complaint) says about the mail that came back."""

    severity: Severity
    status: str = ""
    """The enhanced status code (RFC 3463), such as `5.1.1`, or ''."""
    no_such_mailbox: bool = False
    """Whether it says, beyond what a code may mean, that this very mailbox or its domain does not exist."""
    full: bool = False
    """Whether it says that the mailbox is full."""
    says: str = ""
    """The other server's words, in lower case; addresses may be among them."""
    recipients: tuple[str, ...] = ()
    """The addr-specs it names as failed."""
    ids: tuple[str, ...] = ()
    """Message ids of the returned mail, without angle brackets."""
    tokens: tuple[str, ...] = ()
    """What stands behind `r+` or `leave+` in addresses of the returned mail."""


@dataclass(frozen=True, slots=True)
class AuthenticationResult:
    """One method's result from an Authentication-Results header (RFC 8601). Whether to believe `authserv_id` is not decided here."""

    authserv_id: str
    method: str
    result: str
    properties: Mapping[str, str] = field(default_factory=dict)
    """By `ptype.property`, such as `header.from`; values unquoted."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A message that was read."""

    verdict: Verdict
    text: str
    """The person's own words; '' for bounces and complaints."""
    hidden: str
    """What was cut away from them; nothing is lost between the two."""
    command: str | None
    evidence: tuple[str, ...]
    """Why it is what it is, in short sentences that hold neither an address nor a word of the mail's text."""
    sender: str = ""
    """From's addr-spec, its domain in lower case; '' if there is none or more than one."""
    message_id: str = ""
    references: tuple[str, ...] = ()
    """Ids of In-Reply-To and References, without angle brackets, each once."""
    to: tuple[str, ...] = ()
    """Addr-specs of To, Cc, Delivered-To and X-Original-To."""
    subject: str = ""
    results: tuple[AuthenticationResult, ...] = ()
    bounce: Bounce | None = None
    away_until: date | None = None
    """The date that an auto-reply names as its last, if it names one."""
    by_words: str | None = None
    """If wording alone says that a machine wrote it, and no header: what a person would have written in it. The verdict may be wrong."""
    is_automatic: bool = False
    """Whether nothing automatic may ever answer it: machine mail, and what comes by a list or without a return path (RFC 3834 2)."""
