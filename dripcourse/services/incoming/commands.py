"""Commands by reply: what a reader's first line asks for, done in the caller's transaction, and what to write back."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dripcourse.db.models import Delivery, Enrollment, Reply, Subscriber
from dripcourse.db.queries.replies import replies_of
from dripcourse.domain.delivery import Kind, copy_key
from dripcourse.domain.enrollment import LIVE, READERS_TO_END, EnrollmentState, LeftReason, PauseReason
from dripcourse.domain.pacing import Pace
from dripcourse.services.crypto.keyring import Unsealable
from dripcourse.services.enrollment import lifecycle, schedule
from dripcourse.services.incoming import receipts
from dripcourse.services.incoming.receipts import Answer
from dripcourse.services.parts import Parts
from dripcourse.services.queue import offer
from dripcourse.services.replies import store

BY_TOKEN_ALONE = frozenset({"stop", "pause"})
"""What whoever holds a reader's mail may ask for: it takes nothing away that the reader could not have back."""
NO_WAY_BACK = frozenset({"delete my replies", "share"})
"""What is destroyed or read cannot be undone: asked back at the reader's own address, unless somebody whose word we take says that
the sender is true."""
LONGEST_PAUSE = timedelta(days=366)
_A_WEEK = timedelta(weeks=1)
_FOR = re.compile(r"pause (\d{1,4}) (day|week|month)s?")
_UNITS = {"day": timedelta(days=1), "week": _A_WEEK, "month": timedelta(days=30)}
_SLOWER = {Pace.WEEKLY: Pace.TWO_WEEKS, Pace.TWO_WEEKS: Pace.FOUR_WEEKS}


@dataclass(frozen=True, slots=True)
class Order:
    """A command of a reader who is in a course, with the rows it is about."""

    parts: Parts
    session: Session
    delivery: Delivery
    enrollment: Enrollment
    subscriber: Subscriber
    command: str
    now: datetime

    def day(self, instant: datetime | None) -> str:
        """An instant as the reader's own day, in words; '' for None."""
        if instant is None:
            return ""
        day = instant.astimezone(schedule.slot_of(self.enrollment).tz).date()
        return self.parts.renderer.day(day, self.enrollment.language)

    def answer(self, says: str, **facts: str) -> Answer:
        """An answer that can name the next lesson's day and how often they come."""
        every = self.parts.renderer.every(self.enrollment.language, self.enrollment.pace)
        return Answer(says, {"day": self.day(self.enrollment.due_at), "every": every} | facts)


def carry_out(order: Order) -> Answer | None:
    """Do what was asked for. Returns what to write back; None where silence, or a mail of another kind, is the answer."""
    return _ORDERS[_name(order.command)](order)


def is_order(command: str | None) -> bool:
    """Whether this is a command that can be carried out here."""
    return command is not None and _name(command) in _ORDERS


def _name(command: str) -> str:
    """A command without what it is given: "pause" of "pause 3 weeks"."""
    return command if command in _ORDERS else command.split(" ")[0]


def stop(parts: Parts, session: Session, enrollment: Enrollment | None, now: datetime) -> None:
    """End the course, met with silence, in the caller's transaction. Repeating it is harmless."""
    if enrollment is not None and enrollment.state in LIVE:
        lifecycle.end(parts, session, enrollment, LeftReason.ASKED, now)


def stop_for(parts: Parts, ident: str, now: datetime) -> None:
    """As `stop`, on the host's word that the reader asked for it."""
    with parts.db.write() as session:
        stop(parts, session, session.get(Enrollment, ident, with_for_update=True), now)


def _stop(order: Order) -> None:
    stop(order.parts, order.session, order.enrollment, order.now)


def _pause(order: Order) -> Answer:
    enrollment = order.enrollment
    if enrollment.state not in (EnrollmentState.ACTIVE, EnrollmentState.PAUSED):
        return order.answer("over")
    if enrollment.state is EnrollmentState.PAUSED and enrollment.pause_reason not in READERS_TO_END:
        return order.answer("resting")
    named = _FOR.fullmatch(order.command)
    until = order.now + min(int(named[1]) * _UNITS[named[2]], LONGEST_PAUSE) if named else None
    lifecycle.stand_still(order.session, enrollment, PauseReason.READER, until=until)
    return order.answer("paused", day=order.day(until))


def _resume(order: Order) -> Answer:
    enrollment = order.enrollment
    if enrollment.state is EnrollmentState.PAUSED:
        if enrollment.pause_reason not in READERS_TO_END:
            return order.answer("resting")
        lifecycle.go_on(order.session, enrollment, order.now)
        schedule.ready(enrollment, order.now)
    elif enrollment.state is not EnrollmentState.ACTIVE:
        return order.answer("over")
    elif not schedule.ready(enrollment, order.now) and enrollment.due_at is not None:
        schedule.set_due_again(enrollment, order.now)  # it had been put off
    return order.answer("resumed")


def _later(order: Order) -> Answer:
    due = order.enrollment.due_at
    if order.enrollment.waits and order.enrollment.state is EnrollmentState.ACTIVE:
        return order.answer("waits")
    if due is None or not schedule.put_off(order.enrollment, due + _A_WEEK, order.now):
        return _unchanged(order)
    return order.answer("later")


def _slower(order: Order) -> Answer:
    slower = _SLOWER.get(order.enrollment.pace)
    if order.enrollment.state not in LIVE:
        return order.answer("over")
    if slower is None:
        return order.answer("slowest")
    schedule.change_pace(order.enrollment, slower, order.now)
    return order.answer("slower")


def _at_pace(pace: Pace) -> Callable[[Order], Answer]:
    def carry_out(order: Order) -> Answer:
        if order.enrollment.state not in LIVE:
            return order.answer("over")
        schedule.change_pace(order.enrollment, pace, order.now)
        return order.answer("weekly" if pace is Pace.WEEKLY else "slower")

    return carry_out


def _unchanged(order: Order) -> Answer:
    match order.enrollment.state:
        case EnrollmentState.ACTIVE:
            return order.answer("unchanged")
        case EnrollmentState.PAUSED:
            return order.answer("paused", day=order.day(order.enrollment.paused_until))
    return order.answer("over")


def _where(order: Order) -> Answer:
    course = order.parts.library.courses.get(order.enrollment.course)
    number = max(order.enrollment.last_number, 0)
    total = course.lessons[-1].number if course else number
    waits = order.enrollment.waits and order.enrollment.state is EnrollmentState.ACTIVE
    state = "waiting" if waits else order.enrollment.state.value
    facts = {"number": str(number) if number else "", "total": str(total), "state": state}
    return order.answer("where", **facts)


def _again(order: Order) -> None:
    """A copy of the last lesson; at most one a day, as from the reader's page."""
    enrollment = order.enrollment
    if enrollment.last_lesson is None:
        return
    offer(
        order.session,
        Kind.COPY,
        copy_key(enrollment.id, enrollment.last_lesson, order.now.date().isoformat()),
        recipient=order.subscriber.address_index,
        course=enrollment.course,
        now=order.now,
        enrollment=enrollment.id,
        lesson=enrollment.last_lesson,
    )


def _share(order: Order) -> Answer:
    """Share what was written last; in answer to our question, what was written last before it."""
    before = order.delivery.claimed_at if order.delivery.kind is Kind.RECEIPT else order.now
    written = replies_of(order.subscriber.id).where(Reply.received_at <= before)
    newest = order.session.execute(written.limit(1)).first()
    if newest is None:
        return order.answer("nothing_shared")
    try:
        store.share(order.parts, order.session, newest[0], order.now)
    except Unsealable:
        return order.answer("share_on_page")
    return order.answer("shared")


def _delete(order: Order) -> Answer:
    store.delete_all(order.session, order.subscriber.id, order.now)
    return order.answer("deleted")


def _support(order: Order) -> Answer:
    return receipts.people(order.enrollment)


def _help(order: Order) -> Answer:  # noqa: ARG001 - as every order
    return Answer("", mail="help")


_ORDERS: dict[str, Callable[[Order], Answer | None]] = {
    "stop": _stop,
    "pause": _pause,
    "resume": _resume,
    "later": _later,
    "slower": _slower,
    "weekly": _at_pace(Pace.WEEKLY),
    "every two weeks": _at_pace(Pace.TWO_WEEKS),
    "every four weeks": _at_pace(Pace.FOUR_WEEKS),
    "where": _where,
    "again": _again,
    "share": _share,
    "delete": _delete,
    "support": _support,
    "help": _help,
}
