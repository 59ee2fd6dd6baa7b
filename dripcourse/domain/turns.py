"""One lesson a week over all courses of a reader: no two are nearer than the weekly pace allows, and courses take turns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from dripcourse.domain.pacing import LEEWAY, Pace, Slot, first_slot

APART = Pace.WEEKLY.elapsed - LEEWAY
"""How far apart two lessons to one reader are, whatever courses they are of. (A welcome is outside the pace.)"""
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Turn:
    """A course's next lesson: the reader's slot in it, when it is due by its own pace, and when its last mail went."""

    slot: Slot
    due: datetime
    last: datetime | None


def spaced(turns: Sequence[Turn], last: datetime | None, now: datetime) -> list[datetime]:
    """When each of a reader's next lessons is due, given that their `last` lesson of any course went then.

    The course that has waited longest keeps its date; each other comes at its first slot that is far enough from those before it. None
    comes sooner than it was due.
    """
    dates = [turn.due for turn in turns]
    taken: list[datetime] = []
    for place in sorted(range(len(turns)), key=lambda each: turns[each].last or _NEVER):
        slot, due = turns[place].slot, max(turns[place].due, now)
        if last is not None and due < last + APART:
            due = dates[place] = first_slot(slot, last + APART)
        while near := next((other for other in taken if abs(due - other) < APART), None):
            due = dates[place] = first_slot(slot, near + APART)
        taken.append(due)
    return dates
