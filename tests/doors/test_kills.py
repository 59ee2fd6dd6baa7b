"""Killed while mail comes in. `python -m tests.doors` does the same with 1,000 messages."""

from pathlib import Path

from tests.doors.kills import figures, run


def test_killed_again_and_again_every_message_is_in_once(tmp_path: Path) -> None:
    found = run(tmp_path, messages=60, seed=7)
    assert found.kept, figures(found, 7)
