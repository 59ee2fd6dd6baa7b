"""kill -9 while mail comes in, again and again, from senders who try until they are told yes; then look at what is there."""

import json
import os
import random
import signal
import smtplib
import socket
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from email import message_from_bytes
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import monotonic, sleep

import waitress
from sqlalchemy import select

from dripcourse.cli.serve import listen
from dripcourse.db.models import Inbound
from dripcourse.doors.listener import Listener
from dripcourse.fakes.serve import Signer
from dripcourse.services.incoming import store
from dripcourse.settings import HostPort, Listen
from dripcourse.web.app import create_app
from tests.support.children import ended, fork, was_killed
from tests.support.house import ENVIRONMENT, House, open_house

HERE = "127.0.0.1"
TOKEN = f"r+{'a' * 42}@{ENVIRONMENT['REPLY_DOMAIN']}"
_GIVE_UP = 1800
"""Seconds until somebody who is never told yes ends the run."""


@dataclass(frozen=True)
class Found:
    """What a run came to; `kept` if every message is there once, as it was sent."""

    messages: int
    kills: int
    rows: int
    lost: int
    doubled: int
    changed: int
    seconds: float

    @property
    def kept(self) -> bool:
        return self.rows == self.messages and not (self.lost or self.doubled or self.changed)


def message(number: int) -> bytes:
    """The message of a number; some are long, so that a kill falls within them."""
    words = b"These are the words of a reader.\r\n" * (1 + 997 * (number % 7 == 0))
    return b"From: reader@example.org\r\nMessage-ID: <%d@example.org>\r\n\r\n%s" % (number, words)


def run(folder: Path, *, messages: int, seed: int, senders: int = 3, least_kills: int = 3) -> Found:
    """One run in a new folder: half of the mail by SMTP, half by signed posts."""
    began = monotonic()
    signer, chance = Signer(), random.Random(seed)
    ports = (_free_port(), _free_port())
    with open_house(folder, SENDGRID_INBOUND_PUBLIC_KEY=signer.public_key) as house:
        house.parts.db.close()  # a connection must not be carried into a child
        numbers = [range(start, messages, senders) for start in range(senders)]
        pids = [fork(lambda each=each: _send(each, ports, signer, seed)) for each in numbers]  # type: ignore[misc]
        codes: list[int] = []
        kills = 0
        while pids and monotonic() < began + _GIVE_UP:
            receiver = fork(lambda: _receive(house, ports))
            _until_it_listens(ports)
            sleep(chance.choice((0.0, 0.02, 0.1, chance.uniform(0, 1.0))))
            still = [pid for pid in pids if not _has_ended(pid, codes)]
            kills += was_killed(_kill(receiver))
            pids = still
        assert codes == [0] * senders, f"senders ended with {codes}, {len(pids)} never did"
        assert kills >= least_kills, f"only {kills} kills: nothing is shown by that"
        return _found(house, messages, kills, monotonic() - began)


def _receive(house: House, ports: tuple[int, int]) -> None:
    """The doors, until this process is killed."""
    smtp, web = ports
    Listener(Listen("smtp", HostPort(HERE, smtp)), house.parts, house.clock).start()
    app = create_app(house.parts, house.clock)
    waitress.create_server(app, sockets=[listen(HERE, web)], threads=4).run()


def _send(numbers: Sequence[int], ports: tuple[int, int], signer: Signer, seed: int) -> None:
    """Hand over each message until it is taken, and some of them once more, as a sender does who never heard the answer."""
    chance = random.Random(f"{seed}:{numbers[0] if numbers else 0}")
    for number in numbers:
        for _ in range(2 if chance.random() < 0.2 else 1):
            while not _handed_over(number, ports, signer):
                sleep(0.02)


def _handed_over(number: int, ports: tuple[int, int], signer: Signer) -> bool:
    try:
        return _by_post(number, ports[1], signer) if number % 2 else _by_smtp(number, ports[0])
    except (OSError, smtplib.SMTPException, HTTPException):
        return False  # nobody there, or nobody any more


def _by_smtp(number: int, port: int) -> bool:
    with smtplib.SMTP(HERE, port, "client.example", timeout=30) as client:
        client.sendmail("reader@example.org", [TOKEN], message(number))
    return True


def _by_post(number: int, port: int, signer: Signer) -> bool:
    envelope = json.dumps({"to": [TOKEN], "from": "reader@example.org"}).encode()
    fields = {b"email": message(number), b"envelope": envelope}
    parts = [b'--xYzZY\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % each for each in fields.items()]
    body = b"".join(parts) + b"--xYzZY--\r\n"
    connection = HTTPConnection(HERE, port, timeout=30)
    headers = signer.headers(body, 1) | {"Content-Type": "multipart/form-data; boundary=xYzZY"}
    connection.request("POST", "/hooks/sendgrid/inbound", body, headers)
    status = connection.getresponse().status
    connection.close()
    assert status in (200, 500, 503), status
    return status == 200


def _found(house: House, messages: int, kills: int, seconds: float) -> Found:
    with house.parts.db.read() as session:
        rows = [store.read(house.parts, row) for row in session.scalars(select(Inbound))]
    numbers = Counter(int(str(message_from_bytes(row.raw)["message-id"])[1:].partition("@")[0]) for row in rows)
    sent = {number: message(number) for number in range(messages)}
    changed = len({row.raw for row in rows} - set(sent.values()))
    return Found(
        messages,
        kills,
        len(rows),
        lost=len(sent.keys() - numbers.keys()),
        doubled=sum(count > 1 for count in numbers.values()),
        changed=changed,
        seconds=round(seconds, 1),
    )


def figures(found: Found, seed: int) -> str:
    return json.dumps({**asdict(found), "seed": seed, "kept": found.kept})


def _until_it_listens(ports: tuple[int, int]) -> None:
    give_up = monotonic() + 60
    for port in ports:
        while True:
            with suppress(OSError), socket.create_connection((HERE, port), 1):
                break
            assert monotonic() < give_up, "the receiver never listened"
            sleep(0.005)


def _has_ended(pid: int, codes: list[int]) -> bool:
    found, status = os.waitpid(pid, os.WNOHANG)
    if found:
        codes.append(os.waitstatus_to_exitcode(status))
    return bool(found)


def _kill(pid: int) -> int:
    os.kill(pid, signal.SIGKILL)
    return ended(pid)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        return int(probe.getsockname()[1])
