"""A small part of `python -m tests.years`, and every seed that ever failed."""

import logging
from datetime import datetime
from pathlib import Path

import pytest

from dripcourse.domain.pacing import LEEWAY, next_due
from tests.years import pure
from tests.years.life import Life
from tests.years.seeds import PURE, TABLES
from tests.years.verdict import Verdict


def lived(folder: Path, seed: int, *, url: str | None = None, readers: int = 6, years: float = 3) -> Verdict:
    logging.disable(logging.CRITICAL)
    life = Life(folder, seed, readers=readers, url=url)
    try:
        return life.run(years)
    finally:
        life.world.close()
        logging.disable(logging.NOTSET)


def receipts(folder: Path, seed: int) -> list[tuple[str, datetime]]:
    """Which lesson reached somebody, and when, in the order in which they came."""
    folder.mkdir()
    life = Life(folder, seed, readers=6)
    try:
        life.run(2)
        return [(receipt.slug, receipt.at) for receipt in life.world.wire.taken]
    finally:
        life.world.close()


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
