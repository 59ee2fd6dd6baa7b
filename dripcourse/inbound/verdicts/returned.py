"""What a report holds beside its words: the fields of each recipient, and the headers of the mail that it is about."""

import re
from collections.abc import Iterator
from itertools import islice

from dripcourse.inbound.mime.message import Headers, Message, Part
from dripcourse.inbound.mime.parse import parse
from dripcourse.inbound.mime.values import ids

MOST_BLOCKS = 50
_FAR = 262_144
"""Characters of text that are searched for returned headers."""
_BLANK = re.compile(rb"\n[ \t]*\r?\n")
_RETURNED = frozenset(
    {"message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}
)
_REPORTS = ("message/delivery-status", "message/global-delivery-status", "message/feedback-report")
_ID_LINE = re.compile(
    r"^[ \t>*|]*(?:message-id|x-original-message-id|x-orig-message-id)[ \t]*:[ \t\n>]*(<[^<>\s]{1,500}>)",
    re.IGNORECASE | re.MULTILINE,
)
_TOKEN = re.compile(r"(?<![a-z0-9])(?:r|leave)\+([a-z2-7]{20,64})(?=@|%40|=)", re.IGNORECASE)


def blocks(message: Message) -> list[Headers]:
    """The groups of fields in every machine-read report: first what is said of the message, then of each recipient (RFC 3464 2)."""
    return [
        parse(group + b"\n\n")
        for part in message.walk()
        if part.kind in _REPORTS
        for group in _BLANK.split(_content(part), MOST_BLOCKS)[:MOST_BLOCKS]
        if group.strip()
    ]


def returned(message: Message) -> list[Part]:
    """The mails that are held within: whole, or their headers only."""
    held = (part for part in message.walk() if part.kind in _RETURNED and part is not message)
    return [part.children[0] if part.children else parse(part.content(_FAR)) for part in islice(held, MOST_BLOCKS)]


def ids_and_tokens(message: Message, text: str, rcpt: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Message ids of what came back, and the tokens in its addresses and in `rcpt`: in held mails, fields of reports, quoted text."""
    values = list(_values(message))
    searched = "\n".join([rcpt, *values, text[:_FAR]])
    found = [ident for held in returned(message) for ident in ids(held.value("message-id"))]
    found += [
        ident
        for name in ("x-original-message-id", "original-message-id")
        for block in blocks(message)
        for ident in ids(block.value(name))
    ]
    found += [ident for line in _ID_LINE.findall(searched) for ident in ids(line)]
    found += [ident for name in ("in-reply-to", "references") for ident in ids(message.value(name))]
    tokens = dict.fromkeys(token.lower() for token in _TOKEN.findall(searched))
    return tuple(dict.fromkeys(found))[:MOST_BLOCKS], tuple(tokens)[:MOST_BLOCKS]


def _values(message: Message) -> Iterator[str]:
    """Every header and field in which an address or an id of ours may stand."""
    for held in (*returned(message), *blocks(message)):
        for each in held.fields[:200]:
            yield each.value[:2_000]
    for part in message.walk():
        if part.kind in _RETURNED and not part.children and part.kind.startswith("text/"):
            yield part.string(_FAR)


def _content(part: Part) -> bytes:
    """A report's bytes. The parser takes what a `message/...` part holds for a message, so its own place is asked."""
    return part.content(_FAR)
