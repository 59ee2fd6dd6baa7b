"""Offering a mail: a delivery that nobody holds yet, for whoever claims next."""

from datetime import datetime

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery
from dripcourse.domain.delivery import DeliveryState, Kind
from dripcourse.services.crypto.keyring import new_id


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
    due: datetime | None = None,
) -> Delivery | None:
    """Offer one mail, in the caller's transaction; `due` if it should have gone before now. Offering the same kind and key again
    changes nothing, and returns None."""
    if session.scalars(queries.delivery.delivery_by_key(kind, key)).first() is not None:
        return None
    offered = Delivery(
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
        due_at=due or now,
        claimed_at=now,
        changed_at=now,
    )
    session.add(offered)
    session.flush()
    return offered
