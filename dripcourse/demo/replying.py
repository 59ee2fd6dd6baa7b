"""Answering a mail as a mail program does: a raw message with the mail quoted below, taken in as any other that arrives."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from textwrap import indent

from dripcourse.demo.agenda import day, hour
from dripcourse.demo.inbox import Mail
from dripcourse.domain.incoming import Arrival, Door
from dripcourse.services.crypto.keyring import new_id
from dripcourse.services.incoming import store
from dripcourse.services.parts import Parts

SAYINGS = ("pause", "resume", "where am I", "share", "stop")
"""Whole first lines that order something, for a button each."""


def send(parts: Parts, mail: Mail, words: str, now: datetime) -> None:
    """Answer a mail with these words. The message is stored as if it had come by SMTP; a tick handles it."""
    to, domain = mail.reply_to, mail.to.rpartition("@")[2]
    # the line that our own mail server writes on top: here nobody else can have written it
    vouched = f"Authentication-Results: {parts.rules.authserv_id}; dkim=pass header.d={domain}\r\n".encode()
    store.store(parts, Arrival(Door.SMTP, vouched + as_program(mail, words, now), rcpt=(to,), sender=mail.to), now)


def as_program(mail: Mail, words: str, now: datetime) -> bytes:
    """The answer as a common mail program writes it: the words on top, then who wrote when, then the mail, quoted."""
    answer = EmailMessage(policy=SMTP)
    answer["From"], answer["To"] = mail.to, mail.reply_to
    answer["Subject"] = mail.subject if mail.subject.lower().startswith("re:") else f"Re: {mail.subject}"
    answer["Date"] = now
    answer["Message-ID"] = f"<{new_id()}@mail-program.example>"
    answer["In-Reply-To"] = answer["References"] = mail.message_id
    answer.set_content(f"{words.strip()}\n\n{attribution(mail)}\n{quoted(mail)}\n")
    return answer.as_bytes()


def attribution(mail: Mail) -> str:
    """The line that a mail program writes above what it quotes."""
    return f"On {day(mail.date)} {mail.date.year} at {hour(mail.date)}, {mail.name} <{mail.sender}> wrote:"


def quoted(mail: Mail) -> str:
    """The mail as it is quoted."""
    return indent(mail.text.rstrip(), "> ", lambda _: True)
