"""What really reached the readers, read from their side, and judged against what was promised."""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from itertools import pairwise
from typing import NamedTuple

WELCOME_TO_FIRST = timedelta(days=2)
LEAST_APART = timedelta(days=6)


@dataclass
class Verdict:
    """How many mails there are and what is wrong with them; whatever is not zero is a promise broken."""

    readers: int = 0
    mails: int = 0
    repeated: int = 0
    lost: int = 0
    early: int = 0
    out_of_order: int = 0
    broken: int = 0
    listed: int = 0
    listed_and_missing: int = 0
    """Lessons that the host is shown as unsure or held; and those of them that did not come. Neither breaks a promise."""
    examples: list[str] = field(default_factory=list)

    @property
    def kept(self) -> bool:
        return not (self.repeated or self.lost or self.early or self.out_of_order or self.broken)

    def figures(self) -> dict[str, object]:
        return {key: value for key, value in asdict(self).items() if key != "examples" or value}

    def against(self, what: str, reader: str, seen: list[tuple[int, datetime]]) -> None:
        setattr(self, what, getattr(self, what) + 1)
        if len(self.examples) < 5:
            self.examples.append(f"{what}: {reader} got {[(number, at.isoformat()) for number, at in seen]}")


class Seen(NamedTuple):
    """A mail as its reader sees it: to whom, which lesson, from when; and whether it can be read without a fault."""

    reader: str
    number: int
    at: datetime
    sound: bool = True


def seen(mail: EmailMessage) -> Seen:
    """What there is to see of a mail, with Python's own parser."""
    number = int(str(mail["Subject"]).removeprefix("Letter "))
    return Seen(mail["To"].addresses[0].addr_spec, number, mail["Date"].datetime, not mail.defects)


def glimpsed(raw: bytes) -> Seen:
    """The same by a look at three headers, for a hundred thousand of them."""
    headers = BytesHeaderParser().parsebytes(raw.partition(b"\n\n")[0])
    number = int(headers["Subject"].removeprefix("Letter "))
    return Seen(headers["To"], number, parsedate_to_datetime(headers["Date"]))


def judge(
    mails: Iterable[Seen], readers: set[str], lessons: int, listed: AbstractSet[tuple[str, int]] = frozenset()
) -> Verdict:
    """Every reader has every lesson once, in order, at the pace; one that is `listed`, as (reader, number), may be missing."""
    verdict = Verdict(readers=len(readers), listed=len(listed))
    got: dict[str, list[tuple[int, datetime]]] = {reader: [] for reader in readers}
    for mail in mails:
        verdict.mails += 1
        verdict.broken += not mail.sound
        got.setdefault(mail.reader, []).append((mail.number, mail.at))
    for reader, had in got.items():
        shown = {number for name, number in listed if name == reader}
        _judge_one(verdict, reader, sorted(had, key=lambda each: each[1]), lessons, shown)
    return verdict


def _judge_one(verdict: Verdict, reader: str, seen: list[tuple[int, datetime]], lessons: int, shown: set[int]) -> None:
    times = Counter(number for number, _ in seen)
    for number in range(lessons):
        if times[number] > 1:
            verdict.against("repeated", reader, seen)
        if times[number] == 0 and number in shown:
            verdict.listed_and_missing += 1
        elif times[number] == 0:
            verdict.against("lost", reader, seen)
    if [number for number, _ in seen] != sorted(number for number, _ in seen):
        verdict.against("out_of_order", reader, seen)
    for (number, at), (_, following) in pairwise(seen):
        if following - at < (WELCOME_TO_FIRST if number == 0 else LEAST_APART):
            verdict.against("early", reader, seen)
