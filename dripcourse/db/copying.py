"""Rows from one database to another, whichever kinds they are: what a backup and its restoring are made of."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.orm import Session

from dripcourse.db.models import Base, Delivery, Enrollment, Inbound, Instance, ReaderKey, Reply, Signup, table
from dripcourse.db.session import Database
from dripcourse.db.types import Row

BATCH = 1000
NO_KEY = b""
"""What stands for a private key that is kept elsewhere."""

_keys = table(ReaderKey)


@contextmanager
def snapshot(db: Database) -> Iterator[Session]:
    """A session that sees the whole database as it is at one instant, however long it reads. Raises DatabaseAway."""
    with db.read() as session:
        if not db.is_sqlite:  # on SQLite a reading transaction is a snapshot already (WAL)
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session


def copy_rows(source: Session, target: Session, *, change: Callable[[Row], None], say: Callable[[int], None]) -> int:
    """Add every row to the target, parents first, each as `change` leaves it; says how many so far. Returns how many."""
    count = 0
    for each in Base.metadata.sorted_tables:
        for rows in source.execute(select(each)).mappings().partitions(BATCH):
            copies = [dict(row) for row in rows]
            if each is _keys:
                for row in copies:
                    change(row)
            target.connection().execute(insert(each), copies)
            count += len(copies)
            say(count)
    return count


def private_keys(session: Session) -> Iterator[tuple[str, bytes, str, bytes | None]]:
    """(id, wrapped private half, how it is wrapped, the salt of the phrase that does) of every reader's key."""
    rows = session.execute(select(_keys.c.id, _keys.c.wrapped_private, _keys.c.wrapped_by, _keys.c.phrase_salt))
    return ((row.id, row.wrapped_private, row.wrapped_by, row.phrase_salt) for row in rows)


def drop_lost_keys(session: Session) -> int:
    """Take out the keys whose private half is kept nowhere any more, and the replies that nobody can ever read. Returns how many replies."""
    lost = select(ReaderKey.id).where(ReaderKey.wrapped_private == NO_KEY)
    replies = session.execute(delete(Reply).where(Reply.reader_key_id.in_(lost)).returning(Reply.id)).all()
    session.execute(delete(ReaderKey).where(ReaderKey.wrapped_private == NO_KEY))
    return len(replies)


def count_replies(session: Session) -> int:
    """How many replies there are."""
    return session.scalars(select(func.count()).select_from(Reply)).one()


def is_used(session: Session) -> bool:
    """Whether anything was ever done with this database: it knows a reader, a request, a mail, an arrival."""
    return any(session.scalar(select(exists().select_from(model))) for model in (Enrollment, Signup, Delivery, Inbound))


def clear(session: Session) -> None:
    """Take out every row, children first: what setting a database up has put there."""
    for each in reversed(Base.metadata.sorted_tables):
        session.execute(delete(each))


def make_mute(session: Session) -> None:
    """Break the seal: whatever file or server this is, it sends nothing until it is adopted."""
    session.execute(update(Instance).values(fingerprint="restored from a backup", turn_in_file=0))
