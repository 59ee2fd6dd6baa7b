"""What is done about answers on the reader's own page: write, share, take back, delete. No act here shows what was written."""

from collections.abc import Callable

from flask import Response, request

from dripcourse.services.reader import page as reader_page
from dripcourse.services.replies import read, write
from dripcourse.services.replies.store import Kept
from dripcourse.web.context import page, shell
from dripcourse.web.form_tokens import Made
from dripcourse.web.passphrase_errors import Trouble, new_phrase_fault, trouble
from dripcourse.web.reader.page import answer_purpose, me_page, told

_ALL = "all"


def _write(token: str) -> Response | None:
    """Keep an answer, or show it again with what is wrong. The form's token holds its id, so one press is one answer however often it comes."""
    text, ident = request.form.get("text", "").replace("\r\n", "\n"), request.form.get("answer", "")
    share = request.form.get("share") == "yes"
    if not text.strip():
        return me_page(token, text=text, share=share, wrong="nothing", status=400)
    if write.too_long(text):
        return me_page(token, text=text, share=share, wrong="long", status=413)
    if shell().form_tokens.read(request.form.get("token", ""), answer_purpose(token, ident)) is not Made.BY_US:
        return me_page(token, text=text, share=share, wrong="stale", status=400)
    typed, again = request.form.get("phrase", ""), request.form.get("phrase_again", "")
    wrong = new_phrase_fault(typed, again) if typed or again else None
    wrong = wrong or trouble(
        lambda: write.write(shell().parts, token, text, ident, shell().now, shared=share, phrase=typed)
    )
    return me_page(token, text=text, share=share, phrase_wrong=wrong, status=wrong.status) if wrong else None


def _share(token: str) -> Response | None:
    """Let the host read one answer. What a phrase locks is shared by the phrase alone: a page asks for it, and nothing is done yet."""
    parts, ident = shell().parts, request.form.get("answer", "")
    found = [each for each in write.look(parts, token).kept if each.id == ident]
    if found and found[0].by_phrase and not found[0].shared:
        return _share_page(token, found)
    write.share(parts, token, ident, shell().now)
    return None


def _share_by_phrase(token: str) -> Response | None:
    parts, ident, typed = shell().parts, request.form.get("answer", ""), request.form.get("phrase", "")
    wrong = trouble(lambda: read.share(parts, token, ident, typed, shell().now))
    found = [each for each in write.look(parts, token).kept if each.id == ident]
    return _share_page(token, found, wrong=wrong) if wrong else me_page(token, done="share")


def _share_page(token: str, found: list[Kept], wrong: Trouble | None = None) -> Response:
    here = reader_page.look(shell().parts, token)
    status = wrong.status if wrong else 200
    return page("share.html", here.course, status=status, token=token, kept=told(found), tz=here.tz, wrong=wrong)


def _take_back(token: str) -> None:
    write.take_back(shell().parts, token, request.form.get("answer", ""))


def _ask_to_delete(token: str) -> Response | None:
    """One button, and what it does. It is asked for by a press too, so that nothing that follows links comes near it."""
    parts, ident = shell().parts, _which()
    found = [each for each in write.look(parts, token).kept if ident in (None, each.id)]
    if not found and not (ident is None and read.look(parts, token).phrase_since):
        return None
    course = reader_page.look(parts, token).course
    phrase = ident is None and read.look(parts, token).phrase_since is not None
    return page("delete.html", course, token=token, answer=ident or _ALL, kept=told(found), phrase=phrase)


def _delete(token: str) -> None:
    write.delete(shell().parts, token, _which(), shell().now)


def _which() -> str | None:
    """The id of the answer that a press is about; None if it is about all of them."""
    ident = request.form.get("answer", "")
    return None if ident == _ALL else ident


ACTS: dict[str, Callable[[str], Response | None]] = {
    "write": _write,
    "share": _share,
    "share-now": _share_by_phrase,
    "take-back": _take_back,
    "delete": _ask_to_delete,
    "delete-now": _delete,
}
"""By the word that the button says: done with the link's token; a page of its own, or None for the reader's page again."""
