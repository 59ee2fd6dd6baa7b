"""What the links in a mail open: leaving, and the reader's own page. The token is the only key, and opening changes nothing."""

from collections.abc import Callable

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from dripcourse.domain.course import Course
from dripcourse.domain.errors import Gone
from dripcourse.services import links
from dripcourse.services import links as services_links
from dripcourse.services.enrollment import lifecycle
from dripcourse.services.reader import page as reader_page
from dripcourse.web.context import page, shell, speak
from dripcourse.web.reader import lessons, preferences, replies
from dripcourse.web.reader.page import me_page

reader = Blueprint("reader", __name__)

MOST_FORM_BYTES = 1_000_000
"""Far more than is kept of one answer, in any alphabet: what is too long comes back to its writer, who can then part it."""

_READERS_OWN = ("/me/", "/leave/")

_ACTS: dict[str, Callable[[str], Response | None]] = {
    **preferences.ACTS,
    **lessons.ACTS,
    **replies.ACTS,
}


@reader.before_app_request
def speak_their_language() -> None:
    """Whatever a link from a mail opens is said in the language that its reader chose."""
    token = (request.view_args or {}).get("token")
    if token and request.path.startswith(_READERS_OWN):
        speak(services_links.language_of(shell().parts, token))


@reader.get("/leave/<token>")
def leave_page(token: str) -> Response:
    """One button, or the news that it is done already."""
    try:
        left = links.has_left(shell().parts, token)
    except Gone:
        return page("left.html")
    return page("left.html" if left else "leave.html", _course(token))


@reader.post("/leave/<token>")
def leave(token: str) -> Response:
    """Leave: the button's press, and the one click of a mail program (RFC 8058), which has no session and follows no redirect."""
    try:
        lifecycle.leave(shell().parts, token, shell().now)
    except Gone:  # all is erased: no more of them will come, and that is what was wanted
        return page("left.html")
    return page("left.html", _course(token))


@reader.get("/me/<token>")
def me(token: str) -> Response:
    """Where the reader is, and what comes."""
    return me_page(token)


@reader.post("/me/<token>")
def change(token: str) -> Response:
    """Do what the pressed button says, and confirm it on the page. A word that there is not changes nothing."""
    request.max_content_length = request.max_form_memory_size = MOST_FORM_BYTES
    try:
        do = request.form.get("do", "")
    except RequestEntityTooLarge:
        return page("error.html", reader_page.look(shell().parts, token).course, status=413, words="long")
    act = _ACTS.get(do)
    return (act and act(token)) or me_page(token, done=do)


def _course(token: str) -> Course | None:
    parts = shell().parts
    return parts.library.find(links.course_of_link(parts, token))
