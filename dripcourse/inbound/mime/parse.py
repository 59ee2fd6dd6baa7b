"""A raw message taken apart (RFC 5322, 2045, 2046), whatever it holds. Never raises, never hangs, on any bytes.

The standard library's parsers raise, hang or run out of stack on real mail; this one goes over the bytes once, with a stack of
boundaries, and copies nothing before it is asked for. Work is bounded by counts: so many parts, so deep, so many headers.
"""

import re

from dripcourse.inbound.mime.charset import decode, safe_line
from dripcourse.inbound.mime.message import Header, Message, Part
from dripcourse.inbound.mime.values import parameters

MOST_PARTS, DEEPEST = 500, 40
MOST_CANDIDATES = 100_000
"""Lines that begin as a boundary does."""
MOST_HEADERS, MOST_HEADER_BYTES = 1_000, 262_144
"""Of one part."""
LONGEST_VALUE = 65_536
_FIELD = re.compile(rb"([!-9;-~]{1,256})[ \t]*:(.*)", re.DOTALL)
_EMPTY_LINE = re.compile(rb"\n\r?\n")
_CANDIDATE = re.compile(rb"(?:\A|\n)(--([^\n]{1,300}))")
_ENVELOPE = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]{0,1000}(?:>?From [^\n]{0,1000}\n)?")
"""What may stand before the first header: a byte order mark, empty lines, the line by which an mbox file parts its messages."""
_KNOWN = frozenset(
    b"received from to cc subject date message-id in-reply-to references reply-to sender return-path mime-version content-type "
    b"content-transfer-encoding content-disposition delivered-to x-mailer user-agent auto-submitted precedence".split()
)


def parse(raw: bytes) -> Message:
    """The message in `raw`."""
    data = bytes(raw)
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")  # line ends as old Macs wrote them
    return _Reading(data).message


class _Reading:
    """One pass over the bytes. `open` are the multiparts that the place stands in, outermost first; `leaf` is the part it is in."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.message = Message(raw=data)
        self.leaf: Part = self.message
        self.open: list[tuple[bytes, Part]] = []
        self.count = 0
        begin = _ENVELOPE.match(data)
        self._begin(self.message, begin.end() if begin else 0)
        self._split()
        self._close(len(data), 0)

    def _split(self) -> None:
        if not self.open:
            return
        for count, found in enumerate(_CANDIDATE.finditer(self.data, self.message.start and self.message.start - 1)):
            if count >= MOST_CANDIDATES:
                self.message.cut_short = True
                return
            if found.start(1) >= self.leaf.start:
                self._meet(found.start(1), found.end(), found[2].rstrip(b" \t\r"))

    def _meet(self, start: int, end: int, line: bytes) -> None:
        """A line that may be a boundary. The outermost that it fits wins: what was not closed within ends with it."""
        for place, (boundary, part) in enumerate(self.open):
            if line == boundary:
                self._close(start, place + 1)
                self._next(part, min(end + 1, len(self.data)))
                return
            if line.startswith(boundary) and line == boundary + b"--":
                self._close(start, place)
                self.leaf = part
                return

    def _next(self, multipart: Part, start: int) -> None:
        if self.count >= MOST_PARTS:
            self.message.cut_short = True
            self.leaf = multipart
            return
        kind = "message/rfc822" if multipart.kind == "multipart/digest" else "text/plain"
        self._begin(self._below(multipart, kind), start)

    def _below(self, parent: Part, kind: str = "text/plain") -> Part:
        part = Part(kind=kind, parent=parent, depth=parent.depth + 1, raw=self.data)
        parent.children.append(part)
        return part

    def _begin(self, part: Part, start: int) -> None:
        """Read a part's headers; what it holds is opened if it holds parts. An embedded message is begun at once."""
        while True:
            self.count += 1
            part.fields, part.start = self._headers(start, top=part is self.message)
            part.end = len(self.data)
            if "content-type" in part:
                kind, part.parameters = parameters(part.value("content-type"))
                part.kind = kind if "/" in kind else part.kind
            self.leaf = part
            holds_one = part.kind in ("message/rfc822", "message/global") and not _is_encoded(part)
            holds_parts = part.kind.startswith("multipart/")
            if (holds_one or holds_parts) and (part.depth >= DEEPEST or self.count >= MOST_PARTS):
                self.message.cut_short = True
                return
            if not holds_one:
                break
            part, start = self._below(part), part.start
        if holds_parts and (boundary := _boundary(part)):
            self.open.append((boundary, part))

    def _close(self, end: int, left_open: int) -> None:
        """The place where everything within the first `left_open` multiparts ends."""
        del self.open[left_open:]
        stays = self.open[-1][1] if self.open else None
        part: Part | None = self.leaf
        while part is not None and part is not stays:
            part.end = _before_break(self.data, max(part.start, end), part.start)
            part = part.parent

    def _headers(self, start: int, *, top: bool) -> tuple[tuple[Header, ...], int]:
        """The headers from `start` on, and where the body begins: after an empty line, or where no header stands any more."""
        fields: list[Header] = []
        name, values, size, place = "", list[bytes](), 0, start
        while place < len(self.data):
            after = self.data.find(b"\n", place) + 1 or len(self.data)
            line = self.data[place : min(after, place + LONGEST_VALUE)].rstrip(b"\r\n")
            if size > MOST_HEADER_BYTES or len(fields) >= MOST_HEADERS:
                self.message.cut_short = True
                place = _end_of_headers(self.data, place) if top else place
                break
            size += after - place
            found = _FIELD.match(line)
            if found and not line.startswith(b"--"):
                fields += _header(name, values)
                name, values = found[1].decode("ascii").lower(), [found[2]]
            elif line[:1] in (b" ", b"\t") and name and line.strip():
                values.append(line)
            elif not line or line.startswith(b"--") or not _goes_on(self.data, after):
                place = place if line.strip() else after
                break
            place = after
        return (*fields, *_header(name, values)), place


def _header(name: str, values: list[bytes]) -> tuple[Header, ...]:
    """A field unfolded: line breaks go, the spaces that begin a line stay (RFC 5322 2.2.3)."""
    return (Header(name, safe_line(decode(b"".join(values)[:LONGEST_VALUE]))),) if name else ()


def _goes_on(data: bytes, place: int) -> bool:
    """Whether, within a few lines of one that is no header, stands one that can be nothing else: then that line was an accident."""
    for line in data[place : place + 1_000].split(b"\n", 4)[:3]:
        found = _FIELD.match(line)
        if found or not line.strip():
            return found is not None and found[1].lower() in _KNOWN
    return False


def _end_of_headers(data: bytes, place: int) -> int:
    found = _EMPTY_LINE.search(data, max(0, place - 1))
    return found.end() if found else len(data)


def _before_break(data: bytes, end: int, start: int) -> int:
    """The line break before a boundary belongs to the boundary (RFC 2046 5.1.1)."""
    if end < len(data) and end > start and data[end - 1 : end] == b"\n":
        end -= 1
        if end > start and data[end - 1 : end] == b"\r":
            end -= 1
    return end


def _boundary(part: Part) -> bytes:
    """The boundary as the header names it; if none is named, what the first line that looks like one has."""
    named = part.parameters.get("boundary", "").rstrip()
    if named:
        return named.encode("utf-8", "replace")
    found = _CANDIDATE.search(part.raw[max(0, part.start - 1) : part.start + 4_096])
    return found[2].rstrip(b" \t\r") if found else b""


def _is_encoded(part: Part) -> bool:
    """Whether a transfer encoding hides what an embedded message holds. The standard forbids it; some servers do it."""
    return part.value("content-transfer-encoding").strip().lower() in ("base64", "quoted-printable")
