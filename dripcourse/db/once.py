"""Insert once, and one at a time: what both databases say in their own ways."""

from collections.abc import Sequence
from zlib import crc32

from sqlalchemy import (
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from dripcourse.db.models import (
    Base,
)
from dripcourse.db.types import Row


def keep_once(session: Session, table: type[Base], rows: Sequence[Row]) -> None:
    """Insert rows, leaving out those whose key is there already; two processes may do so at once."""
    dialect = session.get_bind().dialect.name
    statement = (postgresql if dialect == "postgresql" else sqlite).insert(table).on_conflict_do_nothing()
    session.execute(statement, list(rows))


def alone(session: Session, what: str) -> None:
    """Until the transaction ends, nobody else does `what`. SQLite has one writer anyway; PostgreSQL is asked for an advisory lock."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(crc32(what.encode()))))
