"""What a mail alone reports: that nobody is there, or a complaint. Anybody who was forwarded a letter can write such a mail.

So it only holds: the lesson until the next one is due, or the course until the reader answers. It ends a course when there is a second
sign that the writer of the first cannot have made: an event that the provider signed, or a report about another mail on another day.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery, Enrollment, ProviderEvent
from dripcourse.domain.delivery import DeliveryState, Reason
from dripcourse.domain.enrollment import EnrollmentState, PauseReason
from dripcourse.domain.events import Told
from dripcourse.services.delivery import bounced
from dripcourse.services.enrollment import lifecycle

_RUNS = (EnrollmentState.ACTIVE, EnrollmentState.PAUSED)


def day_of(event: ProviderEvent) -> tuple[datetime, datetime]:
    """The day (UTC) on which it happened, from its beginning to its end."""
    day = event.happened_at.replace(hour=0, minute=0, second=0, microsecond=0)
    return day, day + timedelta(days=1)


def holds_only(session: Session, event: ProviderEvent, delivery: Delivery) -> bool:
    """Whether this is a report by mail, and the first sign."""
    if not bounced.is_by_mail(event) or Told(event.kind) not in (Told.NOBODY, Told.COMPLAINT):
        return False
    return session.scalar(queries.bounced.other_reports(delivery.recipient, delivery.id, *day_of(event))) is None


def is_repeated(session: Session, event: ProviderEvent, delivery: Delivery) -> bool:
    """Whether mails have reported this very mail before: that scores once, however often it is written."""
    return bounced.is_by_mail(event) and session.scalar(queries.bounced.reports_of(delivery.id)) is not None


def stand_still(session: Session, delivery: Delivery) -> None:
    """Nothing more goes to a reader who is said to have complained, until they say so. Nothing is suppressed."""
    subscriber = session.scalars(queries.enrollment.subscriber_by_index([delivery.recipient])).first()
    for enrollment, _ in session.execute(queries.overview.enrollments_by_id(subscriber.id)).all() if subscriber else ():
        if enrollment.state in _RUNS:
            lifecycle.stand_still(session, enrollment, PauseReason.COMPLAINT)


def is_there(session: Session, enrollment: Enrollment | None, recipient: bytes, now: datetime) -> None:
    """The reader has answered: whatever mails reported of them is not so, and what stood still for it goes on."""
    for delivery in session.scalars(queries.bounced.held_by_report(recipient)).all():
        held = session.get(Enrollment, delivery.enrollment_id or "", with_for_update=True)
        if held is not None:
            delivery.reason = Reason.EVIDENCE
            bounced.go_on(session, held, delivery, now, state=DeliveryState.DELIVERED)
    session.execute(queries.bounced.clear_reports(recipient))
    if enrollment is not None and enrollment.pause_reason is PauseReason.COMPLAINT:
        lifecycle.go_on(session, enrollment, now)
