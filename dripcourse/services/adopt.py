"""Making a restored or moved database the real one: what happened since it was saved is read back from the journal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery, Enrollment, Instance, Subscriber
from dripcourse.db.session import fingerprint
from dripcourse.domain.course import Course, Lesson, next_lesson
from dripcourse.domain.delivery import DeliveryState, Kind, Reason, lesson_key
from dripcourse.domain.enrollment import LIVE, EnrollmentState, LeftReason
from dripcourse.domain.pacing import next_due
from dripcourse.services import stay
from dripcourse.services.journal import Fact
from dripcourse.services.keys import new_id
from dripcourse.services.parts import Parts
from dripcourse.services.settle import ASK_AGAIN

_CHUNK = 500
Known = Mapping[tuple[Fact, str], datetime]


@dataclass(slots=True)
class Adopted:
    """What the journal knew that the database did not, and what nobody knows."""

    accepted: int = 0
    stopped: int = 0
    unsure: int = 0


def adopt(parts: Parts, now: datetime) -> Adopted:
    """Replay the journal, then set the seal: from now on this database may speak. Repeating it changes nothing.

    Without a journal, every lesson that fell due since the database last sent anything is unsure.
    """
    known = {(entry.fact, entry.digest): entry.at for entry in parts.journal.replay()}
    done = Adopted()
    with parts.db.write() as session:
        rows = session.execute(
            select(Enrollment, Subscriber)
            .join(Subscriber, Subscriber.id == Enrollment.subscriber_id)
            .where(Enrollment.state.in_(LIVE))
        ).all()
        for enrollment, subscriber in rows:
            if _stopped(parts, enrollment, subscriber, known):
                stay.end(parts, session, enrollment, LeftReason.ASKED, now)
                done.stopped += 1
            elif (course := parts.library.courses.get(enrollment.course)) is not None:
                done.accepted += _catch_up(parts, session, enrollment, subscriber, course, known)
                done.unsure += _doubt(parts, session, enrollment, subscriber, course, now)
        seal = {"fingerprint": fingerprint(session), "sealed_at": now, "epoch": Instance.epoch + 1}
        session.execute(update(Instance).values(seal))
    return done


def _at(parts: Parts, known: Known, fact: Fact, ident: str) -> datetime | None:
    return next((known[fact, digest] for digest in parts.keys.digests(ident) if (fact, digest) in known), None)


def _stopped(parts: Parts, enrollment: Enrollment, subscriber: Subscriber, known: Known) -> bool:
    stop = _at(parts, known, Fact.STOPPED, enrollment.id)
    gone = _at(parts, known, Fact.SUPPRESSED, subscriber.id) or _at(parts, known, Fact.ERASED, subscriber.id)
    return stop is not None or gone is not None


def _catch_up(
    parts: Parts, session: Session, enrollment: Enrollment, subscriber: Subscriber, course: Course, known: Known
) -> int:
    """Give an enrollment the lessons that the journal says have gone, and its place after them."""
    count = 0
    while lesson := next_lesson(
        course, last_slug=enrollment.last_lesson, last_number=enrollment.last_number, seen=frozenset()
    ):
        went_at = _at(parts, known, Fact.ACCEPTED, lesson_key(enrollment.id, lesson.slug))
        if went_at is None:
            break
        _put(session, enrollment, subscriber, lesson, DeliveryState.ACCEPTED, went_at)
        enrollment.last_lesson, enrollment.last_number = lesson.slug, lesson.number
        enrollment.last_accepted_at = went_at
        count += 1
    if count and enrollment.state is EnrollmentState.ACTIVE and enrollment.last_accepted_at is not None:
        slot, welcome = stay.slot_of(enrollment), enrollment.last_number == 0
        stay.set_due(enrollment, next_due(slot, enrollment.pace, enrollment.last_accepted_at, after_welcome=welcome))
    return count


def _doubt(
    parts: Parts, session: Session, enrollment: Enrollment, subscriber: Subscriber, course: Course, now: datetime
) -> int:
    """Without a journal, a lesson that fell due may have gone: it is unsure, and its enrollment waits."""
    if parts.journal.is_kept or enrollment.due_at is None or enrollment.due_at > now:
        return 0
    lesson = next_lesson(course, last_slug=enrollment.last_lesson, last_number=enrollment.last_number, seen=frozenset())
    if lesson is None:
        return 0
    _put(session, enrollment, subscriber, lesson, DeliveryState.UNSURE, enrollment.due_at)
    stay.set_due(enrollment, None)
    return 1


def _put(
    session: Session,
    enrollment: Enrollment,
    subscriber: Subscriber,
    lesson: Lesson,
    state: DeliveryState,
    at: datetime,
) -> None:
    """The lesson's delivery at this state, whether the backup had one or not."""
    key = lesson_key(enrollment.id, lesson.slug)
    delivery = session.scalars(queries.delivery_by_key(Kind.LESSON, key)).first()
    if delivery is None:
        delivery = Delivery(
            id=new_id(),
            kind=Kind.LESSON,
            key=key,
            enrollment_id=enrollment.id,
            recipient=subscriber.address_index,
            course=enrollment.course,
            lesson=lesson.slug,
            fence=1,
            claimed_at=at,
            due_at=enrollment.due_at,
        )
        session.add(delivery)
    delivery.state, delivery.reason, delivery.detail = state, Reason.EVIDENCE, ""
    delivery.marked_at = delivery.changed_at = at
    accepted = state is DeliveryState.ACCEPTED
    delivery.accepted_at = at if accepted else None
    delivery.wake_at = None if accepted else at + ASK_AGAIN
    session.flush()
