"""A database that does not answer is one named trouble, in words for the host; nothing is half done, and it recovers by itself."""

import os
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select, text

from dripcourse.db import schema
from dripcourse.db.models import Subscriber
from dripcourse.db.session import Database
from dripcourse.domain.errors import DatabaseAway
from tests.db.rows import NOW, subscriber
from tests.support.children import in_child


def readers(db: Database) -> int:
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(Subscriber)) or 0


def add_one(db: Database) -> None:
    with db.write() as session:
        session.add(subscriber())


def hurried(path: Path) -> Database:
    """A database that waits for a lock for a moment, not for BUSY_SECONDS."""
    db = Database(f"sqlite:///{path}")

    @event.listens_for(db.engine, "connect")
    def hurry(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA busy_timeout = 50")

    return db


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users can look into, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    for each in folder.iterdir():
        each.unlink()
    folder.rmdir()


def test_a_database_that_is_locked_for_long_is_away_and_then_back(lite: Database) -> None:
    assert lite.path is not None
    other = sqlite3.connect(lite.path, isolation_level=None)
    db = hurried(lite.path)
    other.execute("BEGIN IMMEDIATE")
    assert readers(db) == 0  # whoever only looks is not held up
    with pytest.raises(DatabaseAway, match="busy: another process"):
        add_one(db)
    other.execute("ROLLBACK")
    add_one(db)
    assert readers(db) == 1
    other.close()
    db.close()


def test_two_writers_that_read_first_wait_for_each_other_and_do_not_deadlock(lite: Database) -> None:
    assert lite.path is not None
    second = hurried(lite.path)
    with lite.write() as one:
        one.scalar(select(func.count()).select_from(Subscriber))
        with pytest.raises(DatabaseAway), second.write() as two:
            two.scalar(select(func.count()).select_from(Subscriber))
        one.add(subscriber())  # the first one is not thrown out
    add_one(second)
    assert readers(lite) == 2
    second.close()


def test_what_was_begun_and_raised_is_not_kept(db: Database) -> None:
    def give_up() -> None:
        with db.write() as session:
            session.add(subscriber())
            session.flush()
            raise KeyError

    with pytest.raises(KeyError):
        give_up()
    assert readers(db) == 0


def test_a_full_disk_keeps_nothing_half_done_and_recovers_by_itself(lite: Database) -> None:
    def add_many() -> None:
        with lite.write() as session:
            session.execute(text("PRAGMA max_page_count = 1"))  # no page more than there are: SQLite's own SQLITE_FULL
            session.add_all(subscriber(address_sealed=os.urandom(4000)) for _ in range(50))

    with pytest.raises(DatabaseAway, match="disk is full"):
        add_many()
    assert readers(lite) == 0
    lite.close()  # the limit is the connection's
    add_one(lite)
    assert readers(lite) == 1


def test_a_file_that_may_not_grow_is_a_disk_that_does_not_answer(lite: Database) -> None:
    lite.close()
    with pytest.raises(DatabaseAway, match="The disk"):
        in_child(lambda: _add_many(lite), file_bytes=2**18)
    assert readers(lite) == 0
    with lite.read() as session:
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"


def _add_many(db: Database) -> None:
    with db.write() as session:
        session.add_all(subscriber(address_sealed=os.urandom(4000)) for _ in range(200))


def test_a_file_and_a_folder_that_may_not_be_written_to_are_named(open_folder: Path) -> None:
    db = Database(f"sqlite:///{open_folder / 'truth.db'}")
    schema.upgrade(db, now=NOW)
    db.close()
    for beside in open_folder.iterdir():
        beside.chmod(0o444)
    open_folder.chmod(0o555)
    with pytest.raises(DatabaseAway, match="Check who owns it and its folder"):
        in_child(lambda: add_one(db), unprivileged=True)
    other = Database(f"sqlite:///{open_folder / 'new.db'}")
    with pytest.raises(DatabaseAway, match=r"cannot be opened. Check that its folder exists"):
        in_child(lambda: add_one(other), unprivileged=True)
    open_folder.chmod(0o755)


def test_a_missing_folder_and_a_file_that_is_no_database_are_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseAway, match=r"cannot be opened. Check that its folder exists"):
        add_one(Database(f"sqlite:///{tmp_path / 'nowhere' / 'truth.db'}"))
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear diary, " * 100)
    with pytest.raises(DatabaseAway, match="no database, or it is damaged"):
        add_one(Database(f"sqlite:///{letter}"))
    assert letter.read_text() == "Dear diary, " * 100


def test_an_embedded_database_without_tables_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(DatabaseAway, match="Run: dripcourse db upgrade"):
        readers(Database(f"sqlite:///{tmp_path / 'empty.db'}"))


def test_a_server_that_is_not_there_is_away_and_no_password_is_said(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://somebody:secret-password@/nowhere?host={tmp_path}"
    with pytest.raises(DatabaseAway, match="Is it running") as caught:
        add_one(Database(url))
    assert "secret-password" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_what_is_written_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'truth.db'}")
    old = os.umask(0o077)  # as `main` sets it
    try:
        schema.upgrade(db, now=NOW)
    finally:
        os.umask(old)
    assert {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()} == {0o600}


@pytest.mark.parametrize("kind", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_a_connection_cut_in_mid_sentence_is_away_and_the_next_one_is_new(db: Database) -> None:
    def cut() -> None:
        with db.write() as session:
            session.add(subscriber())
            session.flush()
            pid = session.scalar(text("SELECT pg_backend_pid()"))
            with db.read() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            session.add(subscriber())

    with pytest.raises(DatabaseAway):
        cut()
    add_one(db)
    assert readers(db) == 1
