"""A reader whose course folder was removed keeps every right: read, take, move, erase, leave, by page and by mail."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from dripcourse.db.models import Enrollment
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.domain.incoming import Arrival, Door
from dripcourse.services.incoming import store
from dripcourse.web.app import create_app
from tests.support.house import open_house, write_course
from tests.web.conftest import Site
from tests.web.phrases import PHRASE, read, set_phrase
from tests.web.test_answer import write

WORDS = "what was written before the folder went"


@pytest.fixture
def left_behind(tmp_path: Path, database_url: str) -> Iterator[Site]:
    """A site whose one reader is in a course that has no folder any more."""
    courses = {"COURSES_DIR": str(tmp_path / "courses")}
    write_course(tmp_path / "courses", "hushed")
    with open_house(tmp_path, database_url, **courses) as house:
        house.enroll(course="hushed")
        house.tick()
        site = Site(house, create_app(house.parts, house.clock))
        set_phrase(site, site.link("me"))
        write(site, site.link("me"), WORDS)
        now = house.now
    with open_house(tmp_path, database_url, now=now + timedelta(days=6)) as house:
        house.tick()
        yield Site(house, create_app(house.parts, house.clock))


def text(answer: object) -> str:
    return str(answer.get_data(as_text=True))  # type: ignore[attr-defined]


def state(site: Site) -> EnrollmentState:
    with site.house.parts.db.read() as session:
        return session.scalars(select(Enrollment).order_by(Enrollment.created_at)).all()[-1].state


def test_every_page_of_the_reader_opens_and_names_no_slug(left_behind: Site) -> None:
    me = left_behind.link("me")
    for path in (
        me,
        f"{me}/own",
        f"{me}/take",
        f"{me}/move",
        f"{me}/erase",
        f"{me}/letters",
        left_behind.link("leave"),
    ):
        answer = left_behind.get(path)
        assert answer.status_code in (200, 405), path
        assert "hushed" not in text(answer), path


def test_own_words_can_be_read_and_everything_taken(left_behind: Site) -> None:
    me = left_behind.link("me")
    assert WORDS in read(left_behind, me, PHRASE)
    told = json.loads(left_behind.post(f"{me}/take", **{"as": "json"}).data)
    assert "hushed" in json.dumps(told)
    assert left_behind.post(f"{me}/take", **{"as": "html"}).status_code == 200


def test_the_rhythm_can_be_changed_and_the_course_left(left_behind: Site) -> None:
    me = left_behind.link("me")
    for fields in ({"do": "pace", "pace": "two-weeks"}, {"do": "again"}, {"do": "cover", "style": "plain"}):
        assert left_behind.post(me, **fields).status_code == 200
    assert left_behind.post(left_behind.link("leave")).status_code == 200
    assert state(left_behind) is EnrollmentState.LEFT
    assert left_behind.get(me).status_code == 200


def test_everything_can_be_erased(left_behind: Site) -> None:
    me = left_behind.link("me")
    assert left_behind.post(f"{me}/erase").status_code == 200
    left_behind.house.tick()
    assert left_behind.get(me).status_code == 410


def test_the_course_can_be_moved_to_another_address(left_behind: Site) -> None:
    assert left_behind.post(f"{left_behind.link('me')}/move", email="mine@example.com").status_code == 200
    left_behind.house.tick()
    path = left_behind.link("confirm", "mine@example.com")
    assert left_behind.get(path).status_code == 200
    assert "From now on the letters come here" in text(left_behind.post(path))


def test_by_mail_they_are_answered_and_can_stop(left_behind: Site) -> None:
    (mail, *_) = left_behind.house.mails()
    for number, word in enumerate(("where", "stop")):
        raw = (
            f"From: reader@example.org\r\nTo: {mail['Reply-To']}\r\nSubject: Re: {mail['Subject']}\r\n"
            f"Message-ID: <m{number}@example.org>\r\nIn-Reply-To: {mail['Message-ID']}\r\n\r\n{word}\r\n"
        ).encode()
        arrival = Arrival(Door.PIPE, raw, (str(mail["Reply-To"]),), "reader@example.org")
        store.store(left_behind.house.parts, arrival, left_behind.house.now)
        left_behind.house.turn(minutes=2)
        left_behind.house.tick()
    assert state(left_behind) is EnrollmentState.LEFT
    assert len(left_behind.house.mails()) >= 2
