"""Whether a reader alone reads their mailbox: said with their first yes, or not at all."""

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Enrollment, Subscriber
from dripcourse.db.queries.replies import is_anything_kept


def is_first(session: Session, reader: Subscriber) -> bool:
    """Whether this reader never confirmed anything here, and nothing of theirs is kept."""
    before = session.scalars(queries.enrollment.ever_confirmed(reader.id)).first()
    return before is None and reader.phrase_since is None and not _anything_kept(session, reader)


def note(session: Session, enrollment: Enrollment, *, alone: bool) -> None:
    """What a reader says with a yes; only their first yes to anything here can say that they are `alone`.

    Later somebody else may be in the mailbox, and would be shown what the reader goes on to write. A later yes takes the word back as
    long as nothing was written on the strength of it.
    """
    reader = session.get_one(Subscriber, enrollment.subscriber_id, with_for_update=True)
    if is_first(session, reader):
        reader.reads_alone = alone
    elif not _anything_kept(session, reader):
        reader.reads_alone = False


def _anything_kept(session: Session, reader: Subscriber) -> bool:
    return session.scalars(is_anything_kept(reader.id)).one()
