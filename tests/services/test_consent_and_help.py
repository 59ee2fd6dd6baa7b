"""Consent by mail, leaving in ordinary words, and the way to people: what comes back to a reader's own mail."""

from pathlib import Path

import pytest
from sqlalchemy import select

from dripcourse.db.models import Enrollment, Inbound, Reply
from dripcourse.domain.enrollment import EnrollmentState, LeftReason
from dripcourse.domain.pacing import Pace
from dripcourse.inbound.commands.command import command_in
from tests.inbound.consents import DOUBTS, MACHINES, YESES, listed
from tests.inbound.wishing import DESPAIR, LEAVING
from tests.support.house import House, open_house
from tests.support.post import Reader, compose, hand_in

SUPPORT = "https://letters.example.org/support"
QUOTED = "\n\nOn Mon, 2 Mar 2026 at 10:00, Letters <hello@letters.example.org> wrote:\n> Please confirm\n> Nothing is sent yet.\n"


def asked(house: House) -> Reader:
    hand_in(house, compose("anna@example.org", "subscribe@reply.letters.example.org", date=house.now))
    house.tick()
    return Reader(house, "anna@example.org")


def enrolled(house: House, **words: object) -> Reader:
    house.enroll(**words)
    house.tick()
    return Reader(house)


def only(house: House) -> Enrollment:
    with house.parts.db.read() as session:
        return session.scalars(select(Enrollment)).one()


def kept(house: House) -> int:
    with house.parts.db.read() as session:
        return len(session.scalars(select(Reply.id).where(Reply.deleted_at.is_(None))).all())


def body(reader: Reader) -> str:
    part = reader.mails[-1].get_body(("plain",))
    assert part is not None
    return " ".join(part.get_content().split())


@pytest.mark.parametrize(
    "text",
    [*listed(YESES)[::12], f"Yes please{QUOTED}", "Ja\n\n-- \nAnna Muster", "Oui\n\nSent from my iPhone", "subscribe"],
)
def test_an_explicit_yes_starts_the_course(small_house: House, text: str) -> None:
    asked(small_house).reply(f"{text}\n")
    assert only(small_house).state is EnrollmentState.ACTIVE
    assert kept(small_house) == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        QUOTED,
        "yes?",
        "Who is this?",
        "Yes I am angry",
        "Is this spam?",
        "Wer ist das?",
        "Qui êtes-vous ?",
        "¿Quién es?",
    ],
)
def test_a_doubt_is_asked_back_once_and_a_yes_to_that_confirms(small_house: House, text: str) -> None:
    anna = asked(small_house)
    anna.reply(text)
    assert only(small_house).state is EnrollmentState.PENDING
    assert len(anna.mails) == 2
    assert "reply YES" in body(anna)
    assert SUPPORT in body(anna)
    anna.reply(text or "Hm", to=anna.mails[0])
    assert len(anna.mails) == 2, "asked back once"
    anna.reply("Yes\n", to=anna.mails[1])
    assert only(small_house).state is EnrollmentState.ACTIVE


def test_a_refusal_and_a_machine_are_met_with_silence(small_house: House) -> None:
    anna = asked(small_house)
    for text in (
        "I did not ask for this\n",
        "Nein danke\n",
        "Non, merci\n",
        "wrong address\n",
        "take me off\n",
        *listed(MACHINES),
    ):
        anna.reply(text)
    assert only(small_house).state is EnrollmentState.PENDING
    assert len(anna.mails) == 1


def test_no_doubt_of_the_table_confirms(small_house: House) -> None:
    anna = asked(small_house)
    for text in (each for each in listed(DOUBTS) if command_in(each) != "stop"):
        anna.reply(f"{text}\n", to=anna.mails[0])
        assert only(small_house).state is EnrollmentState.PENDING, text
    assert len(anna.mails) <= 3, "a question, and for despair a list of people"


def test_what_somebody_writes_below_a_yes_is_their_first_reply(house: House) -> None:
    asked(house).reply("yes\n\nMy husband left me in May, and I don't know who I am any more.\n")
    assert only(house).state is EnrollmentState.ACTIVE
    assert kept(house) == 1
    with house.parts.db.read() as session:
        assert session.scalars(select(Inbound.raw_sealed).order_by(Inbound.received_at.desc())).first() is None


@pytest.mark.parametrize(
    "text", ["help", "support", "I don't want to live any more", "Ich kann nicht mehr", "Au secours"]
)
def test_despair_in_answer_to_a_confirmation_is_told_of_people(small_house: House, text: str) -> None:
    anna = asked(small_house)
    anna.reply(f"{text}\n")
    assert only(small_house).state is EnrollmentState.PENDING
    assert SUPPORT in body(anna)
    assert len(anna.mails) == 2


# ----------------------------------------------------------------------------------------------------------------- leaving


@pytest.mark.parametrize(
    "text", ["Stopp", "abmelden", "désinscrire", "baja", "Unterstützung", "soutien", "apoyo", "Hilfe", "aide", "ayuda"]
)
def test_stop_support_and_help_are_understood_whatever_the_courses_language(small_house: House, text: str) -> None:
    reader = enrolled(small_house)
    reader.reply(f"{text}\n")
    assert kept(small_house) == 0
    assert only(small_house).state is EnrollmentState.LEFT or SUPPORT in body(reader)


@pytest.mark.parametrize(
    "text",
    [
        "Please remove me from your mailing list",
        "no more emails please",
        "I want to leave",
        "quit",
        *listed(LEAVING)[50::15],
    ],
)
def test_a_plain_wish_to_leave_is_kept_and_asked_back_once(small_house: House, text: str) -> None:
    reader = enrolled(small_house)
    lesson, before = reader.mails[-1], len(reader.mails)
    reader.reply(f"{text}\n", to=lesson)
    if only(small_house).state is EnrollmentState.LEFT:
        return
    assert kept(small_house) == 1
    assert "Did you want to leave?" in body(reader)
    assert "/leave/" in body(reader)
    reader.reply(f"{text}\n", to=lesson)
    assert len(reader.mails) == before + 1


@pytest.mark.parametrize("text", ["STOP", "yes", "Ja", "Yes please"])
def test_a_yes_or_a_stop_to_the_question_leaves(small_house: House, text: str) -> None:
    reader = enrolled(small_house)
    reader.reply("no more emails please\n")
    reader.reply(f"{text}\n")
    assert only(small_house).left_reason is LeftReason.ASKED


@pytest.mark.parametrize("text", ["Stop lying to me", "I want to leave him", "Ich will ihn verlassen"])
def test_an_answer_about_somebody_else_is_no_wish_to_leave(small_house: House, text: str) -> None:
    reader = enrolled(small_house)
    reader.reply(f"{text}\n")
    assert kept(small_house) == 1
    assert "Did you want to leave?" not in body(reader)


# ------------------------------------------------------------------------------------------------------------------ people


@pytest.mark.parametrize("text", [*listed(DESPAIR)[::10], "help", "Help!", "please help", "support"])
def test_despair_is_answered_with_people_also_in_the_twentieth_mail_of_the_day(small_house: House, text: str) -> None:
    reader = enrolled(small_house)
    lesson = reader.mails[-1]
    for _ in range(7):
        reader.reply("where am I\n", to=lesson)
    before = len(reader.mails)
    for count in range(1, 4):
        reader.reply(f"{text}\n", to=lesson)
        assert len(reader.mails) == before + count
        assert SUPPORT in body(reader)
    reader.reply(f"{text}\n", to=lesson, Auto_Submitted="auto-replied")
    assert len(reader.mails) == before + 3, "a machine is answered nothing"


def test_support_and_help_do_not_count_and_the_fifth_answer_says_that_it_is_the_last(small_house: House) -> None:
    reader = enrolled(small_house)
    lesson = reader.mails[-1]
    for _ in range(6):
        reader.reply("support\n", to=lesson)
    for count in range(1, 6):
        reader.reply("where am I\n", to=lesson)
        assert ("last answer for today" in body(reader)) == (count == 5)
    before = len(reader.mails)
    reader.reply("where am I\n", to=lesson)
    assert len(reader.mails) == before


@pytest.mark.parametrize(
    "text",
    [
        "One line for you.",
        "where am I",
        "pause",
        "slower",
        "later",
        "share",
        "no more emails please",
        "help",
        "support",
    ],
)
def test_every_answer_carries_the_way_to_people(small_house: House, text: str) -> None:
    reader = enrolled(small_house)
    before = len(reader.mails)
    reader.reply(f"{text}\n")
    assert len(reader.mails) == before + 1
    assert SUPPORT in body(reader)


def test_the_first_receipt_is_kind_and_says_that_nobody_reads_today(small_house: House) -> None:
    reader = enrolled(small_house)
    assert "Nobody reads it today" in body(reader), "so does the line under each letter"
    reader.reply("It was a hard week.\n")
    said = body(reader)
    assert said.index("Thank you for writing") < said.index("Nobody reads it today") < said.index(SUPPORT)


def test_help_leads_with_people_and_support_with_the_readers_own_country(small_house: House) -> None:
    reader = enrolled(small_house, zone="Europe/Berlin")
    reader.reply("help\n")
    assert body(reader).index(SUPPORT) < body(reader).index("where am I")
    reader.reply("support\n", to=reader.mails[0])
    assert body(reader).index("Germany") < body(reader).index("Australia")


# ------------------------------------------------------------------------------------------------------------------ orders


def test_deletion_that_nobody_vouches_for_is_asked_back_at_the_enrolled_address(house: House) -> None:
    reader = enrolled(house)
    lesson = reader.mails[-1]
    reader.reply("For me alone.\n", to=lesson)
    reader.reply("delete my replies\n", to=lesson)
    assert kept(house) == 1
    question = reader.mails[-1]
    assert "nothing is deleted yet" in body(reader)
    reader.reply("Yes\n", to=lesson)
    assert kept(house) == 2, "a yes to a letter is an answer"
    reader.reply("Yes\n", to=question)
    assert kept(house) == 0
    assert "is deleted" in body(reader)


def test_a_question_about_deletion_is_good_for_a_week(small_house: House) -> None:
    reader = enrolled(small_house)
    reader.reply("For me alone.\n")
    reader.reply("delete my replies\n", to=reader.mails[0])
    question = reader.mails[-1]
    small_house.turn(days=8)
    reader.reply("yes\n", to=question)
    assert kept(small_house) == 2


def test_deletion_by_a_proven_sender_is_done_at_once(tmp_path: Path) -> None:
    with open_house(tmp_path, AUTHSERV_ID="mx.example.net") as house:
        reader = enrolled(house)
        proof = {"Authentication_Results": "mx.example.net; dkim=pass header.d=example.org"}
        reader.reply("For me alone.\n", **proof)
        assert kept(house) == 1
        reader.reply("delete my replies\n", **proof)
        assert kept(house) == 0


# ------------------------------------------------------------------------------------------------------------------- paces


@pytest.mark.parametrize(
    ("text", "pace"),
    [
        ("Every two weeks", Pace.TWO_WEEKS),
        ("Slow.", Pace.TWO_WEEKS),
        ("Not every week", Pace.TWO_WEEKS),
        ("Once a fortnight please", Pace.TWO_WEEKS),
        ("Once a month", Pace.FOUR_WEEKS),
        ("Alle vier Wochen bitte", Pace.FOUR_WEEKS),
        ("Toutes les deux semaines", Pace.TWO_WEEKS),
        ("Cada dos semanas", Pace.TWO_WEEKS),
    ],
)
def test_a_plain_pace_in_answer_to_the_welcome_sets_it_and_says_so(small_house: House, text: str, pace: Pace) -> None:
    reader = enrolled(small_house)
    reader.reply(f"{text}\n")
    assert only(small_house).pace is pace
    assert "From now on it is an e-mail every" in body(reader)


def test_a_word_like_slow_under_a_later_letter_is_an_answer(small_house: House) -> None:
    reader = enrolled(small_house)
    small_house.turn(days=8)
    small_house.tick()
    reader.reply("Slow.\n")
    assert only(small_house).pace is Pace.WEEKLY
    assert kept(small_house) == 1
