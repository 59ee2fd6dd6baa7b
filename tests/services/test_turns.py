"""A reader in several courses gets at most one lesson a week over all of them, and no course starves."""

import random
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from dripcourse.db.models import Delivery, Enrollment
from dripcourse.domain.delivery import DeliveryState, Kind, Reason, lesson_key
from dripcourse.domain.enrollment import EnrollmentState, LeftReason
from dripcourse.domain.pacing import Pace, Slot
from dripcourse.domain.turns import APART, Turn, spaced
from dripcourse.services.delivery import settle
from dripcourse.services.delivery.settle import Word
from dripcourse.services.enrollment import lifecycle, schedule
from dripcourse.services.queue import offer
from tests.support.house import MONDAY, House, open_house, write_course

ME = "reader@example.org"
COURSES = ("one", "two", "three")


@pytest.fixture
def three(tmp_path: Path, database_url: str) -> Iterator[House]:
    """An installation with three small courses of a welcome and three lessons."""
    for slug in COURSES:
        write_course(tmp_path / "courses", slug)
    with open_house(tmp_path, database_url, COURSES_DIR=str(tmp_path / "courses")) as house:
        yield house


def went(house: House) -> list[tuple[datetime, str, str]]:
    """When each lesson but the welcomes was accepted, of which course, and which one."""
    with house.parts.db.read() as session:
        rows = session.scalars(select(Delivery).where(Delivery.kind == Kind.LESSON, Delivery.accepted_at.is_not(None)))
        found = [(row.accepted_at or MONDAY, row.course, row.lesson or "") for row in rows]
    return sorted(each for each in found if each[2] != "lesson-0")


def assert_a_week_apart(house: House) -> None:
    for (one, *_), (other, *_) in pairwise(went(house)):
        assert other - one >= timedelta(days=6), went(house)


def live(house: House, *, days: int, hours: int = 6) -> None:
    for _ in range(days * 24 // hours):
        house.tick(any_hour=False)
        house.turn(hours=hours)


def row(house: House, ident: str) -> Enrollment:
    with house.parts.db.read() as session:
        return session.get_one(Enrollment, ident)


def test_two_courses_share_one_lesson_a_week_and_both_come_to_their_end(three: House) -> None:
    for slug in ("one", "two"):
        three.enroll(ME, slug)
    live(three, days=75)
    turns = [slug for _, slug, _ in went(three)]
    assert len(turns) == 6
    assert all(one != other for one, other in pairwise(turns)), "they take turns, whoever begins"
    assert_a_week_apart(three)


def test_a_second_course_welcomes_at_once_and_its_first_lesson_keeps_apart(three: House) -> None:
    three.enroll(ME, "one")
    live(three, days=9)
    second = three.enroll(ME, "two")
    three.tick()
    assert row(three, second).last_lesson == "lesson-0"
    live(three, days=80)
    assert_a_week_apart(three)
    assert len(went(three)) == 6


def test_what_a_mail_promises_beside_another_course_is_kept(three: House) -> None:
    for slug, day in (("one", 0), ("two", 3)):
        three.enroll(ME, slug, weekday=day)
    live(three, days=120)
    assert len(went(three)) == 6
    with three.parts.db.read() as session:
        lessons = session.scalars(
            select(Delivery).where(Delivery.kind == Kind.LESSON).order_by(Delivery.accepted_at)
        ).all()
    for slug in ("one", "two"):
        mine = [each for each in lessons if each.course == slug]
        # of the welcomes the first knew nothing of the second course; ticks are some hours apart
        told = [each.promise_at.date() for each in mine[1:] if each.promise_at]
        assert told == [each.accepted_at.date() for each in mine[2:] if each.accepted_at]


def test_a_course_that_comes_after_another_waits_for_its_end(tmp_path: Path, database_url: str) -> None:
    write_course(tmp_path / "courses", "one")
    write_course(tmp_path / "courses", "two", after="one")
    with open_house(tmp_path, database_url, COURSES_DIR=str(tmp_path / "courses")) as house:
        first, second = (house.enroll(ME, slug) for slug in ("one", "two"))
        house.enroll("other@example.org", "two")
        live(house, days=70)
        assert row(house, first).state is EnrollmentState.COMPLETED
        assert row(house, second).state is EnrollmentState.COMPLETED
        ends = max(at for at, slug, _ in went(house) if slug == "one")
        with house.parts.db.read() as session:
            begins = min(
                each.accepted_at or MONDAY
                for each in session.scalars(select(Delivery).where(Delivery.enrollment_id == second))
                if each.lesson != "lesson-0"
            )
        assert begins - ends >= APART
        welcome = next(mail for mail in house.mails(ME) if "two-letters" in mail["List-Id"])
        assert "The next one comes on" not in welcome.get_body(("plain",)).get_content()


def test_leaving_the_first_lets_the_second_go_on(tmp_path: Path) -> None:
    write_course(tmp_path / "courses", "one")
    write_course(tmp_path / "courses", "two", after="one")
    with open_house(tmp_path, COURSES_DIR=str(tmp_path / "courses")) as house:
        first, _ = (house.enroll(ME, slug) for slug in ("one", "two"))
        live(house, days=8)
        with house.parts.db.write() as session:
            lifecycle.end(house.parts, session, session.get_one(Enrollment, first), LeftReason.ASKED, house.now)
        live(house, days=40)
        assert [slug for _, slug, _ in went(house)] == ["one", "two", "two", "two"]
        assert_a_week_apart(house)


def test_starting_over_does_not_bring_two_lessons_in_a_week(three: House) -> None:
    first = three.enroll(ME, "one")
    live(three, days=4)
    with three.parts.db.write() as session:
        lifecycle.end(three.parts, session, session.get_one(Enrollment, first), LeftReason.ASKED, three.now)
    three.enroll(ME, "two")
    live(three, days=40)
    assert [slug for _, slug, _ in went(three)] == ["one", "two", "two", "two"]
    assert_a_week_apart(three)


def test_a_held_lesson_of_one_course_does_not_stop_the_other_and_keeps_apart_when_it_goes(three: House) -> None:
    one, _ = (three.enroll(ME, slug) for slug in ("one", "two"))
    three.tick()
    with three.parts.db.write() as session:
        mine = session.get_one(Enrollment, one)
        schedule.none_due(mine)
        held = offer(
            session,
            Kind.LESSON,
            lesson_key(one, "lesson-1"),
            recipient=three.parts.keys.index(ME),
            course="one",
            now=three.now,
            enrollment=one,
            lesson="lesson-1",
        )
        assert held is not None
        held.state, held.reason, held.wake_at = DeliveryState.HELD, Reason.REFUSED, None
        ident = held.id
    live(three, days=11)
    assert {slug for _, slug, _ in went(three)} == {"two"}
    settle.resolve(three.parts, ident, Word.NOT_SENT, now=three.now)
    live(three, days=80)
    assert_a_week_apart(three)
    assert len(went(three)) == 6


def test_after_an_outage_of_a_month_one_lesson_goes_and_not_one_of_each_course(three: House) -> None:
    for slug in COURSES:
        three.enroll(ME, slug)
    live(three, days=4)
    three.turn(days=30)
    before = len(went(three))
    live(three, days=1)
    assert len(went(three)) == before + 1
    live(three, days=100)
    assert_a_week_apart(three)
    assert len(went(three)) == 9


def test_workers_side_by_side_send_one(tmp_path: Path, new_postgres: object, postgres_tables: str) -> None:
    """Forty readers, each with a lesson of two courses due at the same minute, and three workers that tick at once."""
    url = new_postgres(postgres_tables)  # type: ignore[operator]
    for slug in ("one", "two"):
        write_course(tmp_path / "courses", slug)
    with ExitStack() as stack:
        houses = [
            stack.enter_context(open_house(tmp_path, url, COURSES_DIR=str(tmp_path / "courses"))) for _ in range(3)
        ]
        for number in range(40):
            for slug in ("one", "two"):
                houses[0].enroll(f"reader{number}@example.org", slug)
        houses[0].tick()
        with houses[0].parts.db.write() as session:
            for each in session.scalars(select(Enrollment)):
                each.due_at = each.wake_at = MONDAY + timedelta(days=4)
        for house in houses:
            house.now = MONDAY + timedelta(days=4)
        threads = [threading.Thread(target=house.tick) for house in houses]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(went(houses[0])) == 40
        houses[0].turn(hours=2)
        houses[0].tick()
        assert len(went(houses[0])) == 40


@pytest.mark.parametrize("seed", range(4))
def test_readers_who_do_as_they_like_get_at_most_one_lesson_a_week(tmp_path: Path, seed: int) -> None:
    """Joining, pausing, resuming, other paces and slots, leaving and outages, as chance has it."""
    chance = random.Random(seed)
    for slug in COURSES:
        write_course(tmp_path / "courses", slug, lessons=6)
    with open_house(tmp_path, COURSES_DIR=str(tmp_path / "courses")) as house:
        for slug in COURSES[: 2 + seed % 2]:
            house.enroll(ME, slug, weekday=chance.randrange(7), hour=chance.randrange(6, 22), zone="Europe/Berlin")
        for _ in range(120):
            act(house, chance)
            house.tick(any_hour=chance.random() < 0.3)
            house.turn(hours=chance.choice((5, 13, 24, 24, 40, 200)))
        live(house, days=330, hours=20)
        assert_a_week_apart(house)
        with house.parts.db.read() as session:
            assert {each.state for each in session.scalars(select(Enrollment))} == {EnrollmentState.COMPLETED}


def act(house: House, chance: random.Random) -> None:
    with house.parts.db.write() as session:
        running = [
            each
            for each in session.scalars(select(Enrollment).order_by(Enrollment.id))
            if each.state in (EnrollmentState.ACTIVE, EnrollmentState.PAUSED) and each.last_number >= 0
        ]
        if not running:
            return
        each = chance.choice(running)
        match chance.randrange(8):
            case 0 if each.state is EnrollmentState.ACTIVE:
                lifecycle.stand_still(session, each, lifecycle.PauseReason.READER, until=house.now + timedelta(days=9))
            case 1 if each.state is EnrollmentState.PAUSED:
                lifecycle.go_on(session, each, house.now)
            case 2:
                schedule.change_slot(each, Slot(chance.randrange(7), chance.randrange(24), "Asia/Tokyo"), house.now)
            case 3:
                schedule.change_pace(each, chance.choice((Pace.WEEKLY, Pace.TWO_WEEKS)), house.now)


# ------------------------------------------------------------------------------------------------------------ pure

slots = st.builds(Slot, st.integers(0, 6), st.integers(0, 23), st.just("UTC"))
moments = st.integers(-60 * 24, 60 * 24).map(lambda hours: MONDAY + timedelta(hours=hours))
turns = st.lists(st.builds(Turn, slots, moments, st.none() | moments), min_size=1, max_size=4)


@given(turns=turns, last=st.none() | moments.filter(lambda at: at <= MONDAY))
@settings(max_examples=300, deadline=None)
def test_dates_are_apart_from_each_other_and_from_the_last_and_none_is_sooner(
    turns: list[Turn], last: datetime | None
) -> None:
    dates = spaced(turns, last, MONDAY)
    assert all(date >= turn.due for date, turn in zip(dates, turns, strict=True))
    real = sorted(max(date, MONDAY) for date in dates)
    assert all(other - one >= APART for one, other in pairwise(real))
    assert last is None or all(date >= last + APART for date in real)
    assert spaced(turns[:1], None, MONDAY) == [turns[0].due], "a course alone keeps its date"
