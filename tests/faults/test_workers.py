"""Processes on one database that do not have the same before them: seen, named, and no reader starves (FAULTS.md S36)."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from dripcourse.domain.errors import SchemaError, TwoInstallations
from dripcourse.services.diagnostics.needs import needs
from dripcourse.services.host import overview
from dripcourse.services.tick import Heart
from tests.support.house import House, open_house, subjects, write_course


def tick(house: House) -> None:
    """A tick that beats, however little time has really passed since the last one."""
    house.heart._beaten = None
    house.tick()


def kinds(house: House) -> set[str]:
    return {need.kind for need in needs(house.parts, house.now)}


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, str]:
    """What two workers share."""
    return {"JOURNAL_DIR": str(tmp_path / "journal"), "MAIL_URL": f"outbox:{tmp_path / 'outbox'}"}


def test_a_worker_without_the_course_starves_none_of_its_readers(
    tmp_path: Path, database_url: str, folders: dict[str, str]
) -> None:
    write_course(tmp_path / "courses", lessons=6)
    with (
        open_house(tmp_path, database_url, COURSES_DIR=str(tmp_path / "courses"), **folders) as has,
        open_house(tmp_path, database_url, **folders) as lacks,
    ):
        has.enroll(course="small")
        for _ in range(30):
            tick(has)
            tick(lacks)
            lacks.tick()
            assert {view.state for view in overview.readers(has.parts)} <= {"active", "completed"}
            assert "workers" in kinds(has)
            assert "workers" in kinds(lacks)
            for house in (has, lacks):
                house.turn(days=1)
        assert subjects(has.mails()) == [f"Letter {number}" for number in range(5)]
        has.turn(minutes=3)
        tick(has)  # the other one has ended
        assert "workers" not in kinds(has)


def test_ticks_by_turns_with_and_without_the_course_send_each_lesson_at_its_date(
    tmp_path: Path, database_url: str, folders: dict[str, str]
) -> None:
    """As by cron on two machines, the one without it always first."""
    write_course(tmp_path / "courses", lessons=6)
    with open_house(tmp_path, database_url, COURSES_DIR=str(tmp_path / "courses"), **folders) as house:
        house.enroll(course="small")
        now = house.now
    for _ in range(26):
        with open_house(tmp_path, database_url, now=now, **folders) as lacks:
            lacks.tick()
        with open_house(tmp_path, database_url, now=now, COURSES_DIR=str(tmp_path / "courses"), **folders) as has:
            has.tick()
            mails = has.mails()
        now += timedelta(days=1)
    assert subjects(mails) == [f"Letter {number}" for number in range(5)]


def test_a_course_that_is_nowhere_pauses_its_readers_and_is_named(
    tmp_path: Path, database_url: str, folders: dict[str, str]
) -> None:
    write_course(tmp_path / "courses")
    with open_house(tmp_path, database_url, COURSES_DIR=str(tmp_path / "courses"), **folders) as house:
        house.enroll(course="small")
        tick(house)
        now = house.now
    with open_house(tmp_path, database_url, now=now + timedelta(days=5), **folders) as house:
        tick(house)
        assert {(view.state, view.reason) for view in overview.readers(house.parts)} == {("paused", "course")}
        assert "course" in kinds(house)


def test_a_second_installation_with_other_addresses_is_named_and_sends_nothing(
    tmp_path: Path, database_url: str, folders: dict[str, str]
) -> None:
    with (
        open_house(tmp_path, database_url, **folders) as first,
        open_house(tmp_path, database_url, BASE_URL="https://other.example.org", **folders) as second,
    ):
        first.enroll()
        tick(first)
        for house in (first, second):
            house.turn(seconds=10)
        tick(first)
        second.heart = Heart(second.parts, second.clock)
        second.enroll("two@example.org")
        with pytest.raises(TwoInstallations, match=r"other\.example\.org"):
            tick(second)
        assert "installations" in kinds(first)
        assert "installations" in kinds(second)
        assert second.mails("two@example.org") == []
        tick(first)
        assert len(second.mails("two@example.org")) == 1
        second.turn(minutes=3)
        tick(second)  # the first one has ended
        assert "installations" not in kinds(second)


def test_a_worker_stops_once_the_database_was_upgraded_by_a_newer_version(
    tmp_path: Path, database_url: str, folders: dict[str, str]
) -> None:
    with open_house(tmp_path, database_url, **folders) as house:
        tick(house)
        with house.parts.db.write() as session:
            session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        house.enroll()
        with pytest.raises(SchemaError, match="newer"):
            tick(house)
        assert house.mails() == []
