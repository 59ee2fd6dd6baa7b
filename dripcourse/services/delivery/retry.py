"""Doing a transaction again that may or may not have been done: when the database went away in the middle of a COMMIT, nobody knows."""

from collections.abc import Callable
from time import sleep
from typing import TypeVar

from dripcourse.domain.errors import DatabaseAway

_PAUSES = (0.0, 0.2, 0.8)
"""Seconds before each further attempt: a connection that was cut is made anew at once, a fail-over takes a moment."""

T = TypeVar("T")


def insist(work: Callable[[], T]) -> T:
    """What `work` returns, tried again while the database is away for a moment. Raises DatabaseAway if it stays away.

    `work` must be a whole transaction that changes nothing where it was done before (FAULTS.md S20).
    """
    for pause in _PAUSES:
        try:
            return work()
        except DatabaseAway:
            sleep(pause)
    return work()
