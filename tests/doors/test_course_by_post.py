"""A whole course by mail alone, through a real Postfix: what a reader's mail server hands to ours, and what they get for it."""

import smtplib
from email.message import EmailMessage

from sqlalchemy import func, select

from dripcourse.db.models import Inbound
from tests.doors.test_listener import DOMAIN, listening
from tests.doors.test_postfix import until
from tests.support.house import House
from tests.support.post import a_course_by_mail_alone
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
        kept = a_course_by_mail_alone(house, ANNA, lambda mail: send(house, server, mail), pause="pause 3 weeks")
    assert len(kept) == 3
