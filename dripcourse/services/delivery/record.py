"""Recording: what came of a group of sendings, and when each reader's next lesson is due, in one transaction."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, update
from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery, Enrollment, table
from dripcourse.db.queries.replies import answered_among
from dripcourse.db.types import Row
from dripcourse.domain.circuit_breaker import LONGEST_REST
from dripcourse.domain.course import next_lesson
from dripcourse.domain.delivery import DeliveryState, Kind, Reason
from dripcourse.domain.enrollment import LIVE, EnrollmentState
from dripcourse.domain.mail import Accepted, Later, Outcome, Refused, Unknown
from dripcourse.domain.pacing import Pace
from dripcourse.services.delivery import bounce_breaker
from dripcourse.services.enrollment import turns
from dripcourse.services.enrollment.schedule import lesson_went, none_due
from dripcourse.services.journal import Fact
from dripcourse.services.messages.model import Ready
from dripcourse.services.parts import Parts

_BACK_OFF, _BACK_OFF_MOST = timedelta(minutes=1), timedelta(hours=1)
GIVE_UP = timedelta(days=5)
"""After how long of temporary refusals a mail is given up (RFC 5321 4.5.4.1: four to five days)."""
_LEAST_TRIES = 3
"""A machine that was off for days has not tried for days."""
_ADDRESS = re.compile(r"\S+@\S+")
_LOOK_AT = 2000
"""Characters of a provider's words. To search for an address takes the square of them, and they may be another machine's."""

_deliveries = table(Delivery)
_SETTLE = (
    update(_deliveries)
    .where(
        _deliveries.c.id == bindparam("b_id"),
        _deliveries.c.fence == bindparam("b_fence"),
        # an outcome that comes after the lease is still the best evidence there is
        or_(_deliveries.c.state == DeliveryState.SENDING, _deliveries.c.state == DeliveryState.UNSURE),
    )
    .values(
        {
            name: bindparam(f"b_{name}")
            for name in (
                "state",
                "reason",
                "detail",
                "wake_at",
                "accepted_at",
                "provider_ref",
                "changed_at",
                "put_off_since",
            )
        }
    )
)


@dataclass(slots=True)
class Counts:
    """What a dispatch did, over all kinds of mail."""

    claimed: int = 0
    accepted: int = 0
    refused: int = 0
    deferred: int = 0
    held: int = 0
    unsure: int = 0

    def __add__(self, more: "Counts") -> "Counts":
        return Counts(**{name: count + getattr(more, name) for name, count in asdict(self).items()})


def record(parts: Parts, outcomes: Sequence[tuple[Ready, Outcome]], now: datetime, counts: Counts) -> None:
    """Write down what came of these sendings. A row that was settled by somebody else meanwhile is left as they settled it."""
    accepted = [ready.delivery for ready, outcome in outcomes if isinstance(outcome, Accepted)]
    # the journal first: if we die between the two, a restored database still knows that these went
    noted = parts.journal.append(Fact.ACCEPTED, [delivery.key for delivery in accepted], now)
    # what was not sent is noted with its mark undone: after adopting a backup it would be unsure
    unsent = parts.journal.append(Fact.UNSENT, _keys_unsent(outcomes), now)
    rows = [_row(ready.delivery, outcome, now) for ready, outcome in outcomes]
    with parts.db.write() as session:
        parts.journal.keep(session, noted, now)
        parts.journal.keep(session, unsent, now)
        session.connection().execute(_SETTLE, rows)
        advance(parts, session, accepted, now)
    for row in rows:
        _count(counts, row["b_state"])
    if any(row["b_reason"] is Reason.REFUSED for row in rows):
        bounce_breaker.look(parts, now)


def _keys_unsent(outcomes: Sequence[tuple[Ready, Outcome]]) -> list[str]:
    return [ready.delivery.key for ready, outcome in outcomes if isinstance(outcome, Refused | Later)]


def _row(delivery: Delivery, outcome: Outcome, now: datetime) -> Row:
    """The new values of one delivery, as `_SETTLE` binds them."""
    row: Row = {
        "b_id": delivery.id,
        "b_fence": delivery.fence,
        "b_changed_at": now,
        "b_reason": Reason.NONE,
        "b_detail": "",
        "b_wake_at": None,
        "b_accepted_at": delivery.accepted_at,  # of the sending that came back, if this is another
        "b_provider_ref": None,
        "b_put_off_since": None,
    }
    match outcome:
        case Accepted(reference):
            row |= {"b_state": DeliveryState.ACCEPTED, "b_accepted_at": now, "b_provider_ref": reference or None}
        case Refused(why, perhaps_us=True) if delivery.fence == 1:
            row |= _again(delivery, Later(why), now)  # asked once more, in case that others are refused meanwhile too
        case Refused(why):
            row |= _given_up(delivery, Reason.REFUSED, why)
        case Later(why, everyone=False) if _is_over(delivery, now):
            row |= _given_up(delivery, Reason.EXPIRED, why)
        case Later():
            row |= _again(delivery, outcome, now)
        case Unknown(why):
            row |= {"b_state": DeliveryState.UNSURE, "b_detail": plain(why), "b_wake_at": now}
    return row


def _again(delivery: Delivery, later: Later, now: datetime) -> Row:
    # an instant further away than the longest rest was written by a clock that was wrong
    named = min(later.not_before or now, now + LONGEST_REST)
    # a wire that is closed for everyone is no fault of this mail's: the circuit waits, and the queue keeps its order
    again = max(named, now if later.everyone else now + back_off(delivery.fence))
    return {
        "b_state": DeliveryState.CLAIMED,
        "b_reason": Reason.LATER,
        "b_detail": plain(later.why),
        "b_wake_at": again,
        "b_put_off_since": delivery.put_off_since if later.everyone else delivery.put_off_since or now,
    }


def _given_up(delivery: Delivery, reason: Reason, why: str) -> Row:
    """A lesson is held, so that its place waits for it; any other mail is refused for good."""
    state = DeliveryState.HELD if delivery.kind is Kind.LESSON else DeliveryState.REFUSED
    return {"b_state": state, "b_reason": reason, "b_detail": plain(why)}


def _is_over(delivery: Delivery, now: datetime) -> bool:
    """Whether a mail has been put off, for reasons of its own, for as long as a mail server would try."""
    since = delivery.put_off_since
    return since is not None and now - since >= GIVE_UP and delivery.fence >= _LEAST_TRIES


def back_off(fence: int) -> timedelta:
    """How long to wait before the next attempt: a minute, doubling, an hour at most."""
    return min(_BACK_OFF * (1 << min(fence - 1, 10)), _BACK_OFF_MOST)


def plain(why: str) -> str:
    """A provider's words, short, on one line, and without anybody's address; whatever their length, it is little work."""
    head = why[:_LOOK_AT].rpartition(" ")[0] if len(why) > _LOOK_AT else why  # half a word may be half an address
    return _ADDRESS.sub("(address)", " ".join(head.split()))[:255]


def _count(counts: Counts, state: DeliveryState) -> None:
    match state:
        case DeliveryState.ACCEPTED:
            counts.accepted += 1
        case DeliveryState.HELD | DeliveryState.REFUSED:
            counts.refused += 1
        case DeliveryState.CLAIMED:
            counts.deferred += 1
        case DeliveryState.UNSURE:
            counts.unsure += 1


def advance(parts: Parts, session: Session, deliveries: Sequence[Delivery], accepted_at: datetime) -> None:
    """Move the enrollments on whose lessons, among these, were accepted at this instant: their place, and when the next is due."""
    lessons = {delivery.enrollment_id or "": delivery for delivery in deliveries if delivery.kind is Kind.LESSON}
    if not lessons:
        return
    ids = [delivery.id for delivery in lessons.values()]
    moved = session.scalars(queries.delivery.enrollments_of_accepted(ids, accepted_at)).all()
    patient = [lessons[row.id].id for row in moved if row.pace is Pace.READY]
    # who answers before it is known that the lesson went has said that they are ready, all the same
    answered = set(session.scalars(answered_among(patient))) if patient else set()
    for enrollment in moved:
        delivery = lessons[enrollment.id]
        _advance_one(parts, enrollment, delivery, accepted_at, answered=delivery.id in answered)
    turns.keep_apart(parts, session, moved, accepted_at)
    session.flush()


def _advance_one(
    parts: Parts, enrollment: Enrollment, delivery: Delivery, accepted_at: datetime, *, answered: bool
) -> None:
    course = parts.library.courses.get(delivery.course)
    lesson = course.lesson(delivery.lesson or "") if course else None
    if enrollment.last_accepted_at is None or accepted_at >= enrollment.last_accepted_at:  # a course only goes forward
        enrollment.last_lesson = delivery.lesson
        enrollment.last_accepted_at = accepted_at
        if lesson is not None:
            enrollment.last_number = lesson.number
    if enrollment.state not in LIVE:
        return  # left while it was on the wire
    coming = course and next_lesson(
        course, last_slug=enrollment.last_lesson, last_number=enrollment.last_number, seen=frozenset()
    )
    if course is not None and lesson is not None and coming is None:
        if enrollment.state is EnrollmentState.ACTIVE:
            enrollment.state, enrollment.ended_at, enrollment.waits = EnrollmentState.COMPLETED, accepted_at, False
            none_due(enrollment)
        return
    lesson_went(enrollment, accepted_at, promised=delivery.promise_at, answered=answered)


def hold(parts: Parts, broken: Sequence[tuple[Delivery, str]], now: datetime) -> int:
    """Hold what could not be written, each with its fault; the enrollment waits until the course's words change."""
    with parts.db.write() as session:
        for delivery, why in broken:
            session.execute(
                update(Delivery)
                .where(
                    Delivery.id == delivery.id,
                    Delivery.fence == delivery.fence,
                    Delivery.state == DeliveryState.CLAIMED,
                )
                .values(
                    state=DeliveryState.HELD,
                    reason=Reason.TEMPLATE,
                    detail=plain(f"{words_of(parts, delivery.course)}: {why}"),
                    wake_at=None,
                    changed_at=now,
                )
            )
    return len(broken)


def words_of(parts: Parts, slug: str) -> str:
    """A name for a course's present words, to tell later whether they have changed."""
    course = parts.library.courses.get(slug)
    return course.text_digest if course else "gone"
