"""What is known of a reader: given to them whole, and destroyed when they say so.

To erase is: from this moment nothing more goes, then whoever carried the mails forgets them, then every row and key is gone. The
order matters, since each step can be repeated after a crash and none needs what a later one destroys. What is left is a keyed digest
of the address, so that a host's old list cannot bring somebody back; only they themselves can, by signing up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dripcourse.db import personal, queries
from dripcourse.db.models import Enrollment, Subscriber
from dripcourse.domain.address import normal_form
from dripcourse.domain.delivery import DeliveryState
from dripcourse.domain.enrollment import LIVE, LeftReason
from dripcourse.domain.errors import DripError, NotFound
from dripcourse.services import replies, stay
from dripcourse.services.journal import Fact
from dripcourse.services.overview import naming
from dripcourse.services.parts import Parts
from dripcourse.services.suppression import remember_erased


@dataclass(frozen=True, slots=True)
class Erased:
    """How much there was: enrollments, mails and replies."""

    enrollments: int
    deliveries: int
    replies: int


# ------------------------------------------------------------------------------------------------------------ exporting


def export(parts: Parts, ident: str) -> dict[str, Any]:
    """Everything known of the reader that an id or an address names, but the words that are theirs alone.

    Instants are aware and in UTC. Of replies the shared ones are told, and how many there are besides: those only their reader's own
    page can show. Raises NotFound.
    """
    with parts.db.read() as session:
        subscriber = _subscriber(parts, session, ident)
        enrollments = [row for row, _ in session.execute(queries.enrollments_by_id(subscriber.id))]
        shared = {row.id: replies.shared_with_host(parts, session, row.id) for row in enrollments}
        kept = replies.kept(session, subscriber.id)
        return {
            "address": parts.keys.unseal(subscriber.address_sealed, "address", subscriber.id).decode(),
            "since": subscriber.created_at,
            "bounces": subscriber.bounce_score,
            "enrollments": [_enrollment(session, row, shared[row.id]) for row in enrollments],
            "private_replies": sum(not each.shared for each in kept),
        }


def _enrollment(session: Session, row: Enrollment, shared: Sequence[replies.Shared]) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in personal.CHOSEN},
        "state": row.state.value,
        "left_reason": row.left_reason.value if row.left_reason else None,
        "pace": row.pace.value,
        "consents": [dict(each) for each in session.execute(personal.consents_of(row.id)).mappings()],
        "mails": [
            {**each, "kind": each["kind"].value, "state": each["state"].value}
            for each in session.execute(personal.mails_of(row.id)).mappings()
        ],
        "shared_replies": [{"lesson": each.lesson, "at": each.at, "text": each.text} for each in shared],
    }


# -------------------------------------------------------------------------------------------------------------- erasing


def erase(parts: Parts, ident: str, now: datetime) -> Erased:
    """Destroy everything known of the reader that an id or an address names; returns how much there was.

    Raises NotFound; DripError if a mail to them is on its way this minute, or if the mail provider does not answer: then nothing more
    goes to them, and the same call finishes the work later. DatabaseAway likewise.
    """
    with parts.db.write() as session:
        subscriber = _subscriber(parts, session, ident)
        address = parts.keys.unseal(subscriber.address_sealed, "address", subscriber.id).decode()
        _stop(parts, session, subscriber, now)
        mails = session.execute(personal.deliveries_to(subscriber.id, _indexes(parts, address))).all()
    if any(state is DeliveryState.SENDING and lease and lease > now for _, state, lease in mails):
        raise DripError(
            "A mail to this reader is on its way just now. Nothing more will go; finish this in two minutes."
        )
    deliveries = [ident for ident, _, _ in mails]
    parts.transport.erase(address, deliveries)
    with parts.db.write() as session:
        enrollments, written = personal.count(session, subscriber.id)
        personal.destroy(session, subscriber.id, _indexes(parts, address), deliveries)
        remember_erased(session, _indexes(parts, address), now)
    parts.db.scrub()
    return Erased(enrollments, len(deliveries), written)


def _stop(parts: Parts, session: Session, subscriber: Subscriber, now: datetime) -> None:
    parts.journal.note(Fact.ERASED, [subscriber.id], now)
    for enrollment, _ in session.execute(queries.enrollments_by_id(subscriber.id)):
        if enrollment.state in LIVE:
            stay.end(parts, session, enrollment, LeftReason.ERASED, now)


def _indexes(parts: Parts, address: str) -> tuple[bytes, ...]:
    return parts.keys.indexes(normal_form(address))


def _subscriber(parts: Parts, session: Session, ident: str) -> Subscriber:
    row = session.execute(naming(parts, ident)).first()
    if row is None:
        raise NotFound("Nobody goes by that id or address. See: dripcourse subscriber list")
    return row[1]
