"""Reminding: once a wait, a short mail that says that the next lesson waits for its reader. Never a second, and never more than that."""

from datetime import datetime

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Enrollment, Subscriber
from dripcourse.domain.delivery import Kind, lesson_key, reminder_key
from dripcourse.services.messages import receipt, sent
from dripcourse.services.messages.receipt import Written
from dripcourse.services.parts import Parts
from dripcourse.services.queue import offer

_BATCH = 200


def offer_due(parts: Parts, now: datetime) -> None:
    """Offer a reminder for every lesson that has waited for its reader for a week. The last look before the wire may still drop it."""
    while True:
        with parts.db.write() as session:
            due = session.execute(queries.claim.reminders_due(now, _BATCH)).all()
            for enrollment, subscriber in due:
                _offer(parts, session, enrollment, subscriber, now)
        if len(due) < _BATCH:
            return


def _offer(parts: Parts, session: Session, enrollment: Enrollment, subscriber: Subscriber, now: datetime) -> None:
    """In the thread of the lesson that came last, and with its subject, so that a mailbox shows nothing new."""
    slug, due, enrollment.remind_at = enrollment.last_lesson or "", enrollment.remind_at, None
    course = parts.library.courses.get(enrollment.course)
    lesson = session.scalars(queries.delivery.delivery_by_key(Kind.LESSON, lesson_key(enrollment.id, slug))).first()
    said = sent.sent_to(session, lesson)
    written = course.lesson(slug) if course else None
    subject = said.subject if said else written.subject if written else ""
    if not enrollment.waits or lesson is None or not subject:
        return
    offered = offer(
        session,
        Kind.REMINDER,
        reminder_key(enrollment.id, slug),
        recipient=subscriber.address_index,
        course=enrollment.course,
        now=now,
        enrollment=enrollment.id,
        lesson=slug,
        due=due,
    )
    if offered is not None:
        ident = f"{lesson.id}@{parts.rules.reply_domain}"
        receipt.put_in(parts, session, offered, Written("reminder", "", {}, subject, ident, (ident,)))
