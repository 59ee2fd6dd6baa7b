"""How a reader's lessons came before a change, as text that a form can carry, and putting it back."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from dripcourse.db.models import Enrollment
from dripcourse.domain import quiet as quiet_dates
from dripcourse.domain.enrollment import EnrollmentState, PauseReason
from dripcourse.domain.errors import UsageError
from dripcourse.domain.pacing import HOLD_MOST, Pace, earliest, first_slot, known_zone, offset_minutes
from dripcourse.domain.quiet import Quiet, QuietDate
from dripcourse.services.enrollment import lifecycle, schedule
from dripcourse.services.parts import Parts

Former = dict[str, str]
"""What was before, of all that an act changed: the names of `values`, and their text."""
T = TypeVar("T")
_YES = {True: "yes", False: ""}
_PUT_BACK = (EnrollmentState.ACTIVE, EnrollmentState.PAUSED)


def values(enrollment: Enrollment) -> Former:
    """All that a reader can change of how their lessons come."""
    return {
        "pace": enrollment.pace.value,
        "weekday": str(enrollment.weekday),
        "hour": str(enrollment.hour),
        "zone": enrollment.zone,
        "perspective": enrollment.perspective or "",
        "language": enrollment.language,
        "reminders": _YES[enrollment.reminders],
        "quiet": ",".join(sorted(map(str, enrollment.quiet))),
        "state": enrollment.state.value,
        "until": _instant(enrollment.paused_until),
        "due": _instant(enrollment.due_at),
        "set": _instant(enrollment.set_at),
        "promised": _instant(enrollment.promised_at),
        "waits": _YES[enrollment.waits],
    }


def difference(before: Former, after: Former) -> Former:
    """What was before, of all that is otherwise after. When a date was set goes with the date."""
    others = {name: text for name, text in before.items() if after[name] != text}
    return others if "due" in others else {name: text for name, text in others.items() if name != "set"}


def put_back(parts: Parts, session: Session, enrollment: Enrollment, former: Mapping[str, str], now: datetime) -> None:
    """Have it as it was, in the caller's transaction; what is due comes no sooner than the pace allows, and not before now.

    Raises UsageError for what cannot have been: then the caller must roll back.
    """
    if enrollment.state not in _PUT_BACK:
        return
    try:
        _choices(parts, enrollment, former, now)
        _standing(session, enrollment, former, now)
    except (ValueError, IndexError, OverflowError):
        raise UsageError("That is nothing that was here before.") from None


def _choices(parts: Parts, enrollment: Enrollment, former: Mapping[str, str], now: datetime) -> None:
    """The values that are a reader's choice, each as it was; all are read before any is set."""
    course = parts.library.courses.get(enrollment.course)
    perspectives = {"", *(course.perspectives if course else ())}
    reads: Mapping[str, Callable[[str], Any]] = {
        "pace": Pace,
        "weekday": lambda text: range(7)[int(text)],
        "hour": lambda text: range(24)[int(text)],
        "zone": lambda text: _known(text, known_zone(text)),
        "perspective": lambda text: _known(text, text in perspectives) or None,
        "language": lambda text: _known(text, parts.library.words.knows(text)),
        "reminders": bool,
        "quiet": _quiet,
    }
    put = {name: read(former[name]) for name, read in reads.items() if name in former}
    for name, value in put.items():
        setattr(enrollment, name, value)
    if "zone" in put:
        enrollment.offset_minutes = offset_minutes(enrollment.zone, now)
    if "quiet" in put:
        schedule.change_quiet(enrollment, enrollment.quiet, now)
    elif "reminders" in put and enrollment.waits and enrollment.state is EnrollmentState.ACTIVE:
        schedule.wait(enrollment, now)


def _quiet(text: str) -> Quiet:
    found = frozenset(map(QuietDate.read, filter(None, text.split(","))))
    return _known(found, len(found) <= quiet_dates.MOST)


def _standing(session: Session, enrollment: Enrollment, former: Mapping[str, str], now: datetime) -> None:
    """Paused or going on, waiting or due. A lesson that is in hand by now stays so."""
    if former.get("state") == EnrollmentState.PAUSED or (
        enrollment.state is EnrollmentState.PAUSED and "until" in former and "state" not in former
    ):
        _rest(session, enrollment, former)
        return
    if not former.keys() & {"state", "due", "waits"}:
        return
    stands = enrollment.due_at is not None or enrollment.waits
    if former.get("state") == EnrollmentState.ACTIVE and enrollment.pause_reason is PauseReason.READER:
        lifecycle.go_on(session, enrollment, now)
        stands = enrollment.due_at is not None or enrollment.waits
    if "waits" in former:
        enrollment.waits = bool(former["waits"]) and enrollment.pace is Pace.READY
    if not stands or enrollment.state is not EnrollmentState.ACTIVE:
        return
    schedule.set_due_again(enrollment, now)
    if enrollment.due_at is not None and former.get("due"):
        _due(enrollment, _read(former["due"]), now, set_at=_read(former["set"]) if former.get("set") else now)
    if former.get("promised") and former["promised"] == former.get("due") == _instant(enrollment.due_at):
        enrollment.promised_at = enrollment.due_at  # the mail that told of this day is right again


def _rest(session: Session, enrollment: Enrollment, former: Mapping[str, str]) -> None:
    if enrollment.state is EnrollmentState.PAUSED and enrollment.pause_reason is not PauseReason.READER:
        return
    until = _read(former["until"]) if former.get("until") else None
    enrollment.waits = bool(former["waits"]) if "waits" in former else enrollment.waits
    lifecycle.stand_still(session, enrollment, PauseReason.READER, until=until)


def _due(enrollment: Enrollment, due: datetime, now: datetime, *, set_at: datetime) -> None:
    """As it was due, but never sooner than the pace allows, nor later than a lesson is ever put off; if a wrong clock set it, it shows."""
    last, welcome = enrollment.last_accepted_at, enrollment.last_number == 0
    if last is not None:
        least = max(now, earliest(enrollment.pace, last, after_welcome=welcome))
        schedule.set_due(
            enrollment, first_slot(schedule.slot_of(enrollment), max(least, min(due, now + HOLD_MOST))), set_at
        )


def _instant(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""


def _read(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return _known(at, at.tzinfo is not None and 2000 < at.year < 9000)


def _known(value: T, there_is: bool) -> T:
    if not there_is:
        raise ValueError
    return value
