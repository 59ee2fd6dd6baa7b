"""What concerns the whole of a reader's things: a copy to take along, another address, and the end of all of it.

A link from a mail opens these pages, so they show no past words; a page that is opened changes nothing.
"""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from dripcourse.domain.course import Course
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.domain.pacing import Pace
from dripcourse.services.privacy import erase as privacy_erase
from dripcourse.services.privacy import export
from dripcourse.services.reader import page as reader_page
from dripcourse.services.signup import request as signup_request
from dripcourse.web.context import page, shell
from dripcourse.web.filters import plain, weekdays
from dripcourse.web.form_tokens import Made
from dripcourse.web.forms import address_fault

whole = Blueprint("whole", __name__)

_MOVES = (EnrollmentState.ACTIVE, EnrollmentState.PAUSED)


@dataclass(frozen=True, slots=True)
class Whole:
    """What the section on the reader's page says: what there is to do, and how long what was written is kept."""

    can_move: bool
    months: int


def section(found: reader_page.Place) -> Whole:
    """The section for a reader who is where `found` says."""
    return Whole(found.state in _MOVES, shell().parts.rules.replies_kept_months)


# --------------------------------------------------------------------------------------------------------------- taking


@whole.get("/me/<token>/take")
def take_page(token: str) -> Response:
    """What is in the copy, and a button for each form of it."""
    return page("take.html", reader_page.look(shell().parts, token).course, token=token)


@whole.post("/me/<token>/take")
def take(token: str) -> Response:
    """A copy of everything that is known of the reader, as a file whose name says nothing."""
    parts = shell().parts
    found, told = reader_page.look(parts, token), export.own(parts, token)
    name = f"letters-{shell().now.astimezone(found.tz).date().isoformat()}"
    if request.form.get("as") == "json":
        return _file(Response(export.as_json(told), mimetype="application/json"), f"{name}.json")
    html = page(
        "taken.html",
        found.course,
        told=told,
        made=shell().now,
        courses=parts.library.courses,
        tz=found.tz,
        tz_name=found.zone,
        days=weekdays(parts.library.words.language(found.course.language)),
        subjects=_subject,
    )
    return _file(html, f"{name}.html")


def _file(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


def _subject(course: str, lesson: str | None) -> str:
    """The subject of a lesson, as far as the course still has it."""
    known = shell().parts.library.courses.get(course)
    found = known.lesson(lesson or "") if known else None
    return found.subject if found else ""


# -------------------------------------------------------------------------------------------------------------- erasing


@whole.get("/me/<token>/erase")
def erase_page(token: str) -> Response:
    """What goes, what stays, and one button."""
    return page("erase.html", reader_page.look(shell().parts, token).course, token=token)


@whole.post("/me/<token>/erase")
def erase(token: str) -> Response:
    """Stop everything at once; the rest is done by the next tick. A second press finds that nothing is kept any more."""
    course = reader_page.look(shell().parts, token).course
    privacy_erase.ask_to_erase(shell().parts, token, shell().now)
    return page("erased.html", course)


# --------------------------------------------------------------------------------------------------------------- moving


@whole.get("/me/<token>/move")
def move_page(token: str) -> Response:
    """What moving means, and the form to ask for it."""
    return _move_page(token)


@whole.post("/me/<token>/move")
def move(token: str) -> Response:
    """Take the request: the same answer for every address, and the same work."""
    parts, address = shell().parts, request.form.get("email", "")
    if wrong := address_fault(address):
        return _move_page(token, address=address, wrong=wrong, status=400)
    if shell().form_tokens.read(request.form.get("token", ""), _purpose(token)) in (Made.LONG_AGO, Made.ELSEWHERE):
        return _move_page(token, address=address, stale=True, status=400)
    found = reader_page.look(parts, token)
    signup_request.request_move(parts, token, address, _consent(found.course, found.pace), shell().now)
    subject = parts.renderer.subject("confirm", found.course.language, pace=found.course.pace)
    return page("asked.html", found.course, sender=parts.rules.system_from, subject=subject)


def _move_page(token: str, *, address: str = "", wrong: str = "", stale: bool = False, status: int = 200) -> Response:
    found = reader_page.look(shell().parts, token)
    return page(
        "move.html",
        found.course,
        status=status,
        token=token,
        whole=section(found),
        address=address,
        wrong=wrong,
        stale=stale,
        consent=_consent(found.course, found.pace),
        form_token=shell().form_tokens.make(_purpose(token)),
    )


def _purpose(token: str) -> str:
    return f"move {token}"


def _consent(course: Course, pace: Pace) -> str:
    """What somebody says by pressing the button, word for word: it is kept as evidence. It names no course: this page is theirs already."""
    words: dict[str, Any] = shell().parts.renderer.words(course.language)["pages"]
    said = words["pace"].get(pace, words["pace"][Pace.WEEKLY])
    return plain(words["whole"]["move_consent"], {"pace": said})
