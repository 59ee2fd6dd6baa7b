"""What is done about lessons on the reader's own page: have one sent again."""

from collections.abc import Callable

from flask import Response

from dripcourse.services import reader as place
from dripcourse.web.shell import shell


def _again(token: str) -> None:
    place.again(shell().parts, token, shell().now)


ACTS: dict[str, Callable[[str], Response | None]] = {
    "again": _again,
}
"""By the word that the button says: done with the link's token; a page of its own, or None for the reader's page again."""
