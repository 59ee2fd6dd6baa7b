"""Claiming: which mails are this process's to send, decided in one short transaction."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Row as SqlRow
from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery, Enrollment, Subscriber, table
from dripcourse.db.types import Row
from dripcourse.domain.clock_skew import TOLERANCE
from dripcourse.domain.course import next_lesson
from dripcourse.domain.delivery import DeliveryState, Kind, Reason, is_unasked, lesson_key
from dripcourse.domain.enrollment import EnrollmentState, PauseReason
from dripcourse.domain.pacing import earliest, free_until, rest_until, wake_at
from dripcourse.services.crypto.keyring import new_id
from dripcourse.services.delivery import bounce_breaker
from dripcourse.services.delivery.past import pasts_of
from dripcourse.services.delivery.workers import others_courses
from dripcourse.services.enrollment import turns
from dripcourse.services.enrollment.schedule import due_from, none_due, set_due, set_due_again, slot_of
from dripcourse.services.messages.model import NO_PAST, Claimed
from dripcourse.services.parts import Parts

log = logging.getLogger(__name__)

BATCH = 500
POISONED_WAITS, LOOK_AGAIN = timedelta(hours=1), timedelta(days=1)
"""A delivery never sleeps for longer than LOOK_AGAIN: a later date is a clock's fault (see `clock_repair`)."""

_deliveries, _enrollments = table(Delivery), table(Enrollment)
_TAKE_IN_HAND = update(_enrollments).where(_enrollments.c.id == bindparam("b_id")).values(due_at=None, wake_at=None)


def claim(
    parts: Parts, now: datetime, *, any_hour: bool, limit: int = BATCH, probe: bool = False
) -> tuple[list[Claimed], bool]:
    """Up to `limit` mails for this process to send, and whether more may be due.

    To `probe` a wire that is closed, the mail that was tried least is taken: the one that was refused last must not try for all.
    Raises DatabaseAway: then nothing was claimed.
    """
    with parts.db.write() as session:
        others = others_courses(parts, session, now)
        to_claim = queries.claim.deliveries_to_claim(now, limit, others)
        waiting = _to_probe(session, now, others) if probe else session.scalars(to_claim).all()
        if probe and waiting and waiting[0].fence > 1:
            due = session.execute(queries.claim.enrollments_due(now, limit, others, any_hour=any_hour)).all()
            if fresh := _claim_lessons(parts, session, due, now, any_hour=any_hour):
                return fresh, True
        again = _claim_again(parts, session, waiting, now, any_hour=any_hour)
        room = limit - len(waiting)
        lessons = bounce_breaker.may_claim(session, room, now) if room else 0
        due = (
            session.execute(queries.claim.enrollments_due(now, lessons, others, any_hour=any_hour)).all()
            if lessons
            else []
        )
        fresh = _claim_lessons(parts, session, due, now, any_hour=any_hour)
    # where lessons wait, one that was let through is all there is
    return again + fresh, len(waiting) >= limit or (lessons == room and len(waiting) + len(due) >= limit)


def _to_probe(session: Session, now: datetime, others: Collection[str]) -> Sequence[Delivery]:
    return session.scalars(queries.claim.deliveries_to_claim(now, 1, others, least_tried=True)).all()


def _claim_lessons(
    parts: Parts,
    session: Session,
    due: Sequence[SqlRow[Enrollment, Subscriber]],
    now: datetime,
    *,
    any_hour: bool,
) -> list[Claimed]:
    """A new Delivery for the next lesson of each of these enrollments."""
    if not due:
        return []
    pasts = pasts_of(session, [enrollment.id for enrollment, _ in due])
    beside = turns.look(parts, session, [enrollment for enrollment, _ in due], now)
    rows, taken = list[Row](), set[str]()
    claimed: list[Claimed] = []
    for enrollment, subscriber in due:
        past = pasts.get(enrollment.id, NO_PAST)
        try:
            near = replace(beside[enrollment.id], in_hand=beside[enrollment.id].in_hand or subscriber.id in taken)
            if _put_off(enrollment, near, now, waits=past.in_hand):
                continue
            row = _next_row(parts, enrollment, subscriber, past.seen, now, any_hour=any_hour)
        except Exception as error:  # noqa: BLE001 - one poisoned row must not stop ten thousand others
            log.error("enrollment %s cannot go on (%s)", enrollment.id, type(error).__name__)
            # or it would be found for ever
            set_due(enrollment, now + POISONED_WAITS, now, promised=enrollment.promised_at)
            continue
        if row:
            rows.append(row)
            claimed.append(Claimed(Delivery(**row), enrollment, subscriber, past=replace(past, beside=near)))
            taken |= {subscriber.id} if enrollment.last_number >= 0 else set()
    session.flush()
    if rows:
        session.connection().execute(insert(_deliveries), rows)
        session.connection().execute(_TAKE_IN_HAND, [{"b_id": row["enrollment_id"]} for row in rows])
    return claimed


def _put_off(enrollment: Enrollment, beside: turns.Beside, now: datetime, *, waits: bool) -> bool:
    """The last guard, whoever wrote the date: no lesson while another is in hand, none before the pace allows, over all courses."""
    if waits:
        none_due(enrollment)  # set anew when that one is accepted
        return True
    if (later := turns.blocked_until(enrollment, beside, now)) > now:
        set_due(enrollment, later, now, promised=enrollment.promised_at)
        return True
    last, pace, welcome = enrollment.last_accepted_at, enrollment.pace, enrollment.last_number == 0
    if last is None or earliest(pace, last, after_welcome=welcome) <= now:
        return False
    set_due(enrollment, due_from(enrollment, now), now)
    return True


def _next_row(
    parts: Parts,
    enrollment: Enrollment,
    subscriber: Subscriber,
    seen: frozenset[str],
    now: datetime,
    *,
    any_hour: bool,
) -> Row | None:
    """The row for an enrollment's next lesson, or None: its course has gone or is over, or the lesson waits for the morning."""
    course = parts.library.courses.get(enrollment.course)
    if course is None:
        enrollment.state, enrollment.pause_reason = EnrollmentState.PAUSED, PauseReason.COURSE
        return None  # its date stands: it may be there again, or be at another process, within the hour
    lesson = next_lesson(course, last_slug=enrollment.last_lesson, last_number=enrollment.last_number, seen=seen)
    if lesson is None:
        enrollment.state, enrollment.ended_at, enrollment.waits = EnrollmentState.COMPLETED, now, False
        none_due(enrollment)
        return None
    due = enrollment.due_at or now
    if (rested := rest_until(slot_of(enrollment), now)) > now:  # late, on a quiet date: no caller's hour overrules that
        set_due(enrollment, rested, now, promised=enrollment.promised_at)
        return None
    if not any_hour and (morning := wake_at(slot_of(enrollment), due, now)) > now:
        enrollment.wake_at, enrollment.set_at = morning, now
        return None
    return _fresh(enrollment, subscriber, lesson.slug, due, now) | {"wake_at": _lease_ends(parts, enrollment, now)}


def _fresh(enrollment: Enrollment, subscriber: Subscriber, slug: str, due: datetime, now: datetime) -> Row:
    return {
        "id": new_id(),
        "kind": Kind.LESSON,
        "key": lesson_key(enrollment.id, slug),
        "enrollment_id": enrollment.id,
        "recipient": subscriber.address_index,
        "course": enrollment.course,
        "lesson": slug,
        "state": DeliveryState.CLAIMED,
        "reason": Reason.NONE,
        "detail": "",
        "fence": 1,
        "due_at": due,
        "claimed_at": now,
        "changed_at": now,
    }


def _claim_again(
    parts: Parts, session: Session, waiting: Sequence[Delivery], now: datetime, *, any_hour: bool
) -> list[Claimed]:
    """A new lease and the next fence for deliveries that are there already."""
    if not waiting:
        return []
    lessons = [delivery.enrollment_id for delivery in waiting if delivery.enrollment_id]
    readers = {row[0].id: (row[0], row[1]) for row in session.execute(queries.delivery.subscribers_of(lessons))}
    signups = {
        row.id: row for row in session.scalars(queries.delivery.signups([d.signup_id for d in waiting if d.signup_id]))
    }
    pasts, beside = pasts_of(session, lessons), turns.look_at_lessons(parts, session, waiting, readers, now)
    claimed = []
    for delivery in waiting:
        enrollment, subscriber = readers.get(delivery.enrollment_id or "", (None, None))
        delivery.changed_at, near = now, beside.get(delivery.id, turns.NOTHING)
        if enrollment and delivery.kind is Kind.LESSON and _is_stale(parts, enrollment, delivery, near, now):
            _unclaim(session, delivery, enrollment, now)
            continue
        if enrollment and (later := _not_before(enrollment, delivery, now, any_hour=any_hour)) > now:
            delivery.wake_at = min(later, now + LOOK_AGAIN)
            continue
        delivery.fence += 1
        delivery.wake_at = _lease_ends(parts, enrollment if is_unasked(delivery.kind, delivery.key) else None, now)
        past = replace(pasts.get(delivery.enrollment_id or "", NO_PAST), beside=near)
        claimed.append(Claimed(delivery, enrollment, subscriber, signups.get(delivery.signup_id or ""), past))
    session.flush()
    return claimed


def _lease_ends(parts: Parts, enrollment: Enrollment | None, now: datetime) -> datetime:
    """A lease from `now`; to a reader nothing is put on the wire any more once a quiet date of theirs has begun."""
    ends = now + parts.rules.lease
    return free_until(slot_of(enrollment), ends) if enrollment else ends


def _is_stale(parts: Parts, enrollment: Enrollment, delivery: Delivery, beside: turns.Beside, now: datetime) -> bool:
    known = parts.library.courses.get(delivery.course)
    gone = known is None or known.lesson(delivery.lesson or "") is None
    return gone or _too_early(enrollment, delivery, now) or turns.blocked_until(enrollment, beside, now) > now


def _too_early(enrollment: Enrollment, delivery: Delivery, now: datetime) -> bool:
    """Whether a clock that ran ahead claimed it: its date has not come, or the pace does not allow it yet."""
    last, welcome = enrollment.last_accepted_at, enrollment.last_number == 0
    if delivery.due_at is not None and delivery.due_at > now + TOLERANCE:
        return True
    return last is not None and earliest(enrollment.pace, last, after_welcome=welcome) > now


def _unclaim(session: Session, delivery: Delivery, enrollment: Enrollment, now: datetime) -> None:
    """It was never on the wire: as if it had not been claimed. What is due is the next lesson there is, at its true date."""
    session.delete(delivery)
    if enrollment.state is not EnrollmentState.ACTIVE:
        return
    if _too_early(enrollment, delivery, now):
        set_due_again(enrollment, now)
    else:
        set_due(enrollment, delivery.due_at or now, now)


def _not_before(enrollment: Enrollment, delivery: Delivery, now: datetime, *, any_hour: bool) -> datetime:
    """From when on it may go: what nobody asked for on no quiet date, and a lesson or a reminder that is late by day."""
    slot = slot_of(enrollment)
    if not is_unasked(delivery.kind, delivery.key):
        return now
    if any_hour or delivery.kind in (Kind.RECEIPT, Kind.NOTICE):
        return rest_until(slot, now)
    return wake_at(slot, delivery.due_at or now, now)
