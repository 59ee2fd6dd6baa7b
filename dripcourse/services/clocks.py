"""When a clock was wrong: an instant that lies ahead of now is a clock's fault, and is brought back to now once.

Otherwise whoever was written to while the clock ran ten years ahead would wait ten years for the next lesson (FAULTS.md S11, S12).
Bringing back never makes a lesson early: the pace counts from now.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery, Enrollment
from dripcourse.domain.pacing import Pace, due_again
from dripcourse.services.parts import Parts
from dripcourse.services.stay import set_due, slot_of

log = logging.getLogger(__name__)

TOLERANCE = timedelta(minutes=5)
"""How far two machines' clocks may be apart without anybody calling it a fault."""
FARTHEST = max(pace.elapsed for pace in Pace) + timedelta(weeks=2)
"""No lesson is due later than this: the longest pace, and the way to the reader's slot."""
_BATCH = 200


def bring_back(parts: Parts, now: datetime) -> int:
    """Bring back to now what a clock that ran ahead has written; returns how many rows were. Repeating it changes nothing."""
    count = 0
    while True:
        with parts.db.write() as session:
            ahead = session.scalars(queries.deliveries_ahead(now + TOLERANCE, _BATCH)).all()
            for delivery in ahead:
                _bring_back(delivery, now, parts.rules.lease)
            session.flush()
            found = len(ahead) + _enrollments(session, [row.enrollment_id or "" for row in ahead], now)
        count += found
        if found < _BATCH:
            break
    if count:
        log.warning("%d entries lay in the future: a clock was wrong. Nothing is sent early for it.", count)
    return count


def _bring_back(delivery: Delivery, now: datetime, lease: timedelta) -> None:
    delivery.changed_at, delivery.claimed_at = now, min(delivery.claimed_at, now)
    delivery.marked_at = delivery.marked_at and min(delivery.marked_at, now)
    delivery.accepted_at = delivery.accepted_at and min(delivery.accepted_at, now)
    # a worker whose clock is ahead may be at it this very moment: it keeps a lease's time
    delivery.wake_at = delivery.wake_at and min(delivery.wake_at, now + lease)


def _enrollments(session: Session, written: list[str], now: datetime) -> int:
    """Those whose lessons were written ahead, and those that wait for a day that no pace can lead to."""
    rows = [*session.scalars(queries.enrollments_for_update(written))] if written else []
    rows += session.scalars(queries.enrollments_beyond(now + FARTHEST, _BATCH))
    for enrollment in rows:
        last = enrollment.last_accepted_at = enrollment.last_accepted_at and min(enrollment.last_accepted_at, now)
        if enrollment.due_at is not None:
            welcome = enrollment.last_number == 0
            set_due(enrollment, _again(enrollment, last, now, welcome=welcome))
    return len(rows)


def _again(enrollment: Enrollment, last: datetime | None, now: datetime, *, welcome: bool) -> datetime:
    return due_again(slot_of(enrollment), enrollment.pace, last, now, after_welcome=welcome)
