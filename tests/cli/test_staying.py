"""`dripcourse run | web | worker`: starting, answering, ending."""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.cli.line import COURSE, Line, free_port, get, post, until, wait_for

SECONDS_TO_END = 15
"""An idle process needs one; the rest is for a machine that is busy with other tests."""


@contextmanager
def ending(process) -> Iterator[None]:
    """Whatever happens, the process is gone afterwards."""
    try:
        yield
    finally:
        process.kill()
        process.communicate()


def ended(process) -> tuple[int, str]:
    """Ask a process to end, as systemd does; its exit code and what it said on stderr."""
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=SECONDS_TO_END)
    return process.returncode, err


def test_run_sets_up_answers_ticks_and_ends_when_told(line: Line) -> None:
    port = free_port()
    real = line.without("DRIPCOURSE_NOW")
    with ending(process := real.start("run", PORT=str(port), TICK_SECONDS="1")):
        wait_for(process, port)
        status, page = get(port, "/")
        assert status == 200
        assert "<form" in page
        assert real("subscriber", "add", "ana@example.org", "--course", COURSE).code == 0
        until(lambda: line.mails)
        assert get(port, "/readyz")[0] == 200
        assert ended(process) == (0, "")
    assert len(line.mails) == 1


def test_web_alone_answers_and_says_that_nobody_ticks(line: Line) -> None:
    port = free_port()
    with ending(process := line.start("web", PORT=str(port))):
        wait_for(process, port)
        status, says = get(port, "/readyz")
        assert status == 503
        assert "dripcourse worker" in says
        assert ended(process) == (0, "")


def test_behind_our_own_proxy_each_reader_has_a_limit_of_their_own(line: Line) -> None:
    port = free_port()

    def ask(client: str) -> int:
        return post(port, "/c/slow-letters", {"email": "ana@example.org"}, X_Forwarded_For=client)

    with ending(process := line.start("web", PORT=str(port), TRUSTED_PROXIES="1")):
        wait_for(process, port)
        assert {ask(f"203.0.113.{n}") for n in range(1, 13)} == {200}
        assert [ask("198.51.100.7") for _ in range(12)][-1] == 429
        assert ask("198.51.100.8") == 200


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_ticks_until_it_is_told_to_stop(line: Line, how: signal.Signals) -> None:
    line("subscriber", "add", "ana@example.org", "--course", COURSE)
    with ending(process := line.start("worker")):
        assert process.stdout is not None
        assert process.stdout.readline().startswith("dripcourse worker")
        process.send_signal(how)
        _, err = process.communicate(timeout=SECONDS_TO_END)
        assert (process.returncode, err) == (0, "")


@pytest.mark.parametrize("command", ["run", "web", "demo"])
def test_a_port_in_use_is_named_with_another_to_try(line: Line, command: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = line(command, PORT=str(port))
    assert (said.code, said.out) == (2, "")
    assert f"port {port} on 127.0.0.1 is in use" in said.err
    assert f"PORT={port + 1}" in said.err
    assert list(line.folder.glob("data/*.db")) == []


def test_time_cannot_be_driven_ahead_where_mail_can_leave_the_machine(line: Line) -> None:
    there = {"MAIL_URL": "smtp://mail.example.org:587", "DRIPCOURSE_NOW": "2099-01-01T09:00:00Z"}
    for command in ("worker", "tick"):
        said = line(command, **there)
        assert (said.code, said.out) == (2, "")
        assert "real mail goes in real time" in said.err
    assert line("tick", **there | {"MAIL_URL": "smtp://127.0.0.1:587"}).code == 0
