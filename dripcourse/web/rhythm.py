"""What is done about the course's rhythm on the reader's own page: pause, go on, slow down, be spoken to otherwise."""

from collections.abc import Callable

from flask import Response, request

from dripcourse.services import reader as place
from dripcourse.web.shell import shell


def _pause(token: str) -> None:
    place.pause(shell().parts, token)


def _resume(token: str) -> None:
    place.resume(shell().parts, token, shell().now)


def _pace(token: str) -> None:
    place.choose_pace(shell().parts, token, request.form.get("pace", ""), shell().now)


def _perspective(token: str) -> None:
    place.choose_perspective(shell().parts, token, request.form.get("perspective", ""))


ACTS: dict[str, Callable[[str], Response | None]] = {
    "pause": _pause,
    "resume": _resume,
    "pace": _pace,
    "perspective": _perspective,
}
"""By the word that the button says: done with the link's token; a page of its own, or None for the reader's page again."""
