"""How the database is opened: one engine a process, short transactions, and the embedded database made as careful as the big one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select, text
from sqlalchemy.exc import DatabaseError, DBAPIError, InternalError, OperationalError
from sqlalchemy.orm import Session

from dripcourse.db.header import Header
from dripcourse.domain.errors import DatabaseAway

BUSY_SECONDS = 15
"""How long a writer waits for another on SQLite; our write transactions last milliseconds."""

_THEN = "after commit"

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # with batches it costs nothing, and a power cut loses no promise
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",  # what is erased is overwritten
    f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}",
)


class Database:
    """A database that holds the truth. `read` and `write` give a session whose transaction ends with the block."""

    def __init__(self, url: str, *, echo: bool = False, read_only: bool = False) -> None:
        """`read_only`: whatever is tried, the database refuses to change."""
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = self._sqlite_engine(echo) if self.is_sqlite else self._server_engine(echo)
        if read_only:
            self._refuse_changes()
        self._writer = self.engine.execution_options(write=True)
        self.header = Header(self.path) if self.path else None

    def _refuse_changes(self) -> None:
        if self.is_sqlite:
            event.listen(self.engine, "connect", _only_look)
        else:
            self.engine = self.engine.execution_options(postgresql_readonly=True)

    def _sqlite_engine(self, echo: bool) -> Engine:
        engine = create_engine(
            self.url,
            echo=echo,
            hide_parameters=True,  # an exception's text holds no value of any row
            connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        )
        place = _Place(self.path)
        event.listen(engine, "do_connect", place.require)
        event.listen(engine, "connect", _be_careful)
        event.listen(engine, "connect", place.remember)
        event.listen(engine, "begin", place.require)
        event.listen(engine, "commit", place.require)
        event.listen(engine, "begin", _begin)
        return engine

    def _server_engine(self, echo: bool) -> Engine:
        # pre_ping: a server that was restarted is met with a new connection, not with an error (FAULTS.md S20)
        return create_engine(
            self.url,
            echo=echo,
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=5,
            max_overflow=10,
            # no prepared statements: behind pgbouncer in transaction mode each transaction may meet another server connection
            connect_args={"prepare_threshold": None},
        )

    @property
    def path(self) -> Path | None:
        """The file of an embedded database, or None."""
        return Path(self.url.database).absolute() if self.is_sqlite and self.url.database else None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that looks and does not write. Raises DatabaseAway if the database does not answer."""
        with _translated(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits at the end of the block, or changes nothing. On SQLite it holds the write lock from the start.

        Raises DatabaseAway if the database is locked for long, full, read-only or gone.
        """
        with _translated(), Session(self._writer, expire_on_commit=False) as session:
            with session.begin():
                yield session
            for then in session.info.pop(_THEN, ()):
                then()

    def scrub(self, *, wait: bool = True) -> None:
        """Overwrite what was deleted, as far as we can: SQLite's log is emptied into the file, whose free pages are zeros already.

        While somebody reads it cannot be emptied: with `wait` a few seconds are given to them, else it is left to the next time.
        PostgreSQL keeps deleted rows until its own vacuum, and its log for as long as its host says (docs/privacy.md).
        """
        if self.is_sqlite:
            with _translated(), self.engine.connect() as connection:
                connection.rollback()
                cursor = connection.connection.cursor()
                (patience,) = cursor.execute("PRAGMA busy_timeout").fetchone()
                cursor.execute(f"PRAGMA busy_timeout={patience if wait else 0}")
                try:
                    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                finally:
                    cursor.execute(f"PRAGMA busy_timeout={patience}")

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()
        if self.header:
            self.header.close()


def after_commit(session: Session, then: Callable[[], None]) -> None:
    """Have something done once this writing session has committed; not if it does not."""
    session.info.setdefault(_THEN, []).append(then)


def require_file(file: Path | None, journal: Path) -> None:
    """Raises DatabaseAway if an embedded database is missing where its journal is: mail must not be taken into a new, empty one."""
    if file is not None and not file.exists() and any(journal.glob("*.journal")):
        raise DatabaseAway("The database file is missing from its place, though its journal is there. Put it back.")


class _Place:
    """The very file that an embedded database was first opened in, by device and inode.

    SQLite goes on writing into a file that was moved or deleted, and makes an empty one where there is none: both would be told
    yes, and lost.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: tuple[int, int] | None = None

    def remember(self, *_args: object) -> None:
        """The first connection found the file, or made it."""
        self._file = self._file or self._there()

    def require(self, *_args: object) -> None:
        """Raises DatabaseAway if the file is not where it was."""
        if self._file and self._there() != self._file:
            raise DatabaseAway(_MOVED)

    def _there(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat() if self._path else None
        except OSError:
            return None
        return (found.st_dev, found.st_ino) if found else None


def _be_careful(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own connection
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _only_look(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own connection
    connection.execute("PRAGMA query_only=ON")


def _begin(connection: Connection) -> None:
    """A writer takes the lock at once: two that read first and write later would deadlock (SQLite: BEGIN IMMEDIATE)."""
    writes = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _translated() -> Iterator[None]:
    """The database's troubles as ours, in words that hold no statement, value or address."""
    try:
        yield
    except DBAPIError as error:
        if type(error) in _TROUBLES or error.connection_invalidated:
            raise DatabaseAway(_what_happened(error)) from None
        raise  # a broken constraint, a wrong statement: a fault of ours


def _what_happened(error: DBAPIError) -> str:
    said = str(error.orig).lower()
    for sign, words in _SIGNS.items():
        if sign in said:
            return words
    if error.connection_invalidated:
        return "The database went away in mid-sentence. Nothing half-done was kept."
    return "The database does not answer. Is it running, and is DATABASE_URL right?"


_TROUBLES = (OperationalError, InternalError, DatabaseError)
_MOVED = (
    "The database file was moved, deleted or replaced while dripcourse was running. Put it back, and it goes on by itself;"
    " if another file is now the right one, start dripcourse again."
)
_BUSY = "The database is busy: another process has held it for too long. Nothing was changed; try again."
_FULL = "The disk is full, so nothing could be written. Nothing was changed; make room and it goes on by itself."
_READ_ONLY = "The database file cannot be written to. Check who owns it and its folder."
_SIGNS = {
    "locked": _BUSY,
    "deadlock": _BUSY,
    "full": _FULL,
    "no space left": _FULL,
    "readonly": _READ_ONLY,
    "read-only transaction": "The database is a standby that takes no changes. Check where DATABASE_URL points.",
    "unable to open": "The database file cannot be opened. Check that its folder exists and can be written to.",
    "not a database": "The database file is no database, or it is damaged. Restore it from a backup.",
    "malformed": "The database file is damaged. Restore it from a backup.",
    "no such table": "The database has no tables yet. Run: dripcourse db upgrade",
    "disk i/o": "The disk does not answer as it should. Nothing was changed.",
}


def fingerprint(session: Session) -> str:
    """What makes this database itself and not a copy: PostgreSQL's system identifier and database oid; SQLite's path and inode."""
    bind = session.get_bind()
    if bind.dialect.name == "sqlite":
        path = Path(str(bind.engine.url.database)).resolve()
        try:
            return f"sqlite:{path}:{path.stat().st_ino}"
        except OSError:
            raise DatabaseAway(
                "The database file has gone from its place. Put it back, then start dripcourse again."
            ) from None
    row = session.execute(
        text(
            "SELECT s.system_identifier, d.oid FROM pg_control_system() s, pg_database d WHERE d.datname = current_database()"
        )
    ).one()
    return f"postgresql:{row[0]}:{row[1]}"


def server_clock(session: Session) -> datetime | None:
    """What time it is on the database's own machine, in UTC; None for an embedded database, which is on this one."""
    if session.get_bind().dialect.name == "sqlite":
        return None
    told: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return told.astimezone(UTC)
