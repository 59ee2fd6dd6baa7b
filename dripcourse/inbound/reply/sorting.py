"""Sorts the lines of a mail: whose is each?"""

from collections.abc import Sequence
from itertools import pairwise

from dripcourse.inbound.reply import closings
from dripcourse.inbound.reply.alignment import Share
from dripcourse.inbound.reply.kinds import Kind
from dripcourse.inbound.reply.lines import Line
from dripcourse.inbound.reply.quotation import Span, continues, find_headers, followers, marking

_LESSON = 12  # words: less of a lesson in a quotation tells nothing about the rest of it
_PASTED = 40
_FRAGMENT = 8


class Sorting:
    """The lines of one mail and, step by step, the kind of each."""

    def __init__(self, lines: Sequence[Line], shares: Sequence[Share] | None, *, whole: bool) -> None:
        self.lines = lines
        self._shares = shares
        self._whole = whole
        self._nexts = followers(lines)
        self._kinds = [Kind.OWN] * len(lines)

    def kinds(self) -> list[Kind]:
        """Whose each line is. If nothing would be left, what could be somebody's is theirs; a lesson that came back alone never is."""
        spans = find_headers(self.lines, self._nexts, self._shares)
        self._below_headers([span for span in spans if span.depth == 0], {span.start for span in spans if span.depth})
        self._pasted_lessons()
        self._loose_ends()
        self._answered()
        for kind in (Kind.BELOW, Kind.ENDING, Kind.LOOSE, Kind.QUOTED, Kind.HEADER):
            if any(each.own and not line.blank for line, each in zip(self.lines, self._kinds, strict=True)):
                break
            self._reveal(kind)
        return self._kinds

    def _reveal(self, kind: Kind) -> None:
        is_answer = self._quotes_lesson()
        for place, each in enumerate(self._kinds):
            if each is kind and not (
                self._is_programs(place) if is_answer else kind is Kind.BELOW and self._lesson(place)
            ):
                self._kinds[place] = Kind.OWN

    def _quotes_lesson(self) -> bool:
        """Whether what a program quoted is hidden: the lesson, or, if none is known, marked lines under a header."""
        if self._shares is None:
            return Kind.HEADER in self._kinds and Kind.QUOTED in self._kinds and Kind.BELOW not in self._kinds
        hidden = (place for place, each in enumerate(self._kinds) if not each.own and self._lesson(place))
        return self._shares is not None and sum(self._shares[place].covered for place in hidden) >= _LESSON

    def _is_programs(self, place: int) -> bool:
        if self._kinds[place] in (Kind.HEADER, Kind.QUOTED):
            return True
        if self._shares is None:
            return self._kinds[place] is Kind.ENDING and closings.device(self.lines[place])
        return not self._unsent(place) or closings.device(self.lines[place])

    def _lesson(self, place: int) -> bool:
        return self._shares is not None and self._shares[place].lesson

    def _words(self, place: int) -> bool:
        return bool(self._shares and self._shares[place].words)

    def _set(self, start: int, end: int, kind: Kind) -> None:
        self._kinds[start:end] = [kind] * (end - start)

    # what stands under headers, and what is marked without one

    def _below_headers(self, spans: Sequence[Span], inner: set[int]) -> None:
        self._marked(0, spans[0].start if spans else len(self.lines), inner)
        opened = False
        for number, span in enumerate(spans):
            self._set(span.start, span.end, Kind.HEADER)
            stop = spans[number + 1].start if number + 1 < len(spans) else len(self.lines)
            first = self._nexts[span.end]
            marked = marking(self.lines, self._nexts, first)
            if first < stop and marked(self.lines[first]):
                for place in range(span.end, stop):
                    if marked(self.lines[place]) or continues(self.lines, place, marked) or self._rest(place):
                        self._kinds[place] = Kind.QUOTED
                    elif opened:
                        self._kinds[place] = Kind.BELOW
                self._answers(span.end, stop, Kind.QUOTED)
            else:
                self._set(span.end, stop, Kind.BELOW)
                self._answers(span.end, stop, Kind.BELOW, tail=not opened)
                opened = True

    def _rest(self, place: int) -> bool:
        """Whether a line without a mark is the lesson's and goes on where a quoted line ended."""
        return (
            place > 0
            and self._lesson(place)
            and self._kinds[place - 1] is Kind.QUOTED
            and not self.lines[place - 1].blank
        )

    def _marked(self, start: int, stop: int, inner: set[int]) -> None:
        """Lines that are marked, with no header above them; some programs put the header inside the marks."""
        place = start
        headed = False
        while place < stop:
            end = place
            while end < stop and self.lines[end].depth:
                end += 1
            if end == place:
                place += 1
                continue
            said = [at for at in range(place, end) if not self.lines[at].blank]
            worded = [at for at in said if self._words(at)]
            lessons = sum(self._lesson(at) for at in worded)
            headed = headed or any(at in inner for at in said[:3])
            quoted = headed or (lessons and lessons * 2 >= len(worded))
            self._set(place, end, Kind.QUOTED if quoted else Kind.LOOSE)
            place = end
        self._answers(start, stop, Kind.QUOTED)

    # what is the writer's inside a quotation

    def _answers(self, start: int, stop: int, kind: Kind, *, tail: bool = True) -> None:
        """Lines inside the quoted lesson that are not the lesson's: somebody wrote there."""
        if self._shares is None:
            return
        lessons = [place for place in range(start, stop) if self._kinds[place] is kind and self._lesson(place)]
        if sum(self._shares[place].covered for place in lessons) < _LESSON:
            return
        if any(self.lines[place].folded.startswith("content-t") for place in range(start, stop)):
            return  # a raw message was quoted, with its parts and their markup
        there = {place: self._shares[place].there for place in lessons}
        first, last = min(lessons, key=there.__getitem__), max(reversed(lessons), key=there.__getitem__)
        written = self._written(lessons, min(first, last), stop if tail and self._whole else last, kind)
        for place in written:
            self._kinds[place] = Kind.ANSWER if self.lines[place].depth else Kind.OWN
        for place, following in pairwise(written):
            if self._nexts[place + 1] == following:
                self._set(place + 1, following, self._kinds[place])
        if tail and not self._whole and kind is Kind.BELOW and not self._own_above(stop):
            self._set(last + 1, stop, Kind.OWN)

    def _answered(self) -> None:
        """Lines of the lesson that somebody wrote a word or two behind are shown, with those words."""
        for place, share in enumerate(self._shares or ()):
            if share.answered and not self._kinds[place].own and self._kinds[place] is not Kind.HEADER:
                self._kinds[place] = Kind.ANSWER if self.lines[place].depth else Kind.OWN

    def _written(self, lessons: Sequence[int], start: int, stop: int, kind: Kind) -> list[int]:
        """The lines that somebody wrote among a lesson's, as deep as the line of the lesson above or below them."""
        written: list[int] = []
        following = 0
        for place in range(start, stop):
            if following < len(lessons) and lessons[following] == place:
                following += 1
            around = {self.lines[at].depth for at in lessons[max(0, following - 1) : following + 1]}
            if self._kinds[place] is kind and self.lines[place].depth in around and self._unsent(place):
                written.append(place)
        return written

    def _unsent(self, place: int) -> bool:
        """Whether a line says something that the lesson does not."""
        return (self._words(place) or _sign(self.lines[place])) and not self._lesson(place)

    def _own_above(self, start: int) -> bool:
        return any(self._kinds[place].own and not self.lines[place].blank for place in range(start))

    def _pasted_lessons(self) -> None:
        """Long stretches of the lesson outside all quotation: pasted, or quoted without a mark or a header."""
        if self._shares is None:
            return
        stretches = list(self._stretches(self._shares))
        long = [(start, end) for start, end, covered in stretches if covered >= _PASTED]
        if not long:
            return
        for start, end, covered in stretches:
            if covered >= _PASTED or (covered >= _FRAGMENT and long[0][0] < start < long[-1][1]):
                self._set(start, end, Kind.QUOTED)
        end = long[-1][1]
        if not any(self._unsent(place) for place in range(end, len(self.lines))):
            self._set(end, len(self.lines), Kind.QUOTED)  # links and rules below the last of its words

    def _stretches(self, shares: Sequence[Share]) -> list[tuple[int, int, int]]:
        """Lines of the writer's that are the lesson's and follow each other, with the number of its words in them."""
        found: list[tuple[int, int, int]] = []
        start, covered, end = None, 0, 0
        for place, share in enumerate(shares):
            own = self._kinds[place] is Kind.OWN
            if own and share.lesson:
                start = place if start is None else start
                covered, end = covered + share.covered, place + 1
            elif start is not None and not (own and share.words == 0):
                found.append((start, end, covered))
                start, covered = None, 0
        if start is not None:
            found.append((start, end, covered))
        return found

    # what stands at the end

    def _loose_ends(self) -> None:
        """Signatures and the like; then quotation without a header that nothing of the writer's follows."""
        self._endings(len(self.lines))
        last = len(self.lines)
        while last and (self.lines[last - 1].blank or self._kinds[last - 1] not in (Kind.OWN, Kind.ANSWER)):
            last -= 1
        for place in range(last):
            if self._kinds[place] is Kind.LOOSE:
                self._kinds[place] = Kind.OWN
        if last < len(self.lines):
            self._endings(last)
        self._devices()

    def _devices(self) -> None:
        """A device's line that is a paragraph of its own: on a telephone some write on below it."""
        before = True
        for place, line in enumerate(self.lines):
            after = place + 1 == len(self.lines) or self.lines[place + 1].blank or not self._kinds[place + 1].own
            if before and after and self._kinds[place] is Kind.OWN and line.depth == 0 and closings.device(line):
                self._kinds[place] = Kind.ENDING
            before = line.blank or not self._kinds[place].own

    def _endings(self, stop: int) -> None:
        """Hide what programs add below a mail, above each header and at the end."""
        start = None
        for place in range(stop + 1):
            own = place < stop and self._kinds[place] is Kind.OWN
            if own and start is None:
                start = place
            elif not own and start is not None:
                last = place == stop or self._kinds[place] is Kind.HEADER or self._nexts[place] == len(self.lines)
                if last:
                    self._ending(start, place)
                start = None

    def _ending(self, start: int, stop: int) -> None:
        """Hide what ends these lines, but for words that stand below the signature in it."""
        end = closings.ending(self.lines, start, stop)
        self._set(end, stop, Kind.ENDING)
        if end < stop and closings.signature_mark(self.lines[end]):
            first, last = closings.below_signature(self.lines, end, stop)
            self._set(first, last, Kind.OWN)


def _sign(line: Line) -> bool:
    """Whether a line without words says something all the same: a smile, a heart."""
    return line.wordless and any(ord(char) > 0x2190 for char in line.said)
