"""Offering a mail: a delivery that nobody holds yet, for whoever claims next."""

from datetime import datetime

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery
from dripcourse.domain.delivery import DeliveryState, Kind
from dripcourse.services.keys import new_id


def offer(
    session: Session,
    kind: Kind,
    key: str,
    *,
    recipient: bytes,
    course: str,
    now: datetime,
    enrollment: str | None = None,
    signup: str | None = None,
    lesson: str | None = None,
) -> None:
    """Offer one mail, in the caller's transaction. Offering the same kind and key again changes nothing."""
    if session.scalars(queries.delivery_by_key(kind, key)).first() is not None:
        return
    session.add(
        Delivery(
            id=new_id(),
            kind=kind,
            key=key,
            enrollment_id=enrollment,
            signup_id=signup,
            recipient=recipient,
            course=course,
            lesson=lesson,
            state=DeliveryState.CLAIMED,
            fence=0,
            wake_at=now,
            due_at=now,
            claimed_at=now,
            changed_at=now,
        )
    )
    session.flush()
