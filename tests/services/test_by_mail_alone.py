"""A whole course by mail alone: no browser. What a considerate person would send is in the outbox, and nothing else."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from dripcourse.db.models import Consent, Delivery, Enrollment, Inbound, Signup, Suppression
from dripcourse.domain.enrollment import EnrollmentState, LeftReason, PauseReason
from dripcourse.domain.incoming import Door
from tests.support.house import House, open_house, subjects, write_course
from tests.support.post import Reader, compose, hand_in

PROVEN = {"spf": "pass", "dkim": "{@example.org : pass}"}


def only(house: House) -> Enrollment:
    with house.parts.db.read() as session:
        return session.scalars(select(Enrollment).order_by(Enrollment.created_at.desc()).limit(1)).one()


def ask(
    house: House, to: str = "subscribe@reply.letters.example.org", sender: str = "anna@example.org", **more: str
) -> None:
    hand_in(house, compose(sender, to, date=house.now), **more)  # type: ignore[arg-type]
    house.tick()


def test_a_whole_course_by_mail_alone(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        anna = Reader(house, "anna@example.org")

        def post(text: str, to: EmailMessage) -> None:
            """As SendGrid's door stores it."""
            house.turn(minutes=2)
            mail = compose(anna.address, str(to["Reply-To"]), text, answers=to)
            hand_in(house, mail, door=Door.SENDGRID, sender=anna.address, **PROVEN)
            house.tick()

        hand_in(house, compose(anna.address, "subscribe@reply.letters.example.org"), door=Door.SENDGRID, **PROVEN)
        house.tick()
        [confirmation] = house.mails()
        post("Yes please\n", confirmation)
        for week in range(3):
            house.turn(days=12)
            house.tick()
            post(f"What I noticed in week {week}.\n", anna.mails[-1])
        post("pause\n", anna.mails[-1])
        house.turn(days=30)
        house.tick()
        post("resume\n", anna.mails[-1])
        house.turn(days=12)
        house.tick()
        post("stop\n", anna.mails[-1])
        house.turn(days=60)
        house.tick()
        assert subjects(house.mails()) == [
            "Please confirm: a weekly e-mail",
            "Welcome, and when the first letter comes",
            "Letter 1",
            "Re: Letter 1",  # it arrived
            "Letter 2",
            "Letter 3",
            "Re: Letter 3",  # paused
            "Re: Letter 3",  # it goes on
            "Letter 4",
        ]
        assert {str(mail["To"]) for mail in house.mails()} == {anna.address}
        with house.parts.db.read() as session:
            assert [row.sender for row in session.execute(select_replies()).scalars()] == ["proven"] * 3


def select_replies():
    from dripcourse.db.models import Reply

    return select(Reply).order_by(Reply.received_at)


def test_a_reply_confirms_with_the_words_agreed_to_as_evidence(house: House) -> None:
    ask(house)
    [confirmation] = house.mails()
    assert only(house).state is EnrollmentState.PENDING
    Reader(house, "anna@example.org").reply("Yes\n", to=confirmation)
    assert only(house).state is EnrollmentState.ACTIVE
    with house.parts.db.read() as session:
        assert session.scalars(select(Consent.how)).all() == ["mail"]
    assert subjects(house.mails())[-1].startswith("Welcome")


@pytest.mark.parametrize(
    ("text", "sender", "headers"),
    [
        ("No, it was not me.\n", "anna@example.org", {}),
        ("Yes\n", "mallory@example.org", {}),
        ("I am away.\n", "anna@example.org", {"Auto_Submitted": "auto-replied"}),
    ],
)
def test_a_no_a_stranger_and_a_machine_confirm_nothing(
    small_house: House, text: str, sender: str, headers: dict[str, str]
) -> None:
    ask(small_house)
    Reader(small_house, "anna@example.org").reply(text, sender=sender, **headers)
    assert only(small_house).state is EnrollmentState.PENDING
    assert len(small_house.mails()) == 1


def test_stop_in_answer_to_the_confirmation_ends_it_until_they_ask_again(small_house: House) -> None:
    ask(small_house)
    Reader(small_house, "anna@example.org").reply("stop\n")
    with small_house.parts.db.read() as session:
        assert session.scalars(select(Suppression.reason)).all() == ["asked"]
    small_house.turn(hours=2)
    ask(small_house)
    assert len(small_house.mails()) == 1
    small_house.turn(days=2)
    ask(small_house)
    assert len(small_house.mails()) == 2


def test_asking_often_sends_one_confirmation_a_day_and_an_automatic_mail_none(small_house: House) -> None:
    for _ in range(5):
        ask(small_house)
    hand_in(
        small_house, compose("berta@example.org", "subscribe@reply.letters.example.org", Auto_Submitted="auto-replied")
    )
    hand_in(small_house, compose("carla@example.org", "subscribe@reply.letters.example.org"), sender="")
    small_house.tick()
    assert [str(mail["To"]) for mail in small_house.mails()] == ["anna@example.org"]


def test_a_forged_sender_is_sent_nothing(tmp_path: Path) -> None:
    with open_house(tmp_path, AUTHSERV_ID="mx.example.net") as house:
        ask(house)
        assert house.mails() == []
        with house.parts.db.read() as session:
            assert session.scalars(select(Signup)).all() == []
            assert session.scalars(select(Inbound.reason)).all() == ["asked for a course, but the sender is not proven"]


def test_the_address_names_the_course_and_without_a_name_it_is_the_hosts_own(tmp_path: Path) -> None:
    write_course(tmp_path / "courses", "garden")
    with open_house(tmp_path, COURSES_DIR=str(tmp_path / "courses")) as house:
        ask(house, "subscribe+slow-letters@reply.letters.example.org")
        assert only(house).course == "rebuilding-trust"
        house.turn(days=2)
        ask(house, sender="berta@example.org")
        assert only(house).course == "garden"
        ask(house, "subscribe+nothing@reply.letters.example.org", sender="carla@example.org")
        assert len(house.mails()) == 2


def test_the_hour_follows_the_mails_own_date(small_house: House) -> None:
    tokyo = small_house.now.astimezone(__import__("zoneinfo").ZoneInfo("Asia/Tokyo"))
    hand_in(small_house, compose("anna@example.org", "subscribe@reply.letters.example.org", date=tokyo))
    small_house.tick()
    assert only(small_house).zone == "Etc/GMT-9"


@pytest.mark.parametrize(("text", "lesson"), [("Yes\n", "acknowledgement"), ("start over\n", "welcome")])
def test_who_comes_back_goes_on_unless_they_start_over(small_house: House, text: str, lesson: str) -> None:
    house, anna = small_house, Reader(small_house, "anna@example.org")
    ask(house)
    anna.reply("yes\n")
    house.turn(days=8)
    house.tick()
    anna.reply("stop\n")
    house.turn(days=30)
    ask(house)
    anna.reply(text)
    house.tick()
    assert only(house).last_lesson == lesson or lesson == "acknowledgement"
    last = next(row for row in rows(house) if row.state is EnrollmentState.ACTIVE)
    assert last.last_lesson == lesson


def rows(house: House) -> list[Enrollment]:
    with house.parts.db.read() as session:
        return list(session.scalars(select(Enrollment)))


# ------------------------------------------------------------------------------------------------------------------- loops


def test_two_houses_with_a_vacation_responder_between_them_fall_silent_after_one_mail_each(tmp_path: Path) -> None:
    """A reader of one house whose address is the other house's own subscribe@, and the other way round: mails cross for a month."""
    domains = ("one.example.org", "two.example.org")
    for domain in domains:
        (tmp_path / domain).mkdir()
    with (
        open_house(
            tmp_path / domains[0],
            REPLY_DOMAIN=domains[0],
            MAIL_FROM=f"letters@{domains[0]}",
            SYSTEM_FROM=f"hello@{domains[0]}",
        ) as one,
        open_house(
            tmp_path / domains[1],
            REPLY_DOMAIN=domains[1],
            MAIL_FROM=f"letters@{domains[1]}",
            SYSTEM_FROM=f"hello@{domains[1]}",
        ) as two,
    ):
        houses = {domains[0]: one, domains[1]: two}
        carried: dict[int, int] = {id(one): 0, id(two): 0}

        def carry() -> None:
            for house in (one, two):
                mails = house.mails()
                for mail in mails[carried[id(house)] :]:
                    to = str(mail["To"])
                    hand_in(houses[to.rpartition("@")[2]], mail, [to], sender=str(mail["Reply-To"] or mail["From"]))
                    away = compose(to, str(mail["Reply-To"]), "I am away.", answers=mail, Auto_Submitted="auto-replied")
                    hand_in(house, away, sender="")  # the vacation responder between them
                carried[id(house)] = len(mails)

        hand_in(one, compose(f"subscribe@{domains[1]}", f"subscribe@{domains[0]}"))
        hand_in(two, compose(f"subscribe@{domains[0]}", f"subscribe@{domains[1]}"))
        for _ in range(60):
            for house in (one, two):
                house.tick()
            carry()
            for house in (one, two):
                house.turn(hours=12)
        assert [len(house.mails()) for house in (one, two)] == [1, 1]


# ----------------------------------------------------------------------------------------------------------------- bounces


def bounce(house: House, lesson: EmailMessage, status: str, text: str) -> None:
    """A delivery status notification as Postfix writes it (RFC 3464), to the return path of the lesson."""
    returned = "".join(
        f"{name}: {value}\n" for name, value in lesson.items() if name in ("From", "To", "Subject", "Message-ID")
    )
    raw = f"""From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
To: {lesson["Reply-To"]}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{house.now.timestamp()}@mx.example.org>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

{text}

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {lesson["To"]}
Action: failed
Status: {status}
Diagnostic-Code: smtp; {text}

--b
Content-Type: text/rfc822-headers

{returned}
--b--
"""
    hand_in(house, raw.encode(), [str(lesson["Reply-To"])], sender="")
    house.tick()


def lessons_of(house: House) -> EmailMessage:
    house.enroll()
    house.tick()
    return house.mails()[-1]


def test_a_mailbox_that_does_not_exist_ends_the_course_when_the_next_lesson_says_so_too(house: House) -> None:
    lesson = lessons_of(house)
    bounce(house, lesson, "5.1.1", "550 5.1.1 User unknown in virtual mailbox table")
    assert only(house).state is EnrollmentState.ACTIVE
    house.turn(days=8)
    house.tick()
    bounce(house, house.mails()[-1], "5.1.1", "550 5.1.1 User unknown in virtual mailbox table")
    assert only(house).left_reason is LeftReason.BOUNCED
    with house.parts.db.read() as session:
        assert session.scalars(select(Suppression.reason)).all() == ["bounced"]
        assert session.scalars(select(Inbound.verdict)).all() == ["bounce"] * 2


def test_a_forged_report_holds_the_lesson_and_a_reply_of_the_reader_clears_it(house: House) -> None:
    lesson = lessons_of(house)
    bounce(house, lesson, "5.1.1", "550 5.1.1 User unknown")
    with house.parts.db.read() as session:
        assert session.scalars(select(Delivery.reason)).all() == ["reported"]
    Reader(house, "reader@example.org").reply("I am here, and it arrived.\n", to=lesson)
    assert only(house).due_at is not None
    for _ in range(8):
        house.turn(days=1)
        house.tick()
    bounce(house, house.mails()[-1], "5.1.1", "550 5.1.1 User unknown")
    assert only(house).state is EnrollmentState.ACTIVE
    with house.parts.db.read() as session:
        assert session.scalars(select(Suppression.reason)).all() == []


@pytest.mark.parametrize(
    ("status", "text"),
    [
        ("5.2.2", "552 5.2.2 Mailbox full"),
        ("5.7.1", "550 5.7.1 Message rejected as spam by policy"),
        ("4.2.0", "451 4.2.0 Greylisted, try again later"),
    ],
)
def test_full_policy_and_greylisting_never_end_anything(small_house: House, status: str, text: str) -> None:
    lesson = lessons_of(small_house)
    for _ in range(5):
        bounce(small_house, lesson, status, text)
        small_house.turn(days=1)
    assert only(small_house).state is EnrollmentState.ACTIVE


def test_a_complaint_by_mail_stops_at_once_and_suppresses_nothing(small_house: House) -> None:
    lesson = lessons_of(small_house)
    raw = f"""From: <feedback@mailbox.example>
To: {lesson["Reply-To"]}
Subject: FW: spam
Message-ID: <arf@mailbox.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is an email abuse report.

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1

--b
Content-Type: message/rfc822

From: letters@letters.example.org
Message-ID: {lesson["Message-ID"]}
Subject: x

x
--b--
"""
    hand_in(small_house, raw.encode(), [str(lesson["Reply-To"])], sender="feedback@mailbox.example")
    small_house.tick()
    assert only(small_house).pause_reason is PauseReason.COMPLAINT
    with small_house.parts.db.read() as session:
        assert session.scalars(select(Suppression.reason)).all() == []
    Reader(small_house, "reader@example.org").reply("That was not me. I do want them.\n", to=lesson)
    assert only(small_house).state is EnrollmentState.ACTIVE


def test_a_flood_of_forged_mails_that_ask_for_a_course_is_bounded(small_house: House) -> None:
    for number in range(60):
        hand_in(small_house, compose(f"victim{number}@example.net", "subscribe@reply.letters.example.org"))
    small_house.tick()
    assert len(small_house.mails()) == 30
    hand_in(
        small_house,
        compose("anna@example.org", "subscribe@reply.letters.example.org"),
        door=Door.SENDGRID,
        sender="anna@example.org",
        **PROVEN,
    )
    small_house.tick()
    assert len(small_house.mails("anna@example.org")) == 1, "whose address is proven is not kept waiting"
    small_house.turn(hours=2)
    hand_in(small_house, compose("berta@example.net", "subscribe@reply.letters.example.org"))
    small_house.tick()
    assert len(small_house.mails("berta@example.net")) == 1
