"""What others can see of a reader in four weeks says nothing of the course, and nothing of the reader's side; the document shows it."""

import re
from pathlib import Path

import pytest

from dripcourse.domain.discretion import telling_words
from tests.house.strings import FIRST, PAGE, SIDES, Strings, collect, replaced, table
from tests.support.house import open_house


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Strings]:
    """What is seen of a reader of each side."""
    return {side: collect(tmp_path_factory.mktemp(f"side-{place}"), side) for place, side in enumerate(SIDES)}


def test_there_is_a_mail_of_every_kind_and_a_page_of_every_room(sides: dict[str, Strings]) -> None:
    found = sides["betrayed"]
    assert len(found.mails) == 10
    assert len(found.chosen) == 4
    rooms = {path.split("/")[1].split("?")[0] for path, _ in found.pages}
    assert {"", "c", "confirm", "leave", "me", "privacy", "support", "was-it-you"} <= rooms
    assert all(title for _, title in found.pages)


def test_none_of_it_says_anything_of_the_course(sides: dict[str, Strings], tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        course = house.parts.library.courses["rebuilding-trust"]
    own = {*course.perspectives, "hurt", "broke", "afraid", "danger", "harm", "partner"}
    for found in sides.values():
        for shown in found.all():
            assert telling_words(shown, [course.title, course.slug]) == [], shown
            assert not own & set(re.findall(r"\w+", shown.lower())), shown
            assert not any(lesson.title.lower() in shown.lower() for lesson in course.lessons[1:]), shown


def test_no_link_and_no_token_reaches_a_locked_screen(sides: dict[str, Strings]) -> None:
    for found in sides.values():
        for _, subject, firsts in [*found.mails.values(), *found.chosen.values()]:
            assert all("://" not in shown and len(shown) <= FIRST for shown in (subject, *firsts))


def test_it_is_the_same_whatever_side_a_reader_is_on(sides: dict[str, Strings]) -> None:
    one, *others = (table(found) for found in sides.values())
    assert others == [one] * len(others)


def test_the_document_shows_it(sides: dict[str, Strings]) -> None:
    document = PAGE.read_text(encoding="utf-8")
    assert document == replaced(document, table(sides["betrayed"])), "make it anew: python -m tests.house.strings"
