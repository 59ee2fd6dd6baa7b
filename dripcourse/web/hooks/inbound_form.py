"""What SendGrid's Inbound Parse posts, as the message that it was.

Two forms. The raw one holds the whole message in the field `email`. The default one holds its headers as they came, and its text
and HTML each in a charset of its own that `charsets` names: all are read as bytes, never as a form's texts, or every letter
outside ASCII would be lost. Of the default form a message is made again (RFC 2045): the headers as posted, the parts byte for
byte. The same post always makes the same message, so that one which is posted again is known again.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from dripcourse.domain.incoming import Arrival, Door
from dripcourse.web.hooks.rebuild_mime import Piece, remade

UNREADABLE = "posted in a form that could not be read: kept as it came"
_MOST_PARTS = 2_000
_TELLING = frozenset({"headers", "from", "subject", "text", "html"})
_CHARSET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+-]{0,39}")


@dataclass(slots=True)
class _Part:
    filename: str | None
    content_type: str
    pieces: list[bytes] = field(default_factory=list)

    @property
    def data(self) -> bytes:
        return b"".join(self.pieces)

    @property
    def text(self) -> str:
        return self.data.decode("utf-8", "replace").strip()


def read_post(pieces: list[bytes], content_type: str, *, missing: int = 0) -> Arrival:
    """The message in a post, whose body comes in pieces, less the `missing` bytes at its end. Never raises.

    What cannot be read as such a form is kept as it came, and says so.
    """
    parts, whole = _parts(pieces, content_type)
    readable = whole or missing > 0
    if readable and "email" in parts:
        raw, note = parts["email"].data, ""
    elif readable and _TELLING & parts.keys():
        raw, note = _message(parts), ""
    else:
        raw, note = b"".join(pieces), UNREADABLE
    envelope = _object(parts, "envelope")
    to, sender = envelope.get("to"), envelope.get("from")
    return Arrival(
        Door.SENDGRID,
        raw,
        tuple(each for each in (to if isinstance(to, list) else [to]) if isinstance(each, str)),
        sender if isinstance(sender, str) else None,
        spf=_said(parts, "SPF"),
        dkim=_said(parts, "dkim"),
        size=len(raw) + missing,
        note=note,
    )


def _parts(pieces: Iterable[bytes], content_type: str) -> tuple[dict[str, _Part], bool]:
    """The form's parts by name, the first of each, and whether it was read to its end."""
    kind, options = parse_options_header(content_type)
    boundary = options.get("boundary", "").encode("utf-8", "replace")
    if kind.lower() != "multipart/form-data" or not boundary:
        return {}, False
    found: dict[str, _Part] = {}
    decoder = MultipartDecoder(boundary, max_parts=_MOST_PARTS)
    try:
        for piece in (*pieces, None):
            decoder.receive_data(piece)
            if _drain(decoder, found):
                return found, True
    except (ValueError, AttributeError, HTTPException):
        pass  # it is no such form from here on; which of these it is depends on where it breaks
    return found, False


def _drain(decoder: MultipartDecoder, found: dict[str, _Part]) -> bool:
    """Take what the decoder has; whether that was the end."""
    while not isinstance(event := decoder.next_event(), NeedData):
        match event:
            case Field(name=name, headers=headers):
                _open(found, name, _Part(None, headers.get("Content-Type", "")))
            case File(name=name, filename=filename, headers=headers):
                _open(found, name, _Part(filename, headers.get("Content-Type", "")))
            case Data(data=data):
                next(reversed(found.values())).pieces.append(data)
            case Epilogue():
                return True
    return False


def _open(found: dict[str, _Part], name: str | None, part: _Part) -> None:
    """Begin a part. A second one of a name is kept under another, so that nothing is lost and nothing is replaced."""
    key = name or ""
    while key in found:
        key += "+"
    found[key] = part


def _message(parts: dict[str, _Part]) -> bytes:
    charsets, about = _object(parts, "charsets"), _object(parts, "attachment-info")
    bodies = [
        Piece(f"text/{kind}", parts[name].data, _charset(charsets.get(name)))
        for name, kind in (("text", "plain"), ("html", "html"))
        if name in parts
    ]
    files = sorted(
        ((name, part) for name, part in parts.items() if part.filename is not None),
        key=lambda named: (len(named[0]), named[0]),
    )
    attached = [_attachment(part, about.get(name)) for name, part in files]
    headers = parts["headers"].data if "headers" in parts else b""
    spoken = {name: " ".join(parts[name.lower()].text.split()) for name in _SPOKEN if name.lower() in parts}
    return remade(headers, spoken, bodies, attached)


_SPOKEN = ("From", "To", "Cc", "Subject")
"""Headers that the form tells in fields of their own as well, in UTF-8."""


def _attachment(part: _Part, told: object) -> Piece:
    kind, options = parse_options_header(part.content_type)
    info = told if isinstance(told, dict) else {}
    charset = options.get("charset") or info.get("charset")
    return Piece(kind, part.data, _charset(charset) if charset else "", part.filename or "")


def _charset(name: object) -> str:
    return name if isinstance(name, str) and _CHARSET.fullmatch(name) else "utf-8"


def _said(parts: dict[str, _Part], name: str) -> str:
    return parts[name].text if name in parts else ""


def _object(parts: dict[str, _Part], name: str) -> dict[str, Any]:
    try:
        said = json.loads(_said(parts, name) or "{}")
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
