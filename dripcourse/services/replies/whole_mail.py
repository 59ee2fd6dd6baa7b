"""The whole text of the mail that a reply came in: what extraction hides is not deleted, and can be opened by whoever may read the reply."""

import re

from dripcourse.inbound import whole_text
from dripcourse.services.parts import Rules

_BLANKS = re.compile(r"[\s>]+")


def beyond(raw: bytes | None, words: str) -> str | None:
    """The whole text of a raw message, as its mail program showed it, if it says more than these words; else None."""
    whole = whole_text(raw) if raw else ""
    return whole if _BLANKS.sub("", whole) not in ("", _BLANKS.sub("", words)) else None


def without_links(rules: Rules, text: str) -> str:
    """The text without the private links and reply addresses in a quoted mail: the host reads an answer, and does not hold its reader's keys."""
    web, mail = re.escape(rules.base_url), re.escape(rules.reply_domain)
    # a link may be wrapped by the mail program that quoted it; its token is then on the next line
    text = re.sub(rf"{web}/(?:me|leave|own|confirm|was-it-you)/[\s>]*[\w.~-]+", "[private link]", text)
    return re.sub(rf"\b(?:r|leave)\+[\w.~-]+@{mail}", "[private address]", text, flags=re.IGNORECASE)
