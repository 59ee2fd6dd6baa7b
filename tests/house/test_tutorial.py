"""The tutorial works: every command of it is run, in its order, and says what the page shows."""

import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from dripcourse.settings import ABOUT
from tests.house.documents import Block, blocks
from tests.house.rooms import ROOT

_MARK = "=-=-= the next block =-=-="


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[list[Block], str, str]]:
    """For each shell block that is run: the texts that the page shows after it, and what it really said on stdout and stderr."""
    page = blocks((ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8"))
    scripts = [block for block in page if block.kind == "sh" and not block.note]
    place = tmp_path_factory.mktemp("tutorial")
    (place / "bin").mkdir()
    program = place / "bin" / "dripcourse"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m dripcourse "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    room = place / "letters"
    room.mkdir()
    clean = {name: text for name, text in os.environ.items() if name.removesuffix("_FILE") not in ABOUT}
    mark = f"\necho '{_MARK}'; echo '{_MARK}' >&2\n"
    ran = subprocess.run(
        ["bash", "-e", "-u", "-o", "pipefail", "-c", mark.join(block.body for block in scripts)],
        cwd=room,
        env=clean | {"PATH": f"{program.parent}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    said = zip(ran.stdout.split(_MARK), ran.stderr.split(_MARK), strict=True)
    return [(_shown_after(page, block), out, err) for block, (out, err) in zip(scripts, said, strict=True)]


def _shown_after(page: list[Block], script: Block) -> list[Block]:
    after = page[page.index(script) + 1 :]
    end = next((place for place, block in enumerate(after) if block.kind != "text"), len(after))
    return after[:end]


def test_every_command_of_the_tutorial_says_what_the_page_shows(played: list[tuple[list[Block], str, str]]) -> None:
    assert sum(bool(shown) for shown, _, _ in played) >= 8
    for shown, out, err in played:
        for text in shown:
            assert_shown(text.body, err if text.note == "stderr" else out)


def test_what_the_page_does_not_show_is_no_trouble(played: list[tuple[list[Block], str, str]]) -> None:
    for shown, _, err in played:
        assert err.strip() == "" or any(text.note == "stderr" for text in shown), err


def assert_shown(text: str, said: str) -> None:
    """Every line of the text is a line of what was said, in this order; `…` stands for anything."""
    lines = said.splitlines()
    places = [0]
    for line in text.splitlines():
        pattern = re.compile(".*".join(re.escape(part) for part in line.split("…")))
        place = next((n for n, each in enumerate(lines) if n >= places[-1] and pattern.fullmatch(each)), None)
        assert place is not None, f"{line!r} is not in:\n{said}"
        places.append(place + 1)
    assert all(one < two for one, two in pairwise(places[1:]))


def test_a_line_that_was_not_said_is_noticed() -> None:
    with pytest.raises(AssertionError):
        assert_shown("one …\n", "two three\n")
    assert_shown("one …\n…four\n", "one two\nthree\nthree four\n")


def test_the_tutorial_needs_nothing_of_the_checkout(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    assert "templates/" not in "".join(block.body for block in blocks(page))
