"""The outbox seen from the other side: what a mail program would show of the Maildir. Reads with Python's own `mailbox` and `email`."""

import mailbox
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path

_PREVIEW = 110
_FILLER = "\u034f"
"""With this a mail fills up its preview, so that no words of the mail itself get into it (a combining mark that shows nothing)."""
_SILENT = {"head", "style", "title", "script"}


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it arrived. `date` is its Date header; `preview` is what a list of mails shows under the subject."""

    key: str
    name: str
    sender: str
    to: str
    subject: str
    date: datetime
    preview: str
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]
    message_id: str = ""
    reply_to: str = ""
    """Where a mail program sends an answer."""
    arrived: float = 0.0
    """When the machine wrote its file: the order of mails with the same date."""


@dataclass(frozen=True, slots=True)
class Box:
    """The mailbox of one address; `number` counts from 1, in the order in which the first mails came. Mails are newest first."""

    number: int
    address: str
    mails: tuple[Mail, ...]


class Inbox:
    """Every mail in a Maildir. A file is read once: a mail that has arrived does not change."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read: dict[str, Mail] = {}

    def boxes(self) -> list[Box]:
        """A mailbox for every address that has mail."""
        by_address: dict[str, list[Mail]] = {}
        for mail in sorted(self._mails(), key=lambda mail: (mail.date, mail.arrived)):
            by_address.setdefault(mail.to.casefold(), []).append(mail)
        return [
            Box(number, mails[0].to, tuple(reversed(mails)))
            for number, mails in enumerate(by_address.values(), start=1)
        ]

    def mail(self, key: str) -> Mail | None:
        """The mail of that name, or None."""
        return next((mail for mail in self._mails() if mail.key == key), None)

    def count(self) -> int:
        """How many mails there are, without reading any."""
        maildir = self._open()
        return len(maildir) if maildir is not None else 0

    def _open(self) -> mailbox.Maildir | None:
        """The Maildir as it is now, or None: nothing was sent yet, or the first mail is on its way and the folders are just being made."""
        whole = all((self.path / part).is_dir() for part in ("tmp", "new", "cur"))
        return mailbox.Maildir(self.path, create=False) if whole else None

    def _mails(self) -> Iterator[Mail]:
        maildir = self._open()
        if maildir is None:
            return
        for key in maildir.iterkeys():
            if key not in self._read:
                with suppress(KeyError, OSError):  # taken away, by a mail program or by hand, while we looked
                    self._read[key] = read(key, maildir.get_bytes(key), arrived=maildir.get_message(key).get_date())
            if key in self._read:
                yield self._read[key]


def read(key: str, raw: bytes, *, arrived: float = 0.0) -> Mail:
    """A mail from its bytes."""
    message = message_from_bytes(raw, policy=default)
    sender = _first_address(message, "From")
    date = message["Date"].datetime
    html, text = _body(message, "html"), _body(message, "plain")
    return Mail(
        key=key,
        name=sender.display_name or sender.addr_spec,
        sender=sender.addr_spec,
        to=_first_address(message, "To").addr_spec,
        subject=str(message["Subject"]),
        date=date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC),
        preview=_preview(html, text),
        text=text,
        html=html,
        headers=tuple((name, str(value)) for name, value in message.items()),
        message_id=str(message["Message-ID"] or ""),
        reply_to=_first_address(message, "Reply-To" if message["Reply-To"] else "From").addr_spec,
        arrived=arrived,
    )


def _first_address(message: EmailMessage, header: str) -> Address:
    address: Address = message[header].addresses[0]
    return address


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""


def _preview(html: str, text: str) -> str:
    """The first words, as mail programs take them: from the HTML if there is one, hidden words included."""
    words = _Words()
    words.feed(html)
    start = " ".join((words.said or text).partition(_FILLER)[0].split())
    return start if len(start) <= _PREVIEW else start[:_PREVIEW].rsplit(" ", 1)[0] + " …"


class _Words(HTMLParser):
    """The text of an HTML page, without what never shows."""

    def __init__(self) -> None:
        super().__init__()
        self.said = ""
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser's signature
        self._silent += tag in _SILENT
        self.said += " "

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said += data
