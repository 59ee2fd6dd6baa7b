"""The questions about everything that is known of one reader. Statements only, as in `queries`."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.orm import Session

from dripcourse.db.models import (
    Consent,
    ConsentText,
    Delivery,
    Enrollment,
    Inbound,
    LessonText,
    ProviderEvent,
    ReaderKey,
    Reply,
    Signup,
    Subscriber,
)
from dripcourse.domain.delivery import DeliveryState

CHOSEN = (
    "id",
    "course",
    "perspective",
    "language",
    "zone",
    "weekday",
    "hour",
    "created_at",
    "confirmed_at",
    "ended_at",
    "paused_until",
    "last_lesson",
    "last_accepted_at",
    "due_at",
    "subject_style",
    "cover_name",
    "cover_subject",
    "behind_link",
    "reminders",
)
"""What an enrollment says of its reader, as it is."""


def consents_of(enrollment: str) -> Select[str, str, datetime, datetime]:
    """What a reader agreed to: the words, how, asked when, given when."""
    return (
        select(ConsentText.text, Consent.how, Consent.asked_at, Consent.given_at)
        .join(ConsentText, ConsentText.hash == Consent.text_hash)
        .where(Consent.enrollment_id == enrollment)
        .order_by(Consent.given_at)
    )


def mails_of(enrollment: str) -> Select:  # type: ignore[type-arg] # six columns of as many types
    """The mails of an enrollment, oldest first, with the subject and the words as they went out."""
    return (
        select(
            Delivery.kind, Delivery.lesson, Delivery.state, Delivery.accepted_at, LessonText.subject, LessonText.text
        )
        .outerjoin(LessonText, LessonText.hash == Delivery.lesson_text)
        .where(Delivery.enrollment_id == enrollment)
        .order_by(Delivery.claimed_at)
    )


def deliveries_to(subscriber: str, indexes: Collection[bytes]) -> Select[str, DeliveryState, datetime | None]:
    """(id, state, end of the lease) of every mail to a reader, by their enrollments or their address."""
    mine = select(Enrollment.id).where(Enrollment.subscriber_id == subscriber)
    return select(Delivery.id, Delivery.state, Delivery.wake_at).where(
        or_(Delivery.enrollment_id.in_(mine), Delivery.recipient.in_(indexes))
    )


def count(session: Session, subscriber: str) -> tuple[int, int]:
    """How many enrollments a reader has, and how many replies."""
    mine = select(Enrollment.id).where(Enrollment.subscriber_id == subscriber)
    enrollments = session.scalars(select(func.count()).select_from(mine.subquery())).one()
    written = session.scalars(select(func.count()).select_from(Reply).where(Reply.enrollment_id.in_(mine))).one()
    return enrollments, written


def destroy(session: Session, subscriber: str, indexes: Collection[bytes], deliveries: Collection[str]) -> None:
    """Every row that is about a reader; what hangs on their enrollments goes with them."""
    for statement in (
        delete(ProviderEvent).where(ProviderEvent.delivery_id.in_(deliveries)),
        delete(Inbound).where(Inbound.delivery_id.in_(deliveries)),
        delete(Delivery).where(Delivery.id.in_(deliveries)),
        delete(Signup).where(Signup.address_index.in_(indexes)),
        delete(Reply).where(Reply.reader_key_id.in_(select(ReaderKey.id).where(ReaderKey.subscriber_id == subscriber))),
        delete(ReaderKey).where(ReaderKey.subscriber_id == subscriber),
        delete(Subscriber).where(Subscriber.id == subscriber),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
