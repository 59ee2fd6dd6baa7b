"""The kinds that the lines of a mail are sorted into."""

from enum import IntEnum


class Kind(IntEnum):
    """Whose a line is."""

    OWN = 0
    ANSWER = 1
    """The writer's, inside what is marked as quoted."""
    QUOTED = 2
    BELOW = 3
    """Not marked, but below a quotation's header."""
    LOOSE = 4
    """Marked as quoted, with no header: the writer's choice if they go on to write below it."""
    HEADER = 5
    ENDING = 6

    @property
    def own(self) -> bool:
        """Whether the writer wrote it."""
        return self in (Kind.OWN, Kind.ANSWER)
