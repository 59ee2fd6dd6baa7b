"""Plain text that we once wrote, taken apart again for a page: the words of a lesson whose Markdown has changed since it was sent."""

import re
from dataclasses import dataclass

_ITEM = re.compile(r"(?:-|\d{1,3}\.) ")
_QUOTED = "    "
_RULE = "* * *"


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a lesson: what it is (title, heading, text, items, quote or rule) and its lines; text that flows is one line."""

    what: str
    lines: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    """The stretches of a lesson's plain text, as `content.plain` writes it: a heading stands below two empty lines, the title first."""
    found: list[Block] = []
    stretches = re.split(r"(\n{2,})", text.strip("\n"))
    gaps = ["", *stretches[1::2]]
    for gap, stretch in zip(gaps, stretches[::2], strict=True):
        lines = stretch.split("\n")
        if not found:
            found.append(Block("title", (_flowing(lines),)))
        elif len(gap) > 2:
            found.append(Block("heading", (_flowing(lines),)))
        else:
            found.append(_block(lines))
    return found


def _block(lines: list[str]) -> Block:
    if lines == [_RULE]:
        return Block("rule", ())
    if all(line.startswith(_QUOTED) for line in lines):
        return Block("quote", (_flowing(lines),))
    if not _ITEM.match(lines[0]):
        return Block("text", (_flowing(lines),))
    items: list[list[str]] = []
    for line in lines:
        if _ITEM.match(line.strip()) or not items:
            items.append([line])
        else:
            items[-1].append(line)
    return Block("items", tuple(_flowing(item) for item in items))


def _flowing(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines)
