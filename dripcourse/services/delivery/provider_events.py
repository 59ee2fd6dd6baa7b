"""What a provider tells about sendings afterwards: stored once, handled once, in any order, with one effect.

Events come late, doubled and shuffled. So their effects can be applied in any order: a delivery only ever moves up in
`_RANKS`, a reason for leaving only up in `_GRAVITY`, and everything else is the same however often it is done.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery, Enrollment, ProviderEvent, Suppression
from dripcourse.domain.delivery import DeliveryState, Kind, Reason
from dripcourse.domain.enrollment import LIVE, EnrollmentState, LeftReason
from dripcourse.domain.errors import DatabaseAway
from dripcourse.domain.events import DROPS, Told
from dripcourse.domain.mail import SENDGRID
from dripcourse.services.delivery import bounce_breaker, bounced, notices, reports
from dripcourse.services.delivery.record import advance, plain
from dripcourse.services.enrollment import lifecycle
from dripcourse.services.enrollment.suppression import suppress
from dripcourse.services.journal import Fact
from dripcourse.services.parts import Parts

log = logging.getLogger(__name__)

SILENCE = timedelta(hours=72)
"""After how long the absence of events can mean that a sending never was: a provider repeats them for a day."""
_NEAR, _LATELY = timedelta(hours=1), timedelta(hours=24)
MOST_BOUNCES = 3
"""After hard bounces on so many days, without a reply between them, nobody is there."""
_BATCH = 200
_STATES: Mapping[Told, DeliveryState] = {
    Told.DEFERRED: DeliveryState.DEFERRED,
    Told.DELIVERED: DeliveryState.DELIVERED,
}
_RANKS = (DeliveryState.ACCEPTED, DeliveryState.DEFERRED, DeliveryState.DELIVERED)
"""Delivered never goes back; that it came back after that is possible and true (see `returned`)."""
_TO_COUNT = frozenset({Told.POLICY, Told.BLOCKED, Told.DROPPED})
_LEAVING: Mapping[Told, LeftReason] = {
    Told.COMPLAINT: LeftReason.COMPLAINT,
    Told.DROPPED_COMPLAINT: LeftReason.COMPLAINT,
    Told.ASKED: LeftReason.ASKED,
    Told.DROPPED_ASKED: LeftReason.ASKED,
    Told.NOBODY: LeftReason.BOUNCED,
}
_GRAVITY = (LeftReason.BOUNCED, LeftReason.ASKED, LeftReason.COMPLAINT)
"""If several are told of one reader, the last of these stands."""
_OPEN = frozenset({DeliveryState.UNSURE, DeliveryState.SENDING, DeliveryState.CLAIMED})
"""What is not known to have gone."""


def handle(parts: Parts, now: datetime) -> tuple[int, int]:
    """Carry what was told into deliveries and enrollments; returns how many events were handled, and how many sendings they settled."""
    handled = settled = 0
    while True:
        with parts.db.write() as session:
            waiting = session.scalars(queries.provider_events.events_to_handle(now, _BATCH)).all()
            named = {event.delivery_id or "" for event in waiting}
            deliveries = {row.id: row for row in session.scalars(queries.provider_events.deliveries_named(named))}
            for event in waiting:
                delivery = deliveries.get(event.delivery_id or "")
                settled += delivery is not None and _apply_safely(parts, session, event, delivery, now)
                event.handled_at = now
        handled += len(waiting)
        if any(event.kind in _TO_COUNT for event in waiting):
            bounce_breaker.look(parts, now)
        if len(waiting) < _BATCH:
            return handled, settled


def _apply_safely(parts: Parts, session: Session, event: ProviderEvent, delivery: Delivery, now: datetime) -> bool:
    """One event that cannot be handled must not stop all others, nor every tick from here on."""
    try:
        with session.begin_nested():
            return _apply(parts, session, event, delivery, now)
    except (SQLAlchemyError, DatabaseAway):
        raise
    except Exception as error:  # noqa: BLE001 - see above
        log.error("an event about delivery %s cannot be handled (%s)", delivery.id, type(error).__name__)
        return False


def _apply(parts: Parts, session: Session, event: ProviderEvent, delivery: Delivery, now: datetime) -> bool:
    """What an event changes; returns whether it told for the first time that the mail went."""
    told = Told(event.kind)
    news = False
    if told in DROPS:
        _drop(parts, session, event, delivery, keeps=told is Told.DROPPED, now=now)
    else:
        news = _accept(parts, session, delivery, now)
        _move_up(delivery, told, event.detail, now)
    if told in bounced.KINDS:
        bounced.came_back(parts, session, event, delivery, now)
    ran = notices.running(session, event, delivery)
    reason = None if reports.holds_only(session, event, delivery) else _LEAVING.get(told)
    if told in (Told.BOUNCED, Told.NOBODY) and _score(session, event, delivery) >= MOST_BOUNCES:
        reason = LeftReason.BOUNCED
    if reason:
        _leave(parts, session, delivery, reason, now)
    elif told is Told.COMPLAINT:
        reports.stand_still(session, delivery)
    notices.tell(parts, session, ran, now)
    session.flush()
    return news


def _accept(parts: Parts, session: Session, delivery: Delivery, now: datetime) -> bool:
    """It went: whatever is told of a mail but that it was dropped says so. The course goes on, from the mark."""
    if delivery.reason is Reason.ASSUMED:
        delivery.reason, delivery.changed_at = Reason.EVIDENCE, now
        return True
    if delivery.state not in _OPEN:
        return False
    parts.journal.note(session, Fact.ACCEPTED, [delivery.key], now)
    accepted_at = delivery.marked_at or delivery.claimed_at
    delivery.state, delivery.reason, delivery.detail = DeliveryState.ACCEPTED, Reason.EVIDENCE, ""
    delivery.accepted_at, delivery.wake_at, delivery.changed_at = accepted_at, None, now
    session.flush()
    advance(parts, session, [delivery], accepted_at)
    return True


def _move_up(delivery: Delivery, told: Told, detail: str, now: datetime) -> None:
    state = _STATES.get(told)
    if state and delivery.state in _RANKS and _RANKS.index(state) > _RANKS.index(delivery.state):
        delivery.state, delivery.detail, delivery.changed_at = state, detail, now


def _drop(
    parts: Parts, session: Session, event: ProviderEvent, delivery: Delivery, *, keeps: bool, now: datetime
) -> None:
    """The provider took it and threw it away, so it never went: a lesson waits for the host, if its reader `keeps` being one."""
    if delivery.state not in _OPEN and delivery.state not in _RANKS[:2]:
        return
    lesson = delivery.kind is Kind.LESSON and keeps
    enrollment = session.get(Enrollment, delivery.enrollment_id or "", with_for_update=True)
    last = enrollment is not None and enrollment.last_lesson == delivery.lesson
    if lesson and enrollment is not None and delivery.state in _RANKS:
        bounced.go_back(parts, session, enrollment, delivery)
    delivery.state, delivery.reason = DeliveryState.HELD if lesson else DeliveryState.REFUSED, Reason.REFUSED
    delivery.detail = plain(f"dropped by SendGrid: {event.detail}. Clear it there, then: deliveries resolve --not-sent")
    delivery.wake_at, delivery.changed_at = None, now
    if lesson and last and enrollment is not None and enrollment.state is EnrollmentState.COMPLETED:
        enrollment.state, enrollment.ended_at = EnrollmentState.ACTIVE, None  # it was the last lesson, and has not come


def _score(session: Session, event: ProviderEvent, delivery: Delivery) -> float:
    """One point for each day on which mail to a reader bounced; counted from the events, so in any order. Returns the score."""
    span = reports.day_of(event)
    repeated = reports.is_repeated(session, event, delivery)
    earlier = sum(
        session.scalars(queries.provider_events.bounces_of(delivery.recipient, kind, *span)).one()
        for kind in (Told.BOUNCED, Told.NOBODY)
    )
    subscriber = session.scalars(queries.enrollment.subscriber_by_index([delivery.recipient])).first()
    if subscriber is not None and not (earlier or repeated):
        day = span[0]
        subscriber.bounce_score += 1
        subscriber.bounced_on = max(subscriber.bounced_on or day.date(), day.date())
    return subscriber.bounce_score if subscriber else 0


def _leave(parts: Parts, session: Session, delivery: Delivery, reason: LeftReason, now: datetime) -> None:
    """Whatever this reader was enrolled in ends, and nothing is ever written to this address again."""
    indexes = [delivery.recipient]
    subscriber = session.scalars(queries.enrollment.subscriber_by_index(indexes)).first()
    for enrollment, _ in session.execute(queries.overview.enrollments_by_id(subscriber.id)).all() if subscriber else ():
        if enrollment.state in LIVE:
            lifecycle.end(parts, session, enrollment, reason, now)
        elif enrollment.left_reason in _GRAVITY and _graver(reason, enrollment.left_reason):
            enrollment.left_reason = reason
    suppress(parts, session, indexes, reason.value, now)
    row = session.get(Suppression, delivery.recipient)
    if row is not None and row.reason in _GRAVITY and _graver(reason, LeftReason(row.reason)):
        row.reason = reason.value


def _graver(one: LeftReason, other: LeftReason) -> bool:
    return _GRAVITY.index(one) > _GRAVITY.index(other)


def silence_speaks(parts: Parts, delivery: Delivery, now: datetime) -> bool:
    """Whether it can be said of an unsure sending that it never was, because three days later nothing is told of it.

    Only if events are known to have come all the while: about sendings within an hour before it and after it, and about
    every one since that the provider said it took.
    """
    mark = delivery.marked_at
    if delivery.carrier not in (SENDGRID, ""):
        return False  # no events would be told of it
    if mark is None or now < mark + SILENCE:
        return False
    with parts.db.read() as session:
        question = queries.provider_events.silence_speaks(delivery, mark, within=_NEAR, until=now - _LATELY)
        return bool(session.scalar(question))
