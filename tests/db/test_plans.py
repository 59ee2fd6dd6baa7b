"""What a tick costs does not grow with those who have nothing to do: every question it asks is answered by an index."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, event, text

from dripcourse.db.types import Instant
from dripcourse.services.diagnostics.needs import needs
from tests.support.house import MONDAY, House, open_house

LARGE = ("enrollment", "delivery", "subscriber")
FEW = (
    "ix_enrollment_waiting",
    "ix_enrollment_pending",
    "ix_enrollment_in_hand",
    "ix_enrollment_put_off",
    "ix_delivery_held",
    "ix_delivery_confirm",
    "ix_delivery_asleep",
    "ix_delivery_set_back",
)
"""Indexes that hold only the rows that a question is about; reading one from end to end is right."""
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
IDLE = (
    # readers in mid-course, or past its end, with nothing due for weeks, and the mail that each has had
    f"""INSERT INTO subscriber (id, address_sealed, address_index, created_at, reads_alone, bounce_score)
    {NUMBERS} SELECT 'r' || i, CAST('sealed' AS BYTES), CAST('a' || i AS BYTES), :past, FALSE, 0 FROM n""",
    f"""INSERT INTO enrollment (id, subscriber_id, course, language, zone, offset_minutes, pace, state, due_at, wake_at,
        last_number, created_at, subject_style, behind_link, reminders)
    {NUMBERS} SELECT 'e' || i, 'r' || i, 'rebuilding-trust', 'en', 'UTC', 0, 'weekly',
        CASE WHEN i % 4 = 0 THEN 'completed' ELSE 'active' END, CASE WHEN i % 4 = 0 THEN NULL ELSE :later END,
        CASE WHEN i % 4 = 0 THEN NULL ELSE :later END, 1, :past, 'discreet', FALSE, TRUE FROM n""",
    f"""INSERT INTO delivery (id, kind, key, enrollment_id, recipient, course, lesson, state, reason, detail, fence,
        claimed_at, changed_at)
    {NUMBERS} SELECT 'd' || i, 'lesson', 'e' || i || '-welcome', 'e' || i, CAST('a' || i AS BYTES), 'rebuilding-trust',
        'welcome', 'accepted', '', '', 1, :past, :past FROM n""",
)
Asked = dict[str, Any]


@pytest.fixture
def crowded(tmp_path: Path, database_url: str) -> Iterator[House]:
    """A house with many readers who have nothing to do."""
    with open_house(tmp_path, database_url) as house:
        instants = {"past": MONDAY - timedelta(days=60), "later": MONDAY + timedelta(days=30)}
        with house.parts.db.write() as session:
            for statement in IDLE:
                sql = statement.replace("BYTES", "BLOB" if house.parts.db.is_sqlite else "BYTEA")
                typed = [bindparam(name, at, Instant) for name, at in instants.items() if f":{name}" in sql]
                session.execute(text(sql).bindparams(*typed))
        with house.parts.db.write() as session:
            session.connection().exec_driver_sql("ANALYZE")
        yield house


def asked_during(house: House) -> Asked:
    """Every statement of two busy ticks and two idle ones, of both sorts, each with one set of its values."""
    asked: Asked = {}

    @event.listens_for(house.parts.db.engine, "before_cursor_execute")
    def note(_c: object, _cursor: object, statement: str, values: Any, _context: object, many: bool) -> None:
        if statement.split()[0] in ("SELECT", "UPDATE", "DELETE", "WITH"):
            asked.setdefault(statement, values[0] if many else values)

    house.enroll("one@example.org")
    house.enroll("two@example.org")
    for any_hour in (True, False):
        house.tick(any_hour=any_hour)
        house.tick(any_hour=any_hour)
        house.turn(days=4)
    event.remove(house.parts.db.engine, "before_cursor_execute", note)
    return asked


def plan(house: House, statement: str, values: Any) -> list[str]:
    """The steps by which the database would answer."""
    explain = "EXPLAIN QUERY PLAN" if house.parts.db.is_sqlite else "EXPLAIN"
    with house.parts.db.write() as session:
        return [str(row[-1]) for row in session.connection().exec_driver_sql(f"{explain} {statement}", values)]


def reads_all_of(steps: list[str]) -> list[str]:
    """The steps that would read a whole large table, or an index that holds every row of one."""
    scans = [step for step in steps if "Seq Scan on" in step or step.startswith("SCAN ")]
    large = [step for step in scans if any(f" {name}" in step for name in LARGE)]
    return [step for step in large if not any(name in step for name in FEW)]


def test_no_question_of_a_tick_reads_a_large_table_from_end_to_end(crowded: House) -> None:
    asked = asked_during(crowded)
    assert len(crowded.mails()) == 4
    assert len(asked) > 20
    slow = {
        statement: found for statement in asked if (found := reads_all_of(plan(crowded, statement, asked[statement])))
    }
    assert slow == {}


def test_no_question_of_the_status_reads_a_large_table_from_end_to_end(crowded: House) -> None:
    crowded.enroll("one@example.org")
    crowded.tick()
    asked: list[tuple[str, Any]] = []

    @event.listens_for(crowded.parts.db.engine, "before_cursor_execute")
    def note(_c: object, _cursor: object, statement: str, values: Any, _context: object, _many: bool) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, values))

    assert needs(crowded.parts, crowded.now, beat_within=timedelta(minutes=2)) == []
    event.remove(crowded.parts.db.engine, "before_cursor_execute", note)
    assert 15 < len(asked) < 35
    slow = {
        statement: found for statement, values in asked if (found := reads_all_of(plan(crowded, statement, values)))
    }
    assert slow == {}
