"""Lessons that came back: held with the other side's reason, and the reader's place does not move on.

A full mailbox, and what may pass, is tried again by itself at a slot; a policy waits for the host. A report that came by mail alone
holds the lesson until the next one is due, and that one tests the address.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery, Enrollment, ProviderEvent
from dripcourse.db.queries.provider_events import FROM_MAIL
from dripcourse.domain.course import Lesson
from dripcourse.domain.delivery import CAME_BACK, DeliveryState, Kind, Reason, copy_key
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.domain.errors import UsageError
from dripcourse.domain.events import Told
from dripcourse.domain.pacing import first_slot
from dripcourse.services.enrollment import lifecycle, schedule
from dripcourse.services.parts import Parts
from dripcourse.services.queue import offer

AGAIN_AFTER = timedelta(days=3)
MOST_TRIES = 4
"""So often a lesson is sent in all; then the host decides."""
_LOOK_AGAIN = timedelta(days=1)
_REASONS: Mapping[Told, Reason] = {
    Told.FULL: Reason.FULL,
    Told.BLOCKED: Reason.RETURNED,
    Told.BOUNCED: Reason.RETURNED,
    Told.POLICY: Reason.POLICY,
    Told.NOBODY: Reason.NOBODY,
}
KINDS = tuple(_REASONS)
_WENT = (DeliveryState.ACCEPTED, DeliveryState.DEFERRED, DeliveryState.DELIVERED)
_MAY_GO_AGAIN = (DeliveryState.HELD, DeliveryState.BOUNCED, DeliveryState.REFUSED)
_PASSES = (Reason.FULL, Reason.RETURNED)


def reason_of(event: ProviderEvent) -> Reason:
    """Why it came back. That nobody is there is believed of the provider, and not of one mail, which anybody can write."""
    told = Told(event.kind)
    return Reason.REPORTED if is_by_mail(event) and told in (Told.NOBODY, Told.BOUNCED) else _REASONS[told]


def is_by_mail(event: ProviderEvent) -> bool:
    """Whether a mail told it, and not the provider."""
    return event.id.startswith(FROM_MAIL)


def came_back(parts: Parts, session: Session, event: ProviderEvent, delivery: Delivery, now: datetime) -> None:
    """Carry into a delivery that it came back, and its enrollment's place with it. In whatever order, the gravest reason stands."""
    reason, known = reason_of(event), delivery.reason if delivery.reason in CAME_BACK else None
    if delivery.state not in _WENT and known is None:
        return
    if known is not None and CAME_BACK.index(reason) <= CAME_BACK.index(known):
        return
    delivery.reason, delivery.detail, delivery.changed_at = reason, event.detail, now
    delivery.state, delivery.wake_at = DeliveryState.BOUNCED, None
    enrollment = session.get(Enrollment, delivery.enrollment_id or "", with_for_update=True)
    if delivery.kind is not Kind.LESSON or enrollment is None:
        return
    if reason is Reason.REPORTED:
        _hold_until_next(enrollment, delivery)
    elif go_back(parts, session, enrollment, delivery) and reason is not Reason.NOBODY:
        _hold(session, enrollment, delivery, event)


def _hold_until_next(enrollment: Enrollment, delivery: Delivery) -> None:
    """The next lesson tests whether somebody is there, at its own date."""
    if enrollment.state is EnrollmentState.ACTIVE and enrollment.due_at and enrollment.last_lesson == delivery.lesson:
        delivery.state, delivery.wake_at = DeliveryState.HELD, enrollment.due_at
        schedule.none_due(enrollment)


def _hold(session: Session, enrollment: Enrollment, delivery: Delivery, event: ProviderEvent) -> None:
    if enrollment.state is EnrollmentState.LEFT:
        return
    delivery.state = DeliveryState.HELD
    _is_not_over(enrollment)
    schedule.none_due(enrollment)
    tries = session.scalars(queries.bounced.times_back(delivery.id, KINDS)).one() + (event.handled_at is None)
    if delivery.reason in _PASSES and tries < MOST_TRIES:
        again = event.happened_at + AGAIN_AFTER
        # the welcome waits for no slot
        again = first_slot(schedule.slot_of(enrollment), again) if enrollment.last_accepted_at else again
        delivery.wake_at = delivery.due_at = again


def go_back(parts: Parts, session: Session, enrollment: Enrollment, delivery: Delivery) -> bool:
    """The place before this lesson, if it is the last one; whether the enrollment stands there. Not if the next is on its way."""
    course = parts.library.courses.get(delivery.course)
    lesson = course.lesson(delivery.lesson or "") if course else None
    if course is None or lesson is None:
        return False
    if enrollment.last_lesson != lesson.slug:
        return delivery.state is DeliveryState.HELD or enrollment.last_number < lesson.number
    session.flush()
    lifecycle.take_back(session, enrollment)
    if session.execute(queries.delivery.in_hand([enrollment.id])).first() is not None:
        return False
    before = max((each for each in course.lessons if each.number < lesson.number), key=_number, default=None)
    enrollment.last_lesson, enrollment.last_number = (before.slug, before.number) if before else (None, -1)
    enrollment.last_accepted_at = _accepted_before(session, enrollment, delivery) if before else None
    schedule.none_due(enrollment)
    return True


def _number(lesson: Lesson) -> int:
    return lesson.number


def _accepted_before(session: Session, enrollment: Enrollment, delivery: Delivery) -> datetime:
    """When the lesson before was accepted; in a course that was begun again in the middle, a pace before this one."""
    known = session.scalar(queries.bounced.last_accepted(enrollment.id, but_for=delivery.id))
    return known or (delivery.accepted_at or delivery.claimed_at) - enrollment.pace.elapsed


# ---------------------------------------------------------------------------------------------------------------- again


def try_again(parts: Parts, now: datetime) -> int:
    """Send again what came back for what may have passed by now, and go on where one report by mail had held a course; returns how many."""
    with parts.db.write() as session:
        due = session.scalars(queries.bounced.held_until(now)).all()
        for delivery in due:
            enrollment = session.get(Enrollment, delivery.enrollment_id or "", with_for_update=True)
            if enrollment is None or enrollment.state is EnrollmentState.LEFT:
                delivery.state, delivery.wake_at, delivery.changed_at = DeliveryState.BOUNCED, None, now
            elif delivery.reason is Reason.REPORTED:
                go_on(session, enrollment, delivery, now, state=DeliveryState.BOUNCED)
            elif enrollment.state is EnrollmentState.PAUSED:
                delivery.wake_at = now + _LOOK_AGAIN
            else:
                requeue(delivery, Reason.LATER, now)
        return len(due)


def again(parts: Parts, session: Session, delivery: Delivery, now: datetime) -> Delivery:
    """Send again what came back, was refused or is held, by the host's word; said twice, it goes once. Returns what goes.

    A lesson that others have followed goes as a copy: the course has gone on. Raises UsageError where nothing can go again.
    """
    if delivery.state is DeliveryState.CLAIMED and delivery.reason is Reason.HOST:
        return delivery
    if delivery.state not in _MAY_GO_AGAIN or delivery.reason is Reason.STOPPED:
        raise UsageError(f"That delivery is {delivery.state.value}, so there is nothing to send again.")
    enrollment = session.get(Enrollment, delivery.enrollment_id or "", with_for_update=True)
    if enrollment is not None and enrollment.state is EnrollmentState.LEFT:
        raise UsageError("Its reader has left, so nothing more goes to them.")
    if delivery.kind is Kind.LESSON and enrollment is not None and delivery.reason in CAME_BACK:
        delivery.state = DeliveryState.BOUNCED
        if not go_back(parts, session, enrollment, delivery):
            return _copy(session, enrollment, delivery, now)
        _is_not_over(enrollment)
    requeue(delivery, Reason.HOST, now)
    return delivery


def _copy(session: Session, enrollment: Enrollment, delivery: Delivery, now: datetime) -> Delivery:
    key = copy_key(enrollment.id, delivery.lesson or "", delivery.id)
    offered = offer(
        session,
        Kind.COPY,
        key,
        recipient=delivery.recipient,
        course=delivery.course,
        now=now,
        enrollment=enrollment.id,
        lesson=delivery.lesson,
    )
    return offered or session.scalars(queries.delivery.delivery_by_key(Kind.COPY, key)).one()


def _is_not_over(enrollment: Enrollment) -> None:
    """It was the last lesson, and has not come."""
    if enrollment.state is EnrollmentState.COMPLETED:
        enrollment.state, enrollment.ended_at = EnrollmentState.ACTIVE, None
    enrollment.waits = False


def requeue(delivery: Delivery, reason: Reason, now: datetime) -> None:
    """Free for anybody to claim; what is told from now on of the sending that came back is about no sending that stands."""
    delivery.fence += 1
    delivery.state, delivery.reason, delivery.detail = DeliveryState.CLAIMED, reason, ""
    delivery.wake_at = delivery.changed_at = now


def go_on(session: Session, enrollment: Enrollment, delivery: Delivery, now: datetime, *, state: DeliveryState) -> None:
    """What one report by mail had held is held no more: the next lesson is due when it was."""
    due = delivery.wake_at
    delivery.state, delivery.wake_at, delivery.changed_at = state, None, now
    session.flush()
    waiting = session.execute(queries.delivery.in_hand([enrollment.id])).first() is not None
    if due is not None and enrollment.state is EnrollmentState.ACTIVE and not (waiting or enrollment.waits):
        schedule.set_due(enrollment, due, now, promised=delivery.promise_at)
