"""`python -m tests.web.fuzz.wire --requests 20000 --seed 1`: raw bytes on sockets, to the real server in a process of its own.

Requests of every kind as `making` makes them, and shapes that are no request at all: two lengths, a length and chunks, broken
chunks, bare line feeds, folded headers, halves, drops, several at once, one byte at a time. The server must stay, answer nothing of
its own fault, and say nothing of what it is. Prints one line of JSON.
"""

import argparse
import json
import re
import socket
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random
from time import sleep

from tests.web.alike import served
from tests.web.fuzz.ground import Ground, ground
from tests.web.fuzz.judging import MUST
from tests.web.fuzz.making import raw

_STATUS = re.compile(rb"^HTTP/1\.[01] (\d{3}) ", re.MULTILINE)
MAY_BE = {
    501: "a Transfer-Encoding that the server does not know (RFC 9112 6.1)",
    503: "readyz, where nobody ticks; a webhook whose key has verified nothing yet",
}
_OF_THE_SERVER = (b"400", b"413", b"414", b"431", b"501")
"""What the server answers by itself, before the app is asked."""
SECONDS = 5.0


def shapes(chance: Random, at: Ground) -> bytes:
    """Bytes that are nearly a request."""
    path = chance.choice(at.paths).encode()
    head = b"POST " + path + b" HTTP/1.1\r\nHost: letters.example.org\r\n"
    form = b"Content-Type: application/x-www-form-urlencoded\r\n"
    hidden = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    return chance.choice(
        (
            lambda: head + form + b"Content-Length: 4\r\nContent-Length: 9\r\n\r\ndo=x&yyyy" + hidden,
            lambda: head + form + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG" + hidden,
            lambda: (
                head + form + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n" + hidden + b"0\r\n\r\n"
            ),
            lambda: head + form + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
            lambda: head + form + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
            lambda: (
                head
                + b"Transfer-Encoding: chunked\r\n\r\n"
                + chance.choice((b"zz\r\n", b"-1\r\n", b"ffffffffffffffff\r\nx", b"3\r\nabcd\r\n0\r\n\r\n"))
            ),
            lambda: head.replace(b"\r\n", b"\n") + b"Content-Length: 0\n\n" + hidden,
            lambda: head + b"X: a\r\n folded\r\nContent-Length: 0\r\n\r\n",
            lambda: head + b"X : space\r\nContent-Length : 5\r\n\r\n" + hidden,
            lambda: head + b"X: \0\r\n\xff\xfe: y\r\n\r\n",
            lambda: b"GET " + path + b"\r\n\r\n",
            lambda: b"GET http://evil.example" + path + b" HTTP/1.1\r\nHost: other\r\nHost: more\r\n\r\n",
            lambda: b"GET " + path + b" HTTP/9.9\r\n\r\n",
            lambda: b"GET " + b"/a" * 200_000 + b" HTTP/1.1\r\n\r\n",
            lambda: b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 60_000 + b"\r\n",
            lambda: (b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n") * 20,
            lambda: head + b"Content-Length: 100000\r\nExpect: 100-continue\r\n\r\n",
            lambda: head + b"Content-Length: 99999999999999999999\r\n\r\nx",
            lambda: head + b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nContent-Length: 0\r\n\r\n",
            lambda: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            lambda: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + chance.randbytes(200),
            lambda: chance.randbytes(chance.randrange(1, 3000)),
        )
    )()


def say(port: int, said: bytes, *, slowly: bool = False, drop: bool = False) -> bytes:
    """Say it, and read until the server hangs up or has nothing more to say."""
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as line:
        heard = b""
        try:
            for piece in [said[at : at + 1] for at in range(len(said))] if slowly else [said]:
                line.sendall(piece)
                if slowly:
                    sleep(0.001)
            if drop:
                return b""
            line.shutdown(socket.SHUT_WR)
            while piece := line.recv(65536):
                heard += piece
        except (ConnectionError, TimeoutError):
            pass
    return heard


def wrong_with(heard: bytes) -> list[str]:
    """What is wrong with the answers on one connection."""
    found = []
    for answer in re.split(rb"(?=^HTTP/1\.[01] \d{3} )", heard, flags=re.MULTILINE):
        if not answer:
            continue
        status = int(answer[9:12]) if answer[9:12].isdigit() else 0
        if (status >= 500 and status not in MAY_BE) or not status:
            found.append(f"status {status}")
        head = answer.partition(b"\r\n\r\n")[0].lower()
        by_us = b"content-security-policy:" in head
        if by_us and not all(f"{name}: {value}".lower().encode() in head for name, value in MUST.items()):
            found.append("headers missing")
        if not by_us and status != 100 and answer[9:12] not in _OF_THE_SERVER:
            found.append(f"{status} without headers of ours")
        if not by_us and status != 100 and b"content-type: text/plain" not in head:
            found.append("the server answers by something else than text")
        if b"waitress/" in head or b"werkzeug" in head or b"python/" in head:
            found.append("says what it is")
        if b"\r\nset-cookie:" in head or b"Traceback (most" in answer:
            found.append("a cookie or a traceback")
    return found


def try_out(port: int, at: Ground, chance: Random, count: int) -> tuple[Counter[int], dict[str, str]]:
    """So many connections; statuses, and what was wrong with which bytes."""
    statuses: Counter[int] = Counter()
    found: dict[str, str] = {}
    for number in range(count):
        said = raw(chance, at) if chance.random() < 0.5 else shapes(chance, at)
        if chance.random() < 0.15:
            said = said[: chance.randrange(len(said) + 1)]
        slowly = len(said) < 400 and chance.random() < 0.02
        heard = say(port, said, slowly=slowly, drop=chance.random() < 0.05)
        statuses.update(int(each) for each in _STATUS.findall(heard))
        for what in wrong_with(heard):
            found.setdefault(what, repr(said[:2000]))
        if number % 100 == 99 and b" 200 " not in say(port, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")[:20]:
            found["it does not answer any more"] = repr(said[:2000])
            break
    return statuses, found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.web.fuzz.wire", description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with ground(folder) as at, served(folder) as port:
            statuses, found = try_out(port, at, Random(said.seed), said.requests)
    told = {"requests": said.requests, "seed": said.seed, "statuses": dict(sorted(statuses.items())), "found": found}
    print(json.dumps(told | {"kept": not found}))
    return 0 if not found else 1


if __name__ == "__main__":
    sys.exit(main())
