"""`dripcourse inbound read`: JSON for any bytes, with no settings and no database."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.inbound.post import post

LESSON = "Listening is harder than it looks.\n\nMost of us wait for our turn to speak.\n\nThis week, try to wait a little longer.\n\nWhat did you hear?\n"


def read(raw: bytes, *words: str, folder: Path) -> dict[str, object]:
    """What the command prints, run where there is nothing at all."""
    done = subprocess.run(
        [sys.executable, "-m", "dripcourse", "inbound", "read", *words],
        input=raw,
        capture_output=True,
        cwd=folder,
        env={"PATH": os.environ["PATH"]},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert list(folder.iterdir()) == [path for path in folder.iterdir() if path.name == "lesson.txt"]
    return json.loads(done.stdout)


def test_it_prints_what_was_read(tmp_path: Path) -> None:
    (tmp_path / "lesson.txt").write_text(LESSON, encoding="utf-8")
    quoted = "".join(f"> {line}\n" for line in LESSON.splitlines())
    body = f"That he was afraid too. 🌱\n\nOn Mon, 2 Mar 2026, Slow Letters wrote:\n{quoted}"
    shown = read(post(body), "--sent", "lesson.txt", folder=tmp_path)
    assert "try to wait a little longer" in str(shown.pop("hidden"))
    assert shown == {"verdict": "reply", "text": "That he was afraid too. 🌱", "command": None, "evidence": []}


def test_the_address_it_came_to_counts(tmp_path: Path) -> None:
    read_it = read(b"From: a@b.example\n\n", "--rcpt", f"leave+{'a' * 42}@letters.example", folder=tmp_path)
    assert (read_it["verdict"], read_it["command"]) == ("command", "stop")


@pytest.mark.parametrize("raw", [b"", b"\0", b"\xff" * 5_000, b"Content-Type: multipart/mixed; boundary=\n\n--\n"])
def test_it_exits_with_nought_on_any_bytes(raw: bytes, tmp_path: Path) -> None:
    assert set(read(raw, folder=tmp_path)) == {"verdict", "text", "hidden", "command", "evidence"}
