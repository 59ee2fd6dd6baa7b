"""What a reader's mails look like from outside: how plainly their subjects speak, and what may stand in a cover of the reader's own."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from dripcourse.domain.errors import UsageError

MOST_NAME, MOST_SUBJECT = 64, 128
"""The most characters of a cover's two texts."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"  # they stand inside words of Persian or Hindi, and inside faces
_PLACE = re.compile(r"://|\bwww\.|[^\W_]\.[^\W\d_]{2}", re.IGNORECASE)


class Style(StrEnum):
    """How a reader's mails name themselves."""

    DISCREET = "discreet"
    PLAIN = "plain"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Cover:
    """What a reader chose; `name` and `subject` are '' unless the style is OWN."""

    style: Style = Style.DISCREET
    name: str = ""
    subject: str = ""
    behind_link: bool = False


class CoverError(UsageError):
    """A cover that no mail can wear: `wrong` has the fault of each field ("name", "subject") as one word: empty, long, breaks or address."""

    def __init__(self, wrong: dict[str, str]) -> None:
        self.wrong = wrong
        super().__init__("This cannot stand in the list of a mailbox.")


def own_cover(name: str, subject: str, *, behind_link: bool = False) -> Cover:
    """A cover of the reader's own, spaces at the ends left out. Raises CoverError.

    Refused: nothing at all, too much, what ends lines, hides or turns writing round (RFC 5322 2.2, UAX 9); and in the name, which
    a mailbox shows in place of an address, whatever looks like an address or a domain.
    """
    name, subject = (unicodedata.normalize("NFC", text.strip(" \t")) for text in (name, subject))
    faults = {"name": _fault(name, MOST_NAME) or _poses(name), "subject": _fault(subject, MOST_SUBJECT)}
    if wrong := {field: fault for field, fault in faults.items() if fault}:
        raise CoverError(wrong)
    return Cover(Style.OWN, name, subject, behind_link)


def style_of(word: str) -> Style:
    """The style of that word; discreet for any that there is not."""
    return Style(word) if word in list(Style) else Style.DISCREET


def _fault(text: str, most: int) -> str:
    if len(text) > most:
        return "long"
    if any(unicodedata.category(char) in _UNSEEN and char not in _JOINERS for char in text):
        return "breaks"
    return "" if any(not char.isspace() and char not in _JOINERS for char in text) else "empty"


def _poses(name: str) -> str:
    """As a mail program could read it: full-width signs and dots of other scripts are what they look like."""
    seen = unicodedata.normalize("NFKC", name).replace("\u3002", ".").replace("\u2024", ".")
    return "address" if any(sign in seen for sign in "@<>") or _PLACE.search(seen) else ""
