"""When the wire is closed for everybody, for how long, and what opens it again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dripcourse.domain.circuit_breaker import FAILURES, LONGEST_REST, PROBE_EVERY, Circuit, Leave
from dripcourse.domain.mail import Accepted, Later, Outcome, Refused, Unknown

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
KEY_REFUSED = Later("401", everyone=True, needs_host=True)
SILENT = Unknown("no answer")
AWAY = Later("nobody there", everyone=True)
SLOW_DOWN = Later("429", not_before=NOW + timedelta(seconds=30), everyone=True)
ABOUT_ONE_READER = (Refused("no such mailbox"), Later("mailbox full"), Later("busy", not_before=NOW))
ANY = (Accepted(), KEY_REFUSED, SILENT, AWAY, SLOW_DOWN, *ABOUT_ONE_READER)


def after(*outcomes: Outcome, at: datetime = NOW) -> Circuit:
    circuit = Circuit()
    for outcome in outcomes:
        circuit = circuit.after(outcome, at)
    return circuit


@pytest.mark.parametrize(
    ("outcomes", "leave"),
    [
        ((), Leave.GO),
        ((KEY_REFUSED,), Leave.WAIT),
        ((SILENT,) * (FAILURES - 1), Leave.GO),
        ((SILENT,) * FAILURES, Leave.WAIT),
        ((AWAY, SILENT, AWAY, SILENT, AWAY), Leave.WAIT),
        ((SILENT,) * (FAILURES - 1) + (Accepted(),) + (SILENT,) * (FAILURES - 1), Leave.GO),
        ((SILENT,) * (FAILURES - 1) + ABOUT_ONE_READER * 5, Leave.GO),
        ((SLOW_DOWN,), Leave.WAIT),
        ((KEY_REFUSED, Accepted()), Leave.GO),
    ],
)
def test_what_closes_it_for_everybody(outcomes: tuple[Outcome, ...], leave: Leave) -> None:
    assert after(*outcomes).leave(NOW) is leave


def test_open_it_lets_a_probe_through_each_minute_until_a_mail_is_taken() -> None:
    circuit = after(KEY_REFUSED)
    assert circuit.leave(NOW + PROBE_EVERY - timedelta(seconds=1)) is Leave.WAIT
    for minute in range(1, 100):
        now = NOW + minute * PROBE_EVERY
        assert circuit.leave(now) is Leave.PROBE
        circuit = circuit.after((KEY_REFUSED, SILENT, AWAY)[minute % 3], now)
        assert circuit.opened_at == NOW
    assert circuit.after(Accepted(), NOW) == Circuit()


def test_a_provider_that_says_when_is_left_alone_until_then_and_that_is_no_failure() -> None:
    resting = after(*(SLOW_DOWN,) * 20)
    assert (resting.failures, resting.opened_at) == (0, None)
    assert resting.leave(NOW + timedelta(seconds=29)) is Leave.WAIT
    assert resting.leave(NOW + timedelta(seconds=30)) is Leave.GO


def test_a_mail_that_was_under_way_when_the_limit_was_reached_does_not_end_the_rest() -> None:
    assert after(SLOW_DOWN, Accepted()).leave(NOW) is Leave.WAIT
    assert after(SLOW_DOWN).after(Accepted(), NOW + timedelta(seconds=31)) == Circuit()


@given(outcomes=st.lists(st.sampled_from(ANY), max_size=12), ahead=st.timedeltas(timedelta(), timedelta(days=4000)))
def test_whatever_was_heard_by_whatever_clock_something_may_go_within_the_longest_rest(
    outcomes: list[Outcome], ahead: timedelta
) -> None:
    circuit = after(*outcomes, at=NOW + ahead)
    assert (
        circuit.leave(NOW + LONGEST_REST) is not Leave.WAIT or circuit.leave(NOW + 2 * LONGEST_REST) is not Leave.WAIT
    )
