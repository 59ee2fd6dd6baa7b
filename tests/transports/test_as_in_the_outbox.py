"""The whole built-in course, every perspective: by SMTP and by SendGrid each mail arrives as it does in the outbox."""

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from email.message import EmailMessage
from itertools import pairwise

import pytest

from dripcourse.domain.mail import Accepted, Evidence, Outcome, Outgoing, Transport
from dripcourse.fakes.sendgrid import Account
from dripcourse.fakes.serve import FakeSendgrid
from dripcourse.transports.outbox import Outbox
from dripcourse.transports.sendgrid.transport import Sendgrid
from tests.faults.receivers import SmtpReceiver
from tests.support.house import MONDAY, open_house, read_outbox
from tests.transports.contract import read

READERS = {"anna@example.org": "betrayed", "bo@example.org": "betraying", "chi@example.org": None}
MADE_BY_THE_WIRE = {"content-type"}
"""SendGrid draws a boundary of its own."""
Mails = dict[str, list[EmailMessage]]


class Everywhere:
    """Hands the same mail to several transports, one after the other."""

    is_local = True

    def __init__(self, transports: Sequence[Transport]) -> None:
        self._transports = transports

    def send(self, mail: Outgoing, *, now: datetime) -> Outcome:
        for transport in self._transports:
            outcome = transport.send(mail, now=now)
            assert isinstance(outcome, Accepted)
        return outcome

    def evidence(self, delivery: str, fence: int, *, marked_at: datetime, now: datetime) -> Evidence:
        return self._transports[0].evidence(delivery, fence, marked_at=marked_at, now=now)

    def close(self) -> None:
        for transport in self._transports:
            transport.close()


@pytest.fixture(scope="module")
def arrived(tmp_path_factory: pytest.TempPathFactory) -> Mails:
    """What each receiver has after a whole course, in the order in which it came."""
    folder = tmp_path_factory.mktemp("course")
    fake = FakeSendgrid(Account(), lambda: MONDAY)
    fake.start()
    with closing(SmtpReceiver(folder / "taken", seed=1)) as server:
        server.start(None, lambda: MONDAY)
        doors = [Outbox(folder / "outbox"), server.transport(), Sendgrid("SG.fake", fake.url)]
        with open_house(folder, transport=Everywhere(doors)) as house:
            for reader, perspective in READERS.items():
                house.enroll(reader, perspective=perspective, zone="Europe/Berlin")
            for _ in range(72):
                house.tick()
                house.turn(days=1)
        taken = server.mails()
    fake.stop()
    return {
        "outbox": read_outbox(folder / "outbox"),
        "smtp": taken,
        "sendgrid": [read(mail.raw()) for mail in fake.account.taken],
    }


def course_of(mails: Sequence[EmailMessage], reader: str) -> list[EmailMessage]:
    return [mail for mail in mails if mail["To"].addresses[0].addr_spec == reader]


def headers_of(mail: EmailMessage) -> dict[str, str]:
    return {name.lower(): str(value) for name, value in mail.items() if name.lower() not in MADE_BY_THE_WIRE}


def bodies_of(mail: EmailMessage) -> list[tuple[str, list[str]]]:
    return [(part.get_content_type(), part.get_content().splitlines()) for part in mail.iter_parts()]


@pytest.mark.parametrize("wire", ["smtp", "sendgrid"])
@pytest.mark.parametrize("reader", READERS)
def test_the_nine_lessons_arrive_as_in_the_outbox(arrived: Mails, wire: str, reader: str) -> None:
    """Same order, subjects, dates, bodies, and every header, with nothing added and nothing left out."""
    here, there = course_of(arrived["outbox"], reader), course_of(arrived[wire], reader)
    assert len(here) == len(there) == 9
    assert all(one["Date"].datetime < other["Date"].datetime for one, other in pairwise(there))
    for one, other in zip(here, there, strict=True):
        assert not other.defects
        assert headers_of(other) == headers_of(one)
        assert bodies_of(other) == bodies_of(one)
        assert [kind for kind, _ in bodies_of(other)] == ["text/plain", "text/html"]


def test_by_smtp_it_is_the_same_to_the_byte(arrived: Mails) -> None:
    assert sorted(map(bytes, arrived["smtp"])) == sorted(map(bytes, arrived["outbox"]))


def test_nobody_gets_anything_else(arrived: Mails) -> None:
    assert {name: len(mails) for name, mails in arrived.items()} == {name: 27 for name in arrived}  # noqa: C420
