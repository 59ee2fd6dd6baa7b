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


def test_a_recording_alone_is_kept_and_its_reader_is_told_once_that_no_words_were_found(reader: Reader) -> None:
    lesson = reader.mails[-1]
    for _ in range(2):
        mail = compose(reader.address, str(lesson["Reply-To"]), "", answers=lesson)
        mail.add_attachment(b"\0\0\0\x1cftypmp42", maintype="audio", subtype="mp4", filename="memo.m4a")
        hand_in(reader.house, mail)
        reader.house.tick()
    assert [text for text, _, _ in words(reader.house)] == ["", ""]
    assert [mail["Subject"] for mail in reader.mails].count("Re: Letter 1") == 1
    assert "no words" in reader.mails[-1].get_body(("plain",)).get_content()


def test_despair_under_a_subject_of_being_away_is_answered_with_people_once_a_day(reader: Reader) -> None:
    before = len(reader.mails)
    for _ in range(2):
        reader.reply("I don't want to live any more.\n", subject="I am out")
    assert len(words(reader.house)) == 2
    assert len(reader.mails) == before + 1
    assert "/support" in reader.mails[-1].get_body(("plain",)).get_content()
