"""A header that a mail program put behind the writer's own last words, on the same line: "Thank you. On Mon, 3 May ... wrote:"."""

import re
from collections.abc import Sequence

from dripcourse.inbound.reply.attribution import MOST_CHARS, is_sure
from dripcourse.inbound.reply.lines import Line

_LINES = 3
_OPENING = re.compile(
    r"(?<=\S)\s+(?=(?:On|Am|Le|El|Il|Em|Op|Den|Dnia|W dniu|Dne|Dňa|La|Pe|В|У|Στις|Vào|Pada)\s[^\n]{0,40}?\d)"
)
"""A capital where a header may begin, with a number soon behind it."""


def parted(lines: Sequence[Line]) -> list[Line]:
    """The same lines, but that such a header stands on a line of its own. Looks at each line a fixed number of times."""
    found: list[Line] = []
    for place, line in enumerate(lines):
        cut = _header_in(lines, place) if 0 < len(line.raw) <= MOST_CHARS and line.depth == 0 else None
        if cut is None:
            found.append(line)
        else:
            found += [Line(part, 0, part) for part in (line.raw[:cut], line.raw[cut:])]
    return found


def _header_in(lines: Sequence[Line], place: int) -> int | None:
    """Where in a line the header begins, if what stands before it is no header by itself and what begins there surely is one."""
    line = lines[place]
    opening = _OPENING.search(line.raw)
    if opening is None or not any(char.isalnum() for char in line.raw[: opening.start()]):
        return None
    parts = [line.raw[opening.end() :]]
    for following in range(place + 1, place + _LINES + 1):
        if is_sure(parts):
            return opening.end()
        if following == len(lines) or lines[following].blank or lines[following].depth:
            return None
        parts.append(lines[following].said)
    return None
