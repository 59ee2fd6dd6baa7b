"""What a reader can do from the link in any of their mails."""

import re
from datetime import timedelta

import pytest

from dripcourse.domain.errors import NotFound, UsageError
from dripcourse.services import links
from dripcourse.services.enrollment import lifecycle, preferences
from dripcourse.services.reader import page
from tests.support.house import House, subjects


def token_of(house: House, purpose: str, mail: int = -1) -> str:
    text = house.mails()[mail].get_body(("plain",)).get_content()
    found = re.search(rf"/{purpose}/(\S+?)[>\s]", text)
    assert found
    return found.group(1)


def test_a_copy_of_the_last_lesson_comes_once_a_day_and_leaves_the_pace_alone(house: House) -> None:
    house.enroll()
    house.tick()
    house.turn(days=4)
    house.tick()
    token = token_of(house, "me")
    due = page.look(house.parts, token).due
    for _ in range(3):
        page.again(house.parts, token, house.now)
        house.tick()
    assert subjects(house.mails())[1:] == ["Letter 1", "Letter 1"]
    assert page.look(house.parts, token).due == due
    assert house.mails()[-1]["Message-ID"] != house.mails()[-2]["Message-ID"]


def test_leaving_is_met_with_silence_and_nothing_comes_after_it(house: House) -> None:
    house.enroll()
    house.tick()
    token = token_of(house, "leave")
    page.again(house.parts, token_of(house, "me"), house.now)
    for _ in range(2):
        lifecycle.leave(house.parts, token, house.now)
        assert links.has_left(house.parts, token)
    for _ in range(100):
        house.turn(days=1)
        house.tick()
    assert len(house.mails()) == 1


def test_pausing_from_a_link_and_going_on(house: House) -> None:
    house.enroll()
    house.tick()
    token = token_of(house, "me")
    preferences.pause(house.parts, token, house.now)
    house.turn(days=30)
    house.tick()
    assert len(house.mails()) == 1
    preferences.resume(house.parts, token, house.now)
    house.turn(days=8)
    house.tick()
    assert len(house.mails()) == 2


def test_a_forged_link_opens_nothing(small_house: House) -> None:
    small_house.enroll()
    small_house.tick()
    leave = token_of(small_house, "leave")
    for token in ("", "x", leave, leave + "x"):
        with pytest.raises(NotFound):
            page.look(small_house.parts, token)


def test_a_slower_pace_moves_the_next_lesson_and_a_faster_one_never_brings_it_too_soon(house: House) -> None:
    house.enroll(zone="UTC")
    for _ in range(20):
        house.tick()
        house.turn(days=1)
    token, last = token_of(house, "me"), house.mails()[-1]["Date"].datetime
    for pace, days in (("four-weeks", 27), ("two-weeks", 13), ("weekly", 6)):
        preferences.choose_pace(house.parts, token, pace, house.now)
        due = page.look(house.parts, token).due
        assert due is not None
        assert due >= last + timedelta(days=days)
        assert due < last + timedelta(days=days + 8)
    with pytest.raises(UsageError):
        preferences.choose_pace(house.parts, token, "daily", house.now)


def test_another_perspective_counts_from_the_next_lesson_on(small_house: House) -> None:
    small_house.enroll(perspective="betrayed")
    small_house.tick()
    token = token_of(small_house, "me")
    preferences.choose_perspective(small_house.parts, token, "betraying")
    assert page.look(small_house.parts, token).perspective == "betraying"
    preferences.choose_perspective(small_house.parts, token, "")
    assert page.look(small_house.parts, token).perspective is None
    with pytest.raises(UsageError):
        preferences.choose_perspective(small_house.parts, token, "someone")
