"""Settling: on evidence only, and by the host's word."""

from datetime import datetime, timedelta

import pytest

from dripcourse.domain.errors import NotFound, UsageError
from dripcourse.domain.mail import Accepted, Evidence, Refused, Unknown
from dripcourse.services.delivery import settle
from dripcourse.services.enrollment import calendar
from dripcourse.services.host import overview
from dripcourse.transports.outbox import Outbox
from tests.support.house import House, open_house
from tests.support.postman import Postman


@pytest.fixture
def postman() -> Postman:
    return Postman()


@pytest.fixture
def posted(tmp_path, database_url, postman):
    with open_house(tmp_path, database_url, transport=postman) as house:
        yield house


def states(house: House) -> list[tuple[str, str]]:
    return [(view.state, view.reason) for view in overview.deliveries(house.parts)]


def test_no_answer_is_unsure_and_is_never_sent_again_on_a_timer(posted: House, postman: Postman) -> None:
    posted.enroll()
    postman.answer = Unknown("no answer")
    assert posted.tick().unsure == 1
    postman.answer = Accepted()
    for _ in range(90):
        posted.turn(hours=1)
        posted.tick()
    assert len(postman.given) == 1
    assert states(posted) == [("unsure", "")]


def test_evidence_that_it_went_moves_the_course_on_from_the_mark(posted: House, postman: Postman) -> None:
    enrollment = posted.enroll()
    marked = posted.now
    postman.answer = Unknown("no answer")
    posted.tick()
    postman.knows, postman.answer = Evidence.SENT, Accepted()
    posted.turn(hours=5)
    assert posted.tick().settled == 1
    assert states(posted) == [("accepted", "evidence")]
    assert calendar.coming(posted.parts, enrollment)[0].due >= marked + timedelta(days=2)


def test_evidence_that_it_did_not_go_sends_it_again_once(posted: House, postman: Postman) -> None:
    posted.enroll()
    postman.answer = Unknown("no answer")
    posted.tick()
    postman.knows, postman.answer = Evidence.NOT_SENT, Accepted()
    posted.turn(hours=2)
    posted.tick()
    posted.turn(hours=2)
    posted.tick()
    first, second = postman.given
    assert first.message_id == second.message_id
    assert second.fence > first.fence


def test_without_evidence_it_is_assumed_after_four_days_and_stays_listed(posted: House, postman: Postman) -> None:
    posted.enroll()
    postman.answer = Unknown("no answer")
    posted.tick()
    postman.answer = Accepted()
    posted.turn(days=4, hours=2)
    posted.tick()
    assert states(posted) == [("accepted", "assumed"), ("accepted", "")]
    assert [view.lesson for view in overview.deliveries(posted.parts, only_unsure=True)] == ["welcome"]
    _, second = postman.given
    assert "cannot tell whether the one before this reached" in second.text
    posted.turn(days=14)
    posted.tick()
    assert "cannot tell whether the one before this reached" not in postman.given[-1].text


def test_a_host_who_prefers_to_decide_is_waited_for(tmp_path, postman: Postman) -> None:
    with open_house(tmp_path, transport=postman, UNSURE_POLICY="hold") as house:
        house.enroll()
        postman.answer = Unknown("no answer")
        house.tick()
        house.turn(days=40)
        house.tick()
        [waiting] = overview.deliveries(house.parts, only_unsure=True)
        assert waiting.state == "unsure"
        postman.answer = Accepted()
        settle.resolve(house.parts, waiting.id, settle.Word.NOT_SENT, now=house.now)
        house.tick()
        assert len(postman.given) == 2
        with pytest.raises(UsageError):
            settle.resolve(house.parts, waiting.id, settle.Word.SENT, now=house.now)
        with pytest.raises(NotFound):
            settle.resolve(house.parts, "nothing", settle.Word.SENT, now=house.now)


def test_the_hosts_word_that_it_arrived_moves_the_course_on(posted: House, postman: Postman) -> None:
    enrollment = posted.enroll()
    postman.answer = Unknown("no answer")
    posted.tick()
    [waiting] = overview.deliveries(posted.parts, only_unsure=True)
    settle.resolve(posted.parts, waiting.id, settle.Word.SENT, now=posted.now)
    assert states(posted) == [("accepted", "host")]
    assert len(calendar.coming(posted.parts, enrollment)) == 8


def test_a_refused_lesson_is_held_until_the_host_says_otherwise(posted: House, postman: Postman) -> None:
    posted.enroll()
    postman.answer = Refused("550 no such user <anna@example.org>")
    assert posted.tick().refused == 1
    posted.turn(days=60)
    posted.tick()
    assert len(postman.given) == 1
    assert states(posted) == [("held", "refused")]
    [held] = overview.deliveries(posted.parts)
    postman.answer = Accepted()
    settle.resolve(posted.parts, held.id, settle.Word.NOT_SENT, now=posted.now)
    posted.tick()
    assert states(posted) == [("accepted", "")]


def test_an_outbox_settles_at_once(tmp_path) -> None:
    outbox = Outbox(tmp_path / "box")
    now = datetime.fromisoformat("2026-03-02T10:00:00+00:00")
    assert outbox.evidence("x", 1, marked_at=now, now=now) is Evidence.NOT_SENT
