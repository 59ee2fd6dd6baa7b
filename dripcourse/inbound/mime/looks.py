"""What an element is by its looks: hidden, quotation, or the line above a quotation. Each rule names the programs that write so."""

import re
from collections.abc import Mapping

Attributes = Mapping[str, str | None]

_HIDDEN = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all|font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|!|$)"
    r"|max-height\s*:\s*0(?:px)?\s*(?:;|!|$))",
    re.IGNORECASE,
)
_INDENTED = re.compile(r"margin(?:-left)?\s*:\s*(?:0(?:px)?\s+0(?:px)?\s+0(?:px)?\s+)?40px", re.IGNORECASE)
_NO_BORDER = re.compile(r"border(?:-left)?\s*:\s*(?:none|0)|border-width\s*:\s*0", re.IGNORECASE)
_LEFT_BORDER = re.compile(r"border-left\s*:\s*(?!none|0(?:px)?\s*(?:;|$))", re.IGNORECASE)
_TOP_BORDER = re.compile(
    r"border\s*:\s*none.{0,80}border-top\s*:\s*solid\s+(?:#|windowtext|rgb)", re.IGNORECASE | re.DOTALL
)

_QUOTING = ("yahoo_quoted",)
_OPENING_IDS = frozenset(
    {
        "divrplyfwdmsg",  # Outlook on the web and its mobile programs
        "x_divrplyfwdmsg",
        "mail-editor-reference-message-container",  # Outlook for Android and iOS since 2023
    }
)


def is_hidden(attributes: Attributes) -> bool:
    """Whether nobody sees it: preview texts, tracking, what is there for other programs."""
    return "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style") or ""))


def is_quotation(tag: str, attributes: Attributes) -> bool:
    """Whether all within is quoted from another mail."""
    classes, style = (attributes.get("class") or "").lower(), attributes.get("style") or ""
    if tag == "blockquote":
        is_marked = (attributes.get("type") or "").lower() == "cite" or "quote" in classes or "cite" in attributes
        # the indent button of Gmail and others makes a blockquote too: those words are the person's own
        return is_marked or not (_INDENTED.search(style) and (_NO_BORDER.search(style) or "border" not in style))
    if tag != "div":
        return False
    return (
        any(name in classes for name in _QUOTING)  # Yahoo, AOL
        or (attributes.get("name") or "").lower() == "quote"  # GMX, web.de
        or (bool(_LEFT_BORDER.search(style)) and "margin" in style and "padding" in style)
    )


def opens_quotation(tag: str, attributes: Attributes) -> bool:
    """Whether it begins the block of headers under which Outlook puts the mail that is answered, to the end of the page."""
    if tag != "div":
        return False
    return (attributes.get("id") or "").lower() in _OPENING_IDS or bool(
        _TOP_BORDER.search(attributes.get("style") or "")
    )
