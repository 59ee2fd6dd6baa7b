"""A whole course by mail alone, through a real Postfix: what a reader's mail server hands to ours, and what they get for it."""

import smtplib
from email.message import EmailMessage

from sqlalchemy import func, select

from dripcourse.db.models import Enrollment, Inbound, Reply
from dripcourse.domain.enrollment import LeftReason
from tests.doors.test_listener import DOMAIN, listening
from tests.doors.test_postfix import until
from tests.support.house import House, subjects
from tests.support.post import compose
from tests.support.postfix import Postfix, postfix

ANNA = "anna@example.org"


def send(house: House, server: Postfix, mail: EmailMessage) -> None:
    """Hand a mail to Postfix, wait until it has handed it to us, and let the tick handle it."""
    before = arrived(house)
    house.turn(minutes=2)
    with smtplib.SMTP("127.0.0.1", server.port, "client.example", timeout=60) as client:
        client.send_message(mail, ANNA, [str(mail["To"])])
    until(lambda: arrived(house) > before, server)
    house.tick()


def arrived(house: House) -> int:
    with house.parts.db.read() as session:
        return session.scalars(select(func.count()).select_from(Inbound)).one()


def test_subscribe_confirm_answer_pause_resume_and_stop_through_a_real_mail_server(small_house: House) -> None:
    house = small_house
    with listening(house, "lmtp") as listener, postfix({DOMAIN: f"lmtp:inet:127.0.0.1:{listener.port}"}) as server:

        def reply(text: str) -> None:
            newest = house.mails()[-1]
            send(house, server, compose(ANNA, str(newest["Reply-To"]), text, answers=newest))

        send(house, server, compose(ANNA, f"subscribe@{DOMAIN}"))
        reply("Yes, please.\n")
        for week in range(3):
            house.turn(days=12)
            house.tick()
            reply(f"What I noticed in week {week}.\n")
        reply("pause 3 weeks\n")
        house.turn(days=10)
        house.tick()
        reply("resume\n")
        house.turn(days=12)
        house.tick()
        reply("stop\n")
    house.turn(days=60)
    house.tick()
    assert subjects(house.mails()) == [
        "Please confirm: a weekly e-mail",
        "Welcome, and when the first letter comes",
        "Letter 1",
        "Re: Letter 1",  # it arrived
        "Letter 2",
        "Letter 3",
        "Re: Letter 3",  # paused until
        "Re: Letter 3",  # it goes on
        "Letter 4",
    ]
    assert {str(mail["To"]) for mail in house.mails()} == {ANNA}
    with house.parts.db.read() as session:
        assert session.scalars(select(func.count()).select_from(Reply)).one() == 3
        assert session.scalars(select(Enrollment.left_reason)).all() == [LeftReason.ASKED]
