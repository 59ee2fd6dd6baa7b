"""A whole course by mail alone, through signed posts as SendGrid makes them: no browser opened."""

import json
from email.message import EmailMessage

from dripcourse.fakes.serve import Signer
from tests.support.post import a_course_by_mail_alone
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

    assert a_course_by_mail_alone(house, ANNA, send, pause="pause") == ["proven"] * 3
