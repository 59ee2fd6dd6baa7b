"""What is done about the course's rhythm on the reader's own page: pace, day, hour, place, waiting, resting; and undoing it."""

from collections.abc import Callable
from datetime import date, datetime

from flask import Response, g, request

from dripcourse.services.enrollment import preferences
from dripcourse.services.enrollment.preferences import DayOver, DayTooFar
from dripcourse.services.enrollment.undo import Former
from dripcourse.services.parts import Parts
from dripcourse.web.context import shell
from dripcourse.web.reader.page import me_page
from dripcourse.web.reader.preferences_view import Said, read_day

FORMER = "was-"
"""What the names of a form's fields for `undo` begin with."""


def _pace(token: str) -> Response:
    with_reminders = "remind" in request.form if "asks-remind" in request.form else None
    pace = _field("pace")
    return _done(token, "pace", preferences.choose_pace(_parts(), token, pace, _now(), reminders=with_reminders))


def _when(token: str) -> Response:
    zone = _field("zone")
    former = preferences.choose_slot(_parts(), token, _number("weekday"), _number("hour"), zone, _now())
    return _done(token, "when", former)


def _stay(token: str) -> Response:
    try:
        shown = datetime.fromisoformat(_field("due"))
    except ValueError:
        return _done(token, "stay", {})
    return _done(token, "stay", preferences.stay_on(_parts(), token, shown, _now()) if shown.tzinfo else {})


def _pause(token: str) -> Response:
    return _done(token, "pause", preferences.pause(_parts(), token, _now()), even_so=True)


def _pause_until(token: str) -> Response:
    def act(day: date) -> Former:
        return preferences.pause(_parts(), token, _now(), until=day)

    return _with_day(token, "pause", "until", act)


def _resume(token: str) -> Response:
    return _done(token, "resume", preferences.resume(_parts(), token, _now()))


def _ready(token: str) -> Response:
    return _done(token, "ready", preferences.be_ready(_parts(), token, _now()))


def _quiet(token: str) -> Response:
    def act(day: date) -> Former:
        return preferences.keep_quiet(_parts(), token, day, _now(), every_year="every-year" in request.form)

    return _with_day(token, "quiet", "quiet", act)


def _unquiet(token: str) -> Response:
    return _done(token, "unquiet", preferences.drop_quiet(_parts(), token, _field("day"), _now()))


def _perspective(token: str) -> Response:
    return _done(token, "perspective", preferences.choose_perspective(_parts(), token, _field("perspective")))


def _language(token: str) -> Response:
    language = _field("language")
    former = preferences.choose_language(_parts(), token, language)
    g.language = language
    return _done(token, "language", former)


def _undo(token: str) -> Response:
    former = {name.removeprefix(FORMER): text for name, text in request.form.items() if name.startswith(FORMER)}
    preferences.undo(_parts(), token, former, _now())
    if "language" in former:
        g.language = former["language"]
    return _done(token, "undo", {}, even_so=True)


def _with_day(token: str, done: str, form: str, act: Callable[[date], Former]) -> Response:
    """An act about a day that was chosen or typed; what cannot be is said beside it, and nothing that was typed is lost."""
    typed = _field("day")
    day = read_day(typed, g.get("language") or "en")
    wrong = "date"
    try:
        if day is not None:
            return _done(token, done, act(day))
    except DayOver:
        wrong = "past"
    except DayTooFar:
        wrong = "far"
    return me_page(token, said=Said(wrong=wrong, form=form, typed=typed[:40]), status=400)


def _done(token: str, done: str, former: Former, *, even_so: bool = False) -> Response:
    """The page again, which confirms it; `even_so` if it is so also where it was so before."""
    return me_page(token, said=Said(done if former or even_so else "nothing", former))


def _field(name: str) -> str:
    return request.form.get(name, "")


def _number(name: str) -> int:
    text = _field(name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else -1


def _parts() -> Parts:
    return shell().parts


def _now() -> datetime:
    return shell().now


ACTS: dict[str, Callable[[str], Response | None]] = {
    "pace": _pace,
    "when": _when,
    "stay": _stay,
    "pause": _pause,
    "pause-until": _pause_until,
    "resume": _resume,
    "ready": _ready,
    "quiet": _quiet,
    "unquiet": _unquiet,
    "perspective": _perspective,
    "language": _language,
    "undo": _undo,
}
"""By the word that the button says: done with the link's token; a page of its own, or None for the reader's page again."""
