"""Database, backups and every key of the installation are stolen: what was written since a phrase was set stays its reader's.

The thief tries every key on every blob of every table, in the database and in both backups, and looks at the raw bytes of all files.
The same thief reads whatever was written before: so it is the phrase that holds, and not a thief who cannot read.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from dripcourse.db.models import Base, Enrollment, Inbound, ReaderKey, Reply, Subscriber
from dripcourse.db.queries.sealed import PLACES
from dripcourse.db.session import Database
from dripcourse.services.crypto.keyring import Unsealable, new_id, open_with
from dripcourse.services.crypto.passphrase import Cost
from dripcourse.services.recovery import backup
from dripcourse.services.replies import magic_link, reader_keys, store
from tests.support.house import House
from tests.support.post import Reader, compose, hand_in

BEFORE, AFTER, MAILED = b"the kingfisher came first", b"the bittern calls at night", b"the heronry is full"
PHRASE = "three herons and a kettle"
CHEAP = Cost(passes=1, mebibytes=1)
OWN = ("reply-text", "reply-raw")
"""What is sealed to a reader is sealed for one of these."""
PURPOSES = sorted({place.purpose for place in PLACES})


def set_phrase(house: House, enrollment: str, phrase: str = PHRASE) -> None:
    with house.parts.db.read() as session:
        subscriber = session.get_one(Enrollment, enrollment).subscriber_id
    reader_keys.with_phrase(house.parts, subscriber, phrase, new_id(), house.now, lambda *_: None, CHEAP)


def write(house: House, enrollment: str, text: bytes) -> None:
    with house.parts.db.write() as session:
        row = session.get_one(Enrollment, enrollment)
        store.keep(
            house.parts, session, enrollment=row, delivery=None, text=text.decode(), raw=None, inbound_id=None,
            sender=store.FROM_PAGE, now=house.now,
        )  # fmt: skip


def blobs(db: Database) -> Iterator[tuple[str, bytes]]:
    """Every blob of every table, with every id of its row."""
    with db.read() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                for value in row.values():
                    if isinstance(value, bytes):
                        yield str(row.get("id", "")), value


def stolen(house: House, db: Database) -> bytes:
    """All that a thief with every key of the installation can open of a database."""
    privates = []
    with db.read() as session:
        for key in session.scalars(select(ReaderKey)):
            try:
                privates.append(house.parts.keys.unseal(key.wrapped_private, "reader-key", key.id))
            except Unsealable:
                continue
        ids = [row for model in (ReaderKey, Reply, Subscriber, Inbound) for row in session.scalars(select(model.id))]
    found = []
    for ident, blob in blobs(db):
        for row in {ident, "instance"}:
            found += [_try(house.parts.keys.unseal, blob, purpose, row) for purpose in PURPOSES]
        found += [
            _try(open_with, private, blob, purpose, row) for private in privates for purpose in OWN for row in ids
        ]
    return b"\n".join(found)


def _try(act: object, *args: object) -> bytes:
    try:
        return act(*args)  # type: ignore[operator, no-any-return]
    except Unsealable:
        return b""


def every_byte(*folders: Path) -> bytes:
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file() and "outbox" not in file.parts]
    return b"".join(file.read_bytes() for file in files)


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder


def test_nothing_that_was_written_since_the_phrase_is_opened_by_database_backups_and_all_keys(
    house: House, backups: Path
) -> None:
    enrollment = house.enroll()
    house.tick()
    write(house, enrollment, BEFORE)
    backup.backup(house.parts.db, backups / "before", house.now, lambda _: None)
    set_phrase(house, enrollment)
    write(house, enrollment, AFTER)
    Reader(house).reply(MAILED.decode())
    backup.backup(house.parts.db, backups / "after", house.now, lambda _: None)
    restored = Database(f"sqlite:///{backups / 'restored.db'}")
    backup.restore(restored, backups / "after", house.now, lambda _: None)
    for db in (house.parts.db, restored):
        opened = stolen(house, db)
        assert BEFORE in opened, "the thief has every key there is"
        assert AFTER not in opened
        assert MAILED not in opened
    restored.close()
    raw = every_byte(house.folder, backups)
    for words in (BEFORE, AFTER, MAILED, PHRASE.encode()):
        assert words not in raw


def test_an_arrival_leaves_no_copy_that_the_installations_keys_open_once_it_is_the_readers(small_house: House) -> None:
    """SQLite's log would hold it as it came in, long after the row has none."""
    house = small_house
    enrollment = house.enroll()
    house.tick()
    set_phrase(house, enrollment)
    answered = house.mails()[-1]
    hand_in(house, compose("reader@example.org", str(answered["Reply-To"]), MAILED.decode() * 200, answers=answered))
    with house.parts.db.read() as session:
        sealed = session.scalars(select(Inbound.raw_sealed)).one() or b""
    pieces = [sealed[at : at + 64] for at in range(0, len(sealed) - 64, 512)]
    assert any(piece in every_byte(house.folder) for piece in pieces), "the look sees what is there"
    house.tick()
    raw = every_byte(house.folder)
    assert [piece for piece in pieces if piece in raw] == []


def test_what_is_locked_from_the_fresh_page_leaves_no_key_and_no_copy_that_opens(small_house: House) -> None:
    house = small_house
    enrollment = house.enroll()
    write(house, enrollment, BEFORE)
    with house.parts.db.write() as session:
        reader = session.get_one(Enrollment, enrollment).subscriber_id
        session.get_one(Subscriber, reader).reads_alone = True
        old = session.scalars(select(ReaderKey.wrapped_private)).one()
        words = session.scalars(select(Reply.text_sealed)).one()
    magic_link.lock_everything(house.parts, reader, PHRASE, new_id(), house.now, CHEAP)
    assert BEFORE not in stolen(house, house.parts.db)
    raw = every_byte(house.folder)
    assert old not in raw
    assert words not in raw


def test_a_backup_from_before_a_phrase_was_changed_opens_with_the_new_one_only(
    small_house: House, backups: Path
) -> None:
    house = small_house
    enrollment = house.enroll()
    set_phrase(house, enrollment)
    write(house, enrollment, AFTER)
    backup.backup(house.parts.db, backups / "old", house.now, lambda _: None)
    with house.parts.db.read() as session:
        ident = session.scalars(select(ReaderKey.id)).one()
    reader_keys.change(house.parts, ident, PHRASE, "seven kettles and no heron", house.now)
    backup.backup(house.parts.db, backups / "new", house.now, lambda _: None)
    restored = Database(f"sqlite:///{backups / 'restored.db'}")
    backup.restore(restored, backups / "old", house.now, lambda _: None)
    with restored.read() as session:
        key, there = session.scalars(select(ReaderKey)).one(), session.scalars(select(Reply)).one()
        locked = reader_keys.Locked(key.wrapped_private, key.phrase_salt or b"", key.wrapped_by)
        private = reader_keys.unlock(locked, "seven kettles and no heron", key.id)
        assert store.read_with(private, there) == AFTER.decode()
        with pytest.raises(reader_keys.WrongPhrase):
            reader_keys.unlock(locked, PHRASE, key.id)
    restored.close()
