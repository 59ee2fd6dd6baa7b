"""One thing that needs the host, and what its providers look with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dripcourse.domain.need import Need
from dripcourse.services.parts import Parts

AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Look:
    """What a provider looks with: one read transaction at one instant."""

    parts: Parts
    session: Session
    now: datetime
    beat_within: timedelta | None


Provider = Callable[[Look], Iterator[Need]]
"""Finds the needs of one kind."""
