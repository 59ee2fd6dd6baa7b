"""What programs, companies and lists write below a mail: signatures, "Sent from my telephone", disclaimers, footers of lists.

Only what stands at the end is ever taken for one of these; the same words in the middle of a mail are the writer's.
"""

import re
from collections.abc import Sequence

from dripcourse.inbound.reply.closing_words import (
    DEVICES,
    DEVICES_UNSPACED,
    EXCUSES,
    LEGAL,
    LIST,
    SCANNED,
    SENT_FROM,
    SENT_SUFFIXES,
)
from dripcourse.inbound.reply.lines import Line

MOST_SIGNATURE = 16
_MOST_BELOW = 60
_MOST_MARKS = 5
_LONGEST_DEVICE = 140
_MOST_DEVICE_WORDS = 9
_LINK = re.compile(r"[<(\[]?(?:https?://|www\.)\S*")
_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
_SIGN = re.compile(r"--[ \u00a0]?")
_RULE = re.compile(r"[-_=~*#+\u2013\u2014\u2500\u1427. ]{2,}|\u1427")
_POSTSCRIPT = re.compile(r"(?:P\. ?P?\. ?S|P?PS|P\. ?D|PD)\b", re.IGNORECASE)
_REACHABLE = re.compile(r"@|://|www\.|\d[\d\s/().-]{5,}|[|\u2022\u00b7]")

_LEAST_PROSE = 5
_LEAST_LEGAL = 3
_SHORTEST_LEGAL = 120


def device(line: Line) -> bool:
    """Whether a line is what a telephone or a program adds of itself, in any of many languages."""
    text = line.folded
    if not text or len(text) > _LONGEST_DEVICE + 200:
        return False
    text = _LINK.sub(" ", text).replace("[", "").replace("]", "").strip(" <>()*_.!-\u2013\u2014\u2709")
    if not text or len(text) > _LONGEST_DEVICE:
        return text.startswith(SCANNED)
    if text.startswith(SCANNED):
        return True
    words = _WORD.findall(text)
    if len(words) <= 6 and text.endswith(
        ("from mobile", "from my mobile", "from my phone", "via mobile", "from mobile device")
    ):
        return True
    opened = text.startswith(SENT_FROM)
    if not opened and not text.endswith(SENT_SUFFIXES):
        return False
    head = re.split(r"[,.;:]\s|[,.;:]$", text, maxsplit=1)
    first = _WORD.findall(head[0])
    if len(first) > _MOST_DEVICE_WORDS + 4 or not (_named(head[0], first) or (opened and _proper(line, first))):
        return False
    rest = head[1].strip() if len(head) > 1 else ""
    return not rest or rest.startswith(EXCUSES) or len(_WORD.findall(rest)) <= 2


def _named(text: str, words: Sequence[str]) -> bool:
    if any(word in DEVICES or word.split("-")[0] in ("iphone", "android", "ipad") for word in words):
        return True
    return not text.isascii() and any(each in text for each in DEVICES_UNSPACED)


def _proper(line: Line, words: Sequence[str]) -> bool:
    """Whether a short line names something of the writer's that is written like a product: "Sent from my TI-85"."""
    if len(words) > _MOST_DEVICE_WORDS or not {
        "my",
        "meinem",
        "meiner",
        "mon",
        "mi",
        "meu",
        "mio",
        "mijn",
        "min",
    } & set(words):
        return False
    said = line.said.split(" ")[2:]
    return any(word[:1].isupper() and (any(char.isdigit() for char in word) or word.isupper()) for word in said)


def signature_mark(line: Line) -> bool:
    """The line that sets a signature off: two dashes and, by RFC 3676 4.3, a space that some programs lose."""
    return line.depth == 0 and bool(_SIGN.fullmatch(line.raw[:4])) and len(line.raw) <= 3


def rule(line: Line) -> bool:
    """A line of dashes and the like, with nothing said."""
    return bool(_RULE.fullmatch(line.said[:200])) and len(line.said) <= 200 and set(line.said) != {"."}


def list_footer(lines: Sequence[Line]) -> bool:
    """Whether the lines below a rule are what a mailing list or a service adds."""
    text = " ".join(line.folded for line in lines)[:2000]
    return any(each in text for each in LIST)


def legal(lines: Sequence[Line]) -> bool:
    """Whether a paragraph is a company's disclaimer: long, and with several of the words that only these have together."""
    text = " ".join(line.folded for line in lines)[:4000]
    return len(text) >= _SHORTEST_LEGAL and sum(each in text for each in LEGAL) >= _LEAST_LEGAL


def ending(lines: Sequence[Line], start: int, stop: int) -> int:
    """Where, among the lines from `start` to `stop`, what is not the writer's begins; `stop` if nothing is. Bounded by the lines."""
    end = _before_mark(lines, start, stop)
    while end > start:
        last = lines[end - 1]
        if last.blank or rule(last) or device(last):
            end -= 1
            continue
        shorter = _before_paragraph(lines, start, end)
        if shorter == end:
            break
        end = shorter
    while end < stop and lines[end].blank:
        end += 1
    return end


def below_signature(lines: Sequence[Line], start: int, stop: int) -> tuple[int, int]:
    """The prose below the signature whose mark is the line `start`, or no line: a blank line after a name, and sentences."""
    place = start + 1
    while place < stop and lines[place].blank:
        place += 1
    if place == stop or rule(lines[place]) or legal(lines[place:stop]) or list_footer(lines[place:stop]):
        return stop, stop
    for first in range(place + 1, stop):
        if lines[first - 1].blank and _prose(lines[first]):
            return first, ending(lines, first, stop)
    return stop, stop


def _prose(line: Line) -> bool:
    """Whether somebody tells something in a line: a postscript, or a sentence without any address or number to reach them at."""
    if _POSTSCRIPT.match(line.said):
        return True
    return len(_WORD.findall(line.said)) >= _LEAST_PROSE and not _REACHABLE.search(line.said) and not device(line)


def _before_mark(lines: Sequence[Line], start: int, stop: int) -> int:
    """Above the first mark of a signature, if what follows it is short enough to be one, or a disclaimer or a list's footer."""
    left = sum(not line.blank for line in lines[start:stop])
    looked = 0
    for place in range(start, stop):
        left -= not lines[place].blank
        if not signature_mark(lines[place]):
            continue
        if left <= MOST_SIGNATURE:
            return place
        looked += 1
        below = lines[place + 1 : min(stop, place + 1 + _MOST_BELOW)]
        if looked <= _MOST_MARKS and (legal(below) or list_footer(below)):
            return place
    return stop


def _before_paragraph(lines: Sequence[Line], start: int, end: int) -> int:
    """Above the last paragraph, if it is a disclaimer, a scanner's line or a list's footer below a rule."""
    first = end
    while first > start and not lines[first - 1].blank and end - first < MOST_SIGNATURE:
        first -= 1
        if rule(lines[first]) and list_footer(lines[first + 1 : end]):
            return first
    paragraph = lines[first:end]
    if legal(paragraph) or (first > start and paragraph and paragraph[0].folded.startswith(LIST)):
        return first
    return end
