"""The receiver's side: where mail goes in a campaign, as processes of their own, and what really came there."""

import asyncio
import mailbox
import mmap
import os
import random
import signal
import socket
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from http.client import HTTPConnection
from pathlib import Path
from select import select
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import waitress
from aiosmtpd.smtp import SMTP, Envelope, Session

from dripcourse.cli.serve import listen
from dripcourse.domain.mail import Transport
from dripcourse.fakes.script import Post, Step, drawn
from dripcourse.fakes.sendgrid import Account
from dripcourse.fakes.serve import FakeSendgrid
from dripcourse.services.parts import Clock, Parts
from dripcourse.transports import outbox, smtp, wire
from dripcourse.transports.outbox import Outbox
from dripcourse.transports.sendgrid.transport import Sendgrid
from dripcourse.transports.smtp import Smtp
from dripcourse.transports.wire import Wire
from dripcourse.web.app import create_app
from tests.support.children import ended, fork
from tests.support.house import read_outbox

if TYPE_CHECKING:
    Opened = Callable[[], AbstractContextManager[Parts]]

KINDS = ("outbox", "smtp", "sendgrid")
HANG_SECONDS = 1.0
"""How long a worker waits for the stand-in's answer; the stand-in may hang for longer."""
EVENTS = Post(late=7200, copies=2)
SMTP_FAULTS = ("later",) * 2 + ("closing", "deaf") + ("drop",) * 2
"""What a mail server does wrong, of a hundred mails, besides what it does right."""


class Switch:
    """Whether the receivers have bad days; every process forked from here sees it turned."""

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, 1)

    def turn(self, *, on: bool) -> None:
        self._page[:1] = bytes([on])

    @property
    def on(self) -> bool:
        return bool(self._page[0])


class Receiver(ABC):
    """Somebody who takes mail. What it has is the truth."""

    file: str
    """The source of the transport that speaks to it, and how many lines of it one sending runs, roughly."""
    lines: int
    asked_at_once = False
    """Whether it can be asked what came of a sending, so that nothing stays unsure for long."""
    forgets = False
    """Whether a lost answer is lost for good."""
    longest_sleep: timedelta | None = None
    """How long a worker may be frozen in mid-sending; None: as long as it likes."""
    wants_peaks = False
    """Whether faults make sense in mid-peak only: of a mail that went all alone, silence says nothing."""

    def __init__(self) -> None:
        self.trouble = Switch()
        self._children: list[int] = []

    @property
    @abstractmethod
    def environ(self) -> dict[str, str]:
        """The settings that lead to it."""

    @abstractmethod
    def transport(self) -> Transport:
        """A worker's own way to it."""

    @abstractmethod
    def mails(self) -> list[EmailMessage]:
        """Every mail that it took."""

    def start(self, opened: "Opened", clock: Clock) -> None:  # noqa: B027 - a folder needs no process
        """Begin to receive."""

    def told(self, seconds: float) -> bool:
        """Wait until everything that it has to tell by now is told; False if that took longer."""
        return True

    def close(self) -> None:
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)
            ended(pid)
        self._children.clear()

    def _run(self, work: Callable[[], object]) -> None:
        self._children.append(fork(work))


def make_receiver(kind: str, folder: Path, seed: int) -> Receiver:
    """A receiver of that kind, not started yet; its bad days are drawn from the seed."""
    match kind:
        case "outbox":
            return OutboxReceiver(folder / "outbox")
        case "smtp":
            return SmtpReceiver(folder / "taken", seed)
    return SendgridReceiver(seed)


class OutboxReceiver(Receiver):
    """The Maildir itself."""

    file, lines = str(outbox.__file__), 45
    asked_at_once = True

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    @property
    def environ(self) -> dict[str, str]:
        return {"MAIL_URL": f"outbox:{self._path}"}

    def transport(self) -> Transport:
        return Outbox(self._path)

    def mails(self) -> list[EmailMessage]:
        return read_outbox(self._path)


class SmtpReceiver(Receiver):
    """A mail server that has a mail safely on its disk before it says 250; now and then it hangs up, or says "later"."""

    file, lines = str(smtp.__file__), 50
    forgets = True

    def __init__(self, path: Path, seed: int) -> None:
        super().__init__()
        self._path, self._dice = path, random.Random(seed)
        self._listener = listen("127.0.0.1", 0)
        self._port = int(self._listener.getsockname()[1])

    @property
    def environ(self) -> dict[str, str]:
        return {"MAIL_URL": f"smtp://127.0.0.1:{self._port}"}

    def transport(self) -> Transport:
        return Smtp("127.0.0.1", self._port, tls="none")

    def mails(self) -> list[EmailMessage]:
        return read_outbox(self._path)

    def start(self, opened: "Opened", clock: Clock) -> None:
        self._run(lambda: asyncio.run(self._serve()))

    def close(self) -> None:
        super().close()
        self._listener.close()

    async def _serve(self) -> None:
        self._box = mailbox.Maildir(self._path)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(self, loop=loop), sock=self._listener, backlog=64)
        await server.serve_forever()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        number = self._dice.randrange(100)
        fault = SMTP_FAULTS[number] if self.trouble.on and number < len(SMTP_FAULTS) else ""
        if fault == "later":
            return "451 4.3.0 come again"
        if fault == "closing":
            return "421 4.3.2 closing"
        if fault != "deaf":
            self._box.add(envelope.original_content or b"")  # is on the disk when this returns
        if fault:
            assert server.transport is not None
            server.transport.abort()
        return "250 ok"


class SendgridReceiver(Receiver):
    """The stand-in that ships, with every bad day it knows; and our own web, which takes its signed events."""

    file, lines = str(wire.__file__), 30
    longest_sleep = timedelta(hours=48)
    wants_peaks = True

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._asks, self._answers = socket.socketpair()
        self._listener = listen("127.0.0.1", 0)
        self._asked = False
        self._clock: Clock | None = None
        self._fake = FakeSendgrid(
            Account(self._steps(seed), seed=seed),
            self._now,
            events_url=f"http://127.0.0.1:{self._listener.getsockname()[1]}/hooks/sendgrid/events",
        )

    @property
    def environ(self) -> dict[str, str]:
        return {
            "MAIL_URL": "sendgrid:",
            "SENDGRID_API_KEY": "SG.fake",
            "SENDGRID_API_URL": self._fake.url,
            "SENDGRID_EVENT_PUBLIC_KEY": self._fake.signer.public_key,
        }

    def transport(self) -> Transport:
        return Sendgrid("SG.fake", self._fake.url, wire=Wire(self._fake.url, timeout_seconds=HANG_SECONDS))

    def mails(self) -> list[EmailMessage]:
        """As the stand-in itself shows them, one after the other."""
        parser = BytesParser(EmailMessage, policy=policy.default)
        return sorted(map(parser.parsebytes, self._pages()), key=lambda mail: mail["Date"].datetime)

    def _pages(self) -> Iterator[bytes]:
        connection = HTTPConnection(urlsplit(self._fake.url).netloc, timeout=10)
        number = 0
        while True:
            connection.request("GET", f"/mails/{number}")
            answer = connection.getresponse()
            page = answer.read()
            if answer.status != 200:
                connection.close()
                return
            yield page
            number += 1

    def start(self, opened: "Opened", clock: Clock) -> None:
        self._clock = clock
        self._run(self._be_fake)
        self._run(lambda: self._be_web(opened, clock))

    def told(self, seconds: float) -> bool:
        if not self._asked:
            self._asks.send(b"?")
        self._asked = not select([self._asks], [], [], seconds)[0]
        return not self._asked and bool(self._asks.recv(1))

    def close(self) -> None:
        super().close()
        self._listener.close()

    def _steps(self, seed: int) -> Iterator[Step]:
        dice = random.Random(seed)
        for step in drawn(seed):
            post = replace(EVENTS, shuffled=dice.random() < 0.3)
            yield replace(step if self.trouble.on else Step(), post=post)

    def _now(self) -> Any:
        assert self._clock is not None
        return self._clock()

    def _be_fake(self) -> None:
        self._fake.start()
        while self._answers.recv(1):
            while self._fake.tell():
                pass
            self._answers.send(b"!")

    def _be_web(self, opened: "Opened", clock: Clock) -> None:
        with opened() as parts:
            waitress.create_server(create_app(parts, clock), sockets=[self._listener], threads=4).run()
