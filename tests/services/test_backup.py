"""A backup holds everything as it was, moves between kinds of database, and never speaks by itself."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from dripcourse.db.models import Base, Delivery, Enrollment, Instance, ReaderKey, Reply, table
from dripcourse.db.session import Database
from dripcourse.domain.errors import DripError, MuteError, NotFound
from dripcourse.services.crypto.keyring import new_id
from dripcourse.services.recovery import adopt, backup
from tests.support.children import in_child
from tests.support.house import House, open_house, subjects


@dataclass
class Said:
    """What was said of the progress."""

    counts: list[int]

    def __call__(self, count: int) -> None:
        self.counts.append(count)


def everything(db: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but the seal, in an order that does not depend on the database."""
    tables = [each for each in Base.metadata.sorted_tables if each is not table(Instance)]
    with db.read() as session:
        return {each.name: sorted(map(tuple, session.execute(select(each))), key=repr) for each in tables}


def write_reply(house: House, enrollment: str) -> tuple[str, str]:
    """A key and a reply sealed to it, as bytes; returns their ids."""
    with house.parts.db.write() as session:
        reader = session.get_one(Enrollment, enrollment).subscriber_id
        key = ReaderKey(
            id=new_id(),
            subscriber_id=reader,
            public_key=b"p",
            wrapped_private=b"the wrapped key",
            wrapped_by="host",
            created_at=house.now,
        )
        session.add(key)
        session.flush()
        reply = Reply(
            id=new_id(),
            enrollment_id=enrollment,
            reader_key_id=key.id,
            text_sealed=b"sealed",
            sender="own",
            received_at=house.now,
        )
        session.add(reply)
        return key.id, reply.id


def backed_up(house: House, file: Path) -> Path:
    backup.backup(house.parts.db, file, house.now, Said([]))
    return file


def test_a_backup_holds_every_row_and_goes_on_in_another_database(
    house: House, tmp_path: Path, new_postgres: Callable[[], str]
) -> None:
    house.enroll("one@example.org")
    write_reply(house, house.enroll("two@example.org"))
    house.tick()
    said, before = Said([]), everything(house.parts.db)
    done = backup.backup(house.parts.db, tmp_path / "monday.backup", house.now, said)
    assert done.rows == sum(map(len, before.values())) + 1  # and the seal
    assert said.counts == sorted(said.counts)
    assert said.counts[-1] == done.rows
    other = tmp_path / "other"
    other.mkdir()
    # from each kind of database to the other
    url = new_postgres() if house.parts.db.is_sqlite else None
    with open_house(other, url, now=house.now, JOURNAL_DIR=str(tmp_path / "journal")) as restored:
        assert backup.restore(restored.parts.db, tmp_path / "monday.backup", house.now, said).lost_replies == 0
        assert everything(restored.parts.db) == before
        restored.turn(days=7)
        with pytest.raises(MuteError):
            restored.tick()
        adopt.adopt(restored.parts, restored.now)
        restored.tick()
        assert sorted(subjects(restored.mails())) == ["Letter 1", "Letter 1"]


def test_a_destroyed_key_is_gone_from_every_backup_with_the_next_one(small_house: House, tmp_path: Path) -> None:
    enrollment = small_house.enroll()
    key, reply = write_reply(small_house, enrollment)
    old = backed_up(small_house, tmp_path / "old.backup")
    assert b"the wrapped key" not in old.read_bytes()
    with small_house.parts.db.write() as session:
        session.delete(session.get_one(ReaderKey, key))
    backed_up(small_house, tmp_path / "new.backup")
    assert not any(b"the wrapped key" in file.read_bytes() for file in tmp_path.glob("*.backup"))
    fresh = Database(f"sqlite:///{tmp_path / 'fresh.db'}")
    assert backup.restore(fresh, old, small_house.now, Said([]), without_replies=True).lost_replies == 1
    with fresh.read() as session:
        assert session.get(Reply, reply) is None
        assert session.get(ReaderKey, key) is None
        assert session.get(Enrollment, enrollment) is not None
    fresh.close()


def test_a_backup_touches_no_file_that_is_there_and_leaves_no_half_one(small_house: House, tmp_path: Path) -> None:
    file = tmp_path / "mine"
    file.write_text("a letter of mine")
    with pytest.raises(DripError, match="is there already"):
        backup.backup(small_house.parts.db, file, small_house.now, Said([]))
    assert file.read_text() == "a letter of mine"

    def stop(_count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backup.backup(small_house.parts.db, tmp_path / "half", small_house.now, stop)
    assert not [each.name for each in tmp_path.iterdir() if "half" in each.name]


def test_a_backup_goes_into_an_empty_database_only(small_house: House, tmp_path: Path) -> None:
    small_house.enroll()
    file = backed_up(small_house, tmp_path / "file.backup")
    before = everything(small_house.parts.db)
    with pytest.raises(DripError, match="is in use"):
        backup.restore(small_house.parts.db, file, small_house.now, Said([]))
    with pytest.raises(NotFound):
        backup.restore(small_house.parts.db, tmp_path / "nothing", small_house.now, Said([]))
    assert everything(small_house.parts.db) == before


def test_what_is_no_backup_is_refused_and_changes_nothing(tmp_path: Path, small_house: House) -> None:
    fresh = Database(f"sqlite:///{tmp_path / 'fresh.db'}")
    for words in (b"", b"not a database at all, but long enough to be looked at" * 100):
        file = tmp_path / "letter.txt"
        file.write_bytes(words)
        with pytest.raises(DripError):
            backup.restore(fresh, file, small_house.now, Said([]))
        with fresh.read() as session:
            assert session.scalar(select(Delivery.id)) is None
    assert sorted(each.name for each in tmp_path.glob(".letter*")) == []
    fresh.close()


@pytest.mark.parametrize("spoilt", [lambda keys: keys.unlink(), lambda keys: keys.write_text("")])
def test_without_the_readers_keys_a_backup_with_replies_is_not_restored_unless_the_host_insists(
    small_house: House, tmp_path: Path, spoilt: Callable[[Path], object]
) -> None:
    write_reply(small_house, small_house.enroll())
    file = backed_up(small_house, tmp_path / "one.backup")
    keys = tmp_path / "reader-keys.backup"
    kept = keys.read_bytes()
    spoilt(keys)
    fresh = Database(f"sqlite:///{tmp_path / 'fresh.db'}")
    with pytest.raises(DripError, match=r"reader-keys\.backup (is not there|holds no key).*--without-replies"):
        backup.restore(fresh, file, small_house.now, Said([]))
    assert not list(tmp_path.glob(".one.backup*"))
    keys.write_bytes(kept)
    assert backup.restore(fresh, file, small_house.now, Said([])).lost_replies == 0
    fresh.close()
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    keys.unlink()
    assert backup.restore(other, file, small_house.now, Said([]), without_replies=True).lost_replies == 1
    other.close()


def test_a_backup_without_replies_needs_no_keys(small_house: House, tmp_path: Path) -> None:
    small_house.enroll()
    file = backed_up(small_house, tmp_path / "one.backup")
    (tmp_path / "reader-keys.backup").unlink()
    fresh = Database(f"sqlite:///{tmp_path / 'fresh.db'}")
    assert backup.restore(fresh, file, small_house.now, Said([])).lost_replies == 0
    fresh.close()


@pytest.mark.parametrize("kilobytes", [4, 64, 200, 400])
def test_a_backup_that_fails_on_a_full_disk_leaves_nothing_behind(
    small_house: House, tmp_path: Path, kilobytes: int
) -> None:
    for number in range(50):
        small_house.enroll(f"reader{number}@example.org")
    folder = tmp_path / "backups"
    folder.mkdir()

    def limited() -> str:
        try:
            backup.backup(Database(str(small_house.parts.db.url)), folder / "one.backup", small_house.now, Said([]))
        except DripError as error:
            return str(error)
        return ""

    assert in_child(limited, file_bytes=kilobytes * 1024)
    assert list(folder.iterdir()) == []


def test_what_a_killed_backup_left_is_cleared_by_the_next_one(small_house: House, tmp_path: Path) -> None:
    for end in ("", "-wal", "-shm"):
        (tmp_path / f".one.backup.part{end}").write_bytes(b"rows")
    backed_up(small_house, tmp_path / "one.backup")
    assert not list(tmp_path.glob(".one.backup*"))
