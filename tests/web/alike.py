"""`python -m tests.web.alike --posts 20000 --seed 1`: does the time or the form of an answer tell whom we know?

The real server (`dripcourse web`) in a process of its own, asked over loopback on a kept connection. Sign-ups for addresses of every
class come in random order, one after the other, so that whatever else the machine does falls on all alike. Prints one line of JSON:
for each pair of classes the p of a two-sample Kolmogorov-Smirnov test, and whether all answers were the same to the byte.
"""

import argparse
import json
import math
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import combinations
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from dripcourse.db.models import Enrollment
from dripcourse.domain.address import email_address
from dripcourse.domain.enrollment import LeftReason
from dripcourse.services.enrollment import lifecycle
from dripcourse.services.enrollment.enroll import How, Wish
from dripcourse.services.enrollment.suppression import suppress
from dripcourse.services.privacy import erase
from dripcourse.services.signup import request
from tests.support.house import House, environment, open_house
from tests.web.conftest import COVER

KNOWN = ("active", "suppressed", "erased", "bounced", "pending")
CLASSES = ("unknown", *KNOWN)
EACH = 50
"""Addresses of each known class; the unknown ones are always new."""
_SERVER = (
    "from dripcourse.web.public import limits; limits.ALTOGETHER = '1000000/second';"  # they have tests of their own
    " from dripcourse.cli import main; main()"
)


def address(kind: str, number: int) -> str:
    """Addresses of all classes are equally long."""
    return f"{kind[0]}{CLASSES.index(kind)}x{number:07d}@example.org"


def settle_in(house: House, each: int = EACH) -> None:
    """Addresses of every known class."""
    parts, now = house.parts, house.now
    for number in range(each):
        people = {kind: address(kind, number) for kind in KNOWN}
        enrolled = {kind: house.enroll(people[kind]) for kind in ("active", "suppressed", "bounced", "erased")}
        with parts.db.write() as session:
            lifecycle.end(parts, session, session.get_one(Enrollment, enrolled["bounced"]), LeftReason.BOUNCED, now)
            for kind in ("suppressed", "bounced"):
                suppress(parts, session, parts.keys.indexes(email_address(people[kind]).normal), kind, now)
        erase.erase(parts, people["erased"], now)
        request.request(parts, Wish(people["pending"], "rebuilding-trust", how=How.PAGE, consent="Yes."), now)
    request.decide(parts, now)


def p_value(one: Sequence[float], other: Sequence[float]) -> float:
    """The two-sample Kolmogorov-Smirnov test, asymptotic, with Stephens' correction (Press et al., Numerical Recipes, 14.3)."""
    first, second = sorted(one), sorted(other)
    i = j = 0
    distance = 0.0
    while i < len(first) and j < len(second):
        at = min(first[i], second[j])
        while i < len(first) and first[i] <= at:
            i += 1
        while j < len(second) and second[j] <= at:
            j += 1
        distance = max(distance, abs(i / len(first) - j / len(second)))
    root = math.sqrt(len(first) * len(second) / (len(first) + len(second)))
    reach = (root + 0.12 + 0.11 / root) * distance
    if reach < 0.2:
        return 1.0
    return min(1.0, max(0.0, 2 * sum((-1) ** (k - 1) * math.exp(-2 * (k * reach) ** 2) for k in range(1, 101))))


@contextmanager
def served(folder: Path) -> Iterator[int]:
    """The port of the real server for the house in `folder`."""
    port = _free_port()
    words = {"HOST": "127.0.0.1", "PORT": str(port), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-c", _SERVER, "web"]
    with subprocess.Popen(command, env=environment(folder, **words), cwd=folder, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        server.stdout.readline()
        yield port
        server.terminate()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def timed(port: int, token: str, kinds: Sequence[str]) -> tuple[dict[str, list[float]], dict[str, set[bytes]]]:
    """Seconds from the post to the last byte of its answer, and the answers, by class, in the order of `kinds`."""
    seconds: dict[str, list[float]] = {kind: [] for kind in CLASSES}
    answers: dict[str, set[bytes]] = {kind: set() for kind in CLASSES}
    connection = HTTPConnection("127.0.0.1", port)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for number, kind in enumerate(kinds):
        which = number + EACH if kind == "unknown" else number % EACH
        body = urlencode({"token": token, "email": address(kind, which), "zone": "Europe/Berlin"})
        begun = time.perf_counter()
        connection.request("POST", f"/c/{COVER}", body, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        said = answer.read()
        seconds[kind].append(time.perf_counter() - begun)
        head = "\n".join(f"{name}: {value}" for name, value in answer.getheaders() if name != "Date")
        answers[kind].add(f"{answer.status}\n{head}\n".encode() + said)
    connection.close()
    return seconds, answers


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.web.alike", description=__doc__)
    parser.add_argument("--posts", type=int, default=20_000, help="for each class")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--classes", nargs="*", choices=KNOWN, default=list(KNOWN), help="beside the unknown")
    said = parser.parse_args()
    kinds = [kind for kind in ("unknown", *said.classes) for _ in range(said.posts)]
    random.Random(said.seed).shuffle(kinds)
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        folder = Path(name)
        with open_house(folder) as house:
            settle_in(house)
        with served(folder) as port:
            token = _token(port)
            timed(port, token, kinds[:200])  # until everything is warm
            seconds, answers = timed(port, token, kinds)
    pairs = {f"{one} {other}": p_value(seconds[one], seconds[other]) for one, other in _pairs(said.classes)}
    same = len(set().union(*answers.values())) == 1
    told = {
        "posts": said.posts,
        "seed": said.seed,
        "p": {pair: round(p, 4) for pair, p in pairs.items()},
        "median_ms": {kind: round(1000 * median(seconds[kind]), 3) for kind in seconds if seconds[kind]},
        "same_bytes": same,
        "kept": same and min(pairs.values()) > 0.01,
    }
    print(json.dumps(told))
    return 0 if told["kept"] else 1


def _pairs(known: Sequence[str]) -> Iterator[tuple[str, str]]:
    return combinations(("unknown", *known), 2)


def _token(port: int) -> str:
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/")
    found = re.search(r'name="token" value="([^"]+)"', connection.getresponse().read().decode())
    connection.close()
    assert found
    return found[1]


if __name__ == "__main__":
    sys.exit(main())
