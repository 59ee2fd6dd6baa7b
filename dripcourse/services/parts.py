"""The parts a service works with, chosen once by bootstrap and handed in; and the plain rules taken from the settings."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from dripcourse.content.library import Library
from dripcourse.content.render import Renderer
from dripcourse.db.session import Database
from dripcourse.domain.mail import Mailbox, Transport
from dripcourse.domain.page_addresses import Pages
from dripcourse.services.crypto.keyring import Keyring
from dripcourse.services.journal import Journal

Clock = Callable[[], datetime]
"""Gives the present instant, aware and in UTC; a driven clock gives what it was told."""
Stopwatch = Callable[[], float]
"""Gives seconds that go on evenly, however clocks are set; only differences mean anything."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Plain values that the host chose."""

    base_url: str
    mail_from: Mailbox
    system_from: Mailbox
    reply_domain: str
    postal_address: str
    host_email: str | None = None
    lease: timedelta = timedelta(seconds=60)
    rate_per_second: float | None = None
    assume_after: timedelta | None = timedelta(days=4)
    """When an unsure delivery is assumed sent; None: the host decides each (UNSURE_POLICY=hold)."""
    replies_kept_months: int = 12
    """How long after the end of its enrollment a reply is kept."""
    authserv_id: str | None = None
    """The name of the mail server whose word on senders we take (RFC 8601)."""
    event_keys: tuple[str, ...] = ()
    """The keys that a provider's posts of events are verified with."""
    inbound_keys: tuple[str, ...] = ()
    """The keys that a provider's posts of mail are verified with."""
    inbound_secret: str | None = field(default=None, repr=False)
    """What stands in the address that a provider posts mail to, if it cannot sign."""

    @property
    def pages(self) -> Pages:
        """The addresses of this installation's pages."""
        return Pages(self.base_url)


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a service may need, and nothing it may choose."""

    db: Database
    keys: Keyring
    library: Library
    renderer: Renderer
    transport: Transport
    journal: Journal
    rules: Rules
    stopwatch: Stopwatch = monotonic


@dataclass(frozen=True, slots=True)
class Store:
    """The parts that taking mail in wants, for a process that does nothing else: no course is read for it."""

    db: Database
    keys: Keyring
    rules: Rules
