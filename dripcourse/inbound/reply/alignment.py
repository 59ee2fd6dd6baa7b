"""Lays a reply beside the very lesson that it answers, and tells which lines are the lesson's.

Programs quote their own rendering of a mail: capitals for headings, other marks for lists, other line ends, the title first, links in
angle brackets. So both texts become small-letter words without links, and runs of the same words in the same order are sought. Four
words in a row are an anchor; a run counts if it is long or goes on where another one ended. No search ever goes back: the work grows
with the length of the reply, whatever is in it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from unicodedata import normalize

from dripcourse.inbound.reply.lines import Line

_ANCHOR = 4
_PASTED = 40
_PLACES = 4  # an anchor that stands more often in the lesson is tried at its first places
_LONG = 8
_NEAR = 15
_FAR = 60
_STREAK = 3
_LINK = re.compile(r"[<(\[{]?(?:https?:/|mailto:|tel:|www\.|[\w.+-]+@[\w-])\S*", re.IGNORECASE)
_ESCAPED = re.compile(r"(?:=[0-9A-F]{2})+")
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_BROKEN_LINK = re.compile(r"[!-~]{24,}")


def words_of(line: str) -> list[str]:
    """The words of a line as they are compared: no links, no case, no punctuation, no marks that cannot be seen."""
    if "=" in line:
        line = _unescaped(line)
    line = _LINK.sub(" ", line)
    line = _BROKEN_LINK.sub(_unless_words, line)
    if not line.isascii():
        line = normalize("NFKC", line)
    return _TOKEN.findall(line.casefold())


def _unless_words(found: re.Match[str]) -> str:
    """A piece of a link that a program broke over two lines is no word; words joined by dashes are."""
    return " " if any(char.isdigit() for char in found[0]) else found[0]


def _unescaped(line: str) -> str:
    """A line of quoted-printable (RFC 2045 6.7), which stays when somebody quotes a raw message."""
    line = line.removesuffix("=")
    return _ESCAPED.sub(lambda found: bytes.fromhex(found[0].replace("=", "")).decode("utf-8", "replace"), line)


@dataclass(frozen=True, slots=True)
class Share:
    """How much of one line is the lesson's."""

    words: int = 0
    covered: int = 0
    streak: int = 0
    """The most words in a row that the lesson does not have there."""
    there: int = -1
    """Where in the lesson the last of its words stands."""
    answered: bool = False
    """Whether a word or two follow the end of the lesson's own line: somebody answered there."""

    @property
    def lesson(self) -> bool:
        """Whether the line is the lesson's: nobody wrote three words into it, nor most of a short line."""
        return self.covered > 0 and self.streak < _STREAK and self.covered * 5 >= self.words * 3


@dataclass(slots=True)
class _Run:
    start: int
    end: int
    there: int
    """Where the run begins in the lesson."""

    @property
    def beyond(self) -> int:
        return self.there + self.end - self.start


def align(lines: Sequence[Line], sent: str) -> list[Share]:
    """The share of the lesson in every line of a reply."""
    lesson: list[str] = []
    ends: set[int] = set()
    linked: dict[str, int] = {}
    for line in sent.split("\n"):
        lesson += words_of(line)
        ends.add(len(lesson) - 1)
        if _LINK.search(line):
            linked[" ".join(line.split())] = len(lesson) - 1
    counts: list[int] = []
    reply: list[str] = []
    for written in lines:
        words = words_of(written.body) if not written.blank else []
        counts.append(len(words))
        reply += words
    there = [-1] * len(reply)
    for run in _kept(_runs(reply, lesson)):
        there[run.start : run.end] = range(run.there, run.beyond)
    shares, place = [], 0
    for written, count in zip(lines, counts, strict=True):
        if count and (where := linked.get(" ".join(written.body.split()))) is not None:
            there[place : place + count] = [where] * count  # too short to be found by its words, but its link is ours
        share = _share(there[place : place + count])
        tail = reply[place + len(_stripped(there[place : place + count])) : place + count]
        shares.append(replace(share, answered=share.there in ends and _answer(tail, lesson, share.there)))
        place += count
    return shares


def _stripped(there: list[int]) -> list[int]:
    """Without the words at a line's end that are not the lesson's."""
    end = len(there)
    while end and there[end - 1] < 0:
        end -= 1
    return there[:end]


def _answer(tail: list[str], lesson: list[str], last: int) -> bool:
    """Whether words after a line of the lesson are somebody's: not a number of a link, nor what the lesson says next."""
    soon = lesson[last + 1 : last + 1 + _NEAR]
    return 0 < len(tail) < _STREAK and any(word not in soon and not word.isdigit() for word in tail)


def _share(there: list[int]) -> Share:
    covered = streak = longest = 0
    last = -1
    for where in there:
        if where < 0:
            streak += 1
            longest = max(longest, streak)
        else:
            covered, streak, last = covered + 1, 0, where
    return Share(len(there), covered, longest, last)


def _anchors(lesson: list[str]) -> dict[tuple[str, ...], list[int]]:
    places: dict[tuple[str, ...], list[int]] = {}
    for place in range(len(lesson) - _ANCHOR + 1):
        known = places.setdefault(tuple(lesson[place : place + _ANCHOR]), [])
        if len(known) < _PLACES:
            known.append(place)
    return places


def _runs(reply: list[str], lesson: list[str]) -> list[_Run]:
    """All runs, none overlapping another, in the reply's order."""
    anchors = _anchors(lesson)
    runs: list[_Run] = []
    place = floor = 0
    while place <= len(reply) - _ANCHOR:
        places = anchors.get(tuple(reply[place : place + _ANCHOR]))
        if not places:
            place += 1
            continue
        expected = runs[-1].beyond if runs else 0
        run = max(
            (_Run(place, _extent(reply, place, lesson, there), there) for there in places),
            key=lambda each: (each.end, -abs(each.there - expected)),
        )
        while run.start > floor and run.there > 0 and reply[run.start - 1] == lesson[run.there - 1]:
            run.start, run.there = run.start - 1, run.there - 1
        runs.append(run)
        place = floor = run.end
    return runs


def _extent(reply: list[str], place: int, lesson: list[str], there: int) -> int:
    """Where the run of same words ends that begins at these two places."""
    most = min(len(reply) - place, len(lesson) - there)
    length = _ANCHOR
    while length < most and reply[place + length] == lesson[there + length]:
        length += 1
    return place + length


def _kept(runs: list[_Run]) -> list[_Run]:
    """The runs that are no coincidence: the long ones, and the short ones that adjoin another.

    One that stands alone and says again what stands above it is somebody's: no program quotes a sentence twice.
    """
    kept: list[_Run] = []
    quoted: set[int] = set()
    for number, run in enumerate(runs):
        before = runs[number - 1] if number else None
        after = runs[number + 1] if number + 1 < len(runs) else None
        follows = before is not None and _adjoin(before, run)
        leads = after is not None and _adjoin(run, after)
        length, words = run.end - run.start, range(run.there, run.beyond)
        if follows or leads or length >= _PASTED or (length >= _LONG and not quoted.issuperset(words)):
            kept.append(run)
            quoted.update(words)
    return kept


def _adjoin(first: _Run, second: _Run) -> bool:
    return abs(second.there - first.beyond) <= _NEAR and second.start - first.end <= _FAR
