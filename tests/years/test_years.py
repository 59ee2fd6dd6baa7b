"""A small part of `python -m tests.years`, and every seed that ever failed."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from dripcourse.domain.pacing import LEEWAY, next_due
from tests.years import pure
from tests.years.life import Life
from tests.years.seeds import PURE, TABLES
from tests.years.verdict import Verdict


@contextmanager
def a_life(folder: Path, seed: int, *, url: str | None = None) -> Iterator[Life]:
    """Of six readers."""
    logging.disable(logging.CRITICAL)
    life = Life(folder, seed, readers=6, url=url)
    try:
        yield life
    finally:
        life.world.close()
        logging.disable(logging.NOTSET)


def lived(folder: Path, seed: int, *, url: str | None = None, years: float = 3) -> Verdict:
    with a_life(folder, seed, url=url) as life:
        return life.run(years)


def receipts(folder: Path, seed: int) -> list[tuple[str, datetime]]:
    """Which lesson reached somebody, and when, in the order in which they came."""
    folder.mkdir()
    with a_life(folder, seed) as life:
        life.run(2)
        return [(receipt.slug, receipt.at) for receipt in life.world.wire.taken]


@pytest.mark.parametrize("seed", TABLES)
def test_years_on_real_tables_break_no_promise(tmp_path: Path, seed: int) -> None:
    verdict = lived(tmp_path, seed)
    assert verdict.lessons > 10
    assert verdict.wrong == {}, verdict.examples


def test_and_on_either_database(tmp_path: Path, database_url: str) -> None:
    assert lived(tmp_path, 5, url=database_url, years=1).wrong == {}


def test_a_seed_lives_the_same_life_each_time(tmp_path: Path) -> None:
    first, second = (receipts(tmp_path / str(nth), 4) for nth in range(2))
    assert len(first) > 10
    assert first == second


def test_a_thousand_years_by_the_rules_alone_break_no_promise() -> None:
    verdict = pure.live("make test", 1_000)
    assert verdict.lessons > 5_000
    assert verdict.wrong == {}, verdict.examples


@pytest.mark.parametrize("seed", PURE)
def test_what_was_wrong_by_the_rules_alone_is_right_now(seed: int) -> None:
    assert pure.live(seed, 5_000).wrong == {}


def test_a_rule_that_is_broken_on_purpose_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pure, "next_due", lambda slot, pace, last, **_: next_due(slot, pace, last - 2 * LEEWAY))
    monkeypatch.setattr(pure, "earliest", lambda _pace, last, **_: last)
    assert pure.live("broken", 300).wrong.get("early", 0) > 0
