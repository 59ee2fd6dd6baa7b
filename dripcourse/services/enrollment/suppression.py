"""Not writing to an address: why, until when, and who lifted it.

A suppression is there to stop mail that nobody asked for. So the reader's own fresh yes lifts it, whatever it was for, except their own
"never": that stays until the host lifts it. An erasure suppresses nothing that the reader asks for.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from dripcourse.db import once, queries
from dripcourse.db.models import Delivery, Lift, Suppression
from dripcourse.domain.address import email_address
from dripcourse.domain.delivery import DeliveryState
from dripcourse.domain.enrollment import LIVE, LeftReason
from dripcourse.domain.errors import NotFound, SuppressedError, UsageError
from dripcourse.domain.suppression import ERASED, NEVER, refusal
from dripcourse.services.crypto.keyring import new_id
from dripcourse.services.enrollment import lifecycle
from dripcourse.services.journal import Fact
from dripcourse.services.parts import Parts

MOST_WHY = 255


def standing(session: Session, indexes: Sequence[bytes]) -> Suppression | None:
    """The suppression of an address, by any of its indexes; an erasure counts as one here."""
    return session.scalars(queries.enrollment.suppressions_of(indexes)).first()


def is_suppressed(session: Session, indexes: Sequence[bytes]) -> bool:
    """Whether nothing may be sent to an address but what its owner asks for."""
    found = standing(session, indexes)
    return found is not None and found.reason != ERASED


def is_never(session: Session, indexes: Sequence[bytes]) -> bool:
    """Whether the owner of an address asked never to be written to, not even with a question."""
    found = standing(session, indexes)
    return found is not None and found.reason == NEVER


def require_none(session: Session, indexes: Sequence[bytes]) -> None:
    """Raises SuppressedError, with the reason and what to do, if the host must not write to this address."""
    if (found := standing(session, indexes)) is not None:
        raise SuppressedError(refusal(found.reason, found.since))


def remember_erased(session: Session, indexes: Sequence[bytes], now: datetime) -> None:
    """Of everything erased this alone stays: a keyed digest of the address. The owner's "never" stands."""
    session.execute(delete(Suppression).where(Suppression.address_index.in_(indexes), Suppression.reason != NEVER))
    once.keep_once(session, Suppression, [{"address_index": indexes[0], "reason": ERASED, "since": now}])


def suppress(parts: Parts, session: Session, indexes: Sequence[bytes], reason: str, now: datetime) -> None:
    """Stop writing to an address; its enrollments end, and what was about to go does not."""
    found = standing(session, indexes)
    if found is None or found.reason == ERASED or reason == NEVER:
        session.execute(delete(Suppression).where(Suppression.address_index.in_(indexes)))
        session.execute(insert(Suppression).values(address_index=indexes[0], reason=reason, since=now))
    session.execute(delete(Delivery).where(Delivery.recipient.in_(indexes), Delivery.state == DeliveryState.CLAIMED))
    subscriber = session.scalars(queries.enrollment.subscriber_by_index(indexes)).first()
    if subscriber is None:
        return
    parts.journal.note(session, Fact.NEVER if reason == NEVER else Fact.SUPPRESSED, [subscriber.id], now)
    for enrollment, _ in session.execute(queries.overview.enrollments_by_id(subscriber.id)):
        if enrollment.state in LIVE:
            lifecycle.end(parts, session, enrollment, LeftReason.ASKED, now)


def come_back(parts: Parts, session: Session, indexes: Sequence[bytes], now: datetime) -> None:
    """The owner of an address said yes: what suppressed it is over, and bounces of the past count no more."""
    _lift(parts, session, indexes, now, by="reader", why="signed up and confirmed")
    reader = session.scalars(queries.enrollment.subscriber_by_index(indexes)).first()
    if reader is not None:
        reader.bounce_score, reader.bounced_on = 0, None


def unsuppress(parts: Parts, address: str, why: str, now: datetime) -> Lift:
    """Lift the suppression of an address on the host's word, and keep why. Sends nothing and enrolls nobody.

    Raises AddressError; UsageError without a reason; NotFound if the address is not suppressed; SuppressedError if it was erased.
    """
    said = " ".join(why.split())
    if not said or len(said) > MOST_WHY:
        raise UsageError(f"Say why in --why TEXT, in {MOST_WHY} characters at most: it is kept with the address.")
    indexes = parts.keys.indexes(email_address(address).normal)
    with parts.db.write() as session:
        found = standing(session, indexes)
        if found is not None and found.reason == ERASED:
            raise SuppressedError(refusal(found.reason, found.since))
        lifted = _lift(parts, session, indexes, now, by="host", why=said)
        if lifted is None:
            raise NotFound("This address is not suppressed, so there is nothing to lift.")
        return lifted


def _lift(parts: Parts, session: Session, indexes: Sequence[bytes], now: datetime, *, by: str, why: str) -> Lift | None:
    found = standing(session, indexes)
    if found is None:
        return None
    session.delete(found)
    if found.reason == ERASED:  # nothing of an erasure is kept
        session.flush()
        return None
    if (reader := session.scalars(queries.enrollment.subscriber_by_index(indexes)).first()) is not None:
        parts.journal.note(session, Fact.RETURNED, [reader.id], now)
    lifted = Lift(
        id=new_id(),
        address_index=indexes[0],
        reason=found.reason,
        since=found.since,
        lifted_at=now,
        by=by,
        why=why,
    )
    session.add(lifted)
    session.flush()
    return lifted


def lifted(session: Session, subscriber: str) -> Sequence[Lift]:
    """The suppressions of a reader's address that were lifted, oldest first."""
    return session.scalars(queries.enrollment.lifts_of(subscriber)).all()
