"""The mail to the host: once a day while something needs them, once when it is over, and nobody's address in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dripcourse.domain.mail import Accepted, Outgoing, Refused
from dripcourse.services.delivery import settle
from dripcourse.services.host import overview
from tests.support.house import House, open_house
from tests.support.postman import Postman

HOST = "host@letters.example.org"


@pytest.fixture
def postman() -> Postman:
    return Postman()


@pytest.fixture
def house(tmp_path: Path, database_url: str, postman: Postman) -> Iterator[House]:
    with open_house(tmp_path, database_url, transport=postman, HOST_EMAIL=HOST) as opened:
        yield opened


def to_host(postman: Postman) -> list[Outgoing]:
    return [mail for mail in postman.taken if mail.to == HOST]


def held_lesson(house: House, postman: Postman) -> str:
    """A reader whose mail server refuses the welcome; the id of that delivery."""
    house.enroll()
    postman.answer = Refused("550 5.7.1 reader@example.org: not wanted here")
    house.tick()
    postman.answer = Accepted()
    [held] = [each.id for each in overview.deliveries(house.parts) if each.state == "held"]
    return held


def test_the_host_is_told_once_a_day_what_needs_them_and_once_that_it_is_over(house: House, postman: Postman) -> None:
    held = held_lesson(house, postman)
    for _ in range(3 * 24 * 4):
        house.turn(minutes=15)
        house.tick()
    told = to_host(postman)
    assert [mail.subject for mail in told] == ["Something needs you"] * 3
    text = " ".join(told[0].text.split())
    assert "550 5.7.1" in text
    assert "dripcourse deliveries resolve ID --not-sent" in text
    assert "dripcourse deliveries list" in text
    assert all("reader@" not in mail.text + mail.html for mail in told)
    settle.resolve(house.parts, held, settle.Word.NOT_SENT, now=house.now)
    for _ in range(5):
        house.turn(minutes=2)
        house.tick()
    [over] = to_host(postman)[3:]
    assert over.subject == "Nothing needs you any more"
    house.turn(days=2)
    house.tick()
    assert len(to_host(postman)) == 4


def test_nobody_is_told_of_what_goes_on(house: House, postman: Postman) -> None:
    house.enroll()
    for _ in range(50):
        house.tick(any_hour=False)
        house.turn(hours=0.5)
    assert to_host(postman) == []
