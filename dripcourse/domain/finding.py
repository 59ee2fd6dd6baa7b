"""What a look at an installation finds: one thing, whether it is well, why that matters, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a finding is to be taken: nothing to do; could not be looked at; worth a look; to be put right before a reader finds out."""

    WELL = "well"
    UNSEEN = "unseen"
    LOOK = "look"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """`says` is a sentence for the host; `why` says what it means for readers, `do` what to do; both are empty if all is well.

    None of them holds a reader's address or a secret.
    """

    level: Level
    about: str
    says: str
    do: str = ""
    why: str = ""


def well(about: str, says: str) -> Finding:
    """Nothing to do."""
    return Finding(Level.WELL, about, says)


def look(about: str, says: str, do: str, why: str = "") -> Finding:
    """It works, and is worth a look."""
    return Finding(Level.LOOK, about, says, do, why)


def unseen(about: str, says: str, do: str = "") -> Finding:
    """It could not be looked at, so nothing is known of it."""
    return Finding(Level.UNSEEN, about, says, do)


def wrong(about: str, says: str, do: str, why: str = "") -> Finding:
    """To be put right before a reader finds out."""
    return Finding(Level.WRONG, about, says, do, why)


_WEIGHT = (Level.WRONG, Level.LOOK, Level.UNSEEN, Level.WELL)


def by_weight(found: Iterable[Finding]) -> list[Finding]:
    """The heaviest first; of the same weight, in the order in which they were found."""
    return sorted(found, key=lambda each: _WEIGHT.index(each.level))
