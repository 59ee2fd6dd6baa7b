"""Never writing to an address again."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery, Suppression
from dripcourse.domain.delivery import DeliveryState
from dripcourse.domain.enrollment import LIVE, LeftReason
from dripcourse.services import stay
from dripcourse.services.journal import Fact
from dripcourse.services.parts import Parts

ERASED = "erased"
"""Why an address is remembered that was erased: a host must not bring it back, only its owner may, by signing up."""


def is_suppressed(session: Session, indexes: Sequence[bytes]) -> bool:
    """Whether an address, by any of its indexes, must never be written to."""
    return session.scalars(queries.suppressed_among(indexes, but_for=ERASED)).first() is not None


def is_erased(session: Session, indexes: Sequence[bytes]) -> bool:
    """Whether the owner of an address had everything erased, and has not come back."""
    return session.scalars(queries.suppressed_for(indexes, ERASED)).first() is not None


def remember_erased(session: Session, indexes: Sequence[bytes], now: datetime) -> None:
    """Of everything erased this alone stays: a keyed digest of the address."""
    queries.keep_once(session, Suppression, [{"address_index": indexes[0], "reason": ERASED, "since": now}])


def forget_erased(session: Session, indexes: Sequence[bytes]) -> None:
    """Its owner has come back by themselves."""
    session.execute(delete(Suppression).where(Suppression.address_index.in_(indexes), Suppression.reason == ERASED))


def suppress(parts: Parts, session: Session, indexes: Sequence[bytes], reason: str, now: datetime) -> None:
    """Never write to an address again; whatever it was enrolled in ends, and what was about to go does not."""
    if not is_suppressed(session, indexes):
        forget_erased(session, indexes)
        session.execute(insert(Suppression).values(address_index=indexes[0], reason=reason, since=now))
    session.execute(delete(Delivery).where(Delivery.recipient.in_(indexes), Delivery.state == DeliveryState.CLAIMED))
    subscriber = session.scalars(queries.subscriber_by_index(indexes)).first()
    if subscriber is None:
        return
    parts.journal.note(Fact.SUPPRESSED, [subscriber.id], now)
    for enrollment, _ in session.execute(queries.enrollments_by_id(subscriber.id)):
        if enrollment.state in LIVE:
            stay.end(parts, session, enrollment, LeftReason.ASKED, now)
