"""By construction: rows in any state, and whatever of them stands still is covered by some need."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from dripcourse.db.models import (
    Base,
    Delivery,
    Enrollment,
    Erasure,
    Inbound,
    Instance,
    ProviderEvent,
    Signup,
    Subscriber,
    table,
)
from dripcourse.domain.delivery import CAME_BACK, IN_HAND, DeliveryState, Kind, Reason
from dripcourse.domain.enrollment import EnrollmentState, PauseReason
from dripcourse.services.crypto.keyring import new_id
from dripcourse.services.diagnostics.needs import needs
from tests.db.rows import delivery, enrollment, subscriber
from tests.support.house import MONDAY, House, open_house

HOUR = timedelta(hours=1)
INSTANTS = st.one_of(st.none(), st.integers(-200, 200).map(lambda hours: MONDAY + hours * HOUR))
PAST = st.integers(-200, -1).map(lambda hours: MONDAY + hours * HOUR)
COURSES = st.sampled_from(["rebuilding-trust", "was-there-once"])
BOTH = st.booleans()


@st.composite
def enrolled(draw: st.DrawFn) -> list[Base]:
    """A reader in a course, perhaps with a lesson."""
    reader = subscriber()
    state = draw(st.sampled_from(EnrollmentState))
    due = draw(INSTANTS)
    row = enrollment(
        reader,
        course=draw(COURSES),
        state=state,
        pause_reason=draw(st.sampled_from(PauseReason)) if state is EnrollmentState.PAUSED else None,
        due_at=due,
        wake_at=due,
        promised_at=draw(INSTANTS),
        remind_at=draw(INSTANTS),
        waits=draw(BOTH) and due is None,
        last_accepted_at=draw(INSTANTS),
    )
    lessons = [sent(draw, row)] if draw(BOTH) else []
    return [reader, row, *lessons]


def sent(draw: st.DrawFn, row: Enrollment | None) -> Delivery:
    return delivery(
        row,
        kind=draw(st.sampled_from([kind for kind in Kind if kind is not Kind.ALERT])),
        state=draw(st.sampled_from(DeliveryState)),
        reason=draw(st.sampled_from(Reason)),
        wake_at=draw(INSTANTS),
        claimed_at=draw(PAST),
        changed_at=draw(PAST),
    )


@st.composite
def arrived(draw: st.DrawFn) -> list[Base]:
    """Something that came in."""
    handled = draw(INSTANTS)
    message = Inbound(
        id=new_id(),
        digest=new_id().encode(),
        door="pipe",
        raw_sealed=b"sealed" if draw(BOTH) else None,
        size=1,
        received_at=draw(PAST),
        wake_at=draw(INSTANTS),
        handled_at=handled,
        verdict="reply" if handled and draw(BOTH) else None,
    )
    asked = Signup(
        id=new_id(),
        address_index=b"a",
        payload_sealed=b"sealed",
        how="page",
        requested_at=draw(PAST),
        handled_at=draw(INSTANTS),
    )
    told = ProviderEvent(
        id=new_id(), kind="delivered", happened_at=MONDAY, received_at=draw(PAST), handled_at=draw(INSTANTS)
    )
    reader = subscriber()
    erased = Erasure(subscriber_id=reader.id, asked_at=draw(PAST), wake_at=MONDAY + HOUR)
    return [message, asked, told, *((reader, erased) if draw(BOTH) else ())]


def standing_still(rows: list[Base], ago: datetime) -> set[str]:
    """The kinds of needs that these rows must cause, found row by row and by nothing else than what they say."""
    enrollments = [row for row in rows if isinstance(row, Enrollment)]
    deliveries = [row for row in rows if isinstance(row, Delivery)]
    in_hand = {
        row.enrollment_id
        for row in deliveries
        if row.kind is Kind.LESSON and row.state in IN_HAND and row.reason is not Reason.STOPPED
    }
    kinds = {kind for row in enrollments for kind in of_enrollment(row, ago, in_hand=row.id in in_hand)}
    kinds |= {kind for row in deliveries for kind in of_delivery(row, ago)}
    left = {row.id for row in enrollments if row.state is EnrollmentState.LEFT}
    came_back = [row for row in deliveries if row.state is DeliveryState.BOUNCED and row.reason in CAME_BACK]
    if any(row.kind is Kind.LESSON and row.enrollment_id not in left for row in came_back):
        kinds.add("bounced")
    return kinds | {kind for row in rows for kind in of_arrival(row, ago)}


def of_enrollment(row: Enrollment, ago: datetime, *, in_hand: bool) -> Iterator[str]:
    missing = row.course == "was-there-once"
    if row.state is EnrollmentState.ACTIVE:
        if any(at and at <= ago for at in (row.wake_at, row.remind_at)):
            yield "late"
        if not (row.due_at or row.waits or in_hand):
            yield "stuck"
        if missing:
            yield "course"
    if row.state is EnrollmentState.PAUSED and (missing or row.pause_reason is PauseReason.COURSE):
        yield "course"


def of_delivery(row: Delivery, ago: datetime) -> Iterator[str]:
    if row.state is DeliveryState.HELD and row.wake_at is not None:
        yield "waiting"
    elif row.state is DeliveryState.HELD and row.reason is not Reason.STOPPED:
        yield "held"
    if row.state in (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNSURE):
        if row.wake_at is None or row.wake_at <= ago:
            yield "queue"
        if row.state is DeliveryState.UNSURE and row.wake_at is not None:
            yield "unsure"


def of_arrival(row: Base, ago: datetime) -> Iterator[str]:
    match row:
        case Inbound(handled_at=None) if row.received_at <= ago:
            yield "arrivals"
        case Inbound(verdict=None) if row.handled_at and row.raw_sealed:
            yield "set-aside"
        case Signup(handled_at=None) if row.requested_at <= ago:
            yield "signups"
        case ProviderEvent(handled_at=None) if row.received_at <= ago:
            yield "events"
        case Erasure() if row.asked_at <= ago:
            yield "erasure"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("needs")
    with open_house(folder) as opened:
        yield opened


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(enrolled(), arrived()), min_size=1, max_size=6))
def test_whatever_stands_still_is_covered_by_a_need(house: House, drawn: list[list[Base]]) -> None:
    rows = [row for each in drawn for row in each]
    with house.parts.db.write() as session:
        for model in (Subscriber, Delivery, Inbound, Signup, ProviderEvent):
            session.execute(delete(table(model)))
        assert session.get(Instance, 1) is not None
        for row in rows:
            session.add(row)
            session.flush()
            session.expunge(row)
    said = needs(house.parts, MONDAY)
    must = standing_still(rows, MONDAY - HOUR)
    assert must <= {need.kind for need in said}
    known = {"late", "later", "deferred"}  # by their age, or by a promise that was put off
    assert {need.kind for need in said} - must <= known
    assert all(need.count > 0 and need.reason.endswith(".") and "@" not in need.reason for need in said)
