"""When the next lesson is due: the only place that writes an enrollment's dates."""

from datetime import datetime

from dripcourse.db.models import Delivery, Enrollment
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.domain.pacing import (
    DEFAULT_HOUR,
    HOLD_MOST,
    Pace,
    Slot,
    due_again,
    first_slot,
    offset_minutes,
    reminder_due,
)
from dripcourse.domain.quiet import Quiet


def slot_of(enrollment: Enrollment) -> Slot:
    """A reader's slot."""
    hour = DEFAULT_HOUR if enrollment.hour is None else enrollment.hour
    return Slot(enrollment.weekday or 0, hour, enrollment.zone, enrollment.offset_minutes, enrollment.quiet)


def set_due(enrollment: Enrollment, due: datetime, now: datetime, *, promised: datetime | None = None) -> None:
    """When the next lesson is due, and may be claimed, as it is set at `now`. The day that was promised is forgotten if this is another."""
    if promised is not None or due != enrollment.due_at:
        enrollment.promised_at = promised
    enrollment.due_at = enrollment.wake_at = due
    enrollment.set_at, enrollment.remind_at, enrollment.waits = now, None, False


def move_due(enrollment: Enrollment, due: datetime, now: datetime) -> None:
    """The date that stands, moved to another: if a clock that was ahead had set it, that can still be seen."""
    set_due(enrollment, due, max(now, enrollment.set_at or now))


def none_due(enrollment: Enrollment) -> None:
    """Nothing is due: a lesson is in hand, waits for its reader's word, or nothing is to come. What was promised is forgotten."""
    enrollment.promised_at = enrollment.due_at = enrollment.wake_at = enrollment.set_at = enrollment.remind_at = None


def could_come(enrollment: Enrollment) -> datetime | None:
    """The first slot at which the pace allows the next lesson, whether or not its reader has asked for it; None before the welcome went."""
    return due_from(enrollment, enrollment.last_accepted_at) if enrollment.last_accepted_at else None


def due_from(enrollment: Enrollment, now: datetime) -> datetime:
    """The first slot at which the pace allows the next lesson from `now` on; of the welcome, now."""
    last, welcome = enrollment.last_accepted_at, enrollment.last_number == 0
    return due_again(slot_of(enrollment), enrollment.pace, last, now, after_welcome=welcome)


def wait(enrollment: Enrollment, now: datetime) -> None:
    """Nothing is due: the next lesson waits for its reader's word, and unless they want no reminder they get one, later."""
    none_due(enrollment)
    enrollment.waits = True
    if enrollment.reminders and (first := could_come(enrollment)):
        enrollment.remind_at, enrollment.set_at = reminder_due(slot_of(enrollment), first, now), now


def lesson_went(
    enrollment: Enrollment, at: datetime, *, promised: datetime | None = None, answered: bool = False
) -> None:
    """What comes after the last lesson, accepted at `at`: the next is due, or waits for its reader's word unless they `answered` by now.

    Of who paused meanwhile nothing is due, but it is kept whether it waits.
    """
    enrollment.waits = enrollment.pace is Pace.READY and not answered
    if enrollment.state is not EnrollmentState.ACTIVE:
        return
    if enrollment.waits:
        wait(enrollment, at)
    elif due := could_come(enrollment):
        set_due(enrollment, due, at, promised=promised or due)


def ready(enrollment: Enrollment, now: datetime) -> bool:
    """The reader wants the next lesson: it is due at the first slot that the pace allows. Whether it had waited for their word."""
    if enrollment.state is not EnrollmentState.ACTIVE or not enrollment.waits:
        return False
    enrollment.waits = False
    set_due_again(enrollment, now)
    return True


def answered(enrollment: Enrollment, lesson: Delivery | None, now: datetime) -> None:
    """The reader wrote an answer to a lesson. To the last one that says too that they are ready for the next."""
    if lesson is not None and lesson.lesson == enrollment.last_lesson:
        ready(enrollment, now)


def change_pace(enrollment: Enrollment, pace: Pace, now: datetime) -> None:
    """Another pace, in the caller's transaction; what is due moves with it, never sooner than the pace allows.

    At the pace `ready` it waits from now on; not the welcome, nor one that is in hand.
    """
    before, enrollment.pace = enrollment.pace, pace
    stands = enrollment.due_at is not None or enrollment.waits
    if pace is not Pace.READY:
        enrollment.waits = False
    elif before is not Pace.READY and enrollment.last_accepted_at is not None:
        enrollment.waits = stands or enrollment.state is EnrollmentState.PAUSED
    if enrollment.state is EnrollmentState.ACTIVE and stands:
        set_due_again(enrollment, now)


def change_quiet(enrollment: Enrollment, quiet: Quiet, now: datetime) -> None:
    """Other quiet dates, in the caller's transaction. What is due on one of them moves to the next slot; nothing comes sooner."""
    enrollment.quiet = quiet
    if enrollment.due_at is not None and slot_of(enrollment).is_quiet(enrollment.due_at):
        move_due(enrollment, first_slot(slot_of(enrollment), max(enrollment.due_at, now)), now)
    elif enrollment.waits and enrollment.state is EnrollmentState.ACTIVE:
        wait(enrollment, now)


def put_off(enrollment: Enrollment, until: datetime, now: datetime) -> bool:
    """The next lesson at the first slot from `until` on, eight weeks at most, if that is later than it was due; whether it was put off.

    One that is in hand already is not put off, nor is the welcome.
    """
    if enrollment.state is not EnrollmentState.ACTIVE or enrollment.due_at is None or enrollment.last_number < 0:
        return False
    due = first_slot(slot_of(enrollment), min(until, now + HOLD_MOST))
    if due <= enrollment.due_at:
        return False
    move_due(enrollment, due, now)  # the day that was promised is forgotten: the delay is not ours
    return True


def change_slot(enrollment: Enrollment, slot: Slot, now: datetime) -> None:
    """Another day, hour or zone, in the caller's transaction; what is due moves with it, never sooner than the pace allows."""
    enrollment.weekday, enrollment.hour = slot.weekday, slot.hour
    enrollment.zone, enrollment.offset_minutes = slot.zone, offset_minutes(slot.zone, now)
    if enrollment.state is EnrollmentState.ACTIVE and (enrollment.due_at is not None or enrollment.waits):
        set_due_again(enrollment, now)


def set_due_again(enrollment: Enrollment, now: datetime) -> None:
    """The next lesson at the first slot that the pace allows from now on; the welcome at once. What waits for its reader goes on waiting."""
    if enrollment.waits:
        wait(enrollment, now)
    else:
        set_due(enrollment, due_from(enrollment, now), now)
