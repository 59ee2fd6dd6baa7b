"""What the links in a mail open: leaving, and the reader's own page. The token is the only key, and opening changes nothing."""

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from dripcourse.domain.course import Course
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.services import reader as place
from dripcourse.services import stay, writing
from dripcourse.services.keys import new_id
from dripcourse.services.replies import FROM_PAGE, Kept
from dripcourse.web.shell import page, shell
from dripcourse.web.tokens import Made

reader = Blueprint("reader", __name__)

MOST_FORM_BYTES = 1_000_000
"""Far more than is kept of one answer, in any alphabet: what is too long comes back to its writer, who can then part it."""
_ALL = "all"


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
    """Pause, go on, slow down, be spoken to otherwise, have the last lesson sent again; answer, share, and delete what was written."""
    request.max_content_length = request.max_form_memory_size = MOST_FORM_BYTES
    try:
        form = request.form
    except RequestEntityTooLarge:
        return page("error.html", place.look(shell().parts, token).course, status=413, words="long")
    parts, now, do = shell().parts, shell().now, form.get("do")
    match do:
        case "pause":
            place.pause(parts, token)
        case "resume":
            place.resume(parts, token, now)
        case "pace":
            place.choose_pace(parts, token, form.get("pace", ""), now)
        case "perspective":
            place.choose_perspective(parts, token, form.get("perspective", ""))
        case "again":
            place.again(parts, token, now)
        case _:
            return _about_answers(token, do)
    return _me(token, done=do)


def _about_answers(token: str, do: str | None) -> Response:
    """Write, share, take back, or delete. A word that there is not changes nothing."""
    parts, now, form = shell().parts, shell().now, request.form
    match do:
        case "write":
            return _write(token, form.get("text", "").replace("\r\n", "\n"), form.get("answer", ""))
        case "share":
            writing.share(parts, token, form.get("answer", ""), now)
        case "take-back":
            writing.take_back(parts, token, form.get("answer", ""))
        case "delete":
            return _delete_page(token, _which())
        case "delete-now":
            writing.delete(parts, token, _which(), now)
    return _me(token, done=do)


def _write(token: str, text: str, ident: str) -> Response:
    """Keep an answer, or show it again with what is wrong. The form's token holds its id, so one press is one answer however often it comes."""
    if not text.strip():
        return _me(token, text=text, wrong="nothing", status=400)
    if writing.too_long(text):
        return _me(token, text=text, wrong="long", status=413)
    if shell().form_tokens.read(request.form.get("token", ""), _purpose(token, ident)) is not Made.BY_US:
        return _me(token, text=text, wrong="stale", status=400)
    writing.write(shell().parts, token, text, ident, shell().now)
    return _me(token, done="write")


def _which() -> str | None:
    """The id of the answer that a press is about; None if it is about all of them."""
    ident = request.form.get("answer", "")
    return None if ident == _ALL else ident


def _purpose(token: str, ident: str) -> str:
    """What the token of the form is made for: this answer, from this link."""
    return f"answer {ident} {token}"


def _delete_page(token: str, ident: str | None) -> Response:
    """One button, and what it does. It is asked for by a press too, so that nothing that follows links comes near it."""
    parts = shell().parts
    found = [each for each in writing.look(parts, token).kept if ident in (None, each.id)]
    if not found:
        return _me(token)
    return page("delete.html", _course_of(token), token=token, answer=ident or _ALL, kept=_told(found))


def _me(token: str, *, done: str | None = None, text: str = "", wrong: str = "", status: int = 200) -> Response:
    parts, ident = shell().parts, new_id()
    found, answers = place.look(parts, token), writing.look(parts, token)
    return page(
        "me.html",
        found.course,
        status=status,
        token=token,
        place=found,
        state=found.state,
        states=EnrollmentState,
        due=found.due.astimezone(found.tz) if found.due and found.due > shell().now else None,
        paces=place.PACES,
        done=done,
        question=answers.question,
        kept=_told(answers.kept),
        tz=found.tz,
        from_page=FROM_PAGE,
        text=text,
        wrong=wrong,
        answer=ident,
        form_token=shell().form_tokens.make(_purpose(token, ident)),
    )


def _told(kept: list[Kept]) -> list[tuple[Kept, str]]:
    """Each thing that was written, with the subject of the mail that it answers; empty if that is not known any more."""
    courses = shell().parts.library.courses
    found = []
    for each in kept:
        course = courses.get(each.course)
        lesson = course.lesson(each.lesson or "") if course else None
        found.append((each, lesson.subject if lesson else ""))
    return found


def _course_of(token: str) -> Course:
    return place.look(shell().parts, token).course


def _course(token: str) -> Course | None:
    parts = shell().parts
    return parts.library.find(stay.course_of_link(parts, token))
