"""What the other side refuses of one mail, one reader or one sender address stops nobody else (FAULTS.md S29, S30)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from dripcourse.domain.circuit_breaker import FAILURES
from dripcourse.domain.mail import Accepted, Later, Outcome, Refused
from dripcourse.domain.refusal import About, refused
from dripcourse.services.delivery import circuit_breaker
from dripcourse.services.delivery.record import GIVE_UP
from dripcourse.services.diagnostics.needs import needs
from dripcourse.services.host import overview
from tests.faults.one import Picky
from tests.support.house import House, open_house

POISON = "nobody@refused.example"
OTHERS = [f"reader{number}@example.org" for number in range(8)]


@pytest.fixture
def picky() -> Picky:
    return Picky()


@pytest.fixture
def house(tmp_path: Path, database_url: str, picky: Picky) -> Iterator[House]:
    with open_house(tmp_path, database_url, transport=picky) as opened:
        yield opened


def went_to(picky: Picky) -> set[str]:
    return {mail.to for mail in picky.taken}


def states_of(house: House) -> set[tuple[str, str]]:
    return {(view.state, view.reason) for view in overview.deliveries(house.parts) if view.kind == "lesson"}


@pytest.mark.parametrize("about", [About.MAIL, About.RECIPIENT, About.POLICY, About.SENDER])
def test_one_refused_reader_stops_nobody_and_ends_with_the_reason(house: House, picky: Picky, about: About) -> None:
    picky.says = {POISON: refused(about, "554 5.7.1 access denied")}
    house.enroll(POISON)
    for _ in range(30):
        house.tick()
        house.turn(seconds=10)
    for reader in OTHERS:
        house.enroll(reader)
    for _ in range(12):
        house.tick()
        house.turn(seconds=10)
    assert went_to(picky) == set(OTHERS)
    if about is not About.SENDER:  # that one is tried for five days
        assert ("held", "refused") in states_of(house)
        assert any(need.kind == "held" and "5.7.1" in need.reason for need in needs(house.parts, house.now))
    assert circuit_breaker.standing(house.parts).opened_at is None


def test_with_the_wire_closed_the_mail_that_was_refused_last_is_not_the_one_that_probes(
    house: House, picky: Picky
) -> None:
    house.enroll(POISON)
    picky.about_all = lambda _mail: Later("401", everyone=True, needs_host=True)
    house.tick()
    picky.about_all, picky.says = lambda _mail: None, {POISON: refused(About.POLICY, "554 5.7.1 not you")}
    for reader in OTHERS:
        house.enroll(reader)
    for _ in range(8):
        house.turn(minutes=1)
        house.tick()
    assert went_to(picky) == set(OTHERS)
    assert circuit_breaker.standing(house.parts).opened_at is None


@pytest.mark.parametrize("about", [About.POLICY, About.SENDER])
def test_a_refusal_of_everybody_is_about_us_closes_the_wire_and_blames_no_reader(
    house: House, picky: Picky, about: About
) -> None:
    no = refused(about, "554 5.7.1 relay access denied")
    picky.about_all = lambda _mail: no
    for reader in OTHERS:
        house.enroll(reader)
    for _ in range(120):
        house.tick()
        house.turn(seconds=30)
    assert len(picky.given) <= FAILURES + 60, "one mail a minute tries"
    assert states_of(house) <= {("claimed", "later"), ("claimed", "")}
    assert any(need.kind == "mail" and "relay access denied" in need.reason for need in needs(house.parts, house.now))
    picky.about_all = lambda _mail: None
    for _ in range(4):
        house.turn(hours=1)
        house.tick()
    assert went_to(picky) == set(OTHERS)
    assert states_of(house) == {("accepted", "")}
    assert not needs(house.parts, house.now)


def test_a_temporary_refusal_of_one_address_ends_after_five_days_with_its_reason(house: House, picky: Picky) -> None:
    picky.says = {POISON: Later("450 4.1.2 domain not found")}
    house.enroll(POISON)
    began = house.now
    while house.now - began < GIVE_UP:
        house.tick()
        assert states_of(house) == {("claimed", "later")}
        house.turn(hours=6)
    house.tick()
    assert states_of(house) == {("held", "expired")}
    [need] = [each for each in needs(house.parts, house.now) if each.kind == "held"]
    assert "five days" in need.reason
    assert "4.1.2" in need.reason
    tried = len(picky.given)
    house.turn(days=30)
    house.tick()
    assert len(picky.given) == tried


def test_an_outage_of_a_week_counts_for_no_mail(house: House, picky: Picky) -> None:
    house.enroll(POISON)
    picky.about_all = lambda _mail: Later("nobody there", everyone=True)
    for _ in range(20):
        house.tick()
        house.turn(hours=9)
    answers: list[Outcome] = [Later("450 4.2.1 greylisted"), Accepted()]
    picky.about_all = lambda _mail: answers.pop(0) if answers else None
    for _ in range(3):
        house.tick()
        house.turn(hours=2)
    assert states_of(house) == {("accepted", "")}


def test_what_a_refusal_is_about_says_what_follows() -> None:
    assert refused(About.RECIPIENT, "no") == Refused("no")
    assert refused(About.POLICY, "no") == Refused("no", perhaps_us=True)
    assert refused(About.SENDER, "no") == Later("no", perhaps_us=True)
    assert refused(About.ACCOUNT, "no") == Later("no", everyone=True, needs_host=True)
    assert timedelta(days=4) < GIVE_UP <= timedelta(days=5)
