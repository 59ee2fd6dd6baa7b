"""`dripcourse demo` as a process of its own: it answers, it says what it does, it leaves nothing behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "dripcourse", "demo"]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def running(folder: Path, *options: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*COMMAND, *options],
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder), "PYTHONUNBUFFERED": "1", "PYTHONFAULTHANDLER": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def ended(process: subprocess.Popen[str]) -> tuple[str, str]:
    """What it said, and what it complained of, once it has ended; if it does not end, where each of its threads stands."""
    try:
        return process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGABRT)
        pytest.fail(f"it does not end: {process.communicate()}")


def page_at(port: int, seconds: float = 30) -> str:
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


@pytest.mark.parametrize(("ending", "how"), [(signal.SIGINT, "port"), (signal.SIGTERM, "environment")])
def test_it_answers_says_where_the_mail_is_and_ends_quietly_without_a_trace(tmp_path: Path, ending: int, how: str):
    port = free_port()
    options = ["--port", str(port)] if how == "port" else []
    with running(tmp_path, *options, PORT=str(port)) as process:
        assert "<form" in page_at(port)
        process.send_signal(ending)
        said, complained = ended(process)
    assert process.returncode == 0
    assert f"http://127.0.0.1:{port}" in said
    assert "Nothing leaves this machine" in said
    assert re.search(rf"{tmp_path}/dripcourse-demo-\w+/outbox/new", said)
    assert complained == ""
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("dripcourse")] == []


def test_a_port_in_use_is_told_with_what_to_do(tmp_path: Path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with running(tmp_path, "--port", str(port)) as process:
            _, complained = ended(process)
    assert process.returncode == 2
    assert f"port {port}" in complained
    assert "in use" in complained
    assert f"PORT={port + 1} make demo" in complained
    assert "Traceback" not in complained


def test_a_port_that_is_none_is_told(tmp_path: Path):
    with running(tmp_path, PORT="eighty") as process:
        _, complained = ended(process)
    assert process.returncode == 2
    assert "'eighty' is not a valid integer" in complained


def test_the_hosts_own_settings_are_left_alone(tmp_path: Path):
    (tmp_path / "dripcourse.toml").write_text('base_url = "https://real.example.org"\nmail_url = "sendgrid:"\n')
    port = free_port()
    with running(tmp_path, PORT=str(port), DATABASE_URL="postgresql://nobody@127.0.0.1:1/none") as process:
        assert "real.example.org" not in page_at(port)
        process.terminate()
        assert process.wait(20) == 0
