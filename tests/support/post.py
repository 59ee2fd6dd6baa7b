"""Mail to an installation, as readers' programs and machines write it, and the reader who sends it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from itertools import count

from sqlalchemy import select

from dripcourse.db.models import Enrollment, Reply
from dripcourse.domain.enrollment import LeftReason
from dripcourse.domain.incoming import Arrival, Door
from dripcourse.services.incoming import store
from tests.support.house import House

_numbers = count(1)


def compose(
    sender: str,
    to: str,
    text: str = "",
    *,
    answers: EmailMessage | None = None,
    date: object = None,
    subject: str | None = None,
    **headers: str,
) -> EmailMessage:
    """A mail as somebody's program would write it; in answer to another one, with its thread."""
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, to
    mail["Message-ID"] = f"<{next(_numbers)}.abc@{sender.rpartition('@')[2].strip('>')}>"
    if date is not None:
        mail["Date"] = format_datetime(date)  # type: ignore[arg-type]
    if answers is not None:
        mail["Subject"] = subject or f"Re: {answers['Subject']}"
        mail["In-Reply-To"] = mail["References"] = str(answers["Message-ID"])
    elif subject is not None:
        mail["Subject"] = subject
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def hand_in(
    house: House,
    mail: EmailMessage | bytes,
    rcpt: Sequence[str] = (),
    *,
    sender: str | None = "somebody@example.org",
    door: Door = Door.LMTP,
    **fields: str,
) -> bool:
    """What a door does with a mail."""
    raw = mail if isinstance(mail, bytes) else mail.as_bytes()
    rcpt = rcpt or ((str(mail["To"]),) if isinstance(mail, EmailMessage) else ())
    return store.store(house.parts, Arrival(door, raw, tuple(rcpt), sender, **fields), house.now)


@dataclass
class Reader:
    """Somebody with a mailbox who only writes mails."""

    house: House
    address: str = "reader@example.org"

    @property
    def mails(self) -> list[EmailMessage]:
        return self.house.mails(self.address)

    def reply(
        self, text: str, to: EmailMessage | None = None, *, sender: str | None = None, **headers: str
    ) -> EmailMessage:
        """Answer a mail (the newest, if none is named) and let the tick handle it."""
        answered = to if to is not None else self.mails[-1]
        self.house.turn(minutes=1)
        mail = compose(sender or self.address, str(answered["Reply-To"]), text, answers=answered, **headers)
        hand_in(self.house, mail)
        self.house.tick()
        return mail

    def leave(self, to: EmailMessage | None = None) -> None:
        """What a mail program does with the mailto of List-Unsubscribe: an empty mail without a subject."""
        answered = to if to is not None else self.mails[-1]
        address = str(answered["List-Unsubscribe"]).rpartition("<mailto:")[2].rstrip(">")
        hand_in(self.house, compose(self.address, address))
        self.house.tick()


SUBJECTS = [
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


def a_course_by_mail_alone(
    house: House, address: str, send: Callable[[EmailMessage], None], *, pause: str
) -> Sequence[str]:
    """Subscribe, confirm, answer three lessons, pause, resume and stop, by nothing but mails; `send` brings each to a door, and ticks.

    Returns how sure it is of each reply that is kept that its reader wrote it.
    """

    def reply(text: str) -> None:
        newest = house.mails()[-1]
        send(compose(address, str(newest["Reply-To"]), text, answers=newest))

    send(compose(address, f"subscribe@{house.parts.rules.reply_domain}"))
    reply("Yes, please.\n")
    for week in range(3):
        house.turn(days=12)
        house.tick()
        reply(f"What I noticed in week {week}.\n")
    reply(f"{pause}\n")
    house.turn(days=10)
    house.tick()
    reply("resume\n")
    house.turn(days=12)
    house.tick()
    reply("stop\n")
    house.turn(days=60)
    house.tick()
    assert [str(mail["Subject"]) for mail in house.mails()] == SUBJECTS
    assert {str(mail["To"]) for mail in house.mails()} == {address}
    with house.parts.db.read() as session:
        assert session.scalars(select(Enrollment.left_reason)).all() == [LeftReason.ASKED]
        return session.scalars(select(Reply.sender)).all()
