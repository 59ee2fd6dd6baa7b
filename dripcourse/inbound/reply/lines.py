"""The lines of a mail, and how deep each is quoted."""

import re
from dataclasses import dataclass
from functools import cached_property

MOST_LINES = 4_000
MOST_CHARS = 400_000
"""What is looked at of a mail. A lesson quoted in full has 200 lines."""

_UNSEEN = re.compile("[\u00ad\u034f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufe0e\ufe0f]")
_WORD = re.compile(r"\w")
_SPACES = re.compile(r"\s+")
_FACE = re.compile(r">[:;=._][-^']?[()<|/\\\[\]oO]?")  # ">:(" and ">.<" are no quotation
_LONGEST_MARKED = 30  # ">: " and "> wrote:", which end an address that a program broke over two lines


@dataclass(frozen=True)
class Line:
    """One line as it stands, without its line end."""

    raw: str
    depth: int
    """How many marks of quotation it begins with."""
    body: str
    """What stands behind the marks."""

    @cached_property
    def said(self) -> str:
        """The body without characters that cannot be seen, each stretch of white space as one space."""
        return _SPACES.sub(" ", _UNSEEN.sub("", self.body)).strip()

    @cached_property
    def folded(self) -> str:
        """`said`, in small letters, to compare with tables."""
        return self.said.casefold().replace("\u2019", "'")

    @property
    def blank(self) -> bool:
        """Whether nothing can be seen on the line but marks of quotation."""
        return not self.said

    @property
    def wordless(self) -> bool:
        """Whether there is no letter and no digit on it."""
        return not _WORD.search(self.said)


def split(text: str) -> tuple[list[Line], str]:
    """The lines of a text, whatever its line ends, and what lies beyond the most lines and characters that are ever looked at."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    end = len(text) if len(text) <= MOST_CHARS else text.rfind("\n", 0, MOST_CHARS) + 1
    raws = text[:end].split("\n", MOST_LINES) if end else []
    rest = (raws.pop() if len(raws) > MOST_LINES else "") + text[end:]
    lines: list[Line] = []
    opened = False
    for raw in raws:
        line = _line(raw)
        if line.depth and opened and _closes(raw):
            line = Line(raw, lines[-1].depth, raw.strip())
        lines.append(line)
        if not line.blank:
            opened = _opens(raw) or (opened and "mailto:" in raw)
    return lines, rest


def _line(raw: str) -> Line:
    place = len(raw) - len(raw.lstrip("> \t\u00a0"))
    depth = raw.count(">", 0, place)
    if not depth or _FACE.fullmatch(raw.strip()):
        return Line(raw, 0, raw)
    return Line(raw, depth, _kept_indent(raw, place))


def _kept_indent(raw: str, place: int) -> str:
    """What is quoted, with the indentation that it had itself."""
    start = raw.rfind(">", 0, place) + 1
    rest = raw[start:]
    return rest.removeprefix(" ")


def _opens(raw: str) -> bool:
    """Whether a line leaves an address in angle brackets open."""
    rest = raw[raw.rfind("<") + 1 :] if "<" in raw else ""
    return bool(raw.rstrip().endswith("<") or ("@" in rest and ">" not in rest))


def _closes(raw: str) -> bool:
    rest = raw.strip().lstrip("> \t")
    return len(rest) <= _LONGEST_MARKED and rest.endswith(":")
