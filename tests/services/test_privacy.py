"""What is known of a reader is given to them whole, and destroyed when they say so."""

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from dripcourse.db.models import Base, Consent, ConsentText, Delivery, Enrollment, LessonText, Suppression, table
from dripcourse.domain.delivery import DeliveryState
from dripcourse.domain.errors import DripError, NotFound, SuppressedError
from dripcourse.services.enrollment.enroll import How, Wish
from dripcourse.services.privacy import erase, export
from dripcourse.services.recovery import adopt, backup
from dripcourse.services.replies import store
from dripcourse.services.signup import confirm
from dripcourse.services.signup import request as signup_request
from tests.support.house import House, open_house

CANARY = "canary.bird@example.org"
WORDS = "a sentence that only I should ever read again"


def write(house: House, enrollment: str, text: str = WORDS, *, shared: bool = False) -> None:
    with house.parts.db.write() as session:
        reply = store.keep(
            house.parts,
            session,
            enrollment=session.get_one(Enrollment, enrollment),
            delivery=None,
            text=text,
            raw=None,
            inbound_id=None,
            sender=store.FROM_PAGE,
            now=house.now,
        )
        if shared:
            store.share(house.parts, session, reply, house.now)


def rows(house: House) -> dict[str, int]:
    """How many rows there are, but for what says nothing of anybody: words that went out or were agreed to, seals, beats and places in the journal."""
    nobodys = {table(LessonText), table(ConsentText)} | {
        Base.metadata.tables[name] for name in ("instance", "beat", "circuit", "noted")
    }
    with house.parts.db.read() as session:
        counted = {
            each.name: session.scalar(select(func.count()).select_from(each))
            for each in Base.metadata.sorted_tables
            if each not in nobodys
        }
    return {name: count for name, count in counted.items() if count}


def test_an_export_holds_everything_but_what_is_the_readers_alone(house: House) -> None:
    enrollment = house.enroll(CANARY, zone="Europe/Berlin")
    house.tick()
    write(house, enrollment)
    write(house, enrollment, "this one I share", shared=True)
    told = export.export(house.parts, CANARY)
    assert told["address"] == CANARY
    [course] = told["enrollments"]
    assert (course["course"], course["zone"], course["state"]) == ("rebuilding-trust", "Europe/Berlin", "active")
    [welcome] = course["mails"]
    assert welcome["state"] == "accepted"
    assert "Welcome" in welcome["text"]
    assert [each["text"] for each in course["consents"]] == ["Yes."]
    assert [each["text"] for each in course["shared_replies"]] == ["this one I share"]
    assert told["private_replies"] == 1
    assert WORDS not in json.dumps(told, default=str)
    with pytest.raises(NotFound):
        export.export(house.parts, "somebody.else@example.org")


def test_after_an_erasure_a_digest_is_all_that_is_left(house: House, tmp_path: Path) -> None:
    others = house.enroll("somebody.else@example.org")
    house.tick()
    before = rows(house)
    house.turn(minutes=1)
    write(house, house.enroll(CANARY), shared=True)
    house.tick()
    assert len(house.mails(CANARY)) == 1
    gone = erase.erase(house.parts, CANARY, house.now)
    assert (gone.enrollments, gone.deliveries, gone.replies) == (1, 1, 1)
    assert rows(house) == before | {"suppression": 1}
    assert house.mails(CANARY) == []
    assert len(house.mails()) == 1
    with house.parts.db.read() as session:
        assert session.get(Enrollment, others) is not None
        assert session.scalars(select(Suppression.reason)).all() == ["erased"]


def test_not_a_byte_of_an_erased_reader_is_left_in_the_file(small_house: House, tmp_path: Path) -> None:
    enrollment = small_house.enroll(CANARY)
    small_house.tick()
    with small_house.parts.db.read() as session:
        row = session.get_one(Enrollment, enrollment)
        traces = [row.id.encode(), row.subscriber_id.encode()]
        traces += [ident.encode() for ident in session.scalars(select(Delivery.id))]
        traces += [ident.encode() for ident in session.scalars(select(Consent.id))]
    files = [*tmp_path.glob("truth.db*"), *(tmp_path / "outbox").rglob("*")]
    assert all(any(trace in file.read_bytes() for file in files if file.is_file()) for trace in traces[:3])
    erase.erase(small_house.parts, enrollment, small_house.now)
    for file in [*tmp_path.glob("truth.db*"), *(tmp_path / "outbox").rglob("*")]:
        if file.is_file():
            assert not any(trace in file.read_bytes() for trace in traces), file.name


def test_a_host_cannot_bring_somebody_back_who_was_erased_but_they_can(house: House) -> None:
    enrollment = house.enroll(CANARY)
    erase.erase(house.parts, enrollment, house.now)
    with pytest.raises(SuppressedError, match="erased"):
        house.enroll(CANARY)
    wish = Wish(address=CANARY, course="rebuilding-trust", how=How.PAGE, consent="Yes.")
    with pytest.raises(SuppressedError, match="erased"):
        signup_request.ask(house.parts, wish, house.now)
    request = signup_request.request(house.parts, wish, house.now)
    house.tick()
    assert len(house.mails(CANARY)) == 1  # the confirmation
    confirm.confirm(house.parts, house.parts.keys.web_token(request, "confirm"), None, house.now)
    house.turn(minutes=1)
    house.tick()
    assert len(house.mails(CANARY)) == 2  # and the welcome
    with house.parts.db.read() as session:
        assert session.scalars(select(Suppression.reason)).all() == []


def test_while_a_mail_is_on_its_way_nothing_is_erased_yet_and_nothing_more_goes(small_house: House) -> None:
    enrollment = small_house.enroll(CANARY)
    small_house.tick()
    with small_house.parts.db.write() as session:
        mail = session.scalars(select(Delivery)).one()
        mail.state, mail.wake_at = DeliveryState.SENDING, small_house.now + small_house.parts.rules.lease
    with pytest.raises(DripError, match="on its way"):
        erase.erase(small_house.parts, enrollment, small_house.now)
    small_house.turn(seconds=50)
    assert small_house.tick().claimed == 0
    assert rows(small_house)["erasure"] == 1
    small_house.turn(minutes=3)
    assert small_house.tick().claimed == 0
    assert rows(small_house) == {"suppression": 1}, "a tick has finished it"


def test_a_backup_does_not_bring_an_erased_reader_back(tmp_path: Path) -> None:
    original, restored = tmp_path / "original", tmp_path / "restored"
    original.mkdir()
    restored.mkdir()
    with open_house(original) as house:
        doomed = house.enroll(CANARY)
        house.enroll("somebody.else@example.org")
        house.tick()
        backup.backup(house.parts.db, tmp_path / "monday.backup", house.now, lambda _count: None)
        erase.erase(house.parts, doomed, house.now)
    with open_house(restored, JOURNAL_DIR=str(original / "journal")) as house:
        backup.restore(house.parts.db, tmp_path / "monday.backup", house.now, lambda _count: None)
        assert adopt.adopt(house.parts, house.now).erased == 1
        with pytest.raises(NotFound):
            export.export(house.parts, CANARY)
        assert export.export(house.parts, "somebody.else@example.org")["private_replies"] == 0
