"""Own words returned: the page that a phrase opens, and the one behind a fresh link. Opening either shows not a word and changes nothing."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, Response, make_response, request, url_for

from dripcourse.domain.course import Course
from dripcourse.services.crypto.keyring import new_id
from dripcourse.services.reader import page as reader_page
from dripcourse.services.replies import magic_link, read
from dripcourse.services.replies.read import OwnWords
from dripcourse.web.context import page, shell
from dripcourse.web.form_tokens import Made
from dripcourse.web.passphrase_errors import Trouble, new_phrase_fault, trouble

own = Blueprint("own", __name__)

_STALE = Trouble("stale")


@own.get("/me/<token>/own")
def show(token: str) -> Response:
    """How this reader can come to their own words."""
    return own_page(token)


@own.post("/me/<token>/own")
def act(token: str) -> Response:
    """Do what the pressed button says. A word that there is not changes nothing."""
    do = request.form.get("do", "")
    done = _ACTS.get(do)
    return done(token, do) if done else own_page(token)


@own.get("/own/<token>")
def show_link(token: str) -> Response:
    """One button, and how long the link is good."""
    return _link_page(token)


@own.post("/own/<token>")
def act_link(token: str) -> Response:
    """Show the words, save them, or lock them with a phrase."""
    parts, now, do = shell().parts, shell().now, request.form.get("do", "")
    if do == "set":
        return _set_by_link(token)
    if do not in _WAYS:
        return _link_page(token)
    found, link = magic_link.read(parts, token, now), magic_link.look(parts, token, now)
    return _given(found, do, parts.library.courses.get(link.course), url_for("own.show_link", token=token))


@own.errorhandler(magic_link.RunOut)
def run_out(_: magic_link.RunOut) -> Response:
    """The link was good for half an hour; how to ask for another."""
    return page("own_run_out.html", status=410)


def own_page(
    token: str, *, done: str = "", wrong: Trouble | None = None, about: str = "", status: int | None = None
) -> Response:
    """The page behind `/me/TOKEN/own`. `done` is what was just done; `wrong` is what went wrong, in the form that it is `about`."""
    parts = shell().parts
    standing, found = read.look(parts, token), reader_page.look(parts, token)
    return page(
        "own.html",
        found.course,
        status=status or (wrong.status if wrong else 200),
        token=token,
        own=standing,
        done=done,
        wrong=wrong,
        about=about,
        **phrase_form(token),
    )


def phrase_form(token: str) -> dict[str, Any]:
    """The hidden fields of a form that sets a phrase: one press is one phrase, however often it comes."""
    ident = new_id()
    return {"phrase_id": ident, "phrase_token": shell().form_tokens.make(_purpose(token, ident))}


def _purpose(token: str, ident: str) -> str:
    return f"phrase {ident} {token}"


def _read(token: str, do: str) -> Response:
    found: list[OwnWords] = []
    parts, typed = shell().parts, request.form.get("phrase", "")
    wrong = trouble(lambda: found.append(read.read(parts, token, typed, shell().now)))
    if wrong:
        return own_page(token, wrong=wrong, about="read")
    return _given(found[0], do, reader_page.look(parts, token).course, url_for("own.show", token=token))


def _set(token: str, _do: str) -> Response:
    parts = shell().parts
    wrong = _setting(token, lambda typed, ident: read.set_phrase(parts, token, typed, ident, shell().now))
    return own_page(token, wrong=wrong, about="set") if wrong else own_page(token, done="set")


def _set_by_link(token: str) -> Response:
    parts = shell().parts

    def act(typed: str, ident: str) -> None:
        magic_link.set_phrase(parts, token, typed, ident, shell().now)

    wrong = _setting(token, act)
    return _link_page(token, wrong=wrong) if wrong else page("own_locked.html")


def _setting(token: str, act: Callable[[str, str], None]) -> Trouble | None:
    """Set the phrase that a form holds; what is wrong with it, if anything is."""
    typed, again, ident = (request.form.get(name, "") for name in ("phrase", "phrase_again", "phrase_id"))
    if shell().form_tokens.read(request.form.get("phrase_token", ""), _purpose(token, ident)) is not Made.BY_US:
        return _STALE
    return new_phrase_fault(typed, again) or trouble(lambda: act(typed, ident))


def _change(token: str, _do: str) -> Response:
    old, typed, again = (request.form.get(name, "") for name in ("old", "phrase", "phrase_again"))
    parts = shell().parts
    wrong = new_phrase_fault(typed, again) or trouble(lambda: read.change_phrase(parts, token, old, typed, shell().now))
    return own_page(token, wrong=wrong, about="change") if wrong else own_page(token, done="change")


def _send(token: str, _do: str) -> Response:
    sent = magic_link.ask(shell().parts, token, shell().now)
    return own_page(token, done="sent" if sent else "enough")


def _not_alone(token: str, _do: str) -> Response:
    read.take_back_alone(shell().parts, token)
    return own_page(token, done="not-alone")


def _link_page(token: str, *, wrong: Trouble | None = None) -> Response:
    parts = shell().parts
    link = magic_link.look(parts, token, shell().now)
    return page(
        "own_link.html",
        parts.library.courses.get(link.course),
        status=wrong.status if wrong else 200,
        token=token,
        until=link.until.astimezone(link.tz),
        tz=link.tz,
        wrong=wrong,
        **phrase_form(token),
    )


def _given(found: OwnWords, do: str, course: Course | None, back: str) -> Response:
    """The words: as a page to look at, or as a file to keep."""
    today = shell().now.astimezone(found.tz).date()
    if do == "read":
        return page("own_words.html", course, words=found, today=today, back=back)
    if do == "save":
        return _file(page("own_file.html", course, words=found, today=today), today, "html")
    return _file(make_response(json.dumps(_as_data(found, today), ensure_ascii=False, indent=1)), today, "json")


def _file(response: Response, today: date, ending: str) -> Response:
    """As a file with a name that says nothing."""
    response.headers["Content-Type"] = {"html": "text/html", "json": "application/json"}[ending] + "; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="notes-{today.isoformat()}.{ending}"'
    return response


def _as_data(found: OwnWords, today: date) -> dict[str, Any]:
    return {
        "made": today.isoformat(),
        "courses": [
            {
                "title": course.title,
                "language": course.language,
                "lessons": [
                    {
                        "subject": lesson.asked.subject if lesson.asked else None,
                        "prompt": lesson.asked.prompt if lesson.asked else None,
                        "answers": [
                            {
                                "at": each.at.isoformat(),
                                "by_mail": each.by_mail,
                                "shared": each.shared,
                                "text": each.text,
                                "whole_mail": each.whole,
                            }
                            for each in lesson.entries
                        ],
                    }
                    for lesson in course.lessons
                ],
            }
            for course in found.courses
        ],
    }


_WAYS = ("read", "save", "data")
_ACTS: dict[str, Callable[[str, str], Response]] = {
    **dict.fromkeys(_WAYS, _read),
    "set": _set,
    "change": _change,
    "send": _send,
    "not-alone": _not_alone,
}
