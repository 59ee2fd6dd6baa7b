"""What has been kept for long enough is gone, to the last byte; and an erasure is finished whatever stands in its way."""

import signal
from collections.abc import Collection
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from dripcourse.db.models import Delivery, Enrollment, Erasure, ProviderEvent, ReaderKey, Reply, Signup, Subscriber
from dripcourse.domain.delivery import DeliveryState, Kind
from dripcourse.domain.enrollment import LeftReason
from dripcourse.domain.errors import Gone
from dripcourse.fakes.sendgrid import Account
from dripcourse.fakes.serve import FakeSendgrid
from dripcourse.services.enrollment import lifecycle, preferences
from dripcourse.services.enrollment.enroll import Wish
from dripcourse.services.privacy import erase, export
from dripcourse.services.privacy.retention import months_before
from dripcourse.services.reader import page
from dripcourse.services.replies import store, write
from dripcourse.services.signup import request
from dripcourse.transports.outbox import Outbox
from dripcourse.transports.sendgrid.transport import Sendgrid
from tests.support.children import ended, fork, kill_self
from tests.support.house import MONDAY, House, open_house

WHO = "reader@example.org"


def me(house: House, mail: str) -> str:
    return house.parts.keys.web_token(mail, "me")


def welcome(house: House) -> str:
    """The id of the newest lesson that went."""
    with house.parts.db.read() as session:
        return session.scalars(select(Delivery.id).where(Delivery.kind == Kind.LESSON)).all()[-1]


def left(house: House, enrollment: str) -> None:
    with house.parts.db.write() as session:
        lifecycle.end(house.parts, session, session.get_one(Enrollment, enrollment), LeftReason.ASKED, house.now)


def sealed_words(house: House) -> list[bytes]:
    with house.parts.db.read() as session:
        return [*session.scalars(select(Reply.text_sealed)), *session.scalars(select(ReaderKey.wrapped_private))]


def is_somewhere(folder: Path, traces: Collection[bytes]) -> bool:
    """Whether one of these stands in a file of the database."""
    return any(trace in file.read_bytes() for file in folder.glob("truth.db*") for trace in traces)


@pytest.mark.parametrize("months", [12, 3])
def test_what_was_written_is_gone_so_many_months_after_the_end(tmp_path: Path, months: int) -> None:
    with open_house(tmp_path, REPLIES_KEPT_MONTHS=str(months)) as house:
        enrollment = house.enroll(WHO)
        house.tick()
        token = me(house, welcome(house))
        write.write(house.parts, token, "words", "2" * 26, house.now)
        house.turn(days=1)
        left(house, enrollment)
        traces = sealed_words(house)
        assert is_somewhere(tmp_path, traces)
        end = house.now
        house.now = months_before(end + timedelta(days=400), 0)
        while months_before(house.now, months) >= end:
            house.turn(days=-1)
        house.tick()
        assert len(write.look(house.parts, token).kept) == 1, "not a day too early"
        house.turn(days=2)
        house.tick()
        assert write.look(house.parts, token).kept == []
        house.turn(days=1)
        house.tick()
        assert sealed_words(house) == []
        assert not is_somewhere(tmp_path, traces)


def test_whoever_is_still_there_loses_nothing(small_house: House) -> None:
    house = small_house
    house.enroll(WHO)
    house.tick()
    token = me(house, welcome(house))
    write.write(house.parts, token, "words", "2" * 26, house.now)
    preferences.pause(house.parts, token, house.now)
    house.turn(days=800)
    house.tick()
    house.turn(days=2)
    house.tick()
    assert len(write.look(house.parts, token).kept) == 1


def test_what_is_written_after_the_end_is_kept_as_long_as_it_was_said(small_house: House) -> None:
    house = small_house
    enrollment = house.enroll(WHO)
    house.tick()
    with house.parts.db.write() as session:
        row = session.get_one(Enrollment, enrollment)
        row.state, row.ended_at, row.due_at, row.wake_at = "completed", house.now, None, None  # type: ignore[assignment]
    house.turn(days=300)
    token = me(house, welcome(house))
    write.write(house.parts, token, "late words", "2" * 26, house.now)
    house.turn(days=200)
    house.tick()
    assert len(write.look(house.parts, token).kept) == 1
    house.turn(days=200)
    house.tick()
    assert write.look(house.parts, token).kept == []


def test_months_are_those_of_the_calendar() -> None:
    assert months_before(datetime(2027, 3, 31, 9, tzinfo=UTC), 1) == datetime(2027, 2, 28, 9, tzinfo=UTC)
    assert months_before(datetime(2028, 2, 29, tzinfo=UTC), 12) == datetime(2027, 2, 28, tzinfo=UTC)
    assert months_before(datetime(2026, 1, 15, tzinfo=UTC), 1) == datetime(2025, 12, 15, tzinfo=UTC)


def test_what_a_provider_told_goes_after_ninety_days_once_it_is_handled(house: House) -> None:
    def event(ident: str, handled: datetime | None) -> ProviderEvent:
        return ProviderEvent(
            id=ident, kind="delivered", detail="", happened_at=house.now, received_at=house.now, handled_at=handled
        )

    with house.parts.db.write() as session:
        session.add_all([event("done", house.now), event("open", None)])
    house.turn(days=89)
    house.tick()
    with house.parts.db.write() as session:
        assert session.get(ProviderEvent, "done") is not None
        session.get_one(ProviderEvent, "open").handled_at = None
    house.turn(days=2)
    house.tick()
    with house.parts.db.read() as session:
        assert session.get(ProviderEvent, "done") is None


def test_nothing_is_left_of_a_sign_up_or_a_move_that_nobody_confirmed(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.enroll("other@example.org")
        house.tick()
        request.request(house.parts, Wish(WHO, "rebuilding-trust", consent="Yes."), house.now)
        request.request_move(house.parts, me(house, welcome(house)), "moved@example.org", "Yes.", house.now)
        house.turn(minutes=1)
        house.tick()
        with house.parts.db.read() as session:
            asked = session.scalars(select(Signup)).all()
            enrollment = next(row.enrollment_id for row in asked if row.enrollment_id)
            subscriber = session.get_one(Enrollment, enrollment).subscriber_id
            traces = [row.payload_sealed for row in asked] + [row.id.encode() for row in asked]
            traces += [enrollment.encode(), subscriber.encode()]
            traces += [session.get_one(Subscriber, subscriber).address_sealed]
        assert len(house.mails(WHO)) == len(house.mails("moved@example.org")) == 1
        assert is_somewhere(tmp_path, traces)
        house.turn(days=15)
        house.tick()
        found = [trace for trace in traces if is_somewhere(tmp_path, [trace])]
        # the key of the row that only says that a confirmation went holds the random id of its request, for 90 days
        assert found == [row.id.encode() for row in asked]
        house.turn(days=90)
        house.tick()
        assert not is_somewhere(tmp_path, traces)


# ------------------------------------------------------------------------------------------- erasures that take longer


def test_an_erasure_waits_for_a_provider_that_is_away_and_is_finished_by_itself(small_house: House) -> None:
    house = small_house
    house.enroll(WHO)
    house.tick()
    token = me(house, welcome(house))
    fake = FakeSendgrid(Account(), lambda: house.now)
    with closing(Sendgrid("SG.fake", fake.url)) as door:
        away = replace(house.parts, transport=door)
        erase.ask_to_erase(away, token, house.now)
        nobody = replace(house.parts, transport=Sendgrid("SG.fake", "http://127.0.0.1:9"))
        assert erase.erase_asked(nobody, house.now) == 0
        with pytest.raises(Gone):
            page.look(house.parts, token)
        with house.parts.db.read() as session:
            assert session.scalars(select(Erasure.wake_at)).all() == [house.now + timedelta(hours=1)]
            assert len(session.scalars(select(Subscriber)).all()) == 1
        fake.start()
        house.turn(minutes=59)
        assert erase.erase_asked(away, house.now) == 0
        house.turn(minutes=2)
        assert erase.erase_asked(away, house.now) == 1
    fake.stop()
    with house.parts.db.read() as session:
        assert session.scalars(select(Subscriber)).all() == []
        assert session.scalars(select(Delivery)).all() == []


class Dying(Outbox):
    """Dies after it has forgotten somebody, before that is written down."""

    def erase(self, address: str, deliveries: Collection[str]) -> None:
        super().erase(address, deliveries)
        kill_self()


def test_killed_in_the_midst_of_an_erasure_a_later_tick_finishes_it(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.enroll(WHO)
        house.tick()
        erase.ask_to_erase(house.parts, me(house, welcome(house)), house.now)

    def die() -> None:
        with open_house(tmp_path, now=MONDAY, transport=Dying(tmp_path / "outbox")) as doomed:
            doomed.tick()

    assert ended(fork(die)) == -signal.SIGKILL
    with open_house(tmp_path, now=MONDAY) as house:
        house.tick()
        with house.parts.db.read() as session:
            assert len(session.scalars(select(Subscriber)).all()) == 1, "whoever began it may still be at it"
        house.turn(minutes=3)
        house.tick()
        with house.parts.db.read() as session:
            assert session.scalars(select(Subscriber)).all() == []
        assert house.mails(WHO) == []


def test_an_erasure_waits_for_a_mail_on_the_wire_and_what_was_claimed_does_not_go(house: House) -> None:
    enrollment = house.enroll(WHO)
    house.tick()
    token, sent = me(house, welcome(house)), len(house.mails())
    page.again(house.parts, token, house.now)
    with house.parts.db.write() as session:
        mail = session.scalars(select(Delivery).where(Delivery.kind == Kind.LESSON)).one()
        mail.state, mail.wake_at = DeliveryState.SENDING, house.now + house.parts.rules.lease
    erase.ask_to_erase(house.parts, token, house.now)
    assert house.tick().claimed == 0
    assert len(house.mails()) == sent
    with house.parts.db.read() as session:
        assert session.get(Enrollment, enrollment) is not None
    house.turn(minutes=3)
    house.tick()
    with house.parts.db.read() as session:
        assert session.get(Enrollment, enrollment) is None
        assert session.scalars(select(Delivery)).all() == []


def test_who_signs_up_again_while_it_is_being_erased_comes_in_when_it_is_done(house: House) -> None:
    house.enroll(WHO)
    house.tick()
    token = me(house, welcome(house))
    with house.parts.db.write() as session:
        mail = session.scalars(select(Delivery).where(Delivery.kind == Kind.LESSON)).one()
        mail.state, mail.wake_at = DeliveryState.SENDING, house.now + house.parts.rules.lease
    erase.ask_to_erase(house.parts, token, house.now)
    house.turn(seconds=30)
    request.request(house.parts, Wish(WHO, "rebuilding-trust", consent="Yes."), house.now)
    house.tick()
    assert len(house.mails(WHO)) == 1
    house.turn(minutes=3)
    house.tick()
    with house.parts.db.read() as session:
        assert session.scalars(select(Delivery.kind)).all() == [Kind.CONFIRM]
        assert session.scalars(select(Erasure)).all() == []


def test_of_replies_none_is_in_a_readers_own_copy(small_house: House) -> None:
    house = small_house
    house.enroll(WHO)
    house.tick()
    token = me(house, welcome(house))
    write.write(house.parts, token, "words of mine", "2" * 26, house.now)
    write.share(house.parts, token, "2" * 26, house.now)
    told = export.as_json(export.own(house.parts, token))
    assert "words of mine" not in told
    assert '"shared": true' in told
    assert store.BY_REPLY_KEYS not in told
