"""The section of the reader's page on how mails look from outside: what was typed, what is wrong with it, what a mailbox would show."""

from dataclasses import dataclass, field
from typing import Any

from flask import request

from dripcourse.domain.appearance import MOST_NAME, MOST_SUBJECT, Cover, Style, own_cover, style_of
from dripcourse.services.reader import appearance
from dripcourse.web.context import shell


@dataclass(frozen=True, slots=True)
class Tried:
    """What somebody typed. `before` is what stood until they changed it, so that it can be changed back."""

    cover: Cover | None = None
    wrong: dict[str, str] = field(default_factory=dict)
    before: Cover | None = None
    done: str = ""


NOTHING_TRIED = Tried()


def typed() -> Cover:
    """The form as it was sent, unread; what was typed into fields that the choice does not need stays with it, to be shown again."""
    form = request.form
    style = style_of(form.get("style", ""))
    return Cover(style, form.get("name", ""), form.get("subject", ""), form.get("behind") == "yes")


def checked(typed: Cover) -> Cover:
    """As it would be kept. Raises CoverError."""
    if typed.style is Style.OWN:
        return own_cover(typed.name, typed.subject, behind_link=typed.behind_link)
    return Cover(typed.style, behind_link=typed.behind_link)


def cover_context(token: str, tried: Tried) -> dict[str, Any]:
    """What the section shows. Raises NotFound."""
    looks = appearance.look(shell().parts, token, None if tried.wrong else tried.cover and checked(tried.cover))
    return {
        "tried": tried,
        "form": tried.cover or looks.chosen,
        "looks": looks,
        "styles": Style,
        "most": {"name": MOST_NAME, "subject": MOST_SUBJECT},
    }
