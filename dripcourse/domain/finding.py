"""What a look at an installation finds: one thing, whether it is well, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a finding is to be taken: nothing to do; worth a look; to be put right before a reader finds out."""

    WELL = "well"
    LOOK = "look"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """`says` is a sentence for the host; `do`, empty if all is well, says what to do. Neither holds a reader's address or a secret."""

    level: Level
    about: str
    says: str
    do: str = ""


def well(about: str, says: str) -> Finding:
    """Nothing to do."""
    return Finding(Level.WELL, about, says)


def look(about: str, says: str, do: str) -> Finding:
    """It works, and is worth a look."""
    return Finding(Level.LOOK, about, says, do)


def wrong(about: str, says: str, do: str) -> Finding:
    """To be put right before a reader finds out."""
    return Finding(Level.WRONG, about, says, do)
