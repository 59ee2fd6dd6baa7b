"""The answers that readers share: all that a host can read, and which of them the host has seen."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.services.parts import Parts
from dripcourse.services.replies.store import HOST, HOST_WHOLE


@dataclass(frozen=True, slots=True)
class Shared:
    """A reply that its reader shares with the host."""

    id: str
    lesson: str | None
    at: datetime
    text: str
    whole: str | None = None
    """The whole text of the mail that it came in, if that says more; without the private links of a mail it quotes."""


def shared_with_host(parts: Parts, session: Session, enrollment: str) -> list[Shared]:
    """The replies that the reader of an enrollment shares, oldest first: all that a host can read."""
    return [
        Shared(
            reply.id,
            lesson,
            reply.received_at,
            parts.keys.unseal(reply.host_sealed, HOST, reply.id).decode(),
            parts.keys.unseal(reply.host_whole_sealed, HOST_WHOLE, reply.id).decode()
            if reply.host_whole_sealed
            else None,
        )
        for reply, lesson in session.execute(queries.replies.shared_replies(enrollment))
        if reply.host_sealed is not None
    ]


def note_read(parts: Parts, shared: Collection[str], now: datetime) -> None:
    """The host has seen these answers."""
    if shared:
        with parts.db.write() as session:
            session.execute(queries.replies.seen_by_host(shared, now))
