"""What reports by mail brought about: told to the reader once, at the enrolled address, with what undoes it. Nobody else is told.

Anybody who holds a forwarded letter can write such a report. So the reader gets one plain mail, at most one a day for each kind of
event. What the provider reports is the reader's own doing, or true, and is met with silence. For a stop see `answers.tell_of_end`.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery, Enrollment, ProviderEvent, Subscriber
from dripcourse.domain.delivery import Kind, rare_key
from dripcourse.domain.enrollment import EnrollmentState, LeftReason, PauseReason
from dripcourse.services.delivery import bounced
from dripcourse.services.enrollment.missing_course import course_of
from dripcourse.services.messages import receipt
from dripcourse.services.messages.receipt import Written
from dripcourse.services.parts import Parts
from dripcourse.services.queue import offer

_RUNS = (EnrollmentState.ACTIVE, EnrollmentState.PAUSED)
_ENDED = {
    LeftReason.BOUNCED: "ended_by_bounces",
    LeftReason.COMPLAINT: "ended_by_complaints",
}
"""The words of [mail.answers] for an end, by its reason."""
_PAUSED = "paused_by_complaint"

_Ran = tuple[Enrollment, PauseReason | None]
"""An enrollment that runs, and why it was paused before the event."""


def running(session: Session, event: ProviderEvent, delivery: Delivery) -> Sequence[_Ran]:
    """What a report by mail can stop: its reader's enrollments that run, the reported one first. None if the provider told it."""
    if not bounced.is_by_mail(event):
        return []
    reader = session.scalars(queries.enrollment.subscriber_by_index([delivery.recipient])).first()
    rows = session.execute(queries.overview.enrollments_by_id(reader.id)).all() if reader else ()
    found = [each for each, _ in rows if each.state in _RUNS]
    ran = [(each, each.pause_reason) for each in found]
    return sorted(ran, key=lambda each: each[0].id != delivery.enrollment_id)


def tell(parts: Parts, session: Session, ran: Sequence[_Ran], now: datetime) -> None:
    """Tell what became of the first of those that `ran` and do not any more, in the caller's transaction."""
    says = [(each, _ended(each) or _paused(each, before)) for each, before in ran]
    enrollment, what = next(((each, what) for each, what in says if what), (None, None))
    if enrollment is not None and what is not None:
        _offer(parts, session, enrollment, what, now)


def _ended(enrollment: Enrollment) -> str | None:
    reason = enrollment.left_reason
    return _ENDED.get(reason) if enrollment.state is EnrollmentState.LEFT and reason else None


def _paused(enrollment: Enrollment, before: PauseReason | None) -> str | None:
    now = enrollment.pause_reason
    return _PAUSED if now is PauseReason.COMPLAINT and before is not now else None


def _offer(parts: Parts, session: Session, enrollment: Enrollment, says: str, now: datetime) -> None:
    subscriber = session.get_one(Subscriber, enrollment.subscriber_id)
    offered = offer(
        session,
        Kind.NOTICE,
        rare_key(says, subscriber.id, now.date().isoformat()),
        recipient=subscriber.address_index,
        course=enrollment.course,
        now=now,
        enrollment=enrollment.id,
    )
    if offered is not None:
        facts = {"start_url": parts.rules.pages.course(course_of(parts, enrollment).cover)}
        receipt.put_in(parts, session, offered, Written("notice", says, facts, "", "", ()))
