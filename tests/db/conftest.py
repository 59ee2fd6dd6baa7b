"""Databases of each kind: empty ones, and one with tables that is wiped after every test."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, delete, make_url, text

from dripcourse.db import schema
from dripcourse.db.models import Base, Instance, table
from dripcourse.db.session import Database
from tests.db.rows import NOW


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn."""
    return str(request.param)


@pytest.fixture
def empty(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> Iterator[Database]:
    """A database without any table."""
    url = f"sqlite:///{tmp_path / 'truth.db'}" if kind == "sqlite" else request.getfixturevalue("new_postgres")()
    opened = Database(url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def migrated(request: pytest.FixtureRequest, kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database as the migrations leave it; one of each kind for all tests, since making one takes a while."""
    if kind == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('db') / 'truth.db'}"
    else:
        url = _create_on(request.getfixturevalue("postgres_server"))
    opened = Database(url)
    schema.upgrade(opened, now=NOW)
    yield opened
    opened.close()


def _create_on(server: str) -> str:
    name = f"t_{uuid4().hex}"
    there = make_url(server).set(drivername="postgresql+psycopg")
    admin = create_engine(there, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return there.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def db(migrated: Database) -> Iterator[Database]:
    """A database with its tables and its seal, and no other row."""
    yield migrated
    with migrated.write() as session:
        for each in reversed(Base.metadata.sorted_tables):
            if each is not table(Instance):
                session.execute(delete(each))


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[Database]:
    """An embedded database with its tables, for what only it can do."""
    opened = Database(f"sqlite:///{tmp_path / 'lite.db'}")
    schema.upgrade(opened, now=NOW)
    yield opened
    opened.close()
