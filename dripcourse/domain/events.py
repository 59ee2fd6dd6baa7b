"""What a mail provider tells about sendings afterwards."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Told(StrEnum):
    """What a provider can tell about one sending."""

    PROCESSED = "processed"
    DEFERRED = "deferred"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    NOBODY = "no such mailbox"
    BLOCKED = "blocked"
    """It came back for a reason that may pass."""
    FULL = "full"
    POLICY = "policy"
    DROPPED = "dropped"
    DROPPED_COMPLAINT = "dropped: complaint"
    DROPPED_ASKED = "dropped: asked"
    COMPLAINT = "complaint"
    ASKED = "asked"
    CLEARED = "cleared"
    """A mail had told that nobody is there, or complained, and the reader has answered since."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing told, by the provider's own id for it. `delivery` and `fence` name the attempt it is about."""

    id: str
    delivery: str
    fence: int
    kind: Told
    detail: str
    happened_at: datetime


DROPS = frozenset({Told.DROPPED, Told.DROPPED_COMPLAINT, Told.DROPPED_ASKED})
"""The provider did not send the mail at all."""
