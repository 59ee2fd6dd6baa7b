"""What a person wrote in a mail, without what their program quoted and added. What is cut is hidden, never deleted.

The parts are known one by one: a quotation's header (`attribution`, `fields`), the lesson's own lines (`alignment`), what stands below
a mail (`closings`). In doubt a line is the writer's.
"""

import re
from dataclasses import dataclass

from dripcourse.inbound.reply.alignment import align
from dripcourse.inbound.reply.joined import parted
from dripcourse.inbound.reply.kinds import Kind
from dripcourse.inbound.reply.lines import split
from dripcourse.inbound.reply.sorting import Sorting

_WHOLE = re.compile(r"\n-- ?\r?\n")
"""The mark above a mail's foot: where it stands, what went out is known to the end, and whatever else is there was written."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A mail's text in two: together they hold every word of it."""

    text: str
    """The writer's own words; '' only if there was nothing to read."""
    hidden: str
    """Quotation, headers, signature and the like, in their order."""


def own_words(text: str, *, sent: str | None = None) -> Cut:
    """Cut a mail's plain text. `sent` is the plain text of the mail that it answers, whole or without its frame.

    Never raises, on any text. Looks at every line a fixed number of times, and at no more than MOST_LINES; what lies beyond them goes
    with the last of them.
    """
    lines, rest = split(text)
    lines = parted(lines)
    whole = sent is not None and bool(_WHOLE.search(sent))
    return _cut(Sorting(lines, align(lines, sent) if sent else None, whole=whole), rest)


def _cut(sorting: Sorting, rest: str) -> Cut:
    kinds = sorting.kinds()
    text: list[str] = []
    hidden: list[str] = []
    broken = False
    for line, kind in zip(sorting.lines, kinds, strict=True):
        if not kind.own:
            hidden.append(line.raw.rstrip())
            broken = broken or not line.blank
            continue
        if line.blank and (not text or not text[-1]) and (broken or not text):
            continue  # one blank line stands where something was cut
        if broken and text and text[-1]:
            text.append("")
        if not line.blank:
            broken = False
        elif broken:
            continue
        text.append((line.body if kind is Kind.ANSWER else line.raw).rstrip())
    last = next(
        (kind for line, kind in zip(reversed(sorting.lines), reversed(kinds), strict=True) if not line.blank), Kind.OWN
    )
    (text if last.own else hidden).append(rest.rstrip())
    return Cut("\n".join(text).strip("\n"), "\n".join(hidden).strip("\n"))
