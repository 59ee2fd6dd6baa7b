"""A message that was taken apart: headers, and parts that are decoded when they are asked for, and no further."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from dripcourse.inbound.mime.charset import decode
from dripcourse.inbound.mime.transfer import decoded
from dripcourse.inbound.mime.values import parameters, words_of

LONGEST_TEXT = 2_097_152
"""Bytes of one text part that are decoded."""


@dataclass(frozen=True, slots=True)
class Header:
    """One header. `value` is unfolded and as it was sent; `text` is what a person sees."""

    name: str
    """In lower case."""
    value: str

    @property
    def text(self) -> str:
        """Encoded words decoded, on one line."""
        return words_of(self.value)


@dataclass(slots=True)
class Headers:
    """Headers in the order in which they stand."""

    fields: tuple[Header, ...] = ()

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a name, unfolded, as it was sent: for what programs read."""
        wanted = name.lower()
        return tuple(each.value for each in self.fields if each.name == wanted)

    def value(self, name: str) -> str:
        """The first value of a name as it was sent, or ''."""
        return next(iter(self.all(name)), "")

    def header(self, name: str) -> str:
        """The first value of a name as a person sees it, or ''."""
        return words_of(self.value(name))

    def __contains__(self, name: str) -> bool:
        return any(each.name == name.lower() for each in self.fields)


@dataclass(slots=True)
class Part(Headers):
    """A part of a message: a leaf, a multipart, or an embedded message (whose one child is what it holds)."""

    kind: str = "text/plain"
    """Type and subtype in lower case."""
    parameters: dict[str, str] = field(default_factory=dict)
    parent: "Part | None" = None
    children: list["Part"] = field(default_factory=list)
    depth: int = 0
    raw: bytes = b""
    start: int = 0
    """Where the body begins within `raw`."""
    end: int = 0

    @property
    def size(self) -> int:
        """How many bytes the body takes as it was sent."""
        return self.end - self.start

    @property
    def disposition(self) -> str:
        """`attachment`, `inline` or whatever else it says; '' if it says nothing (RFC 2183)."""
        return parameters(self.value("content-disposition"))[0]

    @property
    def filename(self) -> str:
        """The name that the part has as a file, or ''."""
        return parameters(self.value("content-disposition"))[1].get("filename") or self.parameters.get("name", "")

    def content(self, limit: int = LONGEST_TEXT) -> bytes:
        """At most `limit` bytes of the body with its transfer encoding undone."""
        near = self.raw[self.start : min(self.end, self.start + 3 * limit)]
        encoding = "" if self.children else parameters(self.value("content-transfer-encoding"))[0]
        return decoded(near, encoding, limit)

    def string(self, limit: int = LONGEST_TEXT) -> str:
        """The body as text by its own charset; line ends and characters are as they came."""
        return decode(self.content(limit), self.parameters.get("charset", ""))

    def walk(self) -> Iterator["Part"]:
        """This part and all below it, in the order in which they stand. No recursion."""
        todo = [self]
        while todo:
            part = todo.pop()
            yield part
            todo.extend(reversed(part.children))


@dataclass(slots=True)
class Message(Part):
    """A whole message: its headers, and its parts below."""

    cut_short: bool = False
    """Whether there was more than is read: more parts, deeper ones, more headers."""

    @property
    def text(self) -> str:
        """The first text/plain that is no attachment, or ''."""
        return self._first("text/plain")

    @property
    def html(self) -> str:
        """The first text/html that is no attachment, or ''."""
        return self._first("text/html")

    def _first(self, kind: str) -> str:
        return next((each.string() for each in self.walk() if each.kind == kind and not is_attachment(each)), "")


def is_attachment(part: Part) -> bool:
    """Whether a part is a file that came along, not words to be read: it says so, or it has a name."""
    return part.disposition == "attachment" or bool(part.filename)
