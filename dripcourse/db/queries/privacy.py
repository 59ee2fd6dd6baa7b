"""The questions about everything that is known of one reader. Statements only, as in `queries`."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Delete, Select, delete, func, or_, select
from sqlalchemy.orm import Session

from dripcourse.db.models import (
    Consent,
    ConsentText,
    Delivery,
    Enrollment,
    Erasure,
    Inbound,
    LessonText,
    Lift,
    ProviderEvent,
    ReaderKey,
    Reply,
    Signup,
    Subscriber,
)
from dripcourse.domain.delivery import DeliveryState, Kind

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
    "behind_link",
    "reminders",
    "waits",
    "remind_at",
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


def claimed_lesson(enrollment: str) -> Select[Delivery]:
    """The lesson of an enrollment that is in hand and not on the wire."""
    return _lessons(enrollment).where(Delivery.state == DeliveryState.CLAIMED)


def lessons_of(enrollment: str, states: Collection[DeliveryState]) -> Select[Delivery]:
    """The lessons of an enrollment that stand at one of these states, oldest first."""
    return _lessons(enrollment).where(Delivery.state.in_(states)).order_by(Delivery.claimed_at, Delivery.id)


def lessons_had(enrollment: str) -> Select[Delivery]:
    """All lessons of an enrollment, whatever their state."""
    return _lessons(enrollment)


def written_in(enrollment: str, key: str) -> Select[Reply]:
    """What was written in an enrollment, is sealed to this key and was not deleted; held until the transaction ends."""
    return (
        select(Reply)
        .where(Reply.enrollment_id == enrollment, Reply.reader_key_id == key, Reply.deleted_at.is_(None))
        .with_for_update()
    )


def _lessons(enrollment: str) -> Select[Delivery]:
    return select(Delivery).where(Delivery.enrollment_id == enrollment, Delivery.kind == Kind.LESSON)


def deliveries_to(subscriber: str, indexes: Collection[bytes]) -> Select[str, DeliveryState, datetime | None]:
    """(id, state, end of the lease) of every mail to a reader, by their enrollments or their address."""
    return select(Delivery.id, Delivery.state, Delivery.wake_at).where(_to(subscriber, indexes))


def _to(subscriber: str, indexes: Collection[bytes]) -> ColumnElement[bool]:
    mine = select(Enrollment.id).where(Enrollment.subscriber_id == subscriber)
    return or_(Delivery.enrollment_id.in_(mine), Delivery.recipient.in_(indexes))


def count(session: Session, subscriber: str) -> tuple[int, int]:
    """How many enrollments a reader has, and how many replies."""
    mine = select(Enrollment.id).where(Enrollment.subscriber_id == subscriber)
    enrollments = session.scalars(select(func.count()).select_from(mine.subquery())).one()
    written = session.scalars(select(func.count()).select_from(Reply).where(Reply.enrollment_id.in_(mine))).one()
    return enrollments, written


def take_back(subscriber: str, indexes: Collection[bytes]) -> Delete:
    """Whatever was to go to a reader and is not on the wire yet."""
    return delete(Delivery).where(_to(subscriber, indexes), Delivery.state == DeliveryState.CLAIMED)


def erasure_of(subscriber: str) -> Select[Erasure]:
    """That a reader asked for everything to be erased, if they did."""
    return select(Erasure).where(Erasure.subscriber_id == subscriber)


def erasure_at(indexes: Collection[bytes]) -> Select[Erasure]:
    """The same, by their address."""
    return (
        select(Erasure)
        .join(Subscriber, Subscriber.id == Erasure.subscriber_id)
        .where(Subscriber.address_index.in_(indexes))
    )


def erasures_to_try(now: datetime) -> Select[Erasure]:
    """The longest-waiting erasure whose time has come, held until the transaction ends."""
    return (
        select(Erasure)
        .where(Erasure.wake_at <= now)
        .order_by(Erasure.wake_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def destroy(
    session: Session, subscriber: str, indexes: Collection[bytes], deliveries: Collection[str], *, before: datetime
) -> None:
    """Every row that is about a reader; what hangs on their enrollments goes with them.

    A sign-up from `before` goes too; one that came since is somebody's who comes back, and stays.
    """
    asked = Signup.address_index.in_(indexes), Signup.requested_at < before
    for statement in (
        delete(ProviderEvent).where(ProviderEvent.delivery_id.in_(deliveries)),
        delete(Inbound).where(Inbound.delivery_id.in_(deliveries)),
        delete(Delivery).where(Delivery.id.in_(deliveries)),
        delete(Signup).where(*asked),
        delete(Lift).where(Lift.address_index.in_(indexes)),
        delete(Reply).where(Reply.reader_key_id.in_(select(ReaderKey.id).where(ReaderKey.subscriber_id == subscriber))),
        delete(ReaderKey).where(ReaderKey.subscriber_id == subscriber),
        delete(Subscriber).where(Subscriber.id == subscriber),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
