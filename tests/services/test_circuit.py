"""The circuit in the database: closed for one process, closed for all; one probe a minute; nothing lost, one word to the host."""

import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from dripcourse.domain.circuit_breaker import FAILURES, Leave
from dripcourse.domain.mail import Accepted, Evidence, Later, Refused, Unknown
from dripcourse.services.delivery import circuit_breaker
from dripcourse.services.diagnostics.health import Check, readiness
from dripcourse.services.host import overview
from dripcourse.services.tick import Heart
from tests.support.house import House, open_house
from tests.support.postman import Postman

HOST = "host@letters.example.org"
KEY_REFUSED = Later("sendgrid: 401 for host@example.org (check SENDGRID_API_KEY)", everyone=True, needs_host=True)
READERS = [f"reader{number}@example.org" for number in range(12)]


@pytest.fixture
def postman() -> Postman:
    return Postman()


@pytest.fixture
def house(tmp_path: Path, database_url: str, postman: Postman) -> Iterator[House]:
    """Twelve readers whose welcome is due, on each kind of database."""
    with open_house(tmp_path, database_url, transport=postman, HOST_EMAIL=HOST) as opened:
        for reader in READERS:
            opened.enroll(reader)
        yield opened


def mail_check(house: House) -> Check:
    [check] = [each for each in readiness(house.parts, house.now, beat_within=timedelta(days=1)) if each.name == "mail"]
    return check


def states(house: House, kind: str = "lesson") -> set[str]:
    return {view.state for view in overview.deliveries(house.parts) if view.kind == kind}


def to_readers(postman: Postman) -> list[str]:
    return sorted(mail.to for mail in postman.taken if mail.to != HOST)


def test_a_refused_key_closes_the_wire_for_every_process_until_the_host_has_mended_it(
    house: House, postman: Postman
) -> None:
    others = [Heart(house.parts, house.clock) for _ in range(3)]
    postman.answer = KEY_REFUSED
    house.tick()
    for _ in range(5):
        house.turn(seconds=10)
        for heart in (house.heart, *others):
            assert heart.tick(any_hour=True).claimed == 0
    assert len(postman.given) == 1
    for minute in range(2, 6):
        house.turn(minutes=1)
        for heart in others:
            heart.tick(any_hour=True)
        assert len(postman.given) == minute, "one mail a minute, whoever ticks"
    postman.answer = Accepted()
    house.turn(minutes=1)
    house.tick()
    assert to_readers(postman) == sorted(READERS)
    assert states(house) == {"accepted"}
    assert mail_check(house) == Check("mail", ok=True, says="can leave")


def test_while_it_is_closed_lessons_stay_due_and_no_reader_is_blamed(house: House, postman: Postman) -> None:
    postman.answer = KEY_REFUSED
    for _ in range(200):
        house.tick()
        house.turn(minutes=1)
    assert states(house) == {"claimed"}
    postman.answer = Accepted()
    house.turn(minutes=1)
    assert (
        house.tick().accepted == len(READERS) + 2
    )  # and to the host what was and that it is over: none of them waits for a back-off of its own


def test_readyz_says_since_when_and_why_and_no_address(house: House, postman: Postman) -> None:
    house.tick()
    assert mail_check(house).ok
    postman.answer = KEY_REFUSED
    house.enroll("one-more@example.org")
    house.tick()
    check = mail_check(house)
    assert not check.ok
    assert "since 2026-03-02 10:00 UTC: sendgrid: 401 for (address) (check SENDGRID_API_KEY)" in check.says
    assert "@" not in check.says


def test_the_host_is_told_once_in_the_log_and_by_mail_what_was_and_that_it_is_over_when_mail_leaves_again(
    house: House, postman: Postman, caplog: pytest.LogCaptureFixture
) -> None:
    postman.answer = KEY_REFUSED
    with caplog.at_level(logging.WARNING):
        for _ in range(100):
            house.tick()
            house.turn(hours=1)
        assert [record.levelname for record in caplog.records] == ["ERROR"]
        postman.answer = Accepted()
        house.tick()
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
    assert "@" not in caplog.text
    told, over = [mail for mail in postman.taken if mail.to == HOST]
    assert told.subject == "Something needs you"
    assert "Mail cannot leave since 2026-03-02 10:00 UTC: sendgrid: 401 for (address)" in " ".join(told.text.split())
    assert "Nothing is lost" in told.text
    assert over.subject == "Nothing needs you any more"
    assert "2026-03-02 10:00 UTC" in over.text
    assert told.headers == over.headers == {"Auto-Submitted": "auto-generated"}


def test_without_an_address_of_the_host_nothing_waits_to_be_told(tmp_path: Path, postman: Postman) -> None:
    with open_house(tmp_path, transport=postman) as house:
        house.enroll()
        postman.answer = KEY_REFUSED
        house.tick()
        assert states(house, "alert") == set()
        assert not mail_check(house).ok


def test_five_unsure_in_a_row_close_it_and_no_more_mails_become_unsure_than_one_a_minute(
    house: House, postman: Postman
) -> None:
    postman.answer = Unknown("no answer")
    house.tick()
    assert len(postman.given) == FAILURES
    for minute in range(1, 4):
        house.turn(minutes=1)
        house.tick()
        assert len(postman.given) == FAILURES + minute
    assert not mail_check(house).ok
    assert len(states(house, "alert")) == 1, "offered once, whatever becomes of it on such a wire"
    postman.answer, postman.knows = Accepted(), Evidence.NOT_SENT
    house.turn(hours=2)
    house.tick()
    house.turn(hours=2)
    house.tick()
    assert to_readers(postman) == sorted(READERS)
    assert mail_check(house).ok


def test_failures_are_counted_from_tick_to_tick_and_over_processes(house: House, postman: Postman) -> None:
    postman.answer = Later("nobody there", everyone=True)
    for number in range(1, FAILURES + 1):
        assert mail_check(house).ok
        Heart(house.parts, house.clock).tick(any_hour=True)
        assert len(postman.given) == number
    assert not mail_check(house).ok
    Heart(house.parts, house.clock).tick(any_hour=True)
    assert len(postman.given) == FAILURES


def test_a_success_forgets_the_failures_before_it(house: House, postman: Postman) -> None:
    for _ in range(3):
        postman.answer = Later("nobody there", everyone=True)
        for _ in range(FAILURES - 1):
            house.tick()
        postman.answer = Accepted()
        house.enroll(f"after{len(postman.taken)}@example.org")
        house.tick()
        assert circuit_breaker.standing(house.parts).failures == 0
        house.enroll(f"more{len(postman.taken)}@example.org")
    assert mail_check(house).ok


def test_a_rate_limit_is_kept_by_every_process_and_is_no_failure(house: House, postman: Postman) -> None:
    postman.answer = Later("sendgrid: 429", not_before=house.now + timedelta(seconds=40), everyone=True)
    house.tick()
    postman.answer = Accepted()
    for _ in range(3):
        house.turn(seconds=10)
        assert Heart(house.parts, house.clock).tick(any_hour=True).claimed == 0
    assert len(postman.given) == 1
    check = mail_check(house)
    assert check.ok
    assert "waits until 2026-03-02 10:00 UTC" in check.says
    house.turn(seconds=10)
    assert house.tick().accepted == len(READERS)
    assert circuit_breaker.standing(house.parts).failures == 0


def test_what_is_refused_for_one_reader_neither_opens_nor_closes_it(house: House, postman: Postman) -> None:
    postman.answer = KEY_REFUSED
    house.tick()
    postman.answer = Refused("no such mailbox")
    house.turn(minutes=1)
    assert house.tick().refused == 1
    assert not mail_check(house).ok
    house.turn(minutes=1)
    assert house.tick().refused == 1


def test_of_all_that_ask_at_once_one_is_told_to_probe(house: House, postman: Postman) -> None:
    postman.answer = KEY_REFUSED
    house.tick()
    house.turn(minutes=1)
    gate, told = threading.Barrier(6), list[Leave]()

    def ask() -> None:
        gate.wait(10)
        told.append(circuit_breaker.ask_leave(house.parts, house.now)[1])

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(told) == [Leave.PROBE] + [Leave.WAIT] * 5


def test_a_clock_that_ran_ahead_does_not_keep_the_wire_closed(house: House, postman: Postman) -> None:
    house.turn(days=3650)
    postman.answer = KEY_REFUSED
    house.tick()
    house.turn(days=-3650)
    postman.answer = Accepted()
    house.tick()
    house.turn(minutes=2)
    house.tick()
    assert to_readers(postman) == sorted(READERS)
