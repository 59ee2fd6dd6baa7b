"""The documents on faults: no row is missing, each names tests that are there, and the figures are those that were measured."""

import re

import pytest

from tests.faults.all import as_table, read_results
from tests.house.rooms import ROOT

ROWS = [*(f"S{number}" for number in range(1, 39)), *(f"W{number}" for number in range(1, 49))]
SEEN = {
    "attacks": "A1a A1b A2 A3 A4 A5 A6 B1 B2 B3 B4 B5 B6 B7 B8 C1 C2 C3 C4 C5 C6 C7",
    "inbound": "A1 A2 A3 A4 B C D E F G H I",
    "author": "A1 A2 A3 A4 A5 A6",
    "reader": "F1 F2 F3 F4 F5 F6",
}
"""The faults of the review of 40b1ef4 that were mended, by its pages."""
_ROW = re.compile(r"^\| ([SW]\d+) \| (.+?) \| (.+?) \| (.+) \|$", re.MULTILINE)
_SEEN = re.compile(r"^\| (attacks|inbound|author|reader) ([\w, ]+) \| .+ \| (.+) \|$", re.MULTILINE)
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def rows() -> dict[str, str]:
    """What each row of docs/faults.md names as its tests."""
    found = _ROW.findall((ROOT / "docs" / "faults.md").read_text(encoding="utf-8"))
    return {number: tests for number, _when, _then, tests in found}


def test_no_row_is_missing() -> None:
    assert list(rows()) == ROWS


@pytest.mark.parametrize("row", ROWS)
def test_each_row_names_tests_that_are_there(row: str) -> None:
    named = _TEST.findall(rows()[row])
    assert named
    for file, test in named:
        assert f"\ndef {test}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file}::{test}"


def test_each_way_to_stand_still_names_its_test_and_no_test_of_them_is_missing() -> None:
    page = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8").partition("## Ways to stand still")[2]
    tests = (ROOT / "tests" / "faults" / "test_standing_still.py").read_text(encoding="utf-8")
    named = re.findall(r"^\| .+ \| `.+` \| `(test_\w+)` \|$", page, re.MULTILINE)
    assert len(named) >= 20
    assert sorted(named) == sorted(re.findall(r"^def (test_\w+)\(", tests, re.MULTILINE))


def test_each_mended_fault_of_the_review_names_tests_that_were_seen_to_fail() -> None:
    page = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8").partition("## Seen to fail")[2]
    found: dict[str, list[str]] = {}
    for where, names, _tests in _SEEN.findall(page):
        found.setdefault(where, []).extend(names.split(", "))
    assert {where: " ".join(sorted(names)) for where, names in found.items()} == SEEN
    for line in page.splitlines():
        if line.startswith("| ") and not line.startswith("| Fault"):
            named = _TEST.findall(line)
            assert named, line
            for file, test in named:
                assert f"\ndef {test}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file}::{test}"


def test_the_table_of_kills_is_what_was_measured() -> None:
    """To make it anew: run `python -m tests.faults.all`, copy its results.jsonl to tests/faults and its table to the page."""
    results = read_results(ROOT / "tests" / "faults" / "results.jsonl")
    assert results
    assert all(found["kept"] for found in results)
    assert as_table(results) in (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
