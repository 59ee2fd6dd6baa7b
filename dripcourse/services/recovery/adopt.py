"""Making a restored or moved database the real one: what happened since it was saved is read back from the journal."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Enrollment, Instance, Subscriber
from dripcourse.db.session import fingerprint
from dripcourse.domain.course import Course, next_lesson
from dripcourse.domain.delivery import IN_HAND, DeliveryState, Kind, lesson_key, reminder_key
from dripcourse.domain.enrollment import LIVE, LeftReason
from dripcourse.domain.suppression import NEVER
from dripcourse.services.delivery.freshness import align
from dripcourse.services.enrollment import lifecycle, schedule
from dripcourse.services.enrollment.suppression import remember_erased, suppress
from dripcourse.services.journal import Fact
from dripcourse.services.parts import Parts
from dripcourse.services.recovery.replay import Known, at_of, doubt, doubt_in_hand, doubt_marked, put, settle_others

_SUPPRESSIONS = {Fact.SUPPRESSED: "asked", Fact.NEVER: NEVER}


@dataclass(slots=True)
class Adopted:
    """What the journal knew that the database did not, and what nobody knows."""

    accepted: int = 0
    stopped: int = 0
    unsure: int = 0
    erased: int = 0


def adopt(parts: Parts, now: datetime) -> Adopted:
    """Replay the journal, then set the seal: from now on this database may speak. Repeating it changes nothing.

    Without a journal, whatever was in hand or has fallen due since is unsure, and only time or the host can say.
    """
    sizes = parts.journal.sizes()  # what is noted from now on is still to be looked at
    known = _known(parts)
    kept, done = parts.journal.is_kept, Adopted()
    with parts.db.write() as session:
        align(session, sizes)
        if not kept:
            done.unsure += doubt_in_hand(session, now)
        done.erased = _erase_again(parts, session, known, now)
        done.stopped = _suppress_again(parts, session, known, now)
        rows = session.execute(
            select(Enrollment, Subscriber)
            .join(Subscriber, Subscriber.id == Enrollment.subscriber_id)
            .where(Enrollment.state.in_(LIVE))
        ).all()
        for enrollment, subscriber in rows:
            if _stopped(parts, enrollment, known):
                lifecycle.end(parts, session, enrollment, LeftReason.ASKED, now)
                done.stopped += 1
                continue
            if (course := parts.library.courses.get(enrollment.course)) is not None:
                done.accepted += _catch_up(parts, session, enrollment, subscriber, course, known)
                done.unsure += doubt_marked(parts, session, enrollment, subscriber, course, known)
                if not kept:
                    done.unsure += doubt(session, enrollment, subscriber, course, now)
            _remember_reminder(parts, session, enrollment, subscriber, known, now)
        done.unsure += settle_others(parts, session, known, now)
        seal = {"fingerprint": fingerprint(session), "sealed_at": now, "epoch": Instance.epoch + 1, "turn_in_file": 0}
        session.execute(update(Instance).values(seal))
    return done


def _known(parts: Parts) -> Known:
    """The newest instant of each fact."""
    known: dict[tuple[Fact, str], datetime] = {}
    for entry in parts.journal.replay():
        known[entry.fact, entry.digest] = max(entry.at, known.get((entry.fact, entry.digest), entry.at))
    return known


def _erase_again(parts: Parts, session: Session, known: Known, now: datetime) -> int:
    """Whoever was erased since the backup was made is erased from it too."""
    if not any(fact is Fact.ERASED for fact, _ in known):
        return 0
    count = 0
    for subscriber in session.scalars(select(Subscriber)):
        if at_of(parts, known, Fact.ERASED, subscriber.id) is not None:
            indexes = (subscriber.address_index,)
            doomed = [ident for ident, *_ in session.execute(queries.privacy.deliveries_to(subscriber.id, indexes))]
            session.expunge(subscriber)
            queries.privacy.destroy(session, subscriber.id, indexes, doomed, before=now)
            remember_erased(session, indexes, now)
            count += 1
    return count


def _suppress_again(parts: Parts, session: Session, known: Known, now: datetime) -> int:
    """Whoever was never to be written to again since the backup was made is not; returns how many enrollments end by it."""
    if not any(fact in _SUPPRESSIONS for fact, _ in known):
        return 0
    count = 0
    for subscriber in session.scalars(select(Subscriber)).all():
        back = at_of(parts, known, Fact.RETURNED, subscriber.id)
        for fact, reason in _SUPPRESSIONS.items():
            since = at_of(parts, known, fact, subscriber.id)
            if since is not None and (back is None or back <= since):
                count += sum(
                    row.state in LIVE for row, _ in session.execute(queries.overview.enrollments_by_id(subscriber.id))
                )
                suppress(parts, session, (subscriber.address_index,), reason, now)
    return count


def _stopped(parts: Parts, enrollment: Enrollment, known: Known) -> bool:
    """Whether its reader left, and has not come back since."""
    stop, back = (at_of(parts, known, fact, enrollment.id) for fact in (Fact.STOPPED, Fact.RETURNED))
    return stop is not None and (back is None or back <= stop)


def _remember_reminder(
    parts: Parts, session: Session, enrollment: Enrollment, subscriber: Subscriber, known: Known, now: datetime
) -> None:
    """That the next lesson waits is said but once, also if it was said since the backup, or may have been."""
    slug = enrollment.last_lesson or ""
    key = reminder_key(enrollment.id, slug)
    reminded_at = at_of(parts, known, Fact.ACCEPTED, key)
    if reminded_at is not None:
        reminder = session.scalars(queries.delivery.delivery_by_key(Kind.REMINDER, key)).first()
        if reminder is None or reminder.state in IN_HAND:  # what is known of one that the backup has stands
            put(session, enrollment, subscriber, Kind.REMINDER, slug, DeliveryState.ACCEPTED, reminded_at)
    if reminded_at is not None or (enrollment.remind_at is not None and enrollment.remind_at <= now):
        enrollment.remind_at = None


def _catch_up(
    parts: Parts, session: Session, enrollment: Enrollment, subscriber: Subscriber, course: Course, known: Known
) -> int:
    """Give an enrollment every lesson that the journal says has gone and the backup does not, and its place after the last of them."""
    seen = session.execute(queries.claim.lessons_seen([enrollment.id]))
    settled = {slug for _, slug, _, state in seen if state not in IN_HAND}
    # what went and came back is held, or goes again: the journal knows that it went, and no more
    back = {row.lesson: row.changed_at for row in session.scalars(queries.bounced.back_of(enrollment.id))}
    # each by itself, not one after the other: the course may have been edited since, and what went must not go again
    went = [
        (at, lesson)
        for lesson in course.lessons
        if lesson.slug not in settled
        and (at := at_of(parts, known, Fact.ACCEPTED, lesson_key(enrollment.id, lesson.slug))) is not None
        and (lesson.slug not in back or at > back[lesson.slug])
    ]
    for at, lesson in sorted(went, key=lambda each: (each[0], each[1].number)):
        put(session, enrollment, subscriber, Kind.LESSON, lesson.slug, DeliveryState.ACCEPTED, at)
        enrollment.last_lesson, enrollment.last_number, enrollment.last_accepted_at = lesson.slug, lesson.number, at
    if went and enrollment.last_accepted_at is not None:
        last, number = enrollment.last_lesson, enrollment.last_number
        # after the last of them there is nothing to wait for
        over = next_lesson(course, last_slug=last, last_number=number, seen=frozenset()) is None
        schedule.lesson_went(enrollment, enrollment.last_accepted_at, answered=over)
    return len(went)
