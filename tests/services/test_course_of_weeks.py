"""The main job: a course arrives, one lesson a week, each once, each at its reader's own hour."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from dripcourse.db.models import Enrollment
from dripcourse.domain.enrollment import PauseReason
from dripcourse.services.enrollment import calendar, lifecycle
from dripcourse.services.host import overview
from tests.support.house import House, subjects

FAR = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)
LESSONS = ["welcome", *(f"letter {number}" for number in range(1, 8)), "closing"]
READERS = [
    ("anna@example.org", "Europe/Berlin", "betrayed"),
    ("bo@example.org", "America/New_York", "betraying"),
    ("chi@example.org", "Asia/Tokyo", None),
]


def run_days(house: House, days: int, **step: float) -> None:
    for _ in range(days):
        house.tick()
        house.turn(**(step or {"days": 1}))


def dates(house: House, to: str) -> list[datetime]:
    return [mail["Date"].datetime.astimezone(UTC) for mail in house.mails(to)]


def gaps(instants: list[datetime]) -> list[timedelta]:
    return [later - earlier for earlier, later in pairwise(instants)]


def test_three_readers_in_three_zones_get_nine_lessons_each_once_and_at_the_pace(house: House) -> None:
    for email, zone, perspective in READERS:
        house.enroll(email, zone=zone, perspective=perspective)
    run_days(house, 90)
    for email, _, _ in READERS:
        mails = house.mails(email)
        assert len(mails) == 9
        assert len(set(subjects(mails))) == 9
        assert all(not mail.defects for mail in mails)
        first, *others = gaps(dates(house, email))
        assert first >= timedelta(days=2)
        assert all(timedelta(days=6) <= gap <= timedelta(days=8) for gap in others)
    assert all(view.state == "completed" for view in overview.readers(house.parts))


def test_with_a_tick_an_hour_each_lesson_comes_at_the_readers_own_hour(small_house: House) -> None:
    zone = ZoneInfo("America/New_York")  # its clocks change on 8 March 2026, in mid-course
    small_house.enroll("bo@example.org", zone="America/New_York", weekday=6, hour=2)
    run_days(small_house, 24 * 75, hours=1)
    local = [instant.astimezone(zone) for instant in dates(small_house, "bo@example.org")][1:]
    assert len(local) == 8
    assert {each.weekday() for each in local} == {6}
    # 02:00 does not exist on the day the clocks go forward: the lesson comes at the next valid instant
    assert [each.hour for each in local] == [3, 2, 2, 2, 2, 2, 2, 2]


def test_a_month_without_ticks_gives_one_lesson_on_return(house: House) -> None:
    house.enroll("anna@example.org", zone="Europe/Berlin")
    run_days(house, 15)
    before = len(house.mails())
    house.turn(days=31)
    run_days(house, 5)
    assert len(house.mails()) == before + 1
    run_days(house, 9)
    assert len(house.mails()) == before + 2


def test_a_late_lesson_says_so_and_an_early_tick_sends_nothing(small_house: House) -> None:
    small_house.enroll("anna@example.org")
    small_house.tick()
    small_house.turn(days=2, hours=22)
    assert small_house.tick().claimed == 0
    small_house.turn(days=3)
    small_house.tick()
    welcome, late = small_house.mails()
    assert "Thursday, 5 March" in welcome.get_body(("plain",)).get_content()
    assert "Thursday, 5 March" in late.get_body(("plain",)).get_content().split("1 of 7")[0]


@pytest.mark.parametrize("any_hour", [True, False])
def test_a_late_lesson_waits_for_the_morning_unless_the_caller_chose_the_hour(
    small_house: House, any_hour: bool
) -> None:
    small_house.enroll("anna@example.org", zone="UTC")
    small_house.tick()
    small_house.now = datetime(2026, 3, 6, 2, 30, tzinfo=UTC)  # due on the 5th at 09:00, found at night
    small_house.tick(any_hour=any_hour)
    assert len(small_house.mails()) == (2 if any_hour else 1)
    small_house.now = datetime(2026, 3, 6, 7, 0, tzinfo=UTC)
    small_house.tick(any_hour=any_hour)
    assert len(small_house.mails()) == 2


def test_ticking_twice_at_the_same_instant_does_nothing_the_second_time(house: House) -> None:
    house.enroll()
    for _ in range(12):
        house.tick()
        before = len(house.mails())
        again = house.tick()
        assert (again.claimed, again.accepted, len(house.mails())) == (0, 0, before)
        house.turn(days=7)


def test_pause_and_resume_never_bring_a_lesson_sooner_than_the_pace_allows(house: House) -> None:
    enrollment = house.enroll("anna@example.org", zone="Europe/Berlin")
    run_days(house, 5)
    for _ in range(4):
        lifecycle.pause(house.parts, enrollment, PauseReason.READER)
        house.turn(hours=7)
        house.tick()
        lifecycle.resume(house.parts, enrollment, house.now)
        house.tick()
    run_days(house, 75)
    _, *others = gaps(dates(house, "anna@example.org"))
    assert len(others) == 7
    assert all(gap >= timedelta(days=6) for gap in others)


def test_while_paused_nothing_comes_and_a_pause_with_an_end_ends(house: House) -> None:
    enrollment = house.enroll()
    run_days(house, 5)
    lifecycle.pause(house.parts, enrollment, PauseReason.READER, until=house.now + timedelta(days=30))
    run_days(house, 29)
    assert len(house.mails()) == 2
    run_days(house, 9)
    assert len(house.mails()) == 3


def test_what_is_to_come_is_told_with_its_dates(small_house: House) -> None:
    enrollment = small_house.enroll(zone="Europe/Berlin")
    small_house.tick()
    told = [coming.due for coming in calendar.coming(small_house.parts, enrollment)]
    assert len(told) == 8
    run_days(small_house, 24 * 70, hours=1)
    assert dates(small_house, "reader@example.org")[1:] == told


def test_the_course_ends_with_its_last_lesson_and_nothing_follows(small_house: House) -> None:
    small_house.enroll()
    run_days(small_house, 200)
    assert len(small_house.mails()) == 9
    assert "next one comes" not in small_house.mails()[-1].get_body(("plain",)).get_content()


def test_rows_that_cannot_go_on_stop_neither_the_others_nor_the_tick(house: House) -> None:
    broken = [house.enroll(f"broken{number}@example.org") for number in range(3)]
    house.enroll("anna@example.org")
    with house.parts.db.write() as session:  # a hand that reached into the database
        session.execute(update(Enrollment).where(Enrollment.id.in_(broken)).values(last_accepted_at=FAR, last_number=0))
    assert house.tick().accepted == 1
    assert house.tick().claimed == 0
