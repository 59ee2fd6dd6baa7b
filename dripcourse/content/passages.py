"""`:::` passages: which stretches of a lesson are for whom, and who gets which."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from dripcourse.content.suggestion import suggestion
from dripcourse.domain.course import UNSAID
from dripcourse.domain.errors import Fault

_MARK = re.compile(r" {0,3}:{3,}[ \t]*(.*?)[ \t]*")


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a lesson: for one reading, or for everybody (`key` None). `line` is where it begins in its file."""

    key: str | None
    text: str
    line: int


def cut(body: str, *, file: str, line: int, keys: Collection[str] | None) -> tuple[tuple[Passage, ...], list[Fault]]:
    """The stretches of a body in their order, and what is wrong with its marks. `keys`: the course's perspectives, if known."""
    found: list[Passage] = []
    faults: list[Fault] = []
    key, opened, start, lines = None, line, line, list[str]()
    for number, text in enumerate(body.split("\n"), line):
        mark = _MARK.fullmatch(text)
        if not mark:
            lines.append(text)
            continue
        found.append(Passage(key, "\n".join(lines), start))
        name = mark[1]
        if fault := _fault(name, key, opened, keys):
            faults.append(Fault(file, number, fault))
        key, opened, start, lines = name or None, number, number + 1, []
    if key is not None:
        faults.append(Fault(file, opened, f"`::: {key}` is never closed: put a line `:::` where it ends"))
    found.append(Passage(key, "\n".join(lines), start))
    return tuple(each for each in found if each.text.strip()), faults


def _fault(name: str, key: str | None, opened: int, keys: Collection[str] | None) -> str | None:
    if not name:
        return "`:::` closes nothing here" if key is None else None
    if key is not None:
        return f"`::: {name}` stands inside `::: {key}` of line {opened}: close that one first with a line `:::`"
    if keys is not None and name not in (*keys, UNSAID):
        return f"`::: {name}` is for nobody: this course has no such perspective; {suggestion(name, (*keys, UNSAID))}"
    return None


def reading(passages: Sequence[Passage], who: str, headings: Mapping[str, str]) -> Iterator[tuple[str | None, Passage]]:
    """What the reading `who` gets, each stretch with the heading it stands under, if any.

    Passages that follow each other directly form a group. A reader gets their own of it; who did not say gets `unsaid` if the
    group has it, else every one under its heading.
    """
    for grouped, group in groupby(passages, key=lambda each: each.key is not None):
        members = list(group)
        own = [each for each in members if each.key == who] if grouped else members
        if own or who != UNSAID:
            yield from ((None, each) for each in own)
        else:
            yield from ((headings[each.key or ""], each) for each in members)
