"""What reports by mail bring about is told once, at the enrolled address alone; what the reader does is met with silence."""

from email.message import EmailMessage

import pytest
from sqlalchemy import select

from dripcourse.db.models import Enrollment
from dripcourse.domain.enrollment import EnrollmentState, LeftReason, PauseReason
from dripcourse.domain.events import Event, Told
from dripcourse.services.delivery import event_store
from tests.services.test_events import KEY
from tests.support.house import House
from tests.support.post import Reader, compose, hand_in

SIGN_UP = "https://letters.example.org/c/"


def begun(house: House) -> Reader:
    house.enroll()
    house.tick()
    for _ in range(8):
        house.turn(days=1)
        house.tick()
    assert len(house.mails()) == 2
    return Reader(house)


def only(house: House) -> Enrollment:
    with house.parts.db.read() as session:
        return session.scalars(select(Enrollment)).one()


def report(house: House, mail: EmailMessage, kind: Told, *, by_mail: bool = True) -> None:
    ident = str(mail["Message-ID"]).strip("<>").partition("@")[0]
    name = f"{'mail:' * by_mail}{kind}{ident}{house.now.isoformat()}"
    event_store.store(house.parts, [Event(name, ident, 1, kind, "they say so", house.now)], KEY, house.now)
    house.tick()


def stop(reader: Reader, way: str, sender: str, mail: EmailMessage) -> None:
    if way == "reply":
        reader.reply("STOP\n", to=mail, sender=sender)
        return
    to = str(mail["List-Unsubscribe"]).rpartition("<mailto:")[2].rstrip(">")
    hand_in(reader.house, compose(sender, to))
    reader.house.tick()


def words(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return " ".join(part.get_content().split())


@pytest.mark.parametrize("way", ["reply", "leave"])
def test_a_readers_own_stop_is_met_with_silence(small_house: House, way: str) -> None:
    reader = begun(small_house)
    stop(reader, way, reader.address, reader.mails[-1])
    assert only(small_house).left_reason is LeftReason.ASKED
    assert len(small_house.mails()) == 2


def test_a_complaint_by_mail_that_pauses_is_told_once_and_the_reader_goes_on(small_house: House) -> None:
    reader = begun(small_house)
    mail = reader.mails[-1]
    for _ in range(2):
        report(small_house, mail, Told.COMPLAINT)
        small_house.turn(minutes=1)
    assert only(small_house).pause_reason is PauseReason.COMPLAINT
    [notice] = small_house.mails()[2:]
    assert notice["To"] == reader.address
    assert "resume" in words(notice)
    reader.reply("resume\n")
    assert only(small_house).state is EnrollmentState.ACTIVE


@pytest.mark.parametrize(("kind", "reason"), [(Told.NOBODY, "bounced"), (Told.COMPLAINT, "complaint")])
def test_reports_by_mail_that_end_a_course_are_told_once_though_the_address_is_suppressed(
    house: House, kind: Told, reason: str
) -> None:
    reader = begun(house)
    first, second = reader.mails
    report(house, second, kind)
    house.turn(days=2)
    report(house, first, kind)
    assert only(house).left_reason == reason
    notices = [mail for mail in house.mails()[2:] if SIGN_UP in words(mail)]
    assert [mail["To"] for mail in notices] == [reader.address]
    before = len(house.mails())
    report(house, second, kind)
    assert len(house.mails()) == before


def test_what_the_provider_tells_is_told_to_nobody(small_house: House) -> None:
    reader = begun(small_house)
    report(small_house, reader.mails[-1], Told.COMPLAINT, by_mail=False)
    assert only(small_house).left_reason is LeftReason.COMPLAINT
    assert len(small_house.mails()) == 2
