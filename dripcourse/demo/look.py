"""What the demo page shows, as its own address says it: there is no cookie and no session."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from werkzeug.datastructures import MultiDict

_SINCE = "%Y%m%dT%H%M%SZ"


class View(StrEnum):
    """The three faces of a mail, and answering it."""

    RENDERED = "rendered"
    TEXT = "text"
    HEADERS = "headers"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class Look:
    """`box` and `mail`: which mailbox and which mail of it (None: the newest); `page`: what the reader's browser shows (a local path).

    `since`: mails dated after this instant came with the latest turn of the clock.
    """

    box: int | None = None
    mail: str | None = None
    view: View = View.RENDERED
    page: str = ""
    since: datetime | None = None

    def url(self, at: str = "", **other: Any) -> str:  # noqa: ANN401
        """The address of the demo page that shows this, with what is `other`; `at` names the part to jump to."""
        query = urlencode(self.fields(**other), quote_via=quote, safe="/")
        return "/" + (f"?{query}" if query else "") + (f"#{at}" if at else "")

    def fields(self, **other: Any) -> list[tuple[str, str]]:  # noqa: ANN401
        """The names and values that say this in an address or a form, with what is `other`."""
        look = replace(self, **other)
        said = {
            "box": look.box,
            "mail": look.mail,
            "view": None if look.view is View.RENDERED else look.view.value,
            "page": look.page,
            "since": look.since.astimezone(UTC).strftime(_SINCE) if look.since else None,
        }
        return [(name, str(value)) for name, value in said.items() if value]


def read_look(said: MultiDict[str, str]) -> Look:
    """The look that an address or a form asks for; whatever makes no sense is left out."""
    return Look(
        box=_number(said.get("box", "")),
        mail=said.get("mail") or None,
        view=View(said["view"]) if said.get("view") in set(View) else View.RENDERED,
        page=local_page(said.get("page", "")),
        since=_instant(said.get("since", "")),
    )


def local_page(path: str) -> str:
    """`path` if it is one of the product's own pages, else nothing: the demo frames neither strangers nor itself."""
    parts = urlsplit(path)
    own = not parts.scheme and not parts.netloc and path.startswith("/") and not path.startswith(("//", "/demo/"))
    return path if own and parts.path != "/" and "\\" not in path and path.isprintable() else ""


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None


def _instant(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _SINCE).replace(tzinfo=UTC)
    except ValueError:
        return None
