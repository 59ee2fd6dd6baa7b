"""A header that a mail program put behind the writer's own last words, on the same line: "Thank you. On Mon, 3 May ... wrote:".

Some programs leave no line at all: then what is quoted stands behind the header, too.
"""

import re
from collections.abc import Sequence
from itertools import islice

from dripcourse.inbound.reply.attribution import MOST_CHARS, is_sure
from dripcourse.inbound.reply.lines import Line

_LINES, _TRIES, _LEAST_FLAT, _FARTHEST = 3, 5, 120, 20_000
_COLON = re.compile(r"[:：](?=\s)")
_MARK = re.compile(r"(?:^|(?<=\s))>[> ]*")
_OPENING = re.compile(
    r"(?<=\S)\s+(?=(?:On|Am|Le|El|Il|Em|Op|Den|Dnia|W dniu|Dne|Dňa|La|Pe|В|У|Στις|Vào|Pada)\s[^\n]{0,40}?\d)"
)
"""A capital where a header may begin, with a number soon behind it."""


def parted(lines: Sequence[Line]) -> list[Line]:
    """The same lines, but that such a header stands on a line of its own. Looks at each line a fixed number of times."""
    found: list[Line] = []
    for place, line in enumerate(lines):
        cut = _header_in(lines, place) if 0 < len(line.raw) <= MOST_CHARS and line.depth == 0 else None
        if cut is not None:
            found += [Line(part, 0, part) for part in (line.raw[:cut], line.raw[cut:])]
        elif line.depth == 0 and len(line.raw) > _LEAST_FLAT:
            found += _flat(line)
        else:
            found.append(line)
    return found


def _flat(line: Line) -> Sequence[Line]:
    """A line with a header and a quotation in its midst, in three or more; the line itself if there is no such header."""
    for opening in islice(_OPENING.finditer(line.raw, 0, _FARTHEST), _TRIES):
        head = line.raw[opening.end() : opening.end() + MOST_CHARS]
        for colon in islice(_COLON.finditer(head), _TRIES):
            if is_sure([head[: colon.end()].strip()]):
                ends = opening.end() + colon.end()
                begins = _last_opening(line.raw[:ends], opening, [])
                quoted = [Line(f"> {each}", 1, each) for each in _MARK.split(line.raw[ends:]) if each.strip()]
                return [*(Line(part, 0, part) for part in (line.raw[:begins], line.raw[begins:ends])), *quoted]
    return [line]


def _header_in(lines: Sequence[Line], place: int) -> int | None:
    """Where in a line the header begins, if what stands before it is no header by itself and what begins there surely is one."""
    line = lines[place]
    opening = _OPENING.search(line.raw)
    if opening is None or not any(char.isalnum() for char in line.raw[: opening.start()]):
        return None
    parts = [line.raw[opening.end() :]]
    for following in range(place + 1, place + _LINES + 1):
        if is_sure(parts):
            return _last_opening(line.raw, opening, parts[1:])
        if following == len(lines) or lines[following].blank or lines[following].depth:
            return None
        parts.append(lines[following].said)
    return None


def _last_opening(text: str, first: re.Match[str], following: Sequence[str]) -> int:
    """The last place at which the header can begin: whatever stands before it may be the writer's ("On Monday 3 of us left. On ...")."""
    openings = [first.end(), *(each.end() for each in islice(_OPENING.finditer(text, first.end()), _TRIES))]
    return next(
        place for place in reversed(openings) if place == first.end() or is_sure([text[place:].strip(), *following])
    )
