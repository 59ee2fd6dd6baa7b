"""Clocks that really delete: what has been kept for as long as it was said to be is gone, without anybody having to ask.

What was never confirmed is forgotten by `signup`, mail that is nobody's by `arrive`, what a reader deleted by `replies`; what is left is
here. docs/privacy.md says all of it in one table.
"""

from calendar import monthrange
from datetime import datetime, timedelta

from dripcourse.db import queries
from dripcourse.services.parts import Parts

TIDY_EVERY = timedelta(hours=12)
FORGET_BEATS = timedelta(days=1)

EVENTS_KEPT = timedelta(days=90)
"""What a provider told of a mail: long after the last day on which it could still decide anything."""
ANSWERS_KEPT = timedelta(days=30)
"""What an answer to a reader's mail said: it has gone, and what is kept is only of use for sending it."""


def expire(parts: Parts, now: datetime) -> None:
    """Delete for good: replies so many months after the end of their enrollment, handled events, and what answers said."""
    limit = months_before(now, parts.rules.replies_kept_months)
    with parts.db.write() as session:
        session.execute(queries.retention.replies_ended_before(limit))
        # their keys are retired and not deleted: one that is being written to at this moment must not go, see `replies`
        session.execute(queries.retention.retire_idle_keys(limit, now))
        session.execute(queries.retention.events_handled_before(now - EVENTS_KEPT))
        session.execute(queries.retention.forget_answers(now - ANSWERS_KEPT))


def months_before(now: datetime, months: int) -> datetime:
    """The same day and hour so many months earlier; the last day of that month if it has no such day."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    return now.replace(year=year, month=month + 1, day=min(now.day, monthrange(year, month + 1)[1]))
