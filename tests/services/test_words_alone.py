"""On words alone nobody's mail is taken for a machine's and destroyed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from dripcourse.db.models import Enrollment, Inbound
from tests.services.test_receive import words
from tests.support.house import House
from tests.support.post import Reader, compose, hand_in

AWAY = "I am away until the 3rd of February, at my sister's. It changed where I sleep. In an emergency I call her, not him."


@pytest.fixture
def reader(house: House) -> Reader:
    house.enroll()
    house.tick()
    house.turn(days=7)
    house.tick()
    house.turn(minutes=10)
    return Reader(house)


def due(house: House):
    with house.parts.db.read() as session:
        return session.scalars(select(Enrollment)).one().due_at


@pytest.mark.parametrize("subject", ["Re: Letter 1", "On leave", "I am out", "Ausencia", "Im Urlaub"])
def test_a_readers_own_words_about_being_away_are_kept_unanswered_and_the_lesson_waits(
    reader: Reader, subject: str
) -> None:
    house, before, mails = reader.house, due(reader.house), len(reader.mails)
    reader.reply(AWAY, subject=subject)
    assert [text for text, _, _ in words(house)] == [AWAY]
    assert due(house) >= before + timedelta(days=7)
    assert len(reader.mails) == mails
    with house.parts.db.read() as session:
        row = session.scalars(select(Inbound)).one()
    assert row.verdict == "reply"
    assert "may be a person's" in row.evidence


def test_a_readers_own_letter_that_came_back_is_no_bounce_of_ours(reader: Reader) -> None:
    reader.reply("My letter to him could not be delivered.\n", subject="Returned to sender")
    assert [text for text, _, _ in words(reader.house)] == ["My letter to him could not be delivered."]


def test_an_order_under_a_subject_of_being_away_is_carried_out(reader: Reader) -> None:
    reader.reply("pause\n", subject="On leave")
    with reader.house.parts.db.read() as session:
        assert session.scalars(select(Enrollment)).one().state == "paused"


def test_a_notice_with_a_machines_header_is_still_no_reply(reader: Reader) -> None:
    reader.reply(AWAY, Auto_Submitted="auto-replied")
    assert words(reader.house) == []


def test_words_of_a_machine_from_another_address_are_set_aside_and_listed(reader: Reader) -> None:
    lesson = reader.mails[1]
    hand_in(reader.house, compose("other@example.com", str(lesson["Reply-To"]), AWAY, answers=lesson))
    reader.house.tick()
    assert words(reader.house) == []
    with reader.house.parts.db.read() as session:
        row = session.scalars(select(Inbound)).one()
    assert row.reason == "automatic by its words alone"
    assert row.raw_sealed is not None
