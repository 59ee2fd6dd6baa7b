"""A whole course by mail alone, through signed posts as SendGrid makes them: no browser opened."""

import json
from email.message import EmailMessage

from sqlalchemy import select

from dripcourse.db.models import Reply
from dripcourse.fakes.serve import Signer
from tests.support.house import ENVIRONMENT, subjects
from tests.support.post import compose
from tests.web.conftest import Site
from tests.web.test_inbound import form, post, site_with

ANNA = "anna@example.org"


def test_subscribe_confirm_answer_pause_resume_and_stop_through_signed_posts(site: Site) -> None:
    signer = Signer()
    hooked = site_with(site, signer.public_key)
    house = hooked.house

    def send(mail: EmailMessage) -> None:
        house.turn(minutes=2)
        envelope = json.dumps({"to": [str(mail["To"])], "from": ANNA}).encode()
        fields = (("envelope", envelope), ("SPF", b"pass"), ("dkim", b"{@example.org : pass}"))
        body = form(("email", mail.as_bytes()), *fields)
        for _ in range(2):  # the provider tries again although it was told yes
            assert post(hooked, body, signer.headers(body, int(house.now.timestamp()))) == 200
        house.tick()

    def reply(text: str) -> None:
        newest = house.mails()[-1]
        send(compose(ANNA, str(newest["Reply-To"]), text, answers=newest))

    send(compose(ANNA, f"subscribe@{ENVIRONMENT['REPLY_DOMAIN']}"))
    reply("Yes.\n")
    for week in range(3):
        house.turn(days=12)
        house.tick()
        reply(f"What I noticed in week {week}.\n")
    reply("pause\n")
    house.turn(days=30)
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
        "Re: Letter 3",  # paused
        "Re: Letter 3",  # it goes on
        "Letter 4",
    ]
    assert {str(mail["To"]) for mail in house.mails()} == {ANNA}
    with house.parts.db.read() as session:
        assert session.scalars(select(Reply.sender)).all() == ["proven"] * 3
