"""The block of fields that Outlook and others write above what they quote: From, Sent, To, Subject, in any language; and the line of
dashes with "Original Message" that may stand above it or alone.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from dripcourse.inbound.languages import FORWARDED, ORIGINAL, ROLES
from dripcourse.inbound.reply.lines import Line

_MOST_FIELDS = 12
_MOST_WRAPPED = 3
_LONGEST_NAME = 24
_EVIDENCE = re.compile(r"[\w.+-]@[\w-]|\d{1,4}\D{1,3}\d{1,2}\D{1,3}\d{2,4}|\d{1,2}[:.]\d{2}|(?:19|20)\d\d|\[smtp:")
_RULER = re.compile(r"[-_=*~\u2500\u2013\u2014 ]{4,}")
_DASHED = re.compile(r"[*_>\s]*[-_=]{2,}[\s:*]*([^-_=].{3,60}?)[\s:*]*(?:[-_=]{2,}[*_\s]*)?$")
_SECOND_FIELD = re.compile(r"\s(\w[\w.\- ]{0,20}?) ?[:：] ")


def block_end(lines: Sequence[Line], start: int) -> int | None:
    """The line after the block of fields that begins at `start`, or None if none does.

    Three fields of different kinds make a block, or a sender and one more; and some value must look like a program's: an address, a
    date. So "From: the bottom of my heart" is somebody's sentence.
    """
    if _role(lines[start]) not in ("from", "date", "to", "subject"):
        return None
    roles: set[str] = set()
    evidence = False
    place = end = start
    wrapped = fields = 0
    while place < len(lines) and fields < _MOST_FIELDS and lines[place].depth == lines[start].depth:
        line = lines[place]
        role = _role(line)
        if role is not None:
            roles.update([role, *_second(line)])
            evidence = evidence or (role in ("from", "date", "to", "other") and bool(_EVIDENCE.search(line.said[:400])))
            fields, wrapped, end = fields + 1, 0, place + 1
        elif line.blank:
            following = lines[place + 1] if place + 1 < len(lines) else line
            if _role(following) is None or len(roles) > 3:  # some programs put a blank line between any two fields
                break
        elif wrapped < _MOST_WRAPPED:
            wrapped += 1
            evidence = evidence or ("from" in roles and bool(_EVIDENCE.search(line.said[:400])))
        else:
            break
        place += 1
    if not evidence or not _enough(roles):
        return None
    return _with_wrapped(lines, end)


def _enough(roles: set[str]) -> bool:
    proper = roles - {"other"}
    return (
        len(proper) >= 3
        or ("from" in roles and len(roles) >= 3)
        or roles >= {"from", "date"}
        or roles >= {"from", "subject"}
    )


def _with_wrapped(lines: Sequence[Line], end: int) -> int:
    """The last field's own continuation belongs to it if a blank line follows soon and the field leaves an address open."""
    if end < len(lines) and not lines[end].blank and lines[end - 1].said.rstrip().endswith(("<", ",", ";")):
        return end + 1
    return end


def _role(line: Line) -> str | None:
    return _named(line.folded[: _LONGEST_NAME + 8])


@lru_cache(maxsize=1024)
def _named(text: str) -> str | None:
    text = text.lstrip("*_| ")
    for colon in (":", "："):
        name, found, _ = text.partition(colon)
        if found:
            return ROLES.get(name.strip(" *_\u00a0"))
    return None


def _second(line: Line) -> list[str]:
    """Roles of fields that stand in the same line as another: "To: a@example.org Subject: Hello"."""
    names = (found[1].casefold() for found in _SECOND_FIELD.finditer(line.said[:400]))
    return [ROLES[last] for name in names for last in [name.split(" ")[-1]] if last in ROLES]


def ruler(line: Line) -> bool:
    """A line of dashes, underscores or the like, and nothing else."""
    return len(line.said) >= 4 and bool(_RULER.fullmatch(line.said[:400]))


def original(line: Line) -> bool:
    """Whether a line says, between dashes or as Apple's programs do, that an original message begins."""
    text = line.folded
    if len(text) > 100:
        return False
    if text.rstrip(" :：") in FORWARDED and text.endswith((":", "：")):
        return True
    found = _DASHED.match(text)
    if not found:
        return False
    words = found[1].strip(" -_=*")
    return words in ORIGINAL or any(words.startswith(f"{each} ") for each in ("forwarded by", "forwarded message from"))
