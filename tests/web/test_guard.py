"""`run` alone on the open net: clients that never finish what they ask stop nobody else."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest
import waitress

from dripcourse.web import connection_guard
from tests.web.conftest import Site

HALF = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "
HALF_BODY = b"POST /support HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"


@contextlib.contextmanager
def serving(site: Site) -> Iterator[tuple[str, int]]:
    """The pages as `dripcourse run` serves them, on a port of their own."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = waitress.create_server(site.app, sockets=[listener], threads=4, ident="", **connection_guard.OPTIONS)
    connection_guard.guard(server)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield listener.getsockname()
    server.close()


def ask(place: tuple[str, int], said: bytes) -> bytes:
    with socket.create_connection(place, 60) as wire:
        wire.sendall(said)
        return b"".join(iter(lambda: wire.recv(65536), b""))


@contextlib.contextmanager
def dribbling(place: tuple[str, int], count: int, said: bytes) -> Iterator[None]:
    """So many connections that send a byte now and then, and come again when they are hung up on."""
    wires: list[socket.socket] = []
    done = threading.Event()

    def dribble() -> None:
        while not done.wait(0.5):
            for number, wire in enumerate(wires):
                try:
                    wire.send(b"x")
                except OSError:
                    wire.close()
                    with contextlib.suppress(OSError):
                        wires[number] = begun(place, said)

    for _ in range(count):
        wires.append(begun(place, said))
    thread = threading.Thread(target=dribble)
    thread.start()
    yield
    done.set()
    thread.join()
    for wire in wires:
        wire.close()


def begun(place: tuple[str, int], said: bytes) -> socket.socket:
    wire = socket.create_connection(place, 60)
    wire.sendall(said)
    return wire


@pytest.mark.parametrize("said", [HALF, HALF_BODY, b""])
def test_while_five_hundred_requests_are_never_finished_a_one_click_leave_and_healthz_are_answered(
    site: Site, said: bytes
) -> None:
    site.reading()
    leave = site.link("leave").encode()
    with serving(site) as place, dribbling(place, 500, said):
        for _ in range(3):
            assert ask(place, b"GET /healthz HTTP/1.0\r\n\r\n").endswith(b"ok\n")
        click = b"POST %s HTTP/1.0\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 26\r\n\r\nList-Unsubscribe=One-Click"
        assert ask(place, click % leave).startswith(b"HTTP/1.0 200")


@pytest.mark.parametrize("said", [HALF, HALF_BODY])
def test_a_request_that_comes_byte_by_byte_ends_at_its_deadline(
    site: Site, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(connection_guard, "HEAD_SECONDS", 1)
    monkeypatch.setattr(connection_guard, "BODY_SECONDS", 1)
    with serving(site) as place, begun(place, said) as wire:
        wire.settimeout(0.3)
        for _ in range(200):
            try:
                if wire.send(b"x") and not wire.recv(1):
                    return
            except TimeoutError:
                continue
            except OSError:
                return
        pytest.fail("it was never hung up on")
