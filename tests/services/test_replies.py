"""What readers write: sealed to themselves, private until shared, gone when they say so."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dripcourse.db.models import Delivery, Enrollment, Inbound, ReaderKey, Reply, Subscriber
from dripcourse.domain.errors import NotFound
from dripcourse.services.crypto.keyring import Unsealable, new_id
from dripcourse.services.replies import store
from dripcourse.services.replies.shared import shared_with_host
from tests.support.house import House

CANARY = "the heron stands in the reeds"
RAW = f"From: reader@example.org\r\nSubject: Re: Letter 1\r\n\r\n{CANARY} and its reflection\r\n".encode()


def reader_of(session: Session, ident: str) -> Enrollment:
    return session.get_one(Enrollment, ident)


def arrival(house: House, session: Session) -> Inbound:
    """A message that is stored and was not handled yet."""
    row = new_id()
    sealed = house.parts.keys.seal(RAW, "arrival", row)
    found = Inbound(
        id=row, digest=row.encode()[:32], door="smtp", raw_sealed=sealed, size=len(RAW), received_at=house.now
    )
    session.add(found)
    session.flush()
    return found


def write(house: House, enrollment: str, text: str = CANARY, **more: object) -> str:
    """Keep a reply to the enrollment's newest delivery; returns its id."""
    words = {"raw": None, "inbound_id": None, "sender": "page"} | more
    with house.parts.db.write() as session:
        delivery = session.scalars(select(Delivery).where(Delivery.enrollment_id == enrollment)).first()
        kept = store.keep(
            house.parts,
            session,
            enrollment=reader_of(session, enrollment),
            delivery=delivery,
            text=text,
            now=house.now,
            **words,  # type: ignore[arg-type]
        )
        return kept.id


def read(house: House, ident: str) -> str:
    with house.parts.db.read() as session:
        return store.read(house.parts, session, session.get_one(Reply, ident))


def share(house: House, ident: str) -> None:
    with house.parts.db.write() as session:
        store.share(house.parts, session, session.get_one(Reply, ident), house.now)


def shared(house: House, enrollment: str) -> list[str]:
    with house.parts.db.read() as session:
        return [each.text for each in shared_with_host(house.parts, session, enrollment)]


def rows(house: House, table: type[Reply] | type[ReaderKey]) -> int:
    with house.parts.db.read() as session:
        return len(session.scalars(select(table)).all())


def every_byte(folder: Path) -> bytes:
    """All there is of a database, its write-ahead log included."""
    return b"".join(file.read_bytes() for file in folder.glob("truth.db*"))


def test_what_is_kept_is_read_again_to_the_last_sign(house: House) -> None:
    enrollment = house.enroll()
    for text in ("", CANARY, "אני 🙂\x00\r\n", "x" * 200_000):
        assert read(house, write(house, enrollment, text)) == text


def test_words_that_are_no_text_cost_no_reply(small_house: House) -> None:
    assert read(small_house, write(small_house, small_house.enroll(), "half a \ud83d sign")) == "half a ? sign"


def test_from_an_arrival_the_whole_message_is_kept_and_the_arrivals_own_copy_destroyed(house: House) -> None:
    enrollment = house.enroll()
    with house.parts.db.write() as session:
        ident = arrival(house, session).id
    reply = write(house, enrollment, raw=RAW, inbound_id=ident, sender="proven")
    with house.parts.db.read() as session:
        assert session.get_one(Inbound, ident).raw_sealed is None
        assert store.read_raw(house.parts, session, session.get_one(Reply, reply)) == RAW


def test_if_the_caller_fails_the_arrival_is_as_it_was(house: House) -> None:
    enrollment = house.enroll()
    with house.parts.db.write() as session:
        ident = arrival(house, session).id

    def half() -> None:
        with house.parts.db.write() as session:
            reader = reader_of(session, enrollment)
            store.keep(
                house.parts, session, enrollment=reader, delivery=None, text=CANARY, raw=RAW, inbound_id=ident,
                sender="proven", now=house.now,
            )  # fmt: skip
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    with house.parts.db.read() as session:
        assert session.get_one(Inbound, ident).raw_sealed is not None
    assert (rows(house, Reply), rows(house, ReaderKey)) == (0, 0)


def test_one_arrival_and_one_press_make_one_reply_however_often_they_are_handled(house: House) -> None:
    enrollment = house.enroll()
    with house.parts.db.write() as session:
        arrived = arrival(house, session).id
    assert len({write(house, enrollment, raw=RAW, inbound_id=arrived) for _ in range(3)}) == 1
    pressed = new_id()
    assert {write(house, enrollment, ident=pressed) for _ in range(3)} == {pressed}
    assert rows(house, Reply) == 2
    assert rows(house, ReaderKey) == 1, "made once, when it was first needed"


def test_what_is_sealed_for_one_row_opens_in_no_other(house: House) -> None:
    enrollment = house.enroll()
    mine, other = write(house, enrollment, raw=RAW), write(house, enrollment, "something else", raw=b"else")
    with house.parts.db.write() as session:
        one, two = session.get_one(Reply, mine), session.get_one(Reply, other)
        one.text_sealed, two.text_sealed, two.raw_sealed = two.text_sealed, one.text_sealed, one.text_sealed
    with house.parts.db.read() as session:
        for ident in (mine, other):
            with pytest.raises(Unsealable):
                store.read(house.parts, session, session.get_one(Reply, ident))
        with pytest.raises(Unsealable):
            store.read_raw(house.parts, session, session.get_one(Reply, other))


def test_another_readers_key_opens_nothing_even_in_the_right_row(house: House) -> None:
    mine = write(house, house.enroll())
    write(house, house.enroll("other@example.org"), "something else")
    with house.parts.db.write() as session:
        reply = session.get_one(Reply, mine)
        reply.reader_key_id = session.scalars(select(ReaderKey.id).where(ReaderKey.id != reply.reader_key_id)).one()
    with pytest.raises(Unsealable):
        read(house, mine)


def test_a_private_key_that_was_moved_to_another_row_opens_nothing(house: House) -> None:
    mine = write(house, house.enroll())
    write(house, house.enroll("other@example.org"))
    with house.parts.db.write() as session:
        one, two = session.scalars(select(ReaderKey)).all()
        one.wrapped_private, two.wrapped_private = two.wrapped_private, one.wrapped_private
    with pytest.raises(Unsealable):
        read(house, mine)


def test_with_a_key_that_we_cannot_unwrap_words_are_kept_and_cannot_be_read_or_shared(house: House) -> None:
    enrollment = house.enroll()
    write(house, enrollment)
    with house.parts.db.write() as session:
        session.execute(update(ReaderKey).values(wrapped_by="phrase", wrapped_private=b"only the reader"))
    later = write(house, enrollment, "written after")
    with pytest.raises(Unsealable):
        read(house, later)
    with pytest.raises(Unsealable):
        share(house, later)
    assert shared(house, enrollment) == []


def test_the_host_reads_what_is_shared_and_only_while_it_is(house: House) -> None:
    enrollment = house.enroll()
    one, _ = write(house, enrollment, "for the host"), write(house, enrollment, "not for the host")
    assert shared(house, enrollment) == []
    for _ in range(2):
        share(house, one)
        assert shared(house, enrollment) == ["for the host"]
    for _ in range(2):
        with house.parts.db.write() as session:
            store.take_back(session.get_one(Reply, one))
        assert shared(house, enrollment) == []
    with house.parts.db.read() as session:
        assert session.get_one(Reply, one).host_sealed is None


def test_a_reader_finds_their_own_replies_and_nobody_elses(house: House) -> None:
    mine, theirs = house.enroll(), house.enroll("other@example.org")
    ident = write(house, mine)
    with house.parts.db.write() as session:
        owner, other = (reader_of(session, each).subscriber_id for each in (mine, theirs))
        assert store.find(session, owner, ident).id == ident
        for subscriber, wanted in ((other, ident), (owner, new_id()), (owner, "")):
            with pytest.raises(NotFound):
                store.find(session, subscriber, wanted)
        assert [each.id for each in store.kept(session, owner)] == [ident]
        assert (store.count(session, owner), store.count(session, other)) == (1, 0)


def test_deleting_one_hides_it_at_once_and_destroys_it_within_a_day(house: House) -> None:
    enrollment = house.enroll()
    house.tick()
    gone, stays = write(house, enrollment, "to be gone"), write(house, enrollment, "stays")
    share(house, gone)
    with house.parts.db.write() as session:
        owner = reader_of(session, enrollment).subscriber_id
        store.delete_one(store.find(session, owner, gone), house.now)
        assert [each.id for each in store.kept(session, owner)] == [stays]
        with pytest.raises(NotFound):
            store.find(session, owner, gone)
    assert shared(house, enrollment) == []
    house.turn(hours=24)
    house.tick()
    assert rows(house, Reply) == 1
    assert read(house, stays) == "stays"


def test_deleting_all_destroys_words_and_key_within_a_day_and_what_is_written_later_stays(house: House) -> None:
    enrollment = house.enroll()
    other = write(house, house.enroll("other@example.org"), "somebody else's")
    house.tick()
    for _ in range(3):
        share(house, write(house, enrollment, raw=RAW))
    with house.parts.db.write() as session:
        owner = reader_of(session, enrollment).subscriber_id
        store.delete_all(session, owner, house.now)
        assert store.count(session, owner) == 0
    assert shared(house, enrollment) == []
    later = write(house, enrollment, "written later")
    house.turn(hours=24)
    house.tick()
    assert (rows(house, Reply), rows(house, ReaderKey)) == (2, 2)
    assert (read(house, later), read(house, other)) == ("written later", "somebody else's")


def test_nothing_is_destroyed_before_its_time(house: House) -> None:
    enrollment = house.enroll()
    write(house, enrollment)
    with house.parts.db.write() as session:
        store.delete_all(session, reader_of(session, enrollment).subscriber_id, house.now)
    store.destroy_deleted(house.parts, house.now + store.KEPT_DELETED - timedelta(seconds=1))
    assert rows(house, Reply) == 1
    store.destroy_deleted(house.parts, house.now + store.KEPT_DELETED + timedelta(seconds=1))
    assert (rows(house, Reply), rows(house, ReaderKey)) == (0, 0)


def test_whoever_is_erased_takes_words_and_key_along(house: House) -> None:
    enrollment = house.enroll()
    write(house, enrollment)
    with house.parts.db.write() as session:
        session.delete(session.get_one(Subscriber, reader_of(session, enrollment).subscriber_id))
    assert (rows(house, Reply), rows(house, ReaderKey)) == (0, 0)


def test_no_word_of_a_reply_stands_in_the_database_file_or_in_any_mail(small_house: House) -> None:
    enrollment = small_house.enroll()
    small_house.tick()
    with small_house.parts.db.write() as session:
        arrived = arrival(small_house, session).id
    share(small_house, write(small_house, enrollment, raw=RAW, inbound_id=arrived))
    small_house.turn(days=10)
    small_house.tick()
    everything = every_byte(small_house.folder)
    assert b"rebuilding-trust" in everything, "the look sees what is there"
    for word in (b"heron", b"reeds", b"reflection"):
        assert word not in everything
        assert all(word not in bytes(mail) for mail in small_house.mails())


def test_no_error_repeats_a_word_of_what_was_written(small_house: House) -> None:
    mine = write(small_house, small_house.enroll())
    with small_house.parts.db.write() as session:
        session.get_one(Reply, mine).text_sealed = CANARY.encode() * 3
    with pytest.raises(Unsealable) as refused:
        read(small_house, mine)
    assert "heron" not in "".join(map(str, (refused.value, refused.value.__cause__, refused.getrepr(style="short"))))
