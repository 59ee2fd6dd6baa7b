"""When a clock was wrong: an instant that lies ahead of now is a clock's fault, and is brought back to now once.

Otherwise whoever was written to while the clock ran ten years ahead would wait ten years for the next lesson (FAULTS.md S11, S12).
Bringing back never makes a lesson early: the pace counts from now.
"""

import logging
from datetime import datetime, timedelta

from dripcourse.db import queries
from dripcourse.db.models import Delivery, Enrollment
from dripcourse.domain.clock_skew import TOLERANCE
from dripcourse.domain.pacing import HOLD_MOST, first_slot
from dripcourse.services.enrollment.schedule import due_from, set_due, set_due_again, slot_of
from dripcourse.services.parts import Clock, Parts

log = logging.getLogger(__name__)

FARTHEST = HOLD_MOST + timedelta(weeks=2)
"""No message that came waits for longer than this to be looked at again."""
LONGEST_SLEEP = timedelta(hours=25)
"""No delivery waits for longer to be looked at again: a late lesson for the morning, others for an hour."""
_HALF_A_WEEK = timedelta(days=3.5)
_BATCH = 200


def bring_back(parts: Parts, clock: Clock) -> int:
    """Bring back to now what a clock that ran ahead has written; returns how many rows were. Repeating it changes nothing.

    The clock is read again when the rows are held: to a worker that was stopped for long, the honest work of others lies ahead.
    """
    count = 0
    while True:
        with parts.db.write() as session:
            seen = session.scalars(
                queries.tick.deliveries_ahead(clock() + TOLERANCE, clock() + LONGEST_SLEEP, _BATCH)
            ).all()
            written = session.scalars(
                queries.tick.enrollments_for_update([row.enrollment_id or "" for row in seen])
            ).all()
            dated = session.scalars(queries.tick.enrollments_ahead(clock() + TOLERANCE, _BATCH)).all()
            now = clock()
            found = sum(_delivery(row, now, parts.rules.lease) for row in seen)
            found += sum(_enrollment(row, now) for row in {*written, *dated})
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
    last, ahead = enrollment.last_accepted_at, (enrollment.set_at or now) - now
    if last is not None and last > now + TOLERANCE:
        enrollment.last_accepted_at = now
        if enrollment.due_at is not None or enrollment.remind_at is not None:
            set_due_again(enrollment, now)
    elif ahead <= TOLERANCE:
        return False
    else:
        _set_again(enrollment, ahead, now)
    enrollment.set_at = enrollment.set_at and min(enrollment.set_at, now)
    return True


def _set_again(enrollment: Enrollment, ahead: timedelta, now: datetime) -> None:
    """The date that was set by a clock so far ahead, as a right one would have set it; none becomes later by that.

    Who had the next lesson put off for a while has it so still: it comes in the slot that is nearest to what they had in mind.
    """
    due = enrollment.due_at
    if due is None:
        if enrollment.remind_at is not None:
            set_due_again(enrollment, now)
        return
    again = due_from(enrollment, now)
    if enrollment.last_accepted_at is not None:  # the welcome waits for no slot
        meant = due - min(ahead, due - now)  # or now: a clock may be ahead by more years than there are before it
        again = max(again, first_slot(slot_of(enrollment), meant - _HALF_A_WEEK))
    set_due(enrollment, min(due, again), now)
