"""A copy cannot speak, and a restored database learns from the journal what it missed."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from dripcourse.db.models import Delivery
from dripcourse.domain.delivery import DeliveryState, Kind
from dripcourse.domain.errors import MuteError, SettingsError
from dripcourse.domain.pacing import Pace
from dripcourse.services.enrollment import lifecycle, schedule
from dripcourse.services.host import overview
from dripcourse.services.recovery import adopt
from tests.support.house import House, open_house, subjects, write_course, write_lesson


def copy_of(folder: Path, to: Path) -> Path:
    """The database alone, as a backup holds it; the journal and the outbox stay where they are."""
    to.mkdir()
    for file in folder.glob("truth.db*"):
        shutil.copy(file, to / file.name)
    return to


def test_a_copy_sends_nothing_until_it_is_adopted(tmp_path: Path) -> None:
    original = tmp_path / "original"
    original.mkdir()
    with open_house(original) as house:
        house.enroll()
        house.tick()
    clone = copy_of(original, tmp_path / "clone")
    with open_house(clone, JOURNAL_DIR=str(original / "journal")) as house:
        house.turn(days=30)
        with pytest.raises(MuteError, match="dripcourse adopt"):
            house.tick()
        assert house.mails() == []
        adopt.adopt(house.parts, house.now)
        house.tick()
        assert subjects(house.mails()) == ["Letter 1"]


def test_a_restored_backup_repeats_no_lesson_and_writes_to_nobody_who_left(tmp_path: Path) -> None:
    original = tmp_path / "original"
    original.mkdir()
    with open_house(original) as house:
        stays, leaves = house.enroll("stays@example.org"), house.enroll("leaves@example.org")
        house.tick()
        house.parts.db.close()
        backup = copy_of(original, tmp_path / "backup")
        for _ in range(25):
            house.turn(days=1)
            house.tick()
        with house.parts.db.write() as session:
            leaver = session.get_one(lifecycle.Enrollment, leaves)
            lifecycle.end(house.parts, session, leaver, lifecycle.LeftReason.ASKED, house.now)
        went = subjects(house.mails("stays@example.org"))
        now = house.now
    with open_house(backup, now=now, JOURNAL_DIR=str(original / "journal")) as house:
        done = adopt.adopt(house.parts, now)
        # all but the welcome, which the backup knows; the leaver's lessons do not matter any more
        assert (done.accepted, done.stopped, done.unsure) == (len(went) - 1, 1, 0)
        house.tick()
        assert house.mails() == []
        for _ in range(100):
            house.turn(days=1)
            house.tick()
        assert len(house.mails("stays@example.org")) == 9 - len(went)
        assert house.mails("leaves@example.org") == []
        assert {view.enrollment: view.state for view in overview.readers(house.parts)} == {
            stays: "completed",
            leaves: "left",
        }


def test_a_lesson_put_in_since_the_backup_hides_none_that_went_after_it(tmp_path: Path) -> None:
    """The journal is asked about each lesson by itself: the course's order may be another by now."""
    original, courses = tmp_path / "original", tmp_path / "courses"
    original.mkdir()
    course = write_course(courses, lessons=5)
    with open_house(original, COURSES_DIR=str(courses)) as house:
        house.enroll(course="small")
        house.tick()
        house.parts.db.close()
        backup = copy_of(original, tmp_path / "backup")
        for _ in range(20):
            house.turn(days=1)
            house.tick()
        went, now = subjects(house.mails()), house.now
    assert went == ["Letter 0", "Letter 1", "Letter 2", "Letter 3"]
    for number in (4, 3, 2, 1):
        (course / f"0{number}-lesson-{number}.md").rename(course / f"0{number + 1}-lesson-{number}.md")
    write_lesson(course, 1, "put-in")
    with open_house(backup, now=now, JOURNAL_DIR=str(original / "journal"), COURSES_DIR=str(courses)) as house:
        assert adopt.adopt(house.parts, now).accepted == 3
        for _ in range(40):
            house.turn(days=1)
            house.tick()
        assert subjects(house.mails()) == ["Letter 4"]


@pytest.mark.parametrize("clock_behind", [0, 60])
def test_who_was_reminded_since_the_backup_is_not_reminded_again(tmp_path: Path, clock_behind: int) -> None:
    original = tmp_path / "original"
    original.mkdir()
    with open_house(original) as house:
        with house.parts.db.write() as session:
            schedule.change_pace(
                session.get_one(lifecycle.Enrollment, house.enroll("asked@example.org")), Pace.READY, house.now
            )
        house.parts.db.close()
        backup = copy_of(original, tmp_path / "backup")
        for _ in range(25):  # the welcome, and a reminder
            house.tick()
            house.turn(days=1)
        assert len(house.mails()) == 2
        now = house.now - timedelta(days=clock_behind)
    with open_house(backup, now=now, JOURNAL_DIR=str(original / "journal")) as house:
        adopt.adopt(house.parts, now)
        for _ in range(100):
            house.turn(days=1)
            house.tick()
            with house.parts.db.write() as session:  # who chooses another hour still waits
                waiting = session.scalars(select(lifecycle.Enrollment)).one()
                schedule.change_slot(waiting, schedule.slot_of(waiting), house.now)
        assert house.mails() == [], "they know that it waits"


def test_what_became_of_a_reminder_stands_however_often_a_database_is_adopted(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        with house.parts.db.write() as session:
            schedule.change_pace(
                session.get_one(lifecycle.Enrollment, house.enroll("asked@example.org")), Pace.READY, house.now
            )
        for _ in range(25):
            house.tick()
            house.turn(days=1)
        reminders = select(Delivery).where(Delivery.kind == Kind.REMINDER)
        with house.parts.db.write() as session:
            session.scalars(reminders).one().state = DeliveryState.BOUNCED
        before = dump(house)
        adopt.adopt(house.parts, house.now)
        assert dump(house) == before


def dump(house: House) -> list[object]:
    """Every delivery, to the last value."""
    with house.parts.db.read() as session:
        return [tuple(row) for row in session.execute(select(*Delivery.__table__.columns).order_by(Delivery.id))]


def test_without_a_journal_what_fell_due_since_is_unsure(tmp_path: Path) -> None:
    original = tmp_path / "original"
    original.mkdir()
    with open_house(original) as house:
        house.enroll()
        house.tick()
    clone = copy_of(original, tmp_path / "clone")
    with open_house(clone) as house:
        house.turn(days=30)
        done = adopt.adopt(house.parts, house.now)
        assert (done.accepted, done.unsure) == (0, 4)  # four weeks' lessons may have gone, one after the other
        doubts = list(overview.deliveries(house.parts, only_unsure=True))
        assert [doubt.state for doubt in doubts] == ["unsure"] * 4
        assert doubts[0].lesson == "acknowledgement"
        house.tick()  # the outbox has never heard of these attempts, and that is no evidence
        assert house.mails() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "another secret of thirty-two characters"),
        ("REPLY_KEYS", "YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODk="),
    ],
)
def test_a_database_met_with_the_wrong_keys_refuses_to_start(tmp_path: Path, name: str, value: str) -> None:
    with open_house(tmp_path) as house:
        house.enroll()
        right = {
            "SECRET_KEY": "a secret of at least thirty-two characters",
            "REPLY_KEYS": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        }
    with pytest.raises(SettingsError, match=name), open_house(tmp_path, **{name: value}):
        pass
    with open_house(tmp_path, **{name: f"{value},{right[name]}"}) as house:
        assert house.tick().accepted == 1
