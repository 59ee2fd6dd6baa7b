"""SIGTERM and SIGINT end any process within ten seconds, also in the middle of an exchange with a server that drips (FAULTS.md S34)."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dripcourse.domain.delivery import DeliveryState
from dripcourse.services.host import overview
from tests.support.house import environment, open_house
from tests.transports.test_dripping import Dripping

TEN_SECONDS = 10


@pytest.fixture
def dripping() -> Iterator[Dripping]:
    made = Dripping(5)
    yield made
    made.close()


def started(command: str, folder: Path, *, port: int, deaf: bool) -> subprocess.Popen[bytes]:
    """`deaf`: as the background of a script, where SIGINT is ignored and children inherit that."""
    words = environment(folder, MAIL_URL=f"smtp://127.0.0.1:{port}", TICK_SECONDS="1")
    run = [sys.executable, "-m", "dripcourse", command]
    ignore = (lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)) if deaf else None
    return subprocess.Popen(run, env=os.environ | words, cwd=folder, stdout=subprocess.DEVNULL, preexec_fn=ignore)  # noqa: PLW1509


@pytest.mark.parametrize(
    ("command", "sign", "deaf"), [("worker", signal.SIGTERM, False), ("worker", signal.SIGINT, True)]
)
def test_a_worker_in_mid_exchange_ends_within_ten_seconds_and_the_mail_is_marked(
    tmp_path: Path, dripping: Dripping, command: str, sign: signal.Signals, deaf: bool
) -> None:
    with open_house(tmp_path) as house:
        house.now = datetime.now(UTC)  # or the welcome would be late, and wait for the reader's morning
        house.enroll()
        worker = started(command, tmp_path, port=dripping.port, deaf=deaf)
        try:
            for _ in range(600):
                if {each.state for each in overview.deliveries(house.parts)} == {DeliveryState.SENDING.value}:
                    break
                time.sleep(0.1)
            else:
                pytest.fail("nothing was put on the wire")
            worker.send_signal(sign)
            assert worker.wait(TEN_SECONDS) == 0
        finally:
            worker.kill()
            worker.wait()
        assert {each.state for each in overview.deliveries(house.parts)} == {DeliveryState.SENDING.value}
