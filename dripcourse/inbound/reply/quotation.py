"""Where quotation begins in a mail, and by what it is marked."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dripcourse.inbound.reply.alignment import Share
from dripcourse.inbound.reply.attribution import Next, header_at
from dripcourse.inbound.reply.fields import block_end, original, ruler
from dripcourse.inbound.reply.lines import Line

_LOOK = 12
_CITED = re.compile(r" ?[A-Za-z]{1,12}>")
_MOST_RULERS = 4
_LESSON_NEAR = 4

Marked = Callable[[Line], bool]


@dataclass(frozen=True, slots=True)
class Span:
    """A quotation's header: the lines from `start` to before `end`."""

    start: int
    end: int
    depth: int


def followers(lines: Sequence[Line]) -> list[int]:
    """For each line, and for the end, the place of the first line from there on that is not blank; the number of lines if none is."""
    places = [len(lines)] * (len(lines) + 1)
    for place in range(len(lines) - 1, -1, -1):
        places[place] = places[place + 1] if lines[place].blank else place
    return places


def find_headers(lines: Sequence[Line], nexts: Sequence[int], shares: Sequence[Share] | None) -> list[Span]:
    """All headers of quotations, in order, none overlapping another."""
    spans: list[Span] = []
    place = floor = 0
    while place < len(lines):
        line = lines[place]
        if line.blank:
            place += 1
            continue
        start, end = place, block_end(lines, place)
        if end is None and original(line):
            end = place + 1
        if end is not None:
            start = _with_rulers(lines, place, floor)
        else:
            follows = _next(lines, nexts, place, shares)
            begins = header_at(lines, place, follows, floor, aligned=shares is not None)
            if begins is not None:
                start, end = begins, place + 1
        if end is None:
            place += 1
            continue
        spans.append(Span(start, end, line.depth))
        place = floor = end
    return spans


def _with_rulers(lines: Sequence[Line], start: int, floor: int) -> int:
    """A block of fields, with the lines of dashes above it."""
    place = start
    while place > max(floor, start - _MOST_RULERS) and (lines[place - 1].blank or ruler(lines[place - 1])):
        place -= 1
        if ruler(lines[place]):
            start = place
    return start


def _next(lines: Sequence[Line], nexts: Sequence[int], place: int, shares: Sequence[Share] | None) -> Next:
    """What follows a line: the lesson, something marked as quoted, or neither."""
    following = nexts[place + 1]
    if following == len(lines):
        return Next.PROSE
    depth = lines[following].depth
    marked = marking(lines, nexts, following, lines[place].depth)(lines[following])
    ahead = _ahead(lines, nexts, following, shares, _LOOK if marked else _LESSON_NEAR) if shares is not None else None
    if ahead is not None and (marked or ahead == 0):
        return Next.LESSON
    if marked:
        return Next.MARKED
    return Next.NEAR if ahead is not None and depth == lines[place].depth else Next.PROSE


def _ahead(lines: Sequence[Line], nexts: Sequence[int], first: int, shares: Sequence[Share], most: int) -> int | None:
    """How many lines before the lesson begins, from `first` on and at its depth; None if it does not begin soon."""
    at = first
    for number in range(most):
        if at == len(lines) or lines[at].depth != lines[first].depth:
            return None
        if shares[at].lesson and shares[at].covered >= _LESSON_NEAR:
            return number
        at = nexts[at + 1]
    return None


def marking(lines: Sequence[Line], nexts: Sequence[int], first: int, depth: int = 0) -> Marked:
    """How the lines of a quotation are marked whose first line is `first`: by ">", a bar, a name, a tab, or not at all."""
    if first == len(lines) or lines[first].depth > depth:
        return lambda line: line.depth > depth
    second = nexts[first + 1]
    third = nexts[second + 1] if second < len(lines) else second
    heads = [lines[at].raw for at in (first, second, third) if at < len(lines)]
    if all(head.startswith("|") for head in heads[:2]):
        return lambda line: line.raw.startswith("|") or line.depth > depth
    if _CITED.match(heads[0]) and lines[first].depth == depth:
        return lambda line: bool(_CITED.match(line.raw)) or line.depth > depth
    if len(heads) > 1 and all(head.startswith("\t") for head in heads):
        return lambda line: line.raw.startswith("\t") or line.depth > depth
    return lambda line: line.depth > depth


def continues(lines: Sequence[Line], place: int, marked: Marked) -> bool:
    """Whether a line without a mark is the rest of a quoted line that a program broke: in small letters, between two that are marked."""
    if place == 0 or place + 1 >= len(lines):
        return False
    before, line, after = lines[place - 1], lines[place], lines[place + 1]
    if line.blank or not marked(before) or not marked(after):
        return False
    return len(before.body) >= 55 and before.said[-1:] not in '.?!:;"”»' and line.said[:1].islower()
