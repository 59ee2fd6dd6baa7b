"""The questions about mail that came in, as far as its doors ask them. Statements only, as in `queries`."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from dripcourse.db.models import Circuit, Inbound
from dripcourse.db.types import Row


def arrived(digests: Collection[bytes]) -> Select[Inbound]:
    """The message of any of these digests, held until the transaction ends."""
    return select(Inbound).where(Inbound.digest.in_(digests)).limit(1).with_for_update()


def insert_new(session: Session, row: Row) -> bool:
    """Insert a message unless one of its digest is there already; whether it was. Two processes may do so at once."""
    dialect = session.get_bind().dialect.name
    statement = (postgresql if dialect == "postgresql" else sqlite).insert(Inbound).on_conflict_do_nothing()
    return session.execute(statement.values(row).returning(Inbound.id)).first() is not None


def troubles(prefix: str, since: datetime) -> Select[Circuit]:
    """What was noted as a trouble since an instant."""
    return (
        select(Circuit)
        .where(Circuit.transport.startswith(prefix), Circuit.probe_at >= since)
        .order_by(Circuit.transport)
    )
