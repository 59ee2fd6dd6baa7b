"""What every transport promises, whatever it is made of. A test class for one of them inherits these and says how to make it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest

from dripcourse.domain.mail import Accepted, Evidence, Mailbox, Outgoing, Refused, Transport, Unknown
from dripcourse.services.crypto.keyring import new_id

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def a_mail(**said: object) -> Outgoing:
    """A mail as `compose` makes them; of its words a test says only what matters to it."""
    ident = new_id()
    mail = Outgoing(
        delivery=ident,
        fence=1,
        sender=Mailbox("letters@letters.example.org", "Small Letters"),
        to="reader@example.org",
        subject="Letter 1",
        text="Some words.\n",
        html="<p>Some words.</p>\n",
        message_id=f"<{ident}@reply.letters.example.org>",
        date=NOW,
        reply_to="r+token@reply.letters.example.org",
        headers={"Auto-Submitted": "auto-generated", "List-Id": "<slow-letters.reply.letters.example.org>"},
    )
    return replace(mail, **said)  # type: ignore[arg-type]


def read(raw: bytes) -> EmailMessage:
    return BytesParser(EmailMessage, policy=policy.default).parsebytes(raw)


class TransportContract:
    """The promises. `transport` and `arrived` are for the inheriting class to say."""

    is_local: bool
    remembers = True
    """Whether it can say afterwards what became of an attempt."""
    forgets = True
    """Whether what it sent can be taken back from where it keeps it."""

    @pytest.fixture
    def transport(self) -> Transport:
        raise NotImplementedError

    def arrived(self) -> list[bytes]:
        """Every mail as the other side has it."""
        raise NotImplementedError

    @staticmethod
    def evidence(transport: Transport, mail: Outgoing) -> Evidence:
        return transport.evidence(mail.delivery, mail.fence, marked_at=NOW, now=NOW + timedelta(hours=1))

    def test_says_whether_what_it_sends_can_leave_this_machine(self, transport: Transport) -> None:
        assert transport.is_local is self.is_local

    def test_an_accepted_mail_arrives_once_and_says_what_it_was_given(self, transport: Transport) -> None:
        mail = a_mail(subject="Größe, größer", text="Zeilen\n\n.\n..\nFrom here on\n" + "lang " * 300 + "\n")
        assert isinstance(transport.send(mail, now=NOW), Accepted)
        (raw,) = self.arrived()
        got = read(raw)
        assert not got.defects
        assert got["From"].addresses[0].addr_spec == "letters@letters.example.org"
        assert got["From"].addresses[0].display_name == "Small Letters"
        assert [each.addr_spec for each in got["To"].addresses] == ["reader@example.org"]
        assert got["Subject"] == "Größe, größer"
        assert got["Date"].datetime == NOW
        assert got["Message-ID"] == mail.message_id
        assert got["Reply-To"].addresses[0].addr_spec == mail.reply_to
        assert {name: got[name] for name in mail.headers} == dict(mail.headers)
        plain, html = got.get_body(("plain",)), got.get_body(("html",))
        assert plain is not None
        assert html is not None
        assert plain.get_content().splitlines() == mail.text.splitlines()
        assert html.get_content().splitlines() == (mail.html or "").splitlines()

    def test_a_mail_without_html_is_plain_text(self, transport: Transport) -> None:
        transport.send(a_mail(html=None), now=NOW)
        (raw,) = self.arrived()
        assert read(raw).get_content_type() == "text/plain"

    def test_many_mails_are_as_many_that_arrive(self, transport: Transport) -> None:
        mails = [a_mail(to=f"reader{number}@example.org") for number in range(20)]
        assert all(isinstance(transport.send(mail, now=NOW), Accepted) for mail in mails)
        assert {read(raw)["Message-ID"] for raw in self.arrived()} == {mail.message_id for mail in mails}
        assert len(self.arrived()) == 20

    def test_of_an_accepted_mail_it_says_that_it_was_sent(self, transport: Transport) -> None:
        mail = a_mail()
        transport.send(mail, now=NOW)
        knows = Evidence.SENT if self.remembers else Evidence.NONE
        assert self.evidence(transport, mail) is knows
        assert self.evidence(transport, mail) is knows

    def test_an_attempt_that_it_called_not_sent_can_never_be_sent_any_more(self, transport: Transport) -> None:
        mail = a_mail()
        if not self.remembers:
            assert self.evidence(transport, mail) is Evidence.NONE
            return
        assert self.evidence(transport, mail) is Evidence.NOT_SENT
        assert isinstance(transport.send(mail, now=NOW), Unknown)
        assert self.arrived() == []
        assert self.evidence(transport, mail) is Evidence.NOT_SENT

    def test_the_next_attempt_of_the_same_mail_is_another_matter(self, transport: Transport) -> None:
        first = a_mail()
        second = replace(first, fence=2)
        self.evidence(transport, first)
        assert isinstance(transport.send(second, now=NOW), Accepted)
        assert self.evidence(transport, second) is (Evidence.SENT if self.remembers else Evidence.NONE)
        assert len(self.arrived()) == 1

    def test_what_cannot_be_written_as_a_mail_is_refused_and_stops_no_other(self, transport: Transport) -> None:
        injected = a_mail(to="reader@example.org\r\nBcc: everybody@example.org")
        assert isinstance(transport.send(injected, now=NOW), Refused)
        assert isinstance(transport.send(a_mail(), now=NOW), Accepted)
        assert len(self.arrived()) == 1

    def test_closed_it_may_be_used_again(self, transport: Transport) -> None:
        transport.close()
        assert isinstance(transport.send(a_mail(), now=NOW), Accepted)
        transport.close()
        transport.close()
        assert isinstance(transport.send(a_mail(), now=NOW), Accepted)
        assert len(self.arrived()) == 2

    def test_can_be_asked_to_forget_somebody_as_often_as_one_likes(self, transport: Transport) -> None:
        mail, other = a_mail(to="forget@example.org"), a_mail(to="keep@example.org")
        transport.send(mail, now=NOW)
        transport.send(other, now=NOW)
        for _ in range(2):
            transport.erase("forget@example.org", [mail.delivery])
        left = [read(raw)["To"] for raw in self.arrived()]
        assert left == (["keep@example.org"] if self.forgets else ["forget@example.org", "keep@example.org"])
