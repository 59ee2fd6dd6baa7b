"""What waits for a reader's own word is forgotten only after they were asked in time; at most one mail asks in many days."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from dripcourse.db.models import Inbound
from dripcourse.domain.mail import Refused
from dripcourse.services.incoming import quarantine
from tests.services.test_receive import words
from tests.services.test_words_alone import AWAY
from tests.support.house import House, open_house
from tests.support.post import Reader, compose, hand_in
from tests.support.postman import Postman

QUESTION = "Was that you?"


@pytest.fixture
def reader(house: House) -> Reader:
    house.enroll()
    house.tick()
    house.turn(days=7)
    house.tick()
    return Reader(house)


def questions(reader: Reader) -> list[str]:
    return [mail.get_body(("plain",)).get_content() for mail in reader.mails if mail["Subject"] == QUESTION]


def from_elsewhere(reader: Reader, text: str) -> None:
    lesson = next(mail for mail in reader.mails if mail["Subject"] != QUESTION)
    hand_in(reader.house, compose("me.at.work@example.com", str(lesson["Reply-To"]), text, answers=lesson))
    reader.house.tick()


def lives(house: House, days: float) -> None:
    """So many days, with a tick in each half."""
    for _ in range(int(days * 2)):
        house.turn(hours=12)
        house.tick()


def waiting(house: House) -> int:
    with house.parts.db.read() as session:
        return sum(row.raw_sealed is not None for row in session.scalars(select(Inbound)))


def token_in(text: str) -> str:
    found = re.search(r"/was-it-you/([\w.-]+)", text)
    assert found
    return found[1]


def test_what_came_after_the_days_mail_is_asked_about_before_it_is_forgotten(reader: Reader) -> None:
    house = reader.house
    from_elsewhere(reader, "Written at work.\n")
    [asked] = questions(reader)
    assert "until Wednesday, 8 April" in asked
    [first] = quarantine.look(house.parts, token_in(asked)).waiting
    quarantine.accept(house.parts, token_in(asked), first.id, house.now)
    house.turn(hours=1)
    from_elsewhere(reader, "Written at work an hour later.\n")
    lives(house, 19)
    assert len(questions(reader)) == 1
    lives(house, 10)
    assert len(questions(reader)) == 2
    assert waiting(house) == 1
    [second] = quarantine.look(house.parts, token_in(questions(reader)[1])).waiting
    assert second.id != first.id
    lives(house, 2)
    assert waiting(house) == 0
    assert len(questions(reader)) == 2


def test_what_reads_like_a_machines_is_asked_about_once_and_can_be_claimed(reader: Reader) -> None:
    house = reader.house
    for _ in range(3):
        from_elsewhere(reader, f"{AWAY}\n{'x' * _}")
    assert questions(reader) == []
    lives(house, 22)
    [asked] = questions(reader)
    found = quarantine.look(house.parts, token_in(asked)).waiting
    assert len(found) == 3
    quarantine.accept(house.parts, token_in(asked), found[0].id, house.now)
    quarantine.refuse(house.parts, token_in(asked), found[1].id)
    assert [text.startswith(AWAY) for text, _, _ in words(house)] == [True]
    assert waiting(house) == 1
    lives(house, 12)
    assert waiting(house) == 0
    assert len(questions(reader)) == 1


def test_after_a_month_off_a_reader_is_asked_and_has_a_week(reader: Reader) -> None:
    house = reader.house
    from_elsewhere(reader, AWAY)
    house.turn(days=40)
    house.tick()
    [asked] = questions(reader)
    assert f"until {(house.now + timedelta(days=7)):%A, %-d %B}" in asked
    lives(house, 6)
    assert waiting(house) == 1
    lives(house, 2)
    assert waiting(house) == 0


def test_who_cannot_be_asked_is_waited_for_sixty_days(tmp_path: Path) -> None:
    postman = Postman()
    with open_house(tmp_path, transport=postman) as house:
        house.enroll()
        house.tick()
        sent = postman.given[0]
        mail = compose("me.at.work@example.com", str(sent.reply_to), "Written at work.\n")
        hand_in(house, mail)
        postman.answer = Refused("550 5.7.1 not from you")
        lives(house, 45)
        assert waiting(house) == 1
        lives(house, 16)
        assert waiting(house) == 0
        tried = [each for each in postman.given if each.subject == QUESTION]
        assert len(tried) == 7, "on the day, and once a week from the twentieth"
