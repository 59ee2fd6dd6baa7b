"""While the disk is full, the database held or its server away, `/readyz` says so in words; then it goes on by itself, and says that too."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from dripcourse.scheduler import Heartbeat
from dripcourse.services.tick import Heart
from dripcourse.web.app import create_app
from tests.faults.conftest import Small, each_once, enroll_many
from tests.faults.servers import Server
from tests.faults.test_databases import in_a_hurry, own_server  # noqa: F401 - a fixture
from tests.support.house import House
from tests.test_scheduler import wait_for

Trouble = Callable[[House], AbstractContextManager[None]]


@contextmanager
def full(house: House) -> Iterator[None]:
    """Not a page more for the database."""
    engine = house.parts.db.engine

    def no_more_pages(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")

    event.listen(engine, "connect", no_more_pages)
    house.parts.db.close()
    yield
    event.remove(engine, "connect", no_more_pages)
    house.parts.db.close()


@contextmanager
def held(house: House) -> Iterator[None]:
    """Another process holds the database, and does not let go."""
    in_a_hurry(house.parts.db)
    other = sqlite3.connect(str(house.parts.db.path), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


def says(client: FlaskClient) -> tuple[int, str]:
    answer = client.get("/readyz")
    wrong = [line for line in answer.get_data(as_text=True).splitlines() if not line.startswith("ok: ")]
    return answer.status_code, "\n".join(wrong)


@contextmanager
def running(house: House) -> Iterator[FlaskClient]:
    """Pages and a scheduler in one process, as `dripcourse run` has them."""
    heartbeat = Heartbeat(Heart(house.parts, house.clock), 0.1, on_trouble=lambda _: None)
    app = create_app(house.parts, house.clock, trouble=heartbeat.trouble)
    heartbeat.start()
    try:
        yield app.test_client()
    finally:
        heartbeat.stop()


def all_arrive(house: House, readers: list[str]) -> bool:
    """Whether each reader gets one mail, if leases that were left behind may run out."""
    for _ in range(6):
        if wait_for(lambda: each_once(house, readers)):
            return True
        house.turn(minutes=2)
    return False


def lives_through(house: House, trouble: AbstractContextManager[None], words: str, name: str) -> None:
    """In trouble, with mail to send, and saying so; then ready, by itself, with every mail gone once."""
    readers = enroll_many(house, 30)
    with ExitStack() as stack:
        with trouble:
            client = stack.enter_context(running(house))
            assert wait_for(lambda: words in says(client)[1]), says(client)
            assert says(client)[0] == 503
            assert f"NOT OK: {name}" in says(client)[1]
            assert "@" not in says(client)[1]
        assert all_arrive(house, readers)
        assert wait_for(lambda: says(client) == (200, "")), says(client)


@pytest.mark.parametrize(
    ("trouble", "words"), [(full, "The disk is full, so nothing could be written"), (held, "The database is busy")]
)
def test_a_database_that_cannot_be_written_to_is_told_and_heals(small: Small, trouble: Trouble, words: str) -> None:
    house = small()
    lives_through(house, trouble(house), words, "tick")


@pytest.mark.postgres
def test_a_server_that_restarts_is_told_and_heals(small: Small, own_server: Server) -> None:  # noqa: F811
    house = small(own_server.database("truth"))

    @contextmanager
    def away() -> Iterator[None]:
        own_server.stop()
        yield
        own_server.start()

    lives_through(house, away(), "The database", "database")
