"""Lists for the host, and the installation's own rows. Statements only."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    Select,
    or_,
    select,
    true,
)

from dripcourse.db.models import (
    Beat,
    Delivery,
    Enrollment,
    Instance,
    Subscriber,
)


def every_enrollment(course: str | None = None) -> Select[Enrollment, Subscriber]:
    """All enrollments with their readers, oldest first; of one course if it is named."""
    wanted = Enrollment.course == course if course else true()
    return (
        select(Enrollment, Subscriber)
        .join(Subscriber, Subscriber.id == Enrollment.subscriber_id)
        .where(wanted)
        .order_by(Enrollment.created_at, Enrollment.id)
    )


def enrollments_by_id(ident: str) -> Select[Enrollment, Subscriber]:
    """The enrollments that an id names: its own, or its reader's."""
    return every_enrollment().where(or_(Enrollment.id == ident, Enrollment.subscriber_id == ident))


def enrollments_by_index(indexes: Sequence[bytes]) -> Select[Enrollment, Subscriber]:
    """The enrollments of an address."""
    return every_enrollment().where(Subscriber.address_index.in_(indexes))


def every_delivery() -> Select[Delivery]:
    """All deliveries, oldest first."""
    return select(Delivery).order_by(Delivery.claimed_at, Delivery.id)


def deliveries_of(enrollment: str) -> Select[Delivery]:
    """All deliveries of one enrollment, oldest first."""
    return every_delivery().where(Delivery.enrollment_id == enrollment)


def instance() -> Select[Instance]:
    """The instance seal."""
    return select(Instance)


def beats_since(instant: datetime) -> Select[Beat]:
    """The processes that have ticked since an instant."""
    return select(Beat).where(Beat.beat_at >= instant).order_by(Beat.beat_at.desc())
