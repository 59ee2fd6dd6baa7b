"""The line that a mail program writes above what it quotes: "On Monday, 3 May 2027 at 09:12, Anna <anna@example.org> wrote:".

It is known by what it is made of, not by one language's order of words: a date, an hour, an address, a verb of writing, a colon. A
header may be wrapped over several lines, so a few short windows are looked at above every line that could end one; the work for a
line is bounded, however long the mail.
"""

import re
from collections.abc import Sequence
from enum import IntEnum

from dripcourse.inbound.languages import OPENERS, PERSONS, WROTE, WROTE_UNSPACED
from dripcourse.inbound.reply.lines import Line

MOST_LINES = 6
MOST_CHARS = 320
_ADDRESS = re.compile(r"[\w.+-]@[\w-]|mailto:")
_IN_ANGLES = re.compile(r"<[^<>]{0,80}@[^<>]{1,200}>?|&lt;[^&]{0,80}@|\[mailto:|\([^()\s]{1,80}@[^()\s]{1,80}\)")
_TIME = re.compile(r"(?<![\d.])\d{1,2}\s?(?:[:.٫]|h|時|时|시)\s?\d{2}(?![\d.]*\d{4})")
_YEAR = re.compile(r"(?<!\d)(?:(?:19|20|25)\d\d|[^\W0-9_a-zA-Z]{4}(?<=\d{4}))(?!\d)|\d{2,4}\s?[年년]")
"""A year in ASCII digits, of our era or the Buddhist one; or four digits of another script, whatever its calendar."""
_NUMERIC = re.compile(r"(?<!\d)\d{1,4}[./-]\s?\d{1,2}[./-]\s?\d{2,4}(?!\d)|\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]")
_OLD_GMAIL = re.compile(r"\d{4}-\d\d-\d\d \d{1,2}:\d\d GMT[+-]\d\d:\d\d \S")
_PROGRAM = re.compile(r"\d\d|@|年|년")
_CHARACTER = r"(?:[^\W_]|[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0dff\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff])"
"""A letter or a digit, or a vowel sign or point on one: `\\w` knows no marks, and would cut the words of Indic scripts apart."""
_WORDS = re.compile(rf"{_CHARACTER}+(?:-{_CHARACTER}+)*-?")
_COLONS = (":", "：", "։", "․")
"""The last two end a sentence in Armenian (U+0589, and U+2024, which Gmail writes)."""
_NAME_FIRST = 6  # a name is not longer, in words
_AFTER_ADDRESS = 5


class Header(IntEnum):
    """How sure it is that a line is a quotation's header."""

    NO = 0
    HINT = 1
    """It says that somebody wrote: "On Sunday he wrote:". Only if the lesson itself follows, or marks of quotation do and no lesson is known."""
    WEAK = 2
    """There is a date as well. Only if something quoted follows."""
    LIKELY = 3
    """Date, hour and a name, no address: as WEAK if the lesson is known, which then ought to follow."""
    SURE = 4


class Next(IntEnum):
    """What follows a line that could be a header."""

    PROSE = 0
    NEAR = 1
    """Prose, but soon the lesson."""
    MARKED = 2
    LESSON = 3


def header_at(lines: Sequence[Line], end: int, follows: Next, floor: int, *, aligned: bool) -> int | None:
    """Where the header begins that ends in the line `end`, or None. Nothing above `floor` belongs to it.

    `aligned` says that the lesson is known, so that it can be asked whether it follows.
    """
    last = lines[end]
    if last.blank or len(last.body) > MOST_CHARS or not _may_end(last.folded):
        return None
    best, begins = Header.NO, end
    starts = _windows(lines, end, floor)
    if not _PROGRAM.search(" ".join(lines[place].said for place in range(starts[-1], end + 1))):
        starts = starts[:1]  # no window can be more than a hint
    for start in starts:
        kind = _kind([lines[place].said for place in range(start, end + 1) if not lines[place].blank])
        if kind > best:
            best, begins = kind, start
        if best is Header.SURE:
            break
    if best < _least(follows, aligned=aligned):
        return None
    return _with_opening(lines, begins, end, floor)


def is_sure(parts: Sequence[str]) -> bool:
    """Whether these lines, as they stand, are a header beyond doubt, to its very end."""
    said = [" ".join(part.split()) for part in parts]
    whole = " ".join(said)
    return (
        len(whole) <= MOST_CHARS
        and _first(whole) in OPENERS
        and _may_end(said[-1].casefold())
        and _kind(said) is Header.SURE
    )


def _least(follows: Next, *, aligned: bool) -> Header:
    if follows is Next.LESSON or (follows is Next.MARKED and not aligned):
        return Header.HINT
    if follows in (Next.MARKED, Next.NEAR):
        return Header.WEAK
    return Header.SURE if aligned else Header.LIKELY


def _windows(lines: Sequence[Line], end: int, floor: int) -> list[int]:
    """The lines at which a header could begin, the nearest first. A blank line may lie inside an address that was broken apart."""
    starts, chars = [], 0
    for place in range(end, max(floor, end - MOST_LINES + 1) - 1, -1):
        chars += len(lines[place].body)
        if chars > MOST_CHARS or lines[place].depth != lines[end].depth:
            break
        if lines[place].blank:
            if place == floor or not (lines[place + 1].said.startswith("<") or lines[place - 1].said.endswith("<")):
                break
            continue
        starts.append(place)
    return starts


def _with_opening(lines: Sequence[Line], start: int, end: int, floor: int) -> int:
    """A header that lacks its date, opening word or name may have them in the lines above: "Le 4 janv. 2027 19:03," / "Anna a écrit :"."""
    text = " ".join(lines[place].said for place in range(start, end + 1))
    if _dated(text) and _first(text) in OPENERS:
        return start
    for above in _windows(lines, end, floor):
        if above >= start:
            continue
        line = lines[above].said
        if line.endswith((".", "!", "?", ":")):
            break
        if not _dated(text) and _dated(line) and (_first(line) in OPENERS or line[:1].isdigit() or _TIME.search(line)):
            return above
        if _dated(text) and line[-1:] == "," and _first(line) in OPENERS:
            return above
        alone = above == floor or lines[above - 1].blank
        if text.startswith("<") and alone and len(_WORDS.findall(line)) <= _NAME_FIRST:
            return above
    return start


def _dated(text: str) -> bool:
    return bool(_YEAR.search(text) or _NUMERIC.search(text))


def _first(text: str) -> str:
    found = _WORDS.search(text)
    return found[0].casefold() if found else ""


def _bare(text: str) -> str:
    return text.strip(" -*_\"'\u2014\u2013|~=").replace("\u00a0", " ")


def _may_end(folded: str) -> bool:
    text = _bare(folded)
    if text.endswith((*_COLONS, *WROTE_UNSPACED)) or (text.endswith(">") and "@" in text):
        return True
    return any(word in WROTE for word in _WORDS.findall(text[-24:])[-1:]) or bool(_OLD_GMAIL.match(text.upper()))


def _kind(parts: list[str]) -> Header:
    text = _bare(" ".join(parts))
    if len(parts) == 1 and _OLD_GMAIL.match(text):
        return Header.SURE
    words = _WORDS.findall(text.casefold())
    first = _first(text)
    verb = any(word in WROTE for word in words) or any(each in text for each in WROTE_UNSPACED)
    day = _dated(text)
    hour = bool(_TIME.search(text))
    address = bool(_ADDRESS.search(text))
    angles = _IN_ANGLES.search(text)
    if "?" in text or "!" in text.replace("!", "", 0 if not angles else 1):
        return Header.NO
    if verb and address and day and (hour or angles):
        return Header.SURE
    if address and day and hour and angles and text.endswith(_COLONS):
        return Header.SURE
    if verb and angles and _frames_address(text, angles):
        return Header.SURE
    begins = first in OPENERS or text[:1].isdigit() or text[:1] in "'\"<" or _dated_soon(text)
    if verb and day and hour and begins and not PERSONS.intersection(words[1:]):
        return Header.LIKELY
    if day and begins and (verb or hour or address):
        return Header.WEAK
    return Header.HINT if verb else Header.NO


def _frames_address(text: str, angles: re.Match[str]) -> bool:
    """Whether there is little but a name before the address and a verb after it: "Anna <anna@example.org> wrote:"."""
    before = len(_WORDS.findall(text[: angles.start()]))
    return before <= _NAME_FIRST and len(_WORDS.findall(text[angles.end() :])) <= _AFTER_ADDRESS


def _dated_soon(text: str) -> bool:
    found = _YEAR.search(text) or _NUMERIC.search(text)
    return found is not None and found.start() < 40
