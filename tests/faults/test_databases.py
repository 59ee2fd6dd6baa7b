"""Databases that are busy, that restart, or whose connections die in the middle of a batch."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text

from dripcourse.db.session import Database
from dripcourse.domain.errors import DatabaseAway
from tests.faults.conftest import Small, each_once, enroll_many
from tests.faults.servers import Server, server
from tests.faults.wires import Eventful
from tests.support.house import House


def in_a_hurry(db: Database) -> None:
    """Wait for a lock for a moment only, on every connection from now on."""
    event.listen(db.engine, "connect", lambda connection, _record: connection.execute("PRAGMA busy_timeout = 50"))
    db.close()


def tick_through(house: House) -> None:
    """When the trouble is over: the lease runs out, and what was unsure is settled."""
    house.turn(minutes=2)
    house.tick()
    house.turn(minutes=2)
    house.tick()


def test_a_tick_that_finds_the_database_locked_does_nothing_and_the_next_one_everything(
    small: Small, tmp_path: Path
) -> None:
    house = small()
    readers = enroll_many(house, 5)
    in_a_hurry(house.parts.db)
    other = sqlite3.connect(tmp_path / "truth.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for _ in range(3):
        with pytest.raises(DatabaseAway, match="busy"):
            house.tick()
    assert house.mails() == []
    other.execute("ROLLBACK")
    other.close()
    house.tick()
    assert each_once(house, readers)


@pytest.mark.parametrize("nth", [1, 8])
def test_a_database_locked_in_mid_batch_repeats_and_loses_nothing(small: Small, tmp_path: Path, nth: int) -> None:
    other = sqlite3.connect(tmp_path / "truth.db", isolation_level=None)

    def lock() -> None:
        other.execute("BEGIN IMMEDIATE")

    house = small(transport=Eventful(tmp_path / "outbox", nth, lock))
    readers = enroll_many(house, 20)
    in_a_hurry(house.parts.db)
    with pytest.raises(DatabaseAway, match="busy"):
        house.tick()
    assert 0 < len(house.mails()) < 20
    other.execute("ROLLBACK")
    other.close()
    tick_through(house)
    assert each_once(house, readers)


@pytest.fixture
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server() as running:
        yield running


@pytest.mark.postgres
def test_a_server_that_restarts_in_mid_batch_repeats_and_loses_nothing(
    small: Small, tmp_path: Path, own_server: Server
) -> None:
    house = small(own_server.database("truth"), transport=Eventful(tmp_path / "outbox", 9, own_server.stop))
    readers = enroll_many(house, 30)
    with pytest.raises(DatabaseAway):
        house.tick()  # it was stopped after a sending, before that was recorded
    with pytest.raises(DatabaseAway):
        house.tick()  # and it is not back yet
    own_server.start()
    tick_through(house)
    assert each_once(house, readers)
    own_server.stop()
    own_server.start()
    house.turn(days=9)
    assert house.tick().accepted == 30  # restarted between two ticks: nobody notices


@pytest.mark.postgres
def test_a_connection_that_dies_at_claim_mark_or_record_repeats_and_loses_nothing(
    small: Small, new_postgres: Callable[[], str]
) -> None:
    house = small(new_postgres())
    house.tick()  # says that it is alive, and tidies up; from now on a tick commits only claim, mark and record
    readers = []
    for place in (1, 2, 3):
        readers += [f"{place}-{number}@example.org" for number in range(6)]
        for reader in readers[-6:]:
            house.enroll(reader, course="small")
        with cut_at_commit(house.parts.db, place), suppress(DatabaseAway):  # the record is tried again at once
            house.tick()
        tick_through(house)
        assert each_once(house, readers)


@contextmanager
def cut_at_commit(db: Database, place: int) -> Iterator[None]:
    """Have the server drop our connection just before its `place`-th commit from now."""
    left = place

    def cut(connection: Connection) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            pid = connection.scalar(text("SELECT pg_backend_pid()"))
            with db.read() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})

    event.listen(db.engine, "commit", cut)
    yield
    assert left <= 0
    event.remove(db.engine, "commit", cut)
