"""When and how lessons come, changed on the reader's own page; and put back, if they want it back.

Every act returns what was before, of all that it changed: text by name, so that a form can carry it. `undo` takes just that.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from dripcourse.db.models import Enrollment
from dripcourse.domain import quiet as quiet_dates
from dripcourse.domain.enrollment import READERS_TO_END, EnrollmentState, PauseReason
from dripcourse.domain.errors import UsageError
from dripcourse.domain.pacing import HOLD_MOST, Pace, Slot, first_slot, known_zone
from dripcourse.domain.quiet import Quiet, QuietDate
from dripcourse.services.enrollment import lifecycle, schedule, turns
from dripcourse.services.enrollment.undo import Former, difference, put_back, values
from dripcourse.services.links import of_link
from dripcourse.services.parts import Parts

FARTHEST_PAUSE = timedelta(days=731)
"""A pause until a date, and a quiet date of one year, lie at most two years ahead."""


class DayOver(UsageError):
    """A day was named that is over, or that is today."""


class DayTooFar(UsageError):
    """A day was named that lies more than two years ahead."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How a reader's lessons come now. Instants are in UTC; `another_week` is when the next comes if they stay with the last one, if they can."""

    pace: Pace
    slot: Slot
    reminders: bool
    language: str
    quiet: tuple[QuietDate, ...]
    paused_until: datetime | None
    waits: bool
    could_come: datetime | None
    another_week: datetime | None


def look(parts: Parts, token: str, now: datetime) -> Rhythm:
    """How the lessons come to the reader of the mail that holds this link. Changes nothing. Raises NotFound."""
    with parts.db.read() as session:
        enrollment = of_link(parts, session, token)[1]
    slot, first = schedule.slot_of(enrollment), schedule.could_come(enrollment)
    return Rhythm(
        pace=enrollment.pace,
        slot=slot,
        reminders=enrollment.reminders,
        language=enrollment.language,
        quiet=tuple(sorted(still_to_come(enrollment, now))),
        paused_until=enrollment.paused_until,
        waits=enrollment.waits and enrollment.state is EnrollmentState.ACTIVE,
        could_come=first_slot(slot, max(first, now)) if first else None,
        another_week=another_week(enrollment, now),
    )


# --------------------------------------------------------------------------------------------------------------- acts


def choose_pace(parts: Parts, token: str, pace: str, now: datetime, *, reminders: bool | None = None) -> Former:
    """From now on at this pace, with reminders or without if that is said. Raises NotFound, or UsageError for another word."""
    if pace not in list(Pace):
        raise UsageError(f"There is no such pace. There is: {', '.join(Pace)}.")

    def act(_: Session, enrollment: Enrollment) -> None:
        if reminders is not None:
            enrollment.reminders = reminders
        schedule.change_pace(enrollment, Pace(pace), now)

    return _change(parts, token, act, now)


def choose_slot(parts: Parts, token: str, weekday: int, hour: int, zone: str, now: datetime) -> Former:
    """Another day, hour or zone. Raises NotFound, or UsageError for one that there is not."""
    if not (0 <= weekday <= 6 and 0 <= hour <= 23 and known_zone(zone)):
        raise UsageError("There is no such day, hour or time zone.")

    def act(_: Session, enrollment: Enrollment) -> None:
        slot = Slot(weekday, hour, zone)
        if (enrollment.weekday, enrollment.hour, enrollment.zone) != (weekday, hour, zone):
            schedule.change_slot(enrollment, slot, now)

    return _change(parts, token, act, now)


def stay_on(parts: Parts, token: str, shown: datetime, now: datetime) -> Former:
    """Another week with the last lesson: the next one in the slot after the one that was `shown` as due. Once, however often it is asked
    with the same date. Raises NotFound."""

    def act(_: Session, enrollment: Enrollment) -> None:
        due = another_week(enrollment, now)
        if due is not None and enrollment.due_at == shown:
            schedule.move_due(enrollment, due, now)  # the day that was promised is forgotten: the delay is not ours

    return _change(parts, token, act, now)


def pause(parts: Parts, token: str, now: datetime, *, until: date | None = None) -> Former:
    """Stand still until a day begins where the reader is, or until they say so. Harmless if they have ended or the host paused.

    Raises NotFound; DayOver or DayTooFar if `until` is no day in the two years after today.
    """

    def act(session: Session, enrollment: Enrollment) -> None:
        if _may_pause(enrollment):
            day = _checked(until, enrollment, now) if until else None
            begins = datetime.combine(day, time(), schedule.slot_of(enrollment).tz) if day else None
            lifecycle.stand_still(session, enrollment, PauseReason.READER, until=begins)

    return _change(parts, token, act, now)


def resume(parts: Parts, token: str, now: datetime) -> Former:
    """Go on after the reader's own pause; the host's stays. It says too that they are ready. Raises NotFound."""

    def act(session: Session, enrollment: Enrollment) -> None:
        if _rests(enrollment):
            lifecycle.go_on(session, enrollment, now)
            schedule.ready(enrollment, now)

    return _change(parts, token, act, now)


def be_ready(parts: Parts, token: str, now: datetime) -> Former:
    """The next lesson may come, if it waits for this word. Raises NotFound."""

    def act(_: Session, enrollment: Enrollment) -> None:
        schedule.ready(enrollment, now)

    return _change(parts, token, act, now)


def keep_quiet(parts: Parts, token: str, day: date, now: datetime, *, every_year: bool) -> Former:
    """No mail on this date. Raises NotFound; DayOver or DayTooFar for one that cannot come; UsageError if there are too many already."""

    def act(_: Session, enrollment: Enrollment) -> None:
        wanted = QuietDate.on(day if every_year else _checked(day, enrollment, now), every_year=every_year)
        quiet = still_to_come(enrollment, now) | {wanted}
        if len(quiet) > quiet_dates.MOST:
            raise UsageError(f"At most {quiet_dates.MOST} days can be kept free.")
        schedule.change_quiet(enrollment, quiet, now)

    return _change(parts, token, act, now)


def drop_quiet(parts: Parts, token: str, text: str, now: datetime) -> Former:
    """Mail may come on this date again, as `QuietDate` writes it; what is due stays as it is. Harmless for any other. Raises NotFound."""

    def act(_: Session, enrollment: Enrollment) -> None:
        left = frozenset(each for each in still_to_come(enrollment, now) if str(each) != text)
        schedule.change_quiet(enrollment, left, now)

    return _change(parts, token, act, now)


def choose_perspective(parts: Parts, token: str, perspective: str) -> Former:
    """From the next lesson on in this reading; an empty word is `unsaid`. Raises NotFound, or UsageError for another word."""

    def act(_: Session, enrollment: Enrollment) -> None:
        course = parts.library.courses.get(enrollment.course)
        if perspective and (course is None or perspective not in course.perspectives):
            raise UsageError("There is no such perspective in this course.")
        enrollment.perspective = perspective or None

    return _change(parts, token, act)


def choose_language(parts: Parts, token: str, language: str) -> Former:
    """The language of the reader's pages and of our short mails to them. Raises NotFound, or UsageError for one without words."""
    if language not in parts.library.words.languages:
        raise UsageError("There are no words in that language.")

    def act(_: Session, enrollment: Enrollment) -> None:
        enrollment.language = language

    return _change(parts, token, act)


def undo(parts: Parts, token: str, former: Mapping[str, str], now: datetime) -> None:
    """Put back what an act changed, as it returned it; what is due comes no sooner than the pace allows, and not before now.

    Repeating it is harmless. Raises NotFound, or UsageError for what no act returns: then nothing is changed.
    """

    def act(session: Session, enrollment: Enrollment) -> None:
        put_back(parts, session, enrollment, former, now)

    _change(parts, token, act, now)


# -------------------------------------------------------------------------------------------------------------- rules


def _change(
    parts: Parts, token: str, act: Callable[[Session, Enrollment], None], now: datetime | None = None
) -> Former:
    """Do this to the enrollment of a link; at an instant, if it may move a date."""
    with parts.db.write() as session:
        enrollment = of_link(parts, session, token)[1]
        session.refresh(enrollment, with_for_update=True)
        before = values(enrollment)
        act(session, enrollment)
        if now is not None:
            turns.keep_apart(parts, session, [enrollment], now)
        return difference(before, values(enrollment))


def another_week(enrollment: Enrollment, now: datetime) -> datetime | None:
    """The slot after the one in which the next lesson is due; None if it is not the reader's to put off, or lies eight weeks ahead."""
    due = enrollment.due_at
    if enrollment.state is not EnrollmentState.ACTIVE or enrollment.last_number < 0 or due is None or due <= now:
        return None
    after = first_slot(schedule.slot_of(enrollment), due + timedelta(seconds=1))
    return after if after <= now + HOLD_MOST else None


def still_to_come(enrollment: Enrollment, now: datetime) -> Quiet:
    """The quiet dates of a reader but for those that are over where they are."""
    today = now.astimezone(schedule.slot_of(enrollment).tz).date()
    return frozenset(each for each in enrollment.quiet if not each.is_over(today))


def _checked(day: date, enrollment: Enrollment, now: datetime) -> date:
    today = now.astimezone(schedule.slot_of(enrollment).tz).date()
    if day <= today:
        raise DayOver("This day is over, or it is today.")
    if day > today + FARTHEST_PAUSE:
        raise DayTooFar("This day lies more than two years ahead.")
    return day


def _may_pause(enrollment: Enrollment) -> bool:
    return enrollment.state is EnrollmentState.ACTIVE or _rests(enrollment)


def _rests(enrollment: Enrollment) -> bool:
    return enrollment.state is EnrollmentState.PAUSED and enrollment.pause_reason in READERS_TO_END
