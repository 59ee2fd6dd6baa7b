"""SIGTERM and SIGINT end any process within ten seconds, also in the middle of an exchange with a server that drips (FAULTS.md S34)."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dripcourse.domain.delivery import DeliveryState
from dripcourse.services.host import overview
from tests.support.house import environment, open_house
from tests.support.imap import Letterbox, imap_server
from tests.transports.test_dripping import Dripping

TEN_SECONDS = 10
SIGNS = pytest.mark.parametrize(
    ("sign", "deaf"),
    [(signal.SIGTERM, False), (signal.SIGINT, False), (signal.SIGINT, True)],
    ids=["SIGTERM", "SIGINT", "SIGINT that the parent ignores"],
)
STAYING = {"run": ["run"], "web": ["web"], "demo": ["demo"], "fake-sendgrid": ["fake-sendgrid", "--port", "PORT"]}
"""The commands that stay and listen, by their names."""


@pytest.fixture
def dripping() -> Iterator[Dripping]:
    made = Dripping(5)
    yield made
    made.close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def started(words: list[str], folder: Path, *, deaf: bool, **given: str) -> Iterator[subprocess.Popen[str]]:
    """`deaf`: as the background of a script, where SIGINT is ignored and children inherit that."""
    ignore = (lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)) if deaf else None
    process = subprocess.Popen(
        [sys.executable, "-m", "dripcourse", *words],
        env=os.environ | environment(folder, TICK_SECONDS="1", **given),
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=ignore,  # noqa: PLW1509 - no thread of this process holds anything then
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def is_up(process: subprocess.Popen[str]) -> str:
    """The first line that it says, which each of them does once it is ready."""
    assert process.stdout
    return process.stdout.readline()


def states(folder: Path) -> set[str]:
    with open_house(folder) as house:
        return {each.state for each in overview.deliveries(house.parts)}


@SIGNS
@pytest.mark.parametrize("command", ["worker", "run"])
def test_a_worker_in_mid_exchange_ends_within_ten_seconds_and_the_mail_is_marked(
    tmp_path: Path, dripping: Dripping, command: str, sign: signal.Signals, deaf: bool
) -> None:
    with open_house(tmp_path) as house:
        house.now = datetime.now(UTC)  # or the welcome would be late, and wait for the reader's morning
        house.enroll()
    given = {"MAIL_URL": f"smtp://127.0.0.1:{dripping.port}", "PORT": str(free_port())}
    with started([command], tmp_path, deaf=deaf, **given) as process:
        for _ in range(600):
            if states(tmp_path) == {DeliveryState.SENDING.value}:
                break
            time.sleep(0.1)
        else:
            pytest.fail("nothing was put on the wire")
        process.send_signal(sign)
        assert process.wait(TEN_SECONDS) == 0
    assert states(tmp_path) == {DeliveryState.SENDING.value}


@SIGNS
@pytest.mark.parametrize("command", STAYING)
def test_whatever_listens_ends_within_ten_seconds_with_a_request_half_open(
    tmp_path: Path, command: str, sign: signal.Signals, deaf: bool
) -> None:
    port = free_port()
    with open_house(tmp_path):
        pass
    words = [str(port) if word == "PORT" else word for word in STAYING[command]]
    with started(words, tmp_path, deaf=deaf, PORT=str(port)) as process:
        assert str(port) in is_up(process)
        with socket.create_connection(("127.0.0.1", port), 5) as half_open:
            half_open.sendall(b"POST /c/slow-letters HTTP/1.1\r\nHost: here\r\nContent-Length: 999\r\n\r\nemail=")
            time.sleep(0.3)
            process.send_signal(sign)
            assert process.wait(TEN_SECONDS) == 0


@SIGNS
def test_the_doors_of_mail_end_within_ten_seconds_with_a_client_and_a_server_that_drip(
    tmp_path: Path, sign: signal.Signals, deaf: bool
) -> None:
    with open_house(tmp_path):
        pass
    port = free_port()
    with imap_server(Letterbox(drips_at="NOOP")) as box:
        imap = f"imap://replies%40example.org:p%40ss%20word@localhost:{box.port}/Replies"
        with started(["worker"], tmp_path, deaf=deaf, IMAP_URL=imap, LMTP_LISTEN=f"127.0.0.1:{port}") as process:
            assert "ticks" in is_up(process)
            with socket.create_connection(("127.0.0.1", port), 5) as client:
                client.sendall(b"LHLO here\r\nMAIL FROM:<a@example.org>\r\n")
                for _ in range(100):
                    if "NOOP" in box.commands:
                        break
                    time.sleep(0.1)
                process.send_signal(sign)
                assert process.wait(TEN_SECONDS) == 0
