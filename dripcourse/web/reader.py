"""What the links in a mail open: leaving, and the reader's own page. The token is the only key, and opening changes nothing."""

from flask import Blueprint, Response, request

from dripcourse.domain.course import Course
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.services import reader as place
from dripcourse.services import stay
from dripcourse.web.shell import page, shell

reader = Blueprint("reader", __name__)


@reader.get("/leave/<token>")
def leave_page(token: str) -> Response:
    """One button, or the news that it is done already."""
    left = stay.has_left(shell().parts, token)
    return page("left.html" if left else "leave.html", _course(token))


@reader.post("/leave/<token>")
def leave(token: str) -> Response:
    """Leave: the button's press, and the one click of a mail program (RFC 8058), which has no session and follows no redirect."""
    stay.leave(shell().parts, token, shell().now)
    return page("left.html", _course(token))


@reader.get("/me/<token>")
def me(token: str) -> Response:
    """Where the reader is, and what comes."""
    return _me(token)


@reader.post("/me/<token>")
def change(token: str) -> Response:
    """Pause, go on, slow down, be spoken to otherwise, or have the last lesson sent again."""
    parts, now, do = shell().parts, shell().now, request.form.get("do")
    match do:
        case "pause":
            place.pause(parts, token)
        case "resume":
            place.resume(parts, token, now)
        case "pace":
            place.choose_pace(parts, token, request.form.get("pace", ""), now)
        case "perspective":
            place.choose_perspective(parts, token, request.form.get("perspective", ""))
        case "again":
            place.again(parts, token, now)
    return _me(token, done=do)


def _me(token: str, *, done: str | None = None) -> Response:
    found = place.look(shell().parts, token)
    return page(
        "me.html",
        found.course,
        place=found,
        state=found.state,
        states=EnrollmentState,
        due=found.due.astimezone(found.tz) if found.due and found.due > shell().now else None,
        paces=place.PACES,
        done=done,
    )


def _course(token: str) -> Course | None:
    parts = shell().parts
    return parts.library.find(stay.course_of_link(parts, token))
