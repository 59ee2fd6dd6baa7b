"""A server that sends a byte now and then holds nobody: an exchange has a deadline as a whole (FAULTS.md S34)."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from time import monotonic

import pytest

from dripcourse.domain.mail import Later, Outcome, Unknown
from dripcourse.transports.sendgrid.transport import Sendgrid
from dripcourse.transports.smtp import Smtp
from dripcourse.transports.wire import Wire
from tests.transports.contract import NOW, a_mail

SECONDS = 1.0
SAID = [
    b"220 hello\r\n",
    b"250-here\r\n250 8BITMIME\r\n",
    b"250 ok\r\n",
    b"250 ok\r\n",
    b"354 go on\r\n",
    b"250 taken\r\n",
]
PHASES = ["greeting", "ehlo", "mail", "rcpt", "data", "dot"]


class Dripping:
    """Speaks as a mail server does until phase `at`; from then on a byte every 0.2 s, for as long as somebody listens."""

    def __init__(self, at: int) -> None:
        self._at = at
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stopping.is_set():
            with contextlib.suppress(OSError):
                peer, _ = self._listener.accept()
                with peer, contextlib.suppress(OSError):
                    self._speak(peer)

    def _speak(self, peer: socket.socket) -> None:
        lines = peer.makefile("rb")
        for phase, said in enumerate(SAID):
            if phase == self._at:
                while not self._stopping.wait(0.2):
                    peer.sendall(b"2")
                return
            peer.sendall(said)
            if phase < 5:
                line = lines.readline()
                while phase == 4 and line not in (b".\r\n", b""):
                    line = lines.readline()

    def close(self) -> None:
        self._stopping.set()
        self._listener.close()


@pytest.fixture
def dripping() -> Iterator[Callable[[int], Dripping]]:
    made: list[Dripping] = []

    def make(at: int) -> Dripping:
        made.append(Dripping(at))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.mark.parametrize("phase", range(6), ids=PHASES)
def test_a_mail_server_that_drips_is_left_at_the_deadline(dripping: Callable[[int], Dripping], phase: int) -> None:
    door = Smtp("127.0.0.1", dripping(phase).port, tls="none", timeout_seconds=SECONDS, dot_seconds=SECONDS)
    outcome = within(20, lambda: door.send(a_mail(), now=NOW))
    assert isinstance(outcome, Unknown if phase == 5 else Later), outcome


def test_a_provider_that_drips_is_left_at_the_deadline_and_the_mail_is_unsure(
    dripping: Callable[[int], Dripping],
) -> None:
    url = f"http://127.0.0.1:{dripping(0).port}"
    door = Sendgrid("SG.key", url, wire=Wire(url, timeout_seconds=SECONDS))
    assert isinstance(within(20, lambda: door.send(a_mail(), now=NOW)), Unknown)


def within(seconds: float, send: Callable[[], Outcome]) -> Outcome:
    """What comes of it; fails if it is still at it after so long, where it would be for ever."""
    came: list[Outcome] = []
    thread = threading.Thread(target=lambda: came.append(send()), daemon=True)
    began = monotonic()
    thread.start()
    thread.join(seconds)
    assert came, f"still in the exchange after {monotonic() - began:.0f} s"
    return came[0]
