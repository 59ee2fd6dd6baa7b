"""What is asked of the database about its journal."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import Select, bindparam, case, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from dripcourse.db.models import Beat, Delivery, Noted, table
from dripcourse.db.types import Row
from dripcourse.domain.delivery import DeliveryState

_noted = table(Noted)


class Span(Protocol):
    """Bytes of a file."""

    @property
    def file(self) -> str: ...  # noqa: D102
    @property
    def start(self) -> int: ...  # noqa: D102


def spans(files: Iterable[str] | None = None) -> Select[str, int, int]:
    """(file, start, stop) of all that is known of these files, or of all."""
    every = select(Noted.file, Noted.start, Noted.stop)
    return every if files is None else every.where(Noted.file.in_(list(files)))


def know(session: Session, rows: Sequence[Row]) -> None:
    """These bytes too. Two processes may know the same from the same byte on: the longer of the two stands."""
    dialect = session.get_bind().dialect.name
    more = (sqlite if dialect == "sqlite" else postgresql).insert(Noted)
    longer = case((more.excluded.stop > Noted.stop, more.excluded.stop), else_=Noted.stop)
    session.execute(more.on_conflict_do_update(index_elements=["file", "start"], set_={"stop": longer}), list(rows))


def forget(session: Session, *, rows: Sequence[Span] | None = None) -> None:
    """These rows, or all."""
    if rows is None:
        session.execute(delete(Noted))
    elif rows:
        one = delete(_noted).where(_noted.c.file == bindparam("b_file"), _noted.c.start == bindparam("b_start"))
        session.connection().execute(one, [{"b_file": each.file, "b_start": each.start} for each in rows])


def lives_elsewhere(place: str, since: datetime) -> Select[str]:
    """The ids of processes that ticked since, with a journal in another place."""
    return select(Beat.id).where(Beat.place != place, Beat.place != "", Beat.beat_at >= since).limit(1)


def in_hand() -> Select[Delivery]:
    """Deliveries that may be on their way."""
    states = (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNSURE)
    return select(Delivery).where(Delivery.state.in_(states), Delivery.wake_at.is_not(None))


def changed_since(instant: datetime) -> Select[Delivery]:
    """Deliveries that changed since an instant."""
    return select(Delivery).where(Delivery.changed_at >= instant)
