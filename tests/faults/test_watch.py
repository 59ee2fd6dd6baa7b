"""Clocks that disagree with the database server's or the provider's: nothing is sent by them, all is taken in, and it heals by itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dripcourse.bootstrap import choose_clock, is_real
from dripcourse.domain.mail import Evidence, Unknown
from dripcourse.fakes.sendgrid import Account
from dripcourse.fakes.serve import FakeSendgrid
from dripcourse.services.diagnostics.health import readiness
from dripcourse.services.host import overview
from dripcourse.services.tick import Heart
from tests.support.house import MONDAY, House, open_house, settings_for
from tests.support.postman import Postman

OFF = [timedelta(minutes=6), -timedelta(minutes=6), timedelta(days=3653), -timedelta(days=40)]


class Clocks:
    """What the machine's clock shows, and what others' clocks do; a heart that lives by the first as by the machine's own."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.heart = Heart(house.parts, house.clock, real=True)

    def troubles(self) -> list[str]:
        checks = readiness(self.house.parts, self.house.now, beat_within=timedelta(minutes=2))
        return [check.says for check in checks if check.name == "clock" and not check.ok]


@pytest.fixture
def fake() -> Iterator[FakeSendgrid]:
    running = FakeSendgrid(Account(), lambda: MONDAY)
    running.start()
    yield running
    running.stop()


@contextmanager
def by_sendgrid(folder: Path, fake: FakeSendgrid) -> Iterator[Clocks]:
    with open_house(folder, MAIL_URL="sendgrid:", SENDGRID_API_KEY="SG.key", SENDGRID_API_URL=fake.url) as house:
        house.enroll()
        yield Clocks(house)


@pytest.mark.parametrize("off", OFF)
def test_by_a_clock_that_the_provider_contradicts_nothing_is_sent_until_it_is_right(
    tmp_path: Path, fake: FakeSendgrid, off: timedelta, caplog: pytest.LogCaptureFixture
) -> None:
    with by_sendgrid(tmp_path, fake) as clocks:
        clocks.house.now = MONDAY + off
        for _ in range(3):
            assert clocks.heart.tick(any_hour=True).claimed == 0
        [said] = clocks.troubles()
        assert said.startswith("The clock of a machine that ticks is ")
        assert "the mail provider's, so it sends nothing" in said
        clocks.house.now = MONDAY
        assert clocks.heart.tick(any_hour=True).accepted == 1, "set right, it is asked again at once"
        assert clocks.troubles() == []
    assert len(fake.account.taken) == 1
    assert [record.levelname for record in caplog.records if "clock" in record.message] == ["ERROR", "WARNING"]


def test_a_clock_that_was_right_and_is_set_wrong_is_found_out_with_the_next_tick(
    tmp_path: Path, fake: FakeSendgrid
) -> None:
    with by_sendgrid(tmp_path, fake) as clocks:
        clocks.heart.tick(any_hour=True)
        clocks.house.enroll("another@example.org")
        clocks.house.now += timedelta(days=3)
        assert clocks.heart.tick(any_hour=True).claimed == 0
    assert len(fake.account.taken) == 1


def test_a_clock_that_agrees_is_not_asked_about_with_every_tick(tmp_path: Path, fake: FakeSendgrid) -> None:
    with by_sendgrid(tmp_path, fake) as clocks:
        transport = Counted()
        heart = Heart(replace(clocks.house.parts, transport=transport), clocks.house.clock, real=True)
        for _ in range(20):
            heart.tick(any_hour=True)
        assert transport.asked == 1


class Counted(Postman):
    """A transport whose other side has the same time, and counts how often it is asked."""

    asked = 0

    def clock(self) -> datetime:
        self.asked += 1
        return MONDAY


@pytest.mark.postgres
@pytest.mark.parametrize("off", [timedelta(minutes=-9), timedelta(days=2)])
def test_by_a_clock_that_the_database_server_contradicts_nothing_is_sent(
    tmp_path: Path, new_postgres: Callable[[], str], off: timedelta
) -> None:
    with open_house(tmp_path, new_postgres(), now=datetime.now(UTC)) as house:
        clocks = Clocks(house)
        house.enroll()
        true = house.now
        house.now = true + off
        assert clocks.heart.tick(any_hour=True).claimed == 0
        [said] = clocks.troubles()
        assert "the database server's, so it sends nothing" in said
        house.now = true
        assert clocks.heart.tick(any_hour=True).accepted == 1
        assert clocks.troubles() == []


def test_by_a_wrong_clock_evidence_still_counts_and_silence_does_not(tmp_path: Path) -> None:
    postman = Counted()
    with open_house(tmp_path, transport=postman) as house:
        house.enroll()
        postman.answer = Unknown("no answer")
        heart = Heart(house.parts, house.clock, real=True)
        heart.tick(any_hour=True)
        house.turn(days=3653)
        heart.tick(any_hour=True)
        assert [view.state for view in overview.deliveries(house.parts)] == ["unsure"], "nothing is assumed"
        postman.knows = Evidence.SENT
        house.turn(hours=2)
        assert heart.tick(any_hour=True).settled == 1


def test_what_a_process_that_died_has_said_of_its_clock_is_taken_back_by_the_next_one(
    tmp_path: Path, fake: FakeSendgrid
) -> None:
    with by_sendgrid(tmp_path, fake) as clocks:
        clocks.house.now = MONDAY + timedelta(minutes=30)
        clocks.heart.tick()
        clocks.house.now = MONDAY
        assert clocks.troubles()
        Heart(clocks.house.parts, clocks.house.clock, real=True).tick()
        assert clocks.troubles() == []


def test_a_provider_that_cannot_be_asked_contradicts_nobody(tmp_path: Path, fake: FakeSendgrid) -> None:
    with by_sendgrid(tmp_path, fake) as clocks:
        fake._server.server_close()
        clocks.house.now = MONDAY + timedelta(days=3)
        assert clocks.heart.tick(any_hour=True).deferred == 1


def test_only_the_machines_own_clock_is_watched(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    assert is_real(choose_clock(settings))
    assert not is_real(choose_clock(settings, MONDAY))
    assert not is_real(choose_clock(settings_for(tmp_path, DRIPCOURSE_NOW="2026-03-02T10:00:00Z")))
