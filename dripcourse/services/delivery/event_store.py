"""Events about sent mails, stored: each once, however often and in whatever order a provider reports it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from dripcourse.db import once, queries
from dripcourse.db.models import ProviderEvent
from dripcourse.domain.events import DROPS, Event, Told
from dripcourse.services.delivery import bounced, webhook_keys
from dripcourse.services.delivery.record import plain
from dripcourse.services.delivery.webhook_keys import Hook
from dripcourse.services.parts import Parts

_ABOUT_ONE_ATTEMPT = frozenset({Told.DEFERRED, *bounced.KINDS, *DROPS})


_NEWS = frozenset({Told.PROCESSED, Told.DELIVERED})


def store(parts: Parts, events: Sequence[Event], key: str, now: datetime) -> None:
    """Keep these events, each once however often it comes, and that `key` has verified something. Raises DatabaseAway: then nothing is kept.

    A setback of an attempt that was followed by another is kept, and has no effect any more.
    """
    with parts.db.write() as session:
        webhook_keys.note(session, Hook.EVENTS, key)
        keep(session, events, now)


def keep(session: Session, events: Sequence[Event], now: datetime) -> None:
    """Keep these events in the caller's transaction, whoever told them: a provider, or a mail that came back."""
    found = session.execute(queries.provider_events.attempts_of({event.delivery for event in events}))
    fences, accepted = dict[str, int](), set[str]()
    for ident, fence, accepted_at in found:
        fences[ident] = fence
        if accepted_at is not None:
            accepted.add(ident)
    rows = {
        event.id: _row(event, fences.get(event.delivery), now, accepted=event.delivery in accepted) for event in events
    }
    if rows:
        once.keep_once(session, ProviderEvent, list(rows.values()))


def _row(event: Event, fence: int | None, now: datetime, *, accepted: bool) -> dict[str, object]:
    """`accepted`: the delivery was accepted before. If that sending came back, what is told of it says nothing of the one that followed."""
    about_one = event.kind in _ABOUT_ONE_ATTEMPT or (accepted and event.kind in _NEWS)
    overtaken = fence is None or (event.fence < fence and about_one)
    return {
        "id": event.id,
        "delivery_id": event.delivery,
        "kind": event.kind.value,
        "detail": plain(event.detail),
        "happened_at": event.happened_at,
        "received_at": now,
        "handled_at": now if overtaken else None,
    }
