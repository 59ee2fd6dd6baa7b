"""Asking a reader whether they wrote what came from elsewhere: one mail a day at most, at the enrolled address, that quotes nothing.

Its link shows all that waits. What came after the day's mail, and what only reads like a machine's, is asked about before it is
forgotten: at most once in ten days, so that a machine that answers our question is not asked for ever.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Enrollment, Subscriber
from dripcourse.domain.delivery import WHOSE, Kind, rare_key
from dripcourse.services.enrollment import schedule
from dripcourse.services.incoming.store import ASKED_FOR, FORGET_AFTER, FORGET_AT_LAST
from dripcourse.services.messages.receipt import Written, put_in
from dripcourse.services.parts import Parts
from dripcourse.services.queue import offer

CLICK = "was-it-you"
"""What a link is good for by which a reader says that they wrote from another address."""
_ASK_AFTER = timedelta(days=20)


def ask(
    parts: Parts, session: Session, enrollment: Enrollment, message: str, received_at: datetime, now: datetime
) -> None:
    """Ask the reader of an enrollment about a message that waits, in the caller's transaction."""
    subscriber = session.get_one(Subscriber, enrollment.subscriber_id)
    offered = offer(
        session,
        Kind.RECEIPT,
        rare_key(WHOSE, subscriber.id, now.date().isoformat()),
        recipient=subscriber.address_index,
        course=enrollment.course,
        now=now,
        enrollment=enrollment.id,
        lesson=enrollment.last_lesson,
    )
    if offered is not None:
        kept_until = max(received_at + FORGET_AFTER, now + ASKED_FOR).astimezone(schedule.slot_of(enrollment).tz)
        facts = {
            "accept_url": parts.rules.pages.was_it_you(parts.keys.web_token(message, CLICK)),
            "day": parts.renderer.day(kept_until.date(), enrollment.language),
        }
        put_in(parts, session, offered, Written("was_it_you", "", facts, "", "", ()))


def ask_before_forgetting(parts: Parts, now: datetime) -> None:
    """Ask about what has waited for long and no mail asked about; the oldest of an enrollment stands for all."""
    asked = set[str]()
    with parts.db.write() as session:
        untold = queries.quarantine.untold(now - FORGET_AT_LAST, now - _ASK_AFTER, tried=now - ASKED_FOR)
        for row, enrollment in session.execute(untold):
            if enrollment.id not in asked:
                ask(parts, session, enrollment, row.id, row.received_at, now)
                asked.add(enrollment.id)
