"""Every question we ask the database, by name. Statements only: who asks, and in which transaction, is for `services` to say."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Select,
    Update,
    and_,
    exists,
    or_,
    select,
    update,
)

from dripcourse.db.models import (
    Circuit,
    Delivery,
    Enrollment,
    LessonText,
    Signup,
    Subscriber,
)
from dripcourse.domain.delivery import CAME_BACK, IN_HAND, DeliveryState, Kind, Reason
from dripcourse.domain.enrollment import EnrollmentState

# ---------------------------------------------------------------------------------------------------------------- tick


# ------------------------------------------------------------------------------------------------------------ dispatch


def lessons_sent(enrollment: str) -> Select[Delivery, LessonText]:
    """The lessons of an enrollment that were accepted, with their words as they were sent, in the order in which they went."""
    return (
        select(Delivery, LessonText)
        .join(LessonText, LessonText.hash == Delivery.lesson_text)
        .where(Delivery.enrollment_id == enrollment, Delivery.kind == Kind.LESSON, Delivery.accepted_at.is_not(None))
        .order_by(Delivery.accepted_at, Delivery.id)
    )


def subscribers_of(enrollments: Collection[str]) -> Select[Enrollment, Subscriber]:
    """Each of these enrollments with its reader."""
    return (
        select(Enrollment, Subscriber)
        .join(Subscriber, Subscriber.id == Enrollment.subscriber_id)
        .where(Enrollment.id.in_(enrollments))
    )


def signups(ids: Collection[str]) -> Select[Signup]:
    """These sign-up requests."""
    return select(Signup).where(Signup.id.in_(ids))


def may_go() -> ColumnElement[bool]:
    """The consent check right before the wire; kinds that are not named stand alone.

    lesson: its enrollment is active, and does not wait for its reader's word. reminder: it is active, wants reminders, and still waits
    after that lesson.
    copy, receipt, own: its reader has not left.
    """
    mine = exists().where(Enrollment.id == Delivery.enrollment_id)
    active = mine.where(Enrollment.state == EnrollmentState.ACTIVE)
    left = mine.where(Enrollment.state == EnrollmentState.LEFT)
    waits_on = Enrollment.waits, Enrollment.last_lesson == Delivery.lesson
    asked_for = (Delivery.kind == kind for kind in (Kind.COPY, Kind.RECEIPT, Kind.OWN))
    to_readers = or_(*asked_for)  # no IN: the mark is for many rows at once
    return or_(
        and_(Delivery.kind == Kind.LESSON, active.where(~Enrollment.waits)),
        and_(Delivery.kind == Kind.REMINDER, active.where(*waits_on, Enrollment.reminders)),
        and_(to_readers, ~left),
        and_(Delivery.kind != Kind.LESSON, Delivery.kind != Kind.REMINDER, ~to_readers),
    )


def on_the_wire(ids: Collection[str]) -> Select[str, int]:
    """(id, fence) of those of these deliveries that stand at sending."""
    return select(Delivery.id, Delivery.fence).where(Delivery.id.in_(ids), Delivery.state == DeliveryState.SENDING)


def enrollments_of_accepted(deliveries: Collection[str], at: datetime) -> Select[Enrollment]:
    """The enrollments of those of these deliveries that were accepted at `at`, held until the transaction ends."""
    return (
        select(Enrollment)
        .join(Delivery, Delivery.enrollment_id == Enrollment.id)
        .where(Delivery.id.in_(deliveries), Delivery.accepted_at == at)
        .with_for_update(of=Enrollment)
    )


def circuit(name: str) -> Select[Circuit]:
    """The circuit of that name."""
    return select(Circuit).where(Circuit.transport == name)


# -------------------------------------------------------------------------------------------------------------- settle


def sendings_run_out(now: datetime, limit: int) -> Select[Delivery]:
    """Deliveries on the wire whose lease is over: nobody will record them any more."""
    return (
        select(Delivery)
        .where(Delivery.state == DeliveryState.SENDING, Delivery.wake_at <= now)
        .order_by(Delivery.wake_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )


def unsure_to_settle(now: datetime, limit: int) -> Select[Delivery]:
    """Unsure deliveries for which evidence may be asked again."""
    return (
        select(Delivery)
        .where(Delivery.state == DeliveryState.UNSURE, Delivery.wake_at <= now)
        .order_by(Delivery.wake_at)
        .limit(limit)
    )


def unsure_deliveries() -> Select[Delivery]:
    """What nobody knows the fate of: unsure, and those since assumed to have gone."""
    return (
        select(Delivery)
        .where(or_(Delivery.state == DeliveryState.UNSURE, Delivery.reason == "assumed"))
        .order_by(Delivery.changed_at)
    )


# -------------------------------------------------------------------------------------------------------------- enroll


def stopped_lessons(enrollment: str) -> tuple[ColumnElement[bool], ...]:
    """The lessons of an enrollment that were held for good because their address was suppressed."""
    held = Delivery.state == DeliveryState.HELD, Delivery.reason == Reason.STOPPED
    return Delivery.enrollment_id == enrollment, Delivery.kind == Kind.LESSON, *held


# ------------------------------------------------------------------------------------------------------------ overview


def in_hand(enrollments: Collection[str]) -> Select[str | None, str | None, datetime | None]:
    """(enrollment, slug, due) of lessons that are claimed, held or unsure: the enrollment waits for them."""
    return select(Delivery.enrollment_id, Delivery.lesson, Delivery.due_at).where(
        Delivery.enrollment_id.in_(enrollments), Delivery.kind == Kind.LESSON, Delivery.state.in_(IN_HAND)
    )


def held_for_template() -> Select[Delivery]:
    """Lessons held because their words could not be rendered."""
    return (
        select(Delivery)
        .where(Delivery.state == DeliveryState.HELD, Delivery.reason == Reason.TEMPLATE)
        .with_for_update(skip_locked=True)
    )


def hold_again(*which: ColumnElement[bool]) -> Update:
    """Of these, the lessons that were accepted once and came back are held as before: what went is never forgotten."""
    back = {"state": DeliveryState.HELD, "reason": Reason.RETURNED}
    return update(Delivery).where(*which, Delivery.kind == Kind.LESSON, Delivery.accepted_at.is_not(None)).values(back)


def give_up(enrollment: str) -> Update:
    """Nothing that came back goes again to an enrollment that has ended."""
    held = (Delivery.enrollment_id == enrollment, Delivery.state == DeliveryState.HELD, Delivery.reason.in_(CAME_BACK))
    return update(Delivery).where(*held).values(state=DeliveryState.BOUNCED, wake_at=None)


def delivery_by_key(kind: Kind, key: str) -> Select[Delivery]:
    """The one delivery of a kind and key, if there is one."""
    return select(Delivery).where(Delivery.kind == kind, Delivery.key == key)
