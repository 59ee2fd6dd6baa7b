"""`dripcourse subscriber export` and `erase`, as a host types them."""

import os
import pty
import subprocess
import sys

import pytest

from tests.cli.line import Line


def test_a_host_gives_a_reader_what_is_known_of_them_and_erases_it(line: Line) -> None:
    line("subscriber", "add", "reader@example.org", "--course", "rebuilding-trust")
    line("tick")
    told = line("subscriber", "export", "reader@example.org")
    assert told.json["address"] == "reader@example.org"
    assert told.json["enrollments"][0]["mails"][0]["lesson"] == "welcome"
    gone = line("subscriber", "erase", "reader@example.org", "--json")
    assert gone.json == {"enrollments": 1, "deliveries": 1, "replies": 0}
    assert line.mails == []
    for words in (("export",), ("erase",), ("show",)):
        answer = line("subscriber", *words, "reader@example.org")
        assert answer.code == 1
        assert "reader@example.org" not in answer.err
    again = line("subscriber", "add", "reader@example.org", "--course", "rebuilding-trust")
    assert again.code == 1
    assert "sign up themselves" in again.err


@pytest.mark.parametrize(("typed", "code"), [("raeder@example.org", 1), ("reader@example.org", 0)])
def test_at_a_terminal_the_host_is_asked_and_a_slip_erases_nothing(line: Line, typed: str, code: int) -> None:
    line("subscriber", "add", "reader@example.org", "--course", "rebuilding-trust")
    keyboard, terminal = pty.openpty()
    words = [sys.executable, "-m", "dripcourse", "subscriber", "erase", "reader@example.org"]
    try:
        os.write(keyboard, f"{typed}\n".encode())
        erased = subprocess.run(
            words, cwd=line.folder, env=os.environ | line.given, stdin=terminal, capture_output=True, check=False
        )
    finally:
        os.close(keyboard)
        os.close(terminal)
    assert erased.returncode == code
    assert line("subscriber", "show", "reader@example.org").code == 1 - code
