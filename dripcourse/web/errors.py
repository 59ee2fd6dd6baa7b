"""Every failure as a page in plain words. Nothing of what was sent is repeated or logged, and no traceback is ever shown."""

import logging
from contextlib import suppress

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from dripcourse.domain.errors import DatabaseAway, Forgotten, Gone, JournalAway, NotFound, UsageError
from dripcourse.services import incidents
from dripcourse.web.context import only_course, page, shell

log = logging.getLogger(__name__)

_WORDS = {400: "bad", 404: "missing", 405: "method", 413: "large", 429: "many", 503: "away"}


def add_error_pages(app: Flask) -> None:
    """Answer every error of an app with a page."""
    app.register_error_handler(HTTPException, _by_status)
    app.register_error_handler(Forgotten, lambda _: page("forgotten.html", only_course(), status=410))
    app.register_error_handler(Gone, lambda _: page("gone.html", only_course(), status=410))
    app.register_error_handler(NotFound, lambda _: _page(404))
    app.register_error_handler(UsageError, lambda _: _page(400))
    app.register_error_handler(DatabaseAway, _away)
    app.register_error_handler(Exception, _broken)


def _by_status(error: HTTPException) -> Response:
    response = _page(error.code or 500)
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    if error.code == 429:
        response.headers.setdefault("Retry-After", "60")
    return response


def _away(error: DatabaseAway) -> Response:
    log.error("%s (%s)", error, _route())
    if isinstance(error, JournalAway):
        _tell_of_journal(error)
    response = _page(503)
    response.headers["Retry-After"] = "30"
    return response


def _tell_of_journal(error: JournalAway) -> None:
    """For `/readyz`, and for the scheduler, which finds out when it is over: nothing else may want to be noted for days."""
    parts = shell().parts
    with suppress(DatabaseAway):
        incidents.note(parts, parts.journal.name, str(error), shell().now)


def _broken(error: Exception) -> Response:
    log.error("%s at %s", type(error).__name__, _route())
    return _page(500)


def _route() -> str:
    """The rule that matched, never the address that was asked for: that may hold a token."""
    return f"{request.method} {request.url_rule.rule if request.url_rule else '(no route)'}"


def _page(status: int) -> Response:
    words = _WORDS.get(status, "bad" if status < 500 else "broken")
    if status == 404 and request.path.startswith("/leave"):
        words = "leave"  # whoever wants to leave must not be left with a link to the sign-up page
    return page("error.html", only_course(), status=status, words=words)
