"""A command line in a folder of its own: run in this process where another adds nothing, else as `python -m dripcourse`."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlencode

from dripcourse import bootstrap
from dripcourse.cli import main
from dripcourse.services.parts import Parts
from dripcourse.settings import ABOUT, ensure_secrets, load_settings
from tests.support.house import ENVIRONMENT, MONDAY
from tests.support.once import read_once

COURSE = "rebuilding-trust"
GIVEN = {name: ENVIRONMENT[name] for name in ("BASE_URL", "MAIL_FROM", "REPLY_DOMAIN", "POSTAL_ADDRESS")}
"""What has to be set. All else is at its default: SQLite, the outbox, keys made once."""
_PATIENCE = 60
"""Seconds to wait for a process, on a machine that is busy with other tests. Nothing is measured by it."""
_STRAIGHT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Asks this very machine, whatever proxy the environment names."""


@dataclass(frozen=True)
class Answer:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Line:
    """`line("tick", "--at", "...", BASE_URL="...")` runs a command in `folder`; `given` is its environment, words of a call come on top."""

    folder: Path
    given: Mapping[str, str] = field(default_factory=lambda: GIVEN | {"DRIPCOURSE_NOW": MONDAY.isoformat()})

    def __call__(self, *words: str, **more: str) -> Answer:
        out, err = StringIO(), StringIO()
        with (
            read_once(),
            _in_place_of_ours(self.folder, {**self.given, **more}, words),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            try:
                main()
            except SystemExit as end:
                code = end.code
        assert code is None or isinstance(code, int)
        return Answer(code or 0, out.getvalue(), err.getvalue())

    def process(self, *words: str, **more: str) -> Answer:
        """The same in a process of its own."""
        with self.start(*words, **more) as process:
            out, err = process.communicate(timeout=_PATIENCE)
        return Answer(process.returncode, out, err)

    def start(self, *words: str, **more: str) -> "subprocess.Popen[str]":
        """A process that stays; whoever starts it ends it."""
        return subprocess.Popen(
            [sys.executable, "-m", "dripcourse", *words],
            cwd=self.folder,
            env=_without_settings(os.environ) | {**self.given, **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def without(self, *names: str) -> "Line":
        """The same place, with some settings not given."""
        return Line(self.folder, {name: text for name, text in self.given.items() if name not in names})

    @contextmanager
    def parts(self) -> Iterator[Parts]:
        """The parts that a command here works with."""
        given = {name: text for name, text in self.given.items() if name in ABOUT}
        with bootstrap.open_parts(
            ensure_secrets(load_settings(environ=given, cwd=self.folder)), bring_up=True
        ) as parts:
            yield parts

    @property
    def mails(self) -> list[Path]:
        return sorted((self.folder / "data" / "outbox" / "new").glob("*"))


def _without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment without any setting of ours: the machine that runs the tests may have some."""
    return {name: text for name, text in environment.items() if name.removesuffix("_FILE") not in ABOUT}


@contextmanager
def _in_place_of_ours(folder: Path, environment: Mapping[str, str], words: tuple[str, ...]) -> Iterator[None]:
    """This process as the command would find its own: folder, environment, words, umask."""
    before = os.environ.copy(), sys.argv, Path.cwd(), os.umask(0o022)
    handler = signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(_PATIENCE)
    try:
        os.environ.clear()
        os.environ.update(_without_settings(before[0]) | environment)
        sys.argv = ["dripcourse", *words]
        os.chdir(folder)
        yield
    finally:
        os.environ.clear()
        os.environ.update(before[0])
        sys.argv = before[1]
        os.chdir(before[2])
        os.umask(before[3])
        signal.alarm(0)
        signal.signal(signal.SIGALRM, handler)


def _too_long(*_: object) -> None:
    raise AssertionError("the command stays, and it was meant to end")


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def get(port: int, path: str) -> tuple[int, str]:
    """Status and body of a page on this machine."""
    return _asked(urllib.request.Request(f"http://127.0.0.1:{port}{path}"))


def post(port: int, path: str, said: Mapping[str, str], **headers: str) -> int:
    """The status that a form gets."""
    names = {name.replace("_", "-"): text for name, text in headers.items()}
    return _asked(urllib.request.Request(f"http://127.0.0.1:{port}{path}", urlencode(said).encode(), names))[0]


def _asked(request: urllib.request.Request) -> tuple[int, str]:
    try:
        with _STRAIGHT.open(request, timeout=_PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def wait_for(process: "subprocess.Popen[str]", port: int) -> None:
    """Until a server answers; fails with its last words if it ends instead."""

    def answers() -> bool:
        if process.poll() is not None:
            raise AssertionError(f"ended with {process.returncode}: {process.stderr.read() if process.stderr else ''}")
        try:
            return get(port, "/healthz") == (200, "ok\n")
        except OSError:
            return False

    until(answers)


def until(true: Callable[[], object]) -> None:
    """Wait until something is so; fails if it never is."""
    give_up = monotonic() + _PATIENCE
    while not true():
        assert monotonic() < give_up, "waited in vain"
        sleep(0.1)
