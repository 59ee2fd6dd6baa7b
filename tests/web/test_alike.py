"""Nobody learns from a sign-up whom we know: not from the answer, and not from the work that is done for it.

How long it takes is measured by `python -m tests.web.alike`, against the real server; a test that looked at a clock would fail on
busy days. Here the work is counted.
"""

import random

import pytest
from sqlalchemy import event, func, select

from dripcourse.db.models import Signup
from tests.web.alike import CLASSES, KNOWN, address, p_value, settle_in
from tests.web.conftest import COVER, Site


@pytest.fixture
def settled(site: Site) -> Site:
    settle_in(site.house, 2)
    return site


def work_of(site: Site, email: str) -> tuple[list[str], bytes, dict[str, str], int]:
    """What a sign-up sends to the database, what it is answered, and how many bytes it leaves."""
    sent: list[str] = []
    engine = site.house.parts.db.engine

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        answer = site.sign_up(email, zone="Europe/Berlin")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert answer.status_code == 200
    with site.house.parts.db.read() as session:
        left = session.scalar(select(func.length(Signup.payload_sealed)).where(Signup.handled_at.is_(None)).limit(1))
    return sent, answer.data, dict(answer.headers), left or 0


def test_a_sign_up_is_the_same_work_and_the_same_answer_for_every_class_of_address(settled: Site) -> None:
    works = {kind: work_of(settled, address(kind, 1 if kind in KNOWN else 99)) for kind in CLASSES}
    for kind in KNOWN:
        assert works[kind] == works["unknown"], kind
    assert len([each for each in works["unknown"][0] if each.startswith("INSERT")]) == 1
    assert not [each for each in works["unknown"][0] if "subscriber" in each or "suppression" in each]


def test_what_a_tick_then_does_is_told_to_nobody_on_the_web(settled: Site) -> None:
    for kind in CLASSES:
        settled.sign_up(address(kind, 1 if kind in KNOWN else 99))
    before = {path: settled.get(path).data for path in ("/support", "/privacy", "/healthz", f"/c/{COVER}/l/01")}
    settled.house.tick()
    assert {path: settled.get(path).data for path in before} == before


@pytest.mark.parametrize(("shift", "alike"), [(0.0, True), (0.02, True), (0.3, False)])
def test_the_measure_tells_what_is_alike_from_what_is_not(shift: float, alike: bool) -> None:
    chance = random.Random(5)
    one = [chance.gauss(0, 1) for _ in range(2_000)]
    other = [chance.gauss(shift, 1) for _ in range(2_000)]
    assert (p_value(one, other) > 0.01) is alike


def test_the_measure_gives_the_values_of_the_books() -> None:
    """Two samples that do not overlap, and two that are the same; the 5 % point of Kolmogorov's distribution is 1.358."""
    assert p_value([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]) < 0.01
    assert p_value([1, 2, 3], [1, 2, 3]) == 1.0
    many = list(range(10_000))
    moved = [each + 192 for each in many]  # D = 0.0192; sqrt(5000) * D = 1.358
    assert p_value(many, moved) == pytest.approx(0.05, abs=0.002)
