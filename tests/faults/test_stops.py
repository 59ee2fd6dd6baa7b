"""Readers who leave, pause or forbid it while their lesson is on its way: checked again right before the wire."""

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from dripcourse.db.models import Enrollment
from dripcourse.domain.enrollment import LeftReason, PauseReason
from dripcourse.domain.errors import NotFound, UsageError
from dripcourse.services.delivery import settle
from dripcourse.services.delivery.claim import claim
from dripcourse.services.enrollment import calendar, lifecycle, schedule, suppression
from dripcourse.services.host import overview
from dripcourse.transports.outbox import Outbox
from tests.faults.conftest import Small
from tests.faults.wires import Eventful
from tests.support.house import House, subjects

Stop = Callable[[House, str], None]


def leave(house: House, enrollment: str) -> None:
    with house.parts.db.write() as session:
        lifecycle.end(house.parts, session, session.get_one(Enrollment, enrollment), LeftReason.ASKED, house.now)


def pause(house: House, enrollment: str) -> None:
    lifecycle.pause(house.parts, enrollment, PauseReason.HOST)


def forbid(house: House, enrollment: str) -> None:
    with house.parts.db.write() as session:
        indexes = house.parts.keys.indexes("last@example.org")
        suppression.suppress(house.parts, session, indexes, "asked", house.now)


@pytest.mark.parametrize("stop", [leave, pause, forbid])
def test_who_stops_while_others_of_the_batch_are_on_the_wire_gets_nothing(
    small: Small, tmp_path: Path, stop: Stop
) -> None:
    doomed: list[str] = []
    house = small(transport=Eventful(tmp_path / "outbox", 1, lambda: stop(house, doomed[0])))
    for number in range(30):
        house.enroll(f"r{number}@example.org", course="small")
    house.turn(seconds=1)  # so that this one is last
    doomed.append(house.enroll("last@example.org", course="small"))
    house.tick()
    for _ in range(20):
        house.turn(days=1)
        house.tick()
    assert house.mails("last@example.org") == []
    assert len(house.mails("r0@example.org")) == 4
    assert [
        view for view in overview.deliveries(house.parts) if view.enrollment == doomed[0] and view.state == "claimed"
    ] == []


def test_who_stops_when_their_own_mail_is_on_the_wire_gets_that_one_and_no_other(small: Small, tmp_path: Path) -> None:
    house = small(transport=Eventful(tmp_path / "outbox", 1, lambda: leave(house, only), before=True))
    only = house.enroll(course="small")
    house.tick()
    assert subjects(house.mails()) == ["Letter 0"]  # the worst case: one lesson already handed over
    house.turn(days=60)
    house.tick()
    assert len(house.mails()) == 1
    assert [view.state for view in overview.readers(house.parts)] == ["left"]


def test_pausing_and_resuming_twice_or_in_mid_sending_never_makes_a_second_lesson(small: Small, tmp_path: Path) -> None:
    def pause_and_resume() -> None:
        for _ in range(2):
            lifecycle.pause(house.parts, only, PauseReason.HOST)
        for _ in range(2):
            lifecycle.resume(house.parts, only, house.now)

    house = small(transport=Eventful(tmp_path / "outbox", 2, pause_and_resume, before=True))
    only = house.enroll(course="small")
    house.tick()
    for _ in range(3):
        house.turn(days=1)
        pause_and_resume()
        house.tick()
        house.tick()
    assert subjects(house.mails()) == ["Letter 0"]
    for _ in range(25):
        house.turn(days=1)
        house.tick()
    assert subjects(house.mails()) == ["Letter 0", "Letter 1", "Letter 2", "Letter 3"]


def test_a_host_who_decides_twice_decides_once(small: Small) -> None:
    house = small()
    house.enroll(course="small")
    claim(house.parts, house.now, any_hour=True)
    [waiting] = overview.deliveries(house.parts)
    with pytest.raises(UsageError, match="nothing to decide"):
        settle.resolve(house.parts, waiting.id, settle.Word.NOT_SENT, now=house.now)
    with pytest.raises(NotFound):
        settle.resolve(house.parts, "nobody", settle.Word.SENT, now=house.now)
    house.turn(minutes=2)
    house.tick()
    assert len(house.mails()) == 1


def test_whatever_date_was_written_no_lesson_goes_before_its_pace_nor_beside_another(small: Small) -> None:
    """The last guard is at the claim: it holds whatever race or hand wrote a date too early."""
    house = small()
    enrollment = house.enroll(course="small")
    house.tick()
    for _ in range(3):
        with house.parts.db.write() as session:
            schedule.set_due(session.get_one(Enrollment, enrollment), house.now, house.now)
        house.tick()
        house.turn(hours=1)
    assert len(house.mails()) == 1
    house.turn(days=3)
    claim(house.parts, house.now, any_hour=True)
    with house.parts.db.write() as session:
        schedule.set_due(session.get_one(Enrollment, enrollment), house.now, house.now)
    assert house.tick().claimed == 0  # the first lesson is in hand
    house.turn(minutes=2)
    house.tick()
    assert subjects(house.mails()) == ["Letter 0", "Letter 1"]
    [coming, _] = calendar.coming(house.parts, enrollment)
    assert coming.due >= house.now + timedelta(days=6)


def test_no_address_stands_in_any_log(small: Small, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    class Broken(Outbox):
        def send(self, mail, *, now):  # type: ignore[no-untyped-def]
            raise ValueError(f"cannot write to {mail.to}")

    house = small(transport=Broken(tmp_path / "outbox"))
    house.enroll("somebody@example.org", course="small")
    house.tick()
    assert "failed (ValueError)" in caplog.text
    assert "somebody@" not in caplog.text
