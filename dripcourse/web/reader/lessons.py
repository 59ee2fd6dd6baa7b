"""What is done about lessons on the reader's own page: read earlier ones again, have one sent, choose how they look from outside."""

from collections.abc import Callable

from flask import Blueprint, Response, request

from dripcourse.content.reread import blocks
from dripcourse.domain.appearance import CoverError
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.services.reader import appearance, lessons
from dripcourse.services.reader import page as reader_page
from dripcourse.web.context import page, shell
from dripcourse.web.reader.appearance import Tried, checked, typed
from dripcourse.web.reader.page import me_page

earlier = Blueprint("earlier", __name__)


@earlier.get("/me/<token>/letters")
def every(token: str) -> Response:
    """The lessons that went to this reader."""
    return _every(token)


@earlier.post("/me/<token>/letters")
def send(token: str) -> Response:
    """Send a copy of one of them, and say so. A word that there is not changes nothing."""
    slug = request.form.get("lesson", "")
    if request.form.get("do") == "again":
        reader_page.again(shell().parts, token, shell().now, slug=slug)
        return _every(token, copied=slug)
    return _every(token)


@earlier.get("/me/<token>/letters/<which>")
def one(token: str, which: str) -> Response:
    """One of them as it was sent."""
    found = lessons.read(shell().parts, token, which, shell().now)
    return page("reread.html", found.course, token=token, found=found, blocks=blocks(found.text))


def _every(token: str, copied: str = "") -> Response:
    found = lessons.look(shell().parts, token)
    return page("earlier.html", found.course, token=token, earlier=found, copied=copied, states=EnrollmentState)


def _again(token: str) -> None:
    reader_page.again(shell().parts, token, shell().now)


def _cover(token: str) -> Response:
    """From now on they look so; or the form again, with everything that was typed and what is wrong with it."""
    wanted = typed()
    try:
        before = appearance.choose(shell().parts, token, checked(wanted))
    except CoverError as error:
        return me_page(token, tried=Tried(wanted, wrong=error.wrong), status=400)
    return me_page(token, tried=Tried(before=before, done="changed"))


def _cover_look(token: str) -> Response:
    """How it would look. Nothing is kept."""
    wanted = typed()
    try:
        checked(wanted)
    except CoverError as error:
        return me_page(token, tried=Tried(wanted, wrong=error.wrong), status=400)
    return me_page(token, tried=Tried(wanted, done="look"))


ACTS: dict[str, Callable[[str], Response | None]] = {
    "again": _again,
    "cover": _cover,
    "cover-look": _cover_look,
}
"""By the word that the button says: done with the link's token; a page of its own, or None for the reader's page again."""
