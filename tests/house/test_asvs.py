"""The page on the ASVS: every requirement of 5.0.0 has its answer, and what it names is there."""

import re

import pytest

from tests.house.rooms import ROOT

PAGE = ROOT / "docs" / "asvs.md"
HOW_MANY = {
    1: (2, 10, 12, 3, 3),
    2: (3, 3, 5, 2),
    3: (1, 3, 5, 8, 8, 1, 5),
    4: (5, 5, 2, 4),
    5: (1, 6, 3, 3),
    6: (3, 12, 8, 6, 8, 4, 2, 4),
    7: (3, 4, 2, 5, 3, 2),
    8: (4, 4, 3, 2),
    9: (3, 4),
    10: (2, 3, 5, 16, 5, 2, 3),
    11: (4, 5, 5, 4, 2, 2, 2),
    12: (5, 2, 5),
    13: (4, 6, 4, 7),
    14: (2, 8, 3),
    15: (5, 5, 7, 4),
    16: (1, 5, 4, 3, 4),
    17: (2, 8, 2),
}
"""How many requirements each section of version 5.0.0 has, by chapter."""
VERDICTS = {"met", "n/a", "host", "not met"}
_ROW = re.compile(
    r"^\| (\d+\.\d+\.\d+)(?: - (\d+\.\d+\.\d+))? \| ([123]) \| (.+?) \| ([\w/ ]+?) \| (.+) \|$", re.MULTILINE
)
_NAMED = re.compile(r"`([\w./-]+\.(?:py|md|toml|js|html|lock))(?:::(\w+))?`")


def rows() -> dict[str, tuple[str, str]]:
    """The verdict and the words on each requirement; a row may answer several of one section."""
    found = {}
    for first, last, _level, _asked, verdict, how in _ROW.findall(PAGE.read_text(encoding="utf-8")):
        section, _, begin = first.rpartition(".")
        end_section, _, end = (last or first).rpartition(".")
        assert section == end_section
        for number in range(int(begin), int(end) + 1):
            assert f"{section}.{number}" not in found, f"{section}.{number} is answered twice"
            found[f"{section}.{number}"] = (verdict, how)
    return found


def test_every_requirement_has_its_answer_in_order_and_none_is_made_up() -> None:
    every = [
        f"{chapter}.{section}.{number}"
        for chapter, sections in HOW_MANY.items()
        for section, count in enumerate(sections, 1)
        for number in range(1, count + 1)
    ]
    assert len(every) == 345
    assert list(rows()) == every


def test_each_answer_is_one_of_four_and_what_is_met_names_what_shows_it() -> None:
    for ident, (verdict, how) in rows().items():
        assert verdict in VERDICTS, ident
        assert len(how) > 3, f"{ident} says why"
        if verdict == "met":
            assert _NAMED.search(how), ident


def test_what_is_not_met_is_told_once_more_at_the_end() -> None:
    text = PAGE.read_text(encoding="utf-8")
    again = text.partition("## What is not met")[2]
    for ident, (verdict, _) in rows().items():
        if verdict == "not met":
            assert re.search(rf"(?<![\d.]){re.escape(ident)}(?![\d.]*\d)", again), ident


@pytest.mark.parametrize("name", sorted(set(_NAMED.findall(PAGE.read_text(encoding="utf-8")))), ids=str)
def test_what_it_names_is_there(name: tuple[str, str]) -> None:
    file, test = name
    path = ROOT / file
    assert path.is_file(), file
    if test:
        assert f"\ndef {test}(" in path.read_text(encoding="utf-8"), f"{file}::{test}"
