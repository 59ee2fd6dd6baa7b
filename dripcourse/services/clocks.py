"""When a clock was wrong: an instant that lies ahead of now is a clock's fault, and is brought back to now once.

Otherwise whoever was written to while the clock ran ten years ahead would wait ten years for the next lesson (FAULTS.md S11, S12).
Bringing back never makes a lesson early: the pace counts from now.
"""

import logging
from datetime import datetime, timedelta

from dripcourse.db import queries
from dripcourse.db.models import Delivery, Enrollment
from dripcourse.domain.clocks import TOLERANCE
from dripcourse.domain.pacing import HOLD_MOST, Pace
from dripcourse.services.parts import Clock, Parts
from dripcourse.services.stay import set_due_again

log = logging.getLogger(__name__)

FARTHEST = max(HOLD_MOST, *(pace.elapsed for pace in Pace)) + timedelta(weeks=2)
"""No lesson is due later than this: the longest pace, or how long one is put off, and the way to the reader's slot."""
LONGEST_SLEEP = timedelta(hours=25)
"""No delivery waits for longer to be looked at again: a late lesson for the morning, others for an hour."""
_BATCH = 200


def bring_back(parts: Parts, clock: Clock) -> int:
    """Bring back to now what a clock that ran ahead has written; returns how many rows were. Repeating it changes nothing.

    The clock is read again when the rows are held: to a worker that was stopped for long, the honest work of others lies ahead.
    """
    count = 0
    while True:
        with parts.db.write() as session:
            seen = session.scalars(queries.deliveries_ahead(clock() + TOLERANCE, clock() + LONGEST_SLEEP, _BATCH)).all()
            written = session.scalars(queries.enrollments_for_update([row.enrollment_id or "" for row in seen])).all()
            beyond = session.scalars(queries.enrollments_beyond(clock() + FARTHEST, _BATCH)).all()
            now = clock()
            found = sum(_delivery(row, now, parts.rules.lease) for row in seen)
            found += sum(_enrollment(row, now) for row in {*written, *beyond})
        count += found
        if found < _BATCH:
            break
    if count:
        log.warning("%d entries lay in the future: a clock was wrong. Nothing is sent early for it.", count)
    return count


def _delivery(delivery: Delivery, now: datetime, lease: timedelta) -> bool:
    wake = delivery.wake_at or now
    if delivery.changed_at <= now + TOLERANCE and wake <= now + LONGEST_SLEEP:
        return False
    delivery.changed_at, delivery.claimed_at = min(delivery.changed_at, now), min(delivery.claimed_at, now)
    delivery.marked_at = delivery.marked_at and min(delivery.marked_at, now)
    delivery.accepted_at = delivery.accepted_at and min(delivery.accepted_at, now)
    # a worker whose clock is ahead may be at it this very moment: it keeps a lease's time
    delivery.wake_at = delivery.wake_at and min(delivery.wake_at, now + lease)
    return True


def _enrollment(enrollment: Enrollment, now: datetime) -> bool:
    last, wake = enrollment.last_accepted_at or now, enrollment.wake_at or now
    farthest = FARTHEST + timedelta(
        weeks=len(enrollment.quiet)
    )  # each quiet date may be the slot that it would else have had
    if last <= now + TOLERANCE and wake <= now + farthest:
        return False
    if enrollment.last_accepted_at is not None:
        enrollment.last_accepted_at = min(last, now)
    if enrollment.due_at is not None or enrollment.remind_at is not None:
        set_due_again(enrollment, now)
    return True
