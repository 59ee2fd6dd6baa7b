"""What is done about answers on the reader's own page: write, share, take back, delete. No act here shows what was written."""

from collections.abc import Callable

from flask import Response, request

from dripcourse.services import reader as place
from dripcourse.services import writing
from dripcourse.web.me import answer_purpose, me_page, told
from dripcourse.web.shell import page, shell
from dripcourse.web.tokens import Made

_ALL = "all"


def _write(token: str) -> Response | None:
    """Keep an answer, or show it again with what is wrong. The form's token holds its id, so one press is one answer however often it comes."""
    text, ident = request.form.get("text", "").replace("\r\n", "\n"), request.form.get("answer", "")
    if not text.strip():
        return me_page(token, text=text, wrong="nothing", status=400)
    if writing.too_long(text):
        return me_page(token, text=text, wrong="long", status=413)
    if shell().form_tokens.read(request.form.get("token", ""), answer_purpose(token, ident)) is not Made.BY_US:
        return me_page(token, text=text, wrong="stale", status=400)
    writing.write(shell().parts, token, text, ident, shell().now)
    return None


def _share(token: str) -> None:
    writing.share(shell().parts, token, request.form.get("answer", ""), shell().now)


def _take_back(token: str) -> None:
    writing.take_back(shell().parts, token, request.form.get("answer", ""))


def _ask_to_delete(token: str) -> Response | None:
    """One button, and what it does. It is asked for by a press too, so that nothing that follows links comes near it."""
    parts, ident = shell().parts, _which()
    found = [each for each in writing.look(parts, token).kept if ident in (None, each.id)]
    if not found:
        return None
    course = place.look(parts, token).course
    return page("delete.html", course, token=token, answer=ident or _ALL, kept=told(found))


def _delete(token: str) -> None:
    writing.delete(shell().parts, token, _which(), shell().now)


def _which() -> str | None:
    """The id of the answer that a press is about; None if it is about all of them."""
    ident = request.form.get("answer", "")
    return None if ident == _ALL else ident


ACTS: dict[str, Callable[[str], Response | None]] = {
    "write": _write,
    "share": _share,
    "take-back": _take_back,
    "delete": _ask_to_delete,
    "delete-now": _delete,
}
"""By the word that the button says: done with the link's token; a page of its own, or None for the reader's page again."""
