"""The server has committed, and its answer is lost (FAULTS.md S20): nothing is repeated, nothing lost, nothing unsure that need not be."""

from collections.abc import Callable, Iterator

import pytest

from dripcourse.domain.errors import DatabaseAway
from dripcourse.domain.mail import Outcome, Outgoing
from dripcourse.services.enrollment import calendar
from dripcourse.services.host import overview
from dripcourse.services.tick import Heart
from tests.faults.conftest import Small, enroll_many
from tests.faults.relay import Relay
from tests.support.house import House
from tests.support.postman import Postman

MOST_COMMITS = 20


@pytest.fixture
def relay(new_postgres: Callable[[], str]) -> Iterator[Relay]:
    running = Relay(new_postgres())
    yield running
    running.close()


def addresses(postman: Postman) -> list[str]:
    return sorted(mail.to for mail in postman.taken)


def in_a_minute(house: House) -> None:
    """The next ticks, by a process that starts anew: leases run out meanwhile."""
    for _ in range(2):
        house.turn(minutes=2)
        Heart(house.parts, house.clock).tick(any_hour=True)


@pytest.mark.postgres
def test_whichever_commit_of_a_tick_is_cut_each_mail_goes_once_and_none_stays_unsure(
    small: Small, relay: Relay
) -> None:
    """By a wire that has no memory, as SMTP: only what the engine itself knows keeps it from being unsure."""
    postman = Postman()
    house = small(relay.url, transport=postman)
    readers: list[str] = []
    for place in range(1, MOST_COMMITS):
        new = [f"r{place}-{number}@example.org" for number in range(3)]
        for reader in new:
            house.enroll(reader, course="small")
        readers += new
        before = relay.cuts
        relay.cut(place)
        try:
            Heart(house.parts, house.clock).tick(any_hour=True)
        except DatabaseAway:
            assert relay.cuts == before + 1
        relay.cut(0)
        in_a_minute(house)
        assert addresses(postman) == sorted(readers)
        assert {view.state for view in overview.deliveries(house.parts)} == {"accepted"}
        if relay.cuts == before:
            break  # a tick commits less often than that
    assert relay.cuts >= 6, "being alive, tidying up, claim, mark, record"
    assert place < MOST_COMMITS - 1


class Cutting(Postman):
    """Has the next commit cut when a mail goes by: that of its record."""

    relay: Relay

    def send(self, mail: Outgoing, *, now: object) -> Outcome:
        self.relay.cut(1)
        return super().send(mail, now=now)  # type: ignore[arg-type]


@pytest.mark.postgres
def test_a_record_whose_answer_is_lost_is_written_down_all_the_same_and_counts_once(small: Small, relay: Relay) -> None:
    postman = Cutting()
    postman.relay = relay
    house = small(relay.url, transport=postman)
    readers = enroll_many(house, 5)
    ticked = house.tick()
    assert relay.cuts >= 1
    assert ticked.accepted == 5
    assert addresses(postman) == sorted(readers)
    assert {view.state for view in overview.deliveries(house.parts)} == {"accepted"}
    coming = [calendar.coming(house.parts, view.enrollment or "")[0] for view in overview.deliveries(house.parts)]
    assert {each.lesson.slug for each in coming} == {"lesson-1"}
