"""What adopting puts in a database: deliveries that the journal tells of, and those of which nobody knows whether they went."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery, Enrollment, Subscriber
from dripcourse.domain.course import Course, next_lesson
from dripcourse.domain.delivery import IN_HAND, DeliveryState, Kind, Reason, lesson_key, reminder_key
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.domain.pacing import Pace, next_due
from dripcourse.services.crypto.keyring import new_id
from dripcourse.services.enrollment import schedule
from dripcourse.services.journal import Fact
from dripcourse.services.parts import Parts

_KEYS = {Kind.LESSON: lesson_key, Kind.REMINDER: reminder_key}
_SAME = timedelta(seconds=1)
"""The journal's instants are whole seconds."""
Known = Mapping[tuple[Fact, str], datetime]


def at_of(parts: Parts, known: Known, fact: Fact, ident: str) -> datetime | None:
    """When the journal last says this of an id."""
    return max((known[fact, digest] for digest in parts.keys.digests(ident) if (fact, digest) in known), default=None)


def marked_at(parts: Parts, known: Known, key: str) -> datetime | None:
    """When a mail was last about to be sent, if the journal does not say what became of it."""
    marked, unsent = (at_of(parts, known, fact, key) for fact in (Fact.MARKED, Fact.UNSENT))
    undone = marked is not None and unsent is not None and unsent >= marked
    return None if undone or at_of(parts, known, Fact.ACCEPTED, key) is not None else marked


def doubt_marked(
    parts: Parts, session: Session, enrollment: Enrollment, subscriber: Subscriber, course: Course, known: Known
) -> int:
    """Every lesson that was put on the wire, with nobody left to say whether it went, is unsure; its enrollment waits."""
    seen = {slug: (row, state) for row, slug, state in session.execute(_attempts(enrollment.id))}
    count = 0
    for lesson in course.lessons:
        at = marked_at(parts, known, lesson_key(enrollment.id, lesson.slug))
        here, state = seen.get(lesson.slug, (None, None))
        if at is None or (state is not None and state not in IN_HAND):
            continue
        if here is not None and at < here + _SAME:
            continue  # the very attempt that is known here: its transport can be asked
        put(session, enrollment, subscriber, Kind.LESSON, lesson.slug, DeliveryState.UNSURE, at)
        schedule.none_due(enrollment)
        count += 1
    return count


def settle_others(parts: Parts, session: Session, known: Known, now: datetime) -> int:
    """What is no lesson and was in hand: it went, or nobody knows whether it did. Returns how many are unsure."""
    count = 0
    for delivery in session.scalars(select(Delivery).where(Delivery.state.in_(IN_HAND), Delivery.kind != Kind.LESSON)):
        went, marked = at_of(parts, known, Fact.ACCEPTED, delivery.key), marked_at(parts, known, delivery.key)
        if went is not None:
            delivery.state, delivery.reason, delivery.accepted_at = DeliveryState.ACCEPTED, Reason.EVIDENCE, went
            delivery.wake_at, delivery.changed_at = None, now
        elif marked is not None and (delivery.marked_at is None or marked >= delivery.marked_at + _SAME):
            delivery.state, delivery.marked_at = DeliveryState.UNSURE, None
            delivery.wake_at = delivery.changed_at = now
            count += 1
    return count


def _attempts(enrollment: str) -> Select[datetime | None, str | None, DeliveryState]:
    return select(Delivery.marked_at, Delivery.lesson, Delivery.state).where(
        Delivery.enrollment_id == enrollment, Delivery.kind == Kind.LESSON
    )


def doubt(session: Session, enrollment: Enrollment, subscriber: Subscriber, course: Course, now: datetime) -> int:
    """Every lesson that may have gone at its date, one after the other, is unsure, and its enrollment waits.

    Of a reader who is asked each time, it is the next one: they may have said since that they are ready.
    """
    last, number, count = enrollment.last_lesson, enrollment.last_number, 0
    waiting = enrollment.waits and enrollment.state is EnrollmentState.ACTIVE
    due = schedule.could_come(enrollment) if waiting else enrollment.due_at
    while due is not None and due <= now:
        lesson = next_lesson(course, last_slug=last, last_number=number, seen=frozenset())
        if lesson is None:
            break
        put(session, enrollment, subscriber, Kind.LESSON, lesson.slug, DeliveryState.UNSURE, due)
        last, number, count = lesson.slug, lesson.number, count + 1
        if enrollment.pace is Pace.READY:
            break
        due = next_due(schedule.slot_of(enrollment), enrollment.pace, due, after_welcome=number == 0)
    if count:
        schedule.none_due(enrollment)
    return count


def doubt_in_hand(session: Session, now: datetime) -> int:
    """What was claimed or on the wire when the backup was made went soon after, or did not."""
    in_hand = (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNSURE)
    doubted = update(Delivery).where(Delivery.state.in_(in_hand)).returning(Delivery.id)
    values = {
        "state": DeliveryState.UNSURE,
        "reason": Reason.NONE,
        "marked_at": None,
        "wake_at": now,
        "changed_at": now,
    }
    return len(session.execute(doubted.values(values)).all())


def put(
    session: Session,
    enrollment: Enrollment,
    subscriber: Subscriber,
    kind: Kind,
    slug: str,
    state: DeliveryState,
    at: datetime,
) -> None:
    """A lesson's delivery or its reminder's at this state, whether the backup had one or not."""
    key = _KEYS[kind](enrollment.id, slug)
    delivery = session.scalars(queries.delivery.delivery_by_key(kind, key)).first()
    if delivery is None:
        delivery = Delivery(
            id=new_id(),
            kind=kind,
            key=key,
            enrollment_id=enrollment.id,
            recipient=subscriber.address_index,
            course=enrollment.course,
            lesson=slug,
            fence=1,
            claimed_at=at,
            due_at=enrollment.due_at,
        )
        session.add(delivery)
    accepted = state is DeliveryState.ACCEPTED
    delivery.state, delivery.detail, delivery.changed_at = state, "", at
    delivery.reason = Reason.EVIDENCE if accepted else Reason.NONE
    delivery.marked_at = delivery.accepted_at = (
        at if accepted else None
    )  # no attempt of ours that a transport could know
    delivery.wake_at = None if accepted else at
    session.flush()
