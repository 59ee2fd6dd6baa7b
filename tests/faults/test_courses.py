"""Courses that change, break or vanish under readers who are in the middle of them; and one bad row among many."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from dripcourse.services.delivery.claim import claim
from dripcourse.services.host import overview
from tests.faults.conftest import Small, each_once, enroll_many
from tests.support.house import House, subjects, write_lesson

Edit = Callable[[Path], object]


def days(house: House, count: int) -> None:
    for _ in range(count):
        house.turn(days=1)
        house.tick()


def again(small: Small, house: House, course: Path, edit: Edit) -> House:
    """The house, opened again after its course was edited, as after a restart."""
    edit(course)
    reopened = small(edited=True)
    reopened.now = house.now
    return reopened


def renumber(course: Path, *slugs: str) -> None:
    """Put a course's lessons in this order; a lesson that is not named is taken out."""
    kept = {slug: next(course.glob(f"*-{slug}.md")).read_text() for slug in slugs}
    for file in course.glob("*.md"):
        file.unlink()
    for number, slug in enumerate(slugs):
        (course / f"{number:02d}-{slug}.md").write_text(kept[slug])


EDITS: list[tuple[str, Edit, list[str]]] = [
    ("the next one is taken out", lambda c: renumber(c, "lesson-0", "lesson-1", "lesson-3"), ["Letter 0", "Letter 1", "Letter 3"]),
    ("the last one that went is taken out", lambda c: renumber(c, "lesson-0", "lesson-2", "lesson-3"), ["Letter 0", "Letter 1", "Letter 2", "Letter 3"]),
    ("those to come change places", lambda c: renumber(c, "lesson-0", "lesson-1", "lesson-3", "lesson-2"), ["Letter 0", "Letter 1", "Letter 3", "Letter 2"]),
    ("one that went is moved behind", lambda c: renumber(c, "lesson-1", "lesson-0", "lesson-2", "lesson-3"), ["Letter 0", "Letter 1", "Letter 2", "Letter 3"]),
    ("one is added at the end", lambda c: write_lesson(c, 4), ["Letter 0", "Letter 1", "Letter 2", "Letter 3", "Letter 4"]),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "expected"), [each[1:] for each in EDITS], ids=[each[0] for each in EDITS])
def test_an_edited_course_repeats_no_lesson_and_goes_on(
    small: Small, tmp_path: Path, edit: Edit, expected: list[str]
) -> None:
    house = small()
    house.enroll(course="small")
    house.tick()
    days(house, 4)
    house = again(small, house, tmp_path / "courses" / "small", edit)
    days(house, 40)
    assert [view.state for view in overview.readers(house.parts)] == ["completed"]
    assert subjects(house.mails()) == expected


def test_a_lesson_taken_out_while_it_is_in_hand_is_passed_over(small: Small, tmp_path: Path) -> None:
    house = small()
    house.enroll(course="small")
    house.tick()
    house.turn(days=4)
    claim(house.parts, house.now, any_hour=True)  # and then that worker died
    course = tmp_path / "courses" / "small"
    house = again(small, house, course, lambda _: renumber(course, "lesson-0", "lesson-2", "lesson-3"))
    house.turn(minutes=2)
    house.tick()
    assert subjects(house.mails()) == ["Letter 0", "Letter 2"]
    assert {view.state for view in overview.deliveries(house.parts)} == {"accepted"}


def test_a_course_that_vanishes_pauses_its_readers_and_they_go_on_when_it_is_back(small: Small, tmp_path: Path) -> None:
    course, away = tmp_path / "courses" / "small", tmp_path / "away"
    house = small()
    house.enroll("due@example.org", course="small")
    house.tick()
    house.turn(days=4)
    house.enroll("in-hand@example.org", course="small")
    claim(house.parts, house.now, any_hour=True)
    house = again(small, house, course, lambda folder: folder.rename(away))
    days(house, 3)
    assert {(view.state, view.reason) for view in overview.readers(house.parts)} == {("paused", "course")}
    assert len(house.mails()) == 1
    house = again(small, house, course, lambda folder: shutil.move(away, folder))
    days(house, 40)
    assert {view.state for view in overview.readers(house.parts)} == {"completed"}
    assert len(house.mails("due@example.org")) == len(house.mails("in-hand@example.org")) == 4


def test_a_lesson_that_cannot_be_rendered_for_one_reader_is_held_for_that_one_alone(
    small: Small, tmp_path: Path
) -> None:
    house = small()
    readers = enroll_many(house, 5)
    with house.parts.db.write() as session:  # an address that no key opens any more
        session.execute(
            text("UPDATE subscriber SET address_sealed = :junk WHERE id = (SELECT min(id) FROM subscriber)"),
            {"junk": b"not sealed by anybody"},
        )
    assert house.tick().held == 1
    assert len(house.mails()) == 4
    assert set(subjects(house.mails())) == {"Letter 0"}
    assert [view.reason for view in overview.deliveries(house.parts) if view.state == "held"] == ["template"]
    assert len(readers) == 5


DAMAGES = (
    "zone = 'Gone/Away', offset_minutes = 999999",
    "course = 'never-was'",
    "last_lesson = 'never-was', last_number = -50",
    "perspective = 'never-was'",
)


@pytest.mark.parametrize("any_hour", [True, False])
def test_damaged_rows_stop_nobody_else(small: Small, any_hour: bool) -> None:
    house = small()
    for number, damage in enumerate(DAMAGES):
        ident = house.enroll(f"bad{number}@example.org", course="small")
        with house.parts.db.write() as session:
            session.execute(text(f"UPDATE enrollment SET {damage} WHERE id = :id"), {"id": ident})
    readers = enroll_many(house, 5)
    for _ in range(3):
        house.tick(any_hour=any_hour)
        house.turn(hours=1)
    assert {str(mail["To"]) for mail in house.mails()} >= set(readers)
    days(house, 4)
    assert all(len(house.mails(reader)) == 2 for reader in readers)


def test_an_enrollment_that_was_over_when_the_course_grew_stays_over(small: Small, tmp_path: Path) -> None:
    house = small()
    house.enroll(course="small")
    house.tick()
    days(house, 40)
    house = again(small, house, tmp_path / "courses" / "small", lambda course: write_lesson(course, 4))
    days(house, 20)
    assert each_once(house, ["reader@example.org"] * 4)
