"""Looking: who reads what and where they stand, what went, what is to come. Changes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice

from sqlalchemy import Row
from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery, Enrollment, Lift, Subscriber
from dripcourse.db.queries.replies import arrivals_about, has_unread
from dripcourse.domain.delivery import DeliveryState, Kind
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.domain.errors import NotFound
from dripcourse.domain.pacing import WEEKDAYS
from dripcourse.services.enrollment import suppression
from dripcourse.services.enrollment.calendar import _after
from dripcourse.services.enrollment.lookup import naming
from dripcourse.services.parts import Parts
from dripcourse.services.replies.shared import Shared, shared_with_host

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One delivery, as `deliveries list` tells it."""

    id: str
    kind: str
    enrollment: str | None
    course: str
    lesson: str | None
    state: str
    reason: str
    due: datetime | None
    at: datetime
    detail: str = ""
    """The other side's words, where it said any; no address is among them."""


@dataclass(frozen=True, slots=True)
class LiftView:
    """A suppression of a reader's address that was lifted: why it was there and since when; when, by whom and why it was lifted."""

    reason: str
    since: datetime
    at: datetime
    by: str
    why: str

    @classmethod
    def of(cls, lift: Lift) -> "LiftView":
        """The same without the row's own numbers."""
        return cls(lift.reason, lift.since, lift.lifted_at, lift.by, lift.why)


@dataclass(frozen=True, slots=True)
class ReaderView:
    """One enrollment with its reader. `lesson` and `due` are of the next lesson; both None if nothing is to come.

    `waits` if that one waits for its reader's word, so that it has no date.
    """

    id: str
    enrollment: str
    email: str
    course: str
    state: str
    reason: str
    perspective: str | None
    zone: str
    day: str | None
    hour: int | None
    pace: str
    lesson: str | None
    due: datetime | None
    waits: bool = False
    deliveries: list[DeliveryView] = field(default_factory=list)
    shared: list[Shared] = field(default_factory=list)
    """The replies that this reader shares with the host; there may be others, which nobody is told of."""
    lifted: list[LiftView] = field(default_factory=list)

    def alone(self) -> dict[str, object]:
        """The enrollment without what only `reader` looks up: an empty list would say that there is none."""
        return {key: value for key, value in asdict(self).items() if not isinstance(value, list)}


@dataclass(frozen=True, slots=True)
class Heard:
    """A message that came in answer to a mail: what it was taken for, and what the host is told of it."""

    at: datetime
    verdict: str
    reason: str


@dataclass(frozen=True, slots=True)
class SetAside:
    """Messages that came in and were set aside for the same reason: how many, and when the newest came."""

    verdict: str | None
    reason: str
    count: int
    newest: datetime


def set_aside(parts: Parts) -> list[SetAside]:
    """What was set aside of the mail that came in, the most frequent first."""
    with parts.db.read() as session:
        return [SetAside(*row) for row in session.execute(queries.incoming.set_aside())]


def readers(parts: Parts, course: str | None = None, *, unread: bool = False) -> Iterator[ReaderView]:
    """Every enrollment, of one course if it is named, or with an answer that the host has not seen; streamed, oldest first."""
    with parts.db.read() as session:
        every = queries.overview.every_enrollment(course)
        wanted = every.where(has_unread()) if unread else every
        rows = iter(session.execute(wanted.execution_options(yield_per=_CHUNK)))
        while chunk := list(islice(rows, _CHUNK)):
            yield from _views(parts, session, chunk)


def reader(parts: Parts, ident: str) -> list[ReaderView]:
    """The enrollments that an id or an address names, with their deliveries and what they share. Raises NotFound."""
    with parts.db.read() as session:
        rows = session.execute(naming(parts, ident)).all()
        if not rows:
            raise NotFound("Nobody goes by that id or address. See: dripcourse subscriber list")
        found = list(_views(parts, session, rows))
        for view in found:
            view.deliveries.extend(
                map(_delivery_view, session.scalars(queries.overview.deliveries_of(view.enrollment)))
            )
            view.lifted.extend(map(LiftView.of, suppression.lifted(session, view.id)))
            view.shared.extend(shared_with_host(parts, session, view.enrollment))
        return found


def _views(parts: Parts, session: Session, rows: Sequence[Row[Enrollment, Subscriber]]) -> Iterator[ReaderView]:
    waiting = {
        enrollment: (lesson, due)
        for enrollment, lesson, due in session.execute(queries.delivery.in_hand([row[0].id for row in rows]))
    }
    for enrollment, subscriber in rows:
        lesson, due = waiting.get(enrollment.id) or _next(parts, enrollment)
        yield ReaderView(
            id=subscriber.id,
            enrollment=enrollment.id,
            email=parts.keys.unseal(subscriber.address_sealed, "address", subscriber.id).decode(),
            course=enrollment.course,
            state=enrollment.state.value,
            reason=(enrollment.left_reason or enrollment.pause_reason or ""),
            perspective=enrollment.perspective,
            zone=enrollment.zone,
            day=None if enrollment.weekday is None else WEEKDAYS[enrollment.weekday],
            hour=enrollment.hour,
            pace=enrollment.pace.value,
            lesson=lesson,
            due=due,
            waits=due is None and enrollment.waits and enrollment.state is EnrollmentState.ACTIVE,
        )


def _next(parts: Parts, enrollment: Enrollment) -> tuple[str | None, datetime | None]:
    course = parts.library.courses.get(enrollment.course)
    if course is None or enrollment.state is not EnrollmentState.ACTIVE:
        return None, None
    lesson = _after(course, enrollment)
    return (lesson.slug, enrollment.due_at) if lesson else (None, None)


def _delivery_view(delivery: Delivery) -> DeliveryView:
    return DeliveryView(
        id=delivery.id,
        kind=delivery.kind.value,
        enrollment=delivery.enrollment_id,
        course=delivery.course,
        lesson=delivery.lesson,
        state=delivery.state.value,
        reason=delivery.reason.value,
        due=delivery.due_at,
        at=delivery.changed_at,
        detail=delivery.detail,
    )


def deliveries(parts: Parts, *, only_unsure: bool = False) -> Iterator[DeliveryView]:
    """Every delivery, oldest first; with `only_unsure` those that nobody knows the fate of, the assumed ones included."""
    wanted = queries.delivery.unsure_deliveries() if only_unsure else queries.overview.every_delivery()
    with parts.db.read() as session:
        for delivery in session.scalars(wanted.execution_options(yield_per=_CHUNK)):
            yield _delivery_view(delivery)


def accepted_lessons(parts: Parts, enrollment: str) -> list[DeliveryView]:
    """The lessons that have gone to an enrollment, in the order they went."""
    gone = (DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.DEFERRED, DeliveryState.BOUNCED)
    with parts.db.read() as session:
        rows = session.scalars(queries.overview.deliveries_of(enrollment)).all()
    return [_delivery_view(row) for row in rows if row.kind is Kind.LESSON and row.state in gone]


def heard(parts: Parts, enrollment: str) -> list[Heard]:
    """What came in answer to the mails of an enrollment and was handled, newest first."""
    with parts.db.read() as session:
        rows = session.scalars(arrivals_about(enrollment)).all()
    return [Heard(row.received_at, row.verdict or "", row.reason) for row in rows]
