"""A reader in several courses: what stands beside an enrollment, whether its lesson may go now, and dates that keep apart."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery, Enrollment, Subscriber
from dripcourse.domain.delivery import DeliveryState, Kind
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.domain.pacing import Slot, first_slot
from dripcourse.domain.turns import APART, Turn, spaced
from dripcourse.services.enrollment.schedule import set_due, slot_of
from dripcourse.services.parts import Parts

_RUNNING = (EnrollmentState.ACTIVE, EnrollmentState.PAUSED)
_LOOK_AGAIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Beside:
    """What the reader of an enrollment has of other courses.

    `last` is when their last lesson went, `turns` are the lessons that are due, `in_hand` if one is about to go or may have gone, and
    `behind` if this course waits for the end of another.
    """

    last: datetime | None = None
    turns: tuple[Turn, ...] = ()
    in_hand: bool = False
    behind: bool = False


NOTHING = Beside()


def look(parts: Parts, session: Session, enrollments: Collection[Enrollment], now: datetime) -> Mapping[str, Beside]:
    """What stands beside each of these enrollments, by its id; nothing is left out.

    What is in hand is asked first: a lesson that is accepted between the two questions is seen by one of them.
    """
    ids = [each.id for each in enrollments]
    in_hand = {
        mine
        for mine, course, slug, state, at in session.execute(queries.claim.lessons_beside(ids))
        if not _is_welcome(parts, course, slug) and (state is not DeliveryState.UNSURE or at > now - APART)
    }
    beside = _others(session, ids)
    return {
        each.id: Beside(
            _last(beside[each.id]), _turns(parts, each, beside[each.id]), each.id in in_hand, is_behind(parts, each, beside[each.id])
        )
        for each in enrollments
    }  # fmt: skip


def look_at_lessons(
    parts: Parts,
    session: Session,
    deliveries: Sequence[Delivery],
    readers: Mapping[str, tuple[Enrollment, Subscriber]],
    now: datetime,
) -> dict[str, Beside]:
    """The same for those of these deliveries that are lessons, by the delivery's id.

    Each reader is held until the transaction ends: nobody claims another lesson for them meanwhile.
    """
    lessons = {
        each.id: readers[ident][0]
        for each in deliveries
        if each.kind is Kind.LESSON and (ident := each.enrollment_id or "") in readers
    }
    if not lessons:
        return {}
    session.execute(queries.enrollment.subscribers_held([each.id for each in lessons.values()]))
    found = look(parts, session, lessons.values(), now)
    return {ident: found[each.id] for ident, each in lessons.items()}


def blocked_until(enrollment: Enrollment, beside: Beside, now: datetime) -> datetime:
    """From when on the next lesson of an enrollment may go beside the reader's others; `now` if nothing is in its way."""
    if enrollment.last_number < 0:
        return now  # the welcome is outside the pace
    if beside.behind:
        return first_slot(slot_of(enrollment), now + APART)
    if beside.last is not None and now < beside.last + APART:
        return first_slot(slot_of(enrollment), beside.last + APART)
    return now + _LOOK_AGAIN if beside.in_hand else now


def promise(beside: Beside, slot: Slot, due: datetime, now: datetime, *, welcome: bool) -> datetime:
    """When the lesson after one that goes now is due beside the reader's others, if it would be due then by itself."""
    if beside == NOTHING:
        return due
    return spaced([Turn(slot, due, now), *beside.turns], beside.last if welcome else now, now)[0]


def keep_apart(parts: Parts, session: Session, enrollments: Sequence[Enrollment], now: datetime) -> None:
    """Move the dates of these enrollments and of those beside them apart, in the caller's transaction; no date becomes earlier.

    For one whose reader has no other this is nothing. It gives true dates and turns; that no two lessons come too near is seen to once
    more when one is claimed.
    """
    session.flush()
    beside = _others(session, [each.id for each in enrollments], hold=True)
    for enrollment in enrollments:
        if not (others := beside[enrollment.id]):
            continue
        every = [enrollment, *others]
        due = [
            each for each in every if _takes_turns(each) and not is_behind(parts, each, every)
        ]  # fmt: skip
        for each, date in zip(due, spaced([_turn(each) for each in due], _last(every), now), strict=True):
            if date != each.due_at:
                set_due(each, date, now, promised=each.promised_at)


def is_behind(parts: Parts, enrollment: Enrollment, others: Collection[Enrollment]) -> bool:
    """Whether a course waits for the end of another that its reader is in the midst of."""
    course = parts.library.courses.get(enrollment.course)
    after = course.after if course else ""
    return bool(after) and any(each.course == after and each.state in _RUNNING for each in others)


def stands_behind(parts: Parts, session: Session, enrollment: Enrollment) -> bool:
    """The same, asked for one."""
    course = parts.library.courses.get(enrollment.course)
    if course is None or not course.after:
        return False
    return is_behind(parts, enrollment, _others(session, [enrollment.id])[enrollment.id])


def _others(session: Session, ids: Collection[str], *, hold: bool = False) -> Mapping[str, list[Enrollment]]:
    found: defaultdict[str, list[Enrollment]] = defaultdict(list)
    for mine, other in session.execute(queries.enrollment.enrollments_beside(ids, hold=hold)):
        found[mine].append(other)
    return found


def _takes_turns(enrollment: Enrollment) -> bool:
    return enrollment.state is EnrollmentState.ACTIVE and enrollment.due_at is not None and enrollment.last_number >= 0


def _turn(enrollment: Enrollment) -> Turn:
    due = enrollment.due_at
    assert due is not None  # noqa: S101 - of those that take turns
    return Turn(slot_of(enrollment), due, enrollment.last_accepted_at)


def _turns(parts: Parts, mine: Enrollment, others: Sequence[Enrollment]) -> tuple[Turn, ...]:
    every = [mine, *others]
    return tuple(_turn(each) for each in others if _takes_turns(each) and not is_behind(parts, each, every))


def _last(enrollments: Collection[Enrollment]) -> datetime | None:
    """When the last lesson of these went; a welcome is none."""
    return max((each.last_accepted_at for each in enrollments if each.last_accepted_at and each.last_number > 0), default=None)  # fmt: skip


def _is_welcome(parts: Parts, course: str, slug: str | None) -> bool:
    known = parts.library.courses.get(course)
    lesson = known.lesson(slug or "") if known else None
    return lesson is not None and lesson.number == 0
