"""What is due or wrong at an instant: one question a tick, and the rows behind it. Statements only."""

from collections.abc import Collection
from datetime import datetime
from functools import cache

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute

from dripcourse.db.models import (
    Delivery,
    Enrollment,
    Erasure,
    Inbound,
    ProviderEvent,
    Signup,
)
from dripcourse.db.types import Instant
from dripcourse.domain.delivery import DeliveryState
from dripcourse.domain.enrollment import EnrollmentState


@cache
def agenda(*, any_hour: bool) -> Select[bool, bool, bool, bool, bool, bool, bool, bool, bool]:
    """What there is to do at the instant `now`: (mend, receive, hear, settle, erase, decide, resume, remind, send), each answered by an index; nothing is locked.

    Bind `now`, `ahead`, `long` and `beyond`: what was written after the second, a delivery that waits until after the third and an
    arrival that waits until after the fourth are a clock's fault and want mending. Built once: it is asked with every beat.
    """
    now, ahead, long, beyond = (bindparam(name, type_=Instant()) for name in ("now", "ahead", "long", "beyond"))
    mend = or_(
        exists().where(_written_ahead(ahead)),
        exists().where(*_sleeps_beyond(long)),
        exists().where(*_set_ahead(ahead)),
    )
    wire = (DeliveryState.SENDING, DeliveryState.UNSURE, DeliveryState.HELD)  # held: until an instant
    settle = exists().where(Delivery.state.in_(wire), Delivery.wake_at <= now)
    waiting = exists().where(Delivery.state == DeliveryState.CLAIMED, Delivery.wake_at <= now)
    due = exists().where(Enrollment.state == EnrollmentState.ACTIVE, due_column(any_hour=any_hour) <= now)
    decide = exists().where(Signup.handled_at.is_(None))
    resume = exists().where(Enrollment.paused_until <= now, Enrollment.state == EnrollmentState.PAUSED)
    remind = exists().where(*wants_reminding(now))
    hear = exists().where(ProviderEvent.handled_at.is_(None))
    receive = or_(exists().where(Inbound.wake_at <= now), exists().where(Inbound.wake_at > beyond))
    erase = exists().where(Erasure.wake_at <= now)
    return select(mend, receive, hear, settle, erase, decide, resume, remind, or_(waiting, due))


def _written_ahead(instant: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    return Delivery.changed_at > instant


def _sleeps_beyond(instant: datetime | BindParameter[datetime]) -> tuple[ColumnElement[bool], ...]:
    waiting = (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNSURE)
    return Delivery.state.in_(waiting), Delivery.wake_at > instant


def _set_ahead(instant: datetime | BindParameter[datetime]) -> tuple[ColumnElement[bool], ...]:
    return Enrollment.state == EnrollmentState.ACTIVE, Enrollment.set_at > instant


def wants_reminding(instant: datetime | BindParameter[datetime]) -> tuple[ColumnElement[bool], ...]:
    """Enrollments whose reader is to be reminded that the next lesson waits for their word."""
    return Enrollment.state == EnrollmentState.ACTIVE, Enrollment.remind_at <= instant


def deliveries_ahead(written: datetime, sleeps: datetime, limit: int) -> Select[Delivery]:
    """Deliveries that were written after an instant that has not come yet, or that wait until after another."""
    wrong = or_(_written_ahead(written), and_(*_sleeps_beyond(sleeps)))
    return select(Delivery).where(wrong).limit(limit).with_for_update(skip_locked=True)


def enrollments_for_update(ids: Collection[str]) -> Select[Enrollment]:
    """These enrollments, held until the transaction ends."""
    return select(Enrollment).where(Enrollment.id.in_(ids)).with_for_update()


def enrollments_ahead(instant: datetime, limit: int) -> Select[Enrollment]:
    """Active enrollments whose date was set after an instant that has not come yet."""
    return select(Enrollment).where(*_set_ahead(instant)).limit(limit).with_for_update(skip_locked=True)


def due_column(*, any_hour: bool) -> InstrumentedAttribute[datetime | None]:
    """The column that a tick compares with its instant: `due_at` if the hour of the day does not matter, else `wake_at`."""
    return Enrollment.due_at if any_hour else Enrollment.wake_at
