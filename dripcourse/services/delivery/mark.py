"""Marking: the last look before the wire. What may still go is at `sending` when this transaction ends, and nothing else is."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache

from sqlalchemy import Update, bindparam, delete, update
from sqlalchemy.orm import Session

from dripcourse.db import once, queries
from dripcourse.db.models import Delivery, LessonText, table
from dripcourse.domain.address import normal_form
from dripcourse.domain.delivery import TO_SUPPRESSED, DeliveryState, Reason
from dripcourse.domain.mail import carrier_of
from dripcourse.domain.suppression import ERASED, NEVER
from dripcourse.services.journal import Fact
from dripcourse.services.messages.model import Ready
from dripcourse.services.parts import Parts

_deliveries = table(Delivery)


def mark(parts: Parts, group: Sequence[Ready], now: datetime, *, kept: set[bytes]) -> list[Ready]:
    """Those of a group that may go, now at `sending` with a new lease; what may not is unclaimed, or held. Raises DatabaseAway.

    `kept` are the hashes of the words that are known to be in the database; what is added to it is the caller's to forget if this
    raises.
    """
    carrier = carrier_of(parts.transport)
    # the journal first, and before the wire: an older database that is put back must know that these may have gone
    noted = parts.journal.append(Fact.MARKED, [ready.delivery.key for ready in group], now)
    with parts.db.write() as session:
        parts.journal.keep(session, noted, now)
        _keep_words(session, group, kept)
        indexes = [parts.keys.indexes(normal_form(ready.outgoing.to)) for ready in group]
        rows = [
            {
                "b_id": ready.delivery.id,
                "b_fence": ready.delivery.fence,
                "b_now": now,
                "b_lease": now + parts.rules.lease,
                "b_promise": ready.delivery.promise_at,
                "b_text": ready.said.hash if ready.said else None,
                "b_carrier": carrier,
                **{f"b_index{place}": index for place, index in enumerate(mine)},
            }
            for ready, mine in zip(group, indexes, strict=True)
        ]
        marked = session.connection().execute(_mark(len(indexes[0])), rows)
        return list(group) if marked.rowcount == len(group) else _sort_out(parts, session, group, now)


@cache
def _mark(indexes: int) -> Update:
    """The last look, part of the very change: lease, fence, consent, pause, and suppression by each of so many indexes of an address."""
    now = bindparam("b_now", type_=_deliveries.c.wake_at.type)
    return (
        update(_deliveries)
        .where(
            _deliveries.c.id == bindparam("b_id"),
            _deliveries.c.fence == bindparam("b_fence"),
            _deliveries.c.state == DeliveryState.CLAIMED,
            _deliveries.c.wake_at > now,
            queries.delivery.may_go(),
            *(~queries.enrollment.is_suppressed(bindparam(f"b_index{place}")) for place in range(indexes)),
        )
        .values(
            state=DeliveryState.SENDING,
            wake_at=bindparam("b_lease"),
            marked_at=now,
            changed_at=now,
            promise_at=bindparam("b_promise"),
            lesson_text=bindparam("b_text"),
            carrier=bindparam("b_carrier"),
        )
    )


def _keep_words(session: Session, group: Sequence[Ready], kept: set[bytes]) -> None:
    new = {ready.said.hash: ready.said for ready in group if ready.said and ready.said.hash not in kept}
    if new:
        # in one order everywhere: two processes that keep the same words must not wait for each other
        once.keep_once(session, LessonText, [asdict(new[words]) for words in sorted(new)])
        kept.update(new)


def _sort_out(parts: Parts, session: Session, group: Sequence[Ready], now: datetime) -> list[Ready]:
    """Those of a group that were marked, where not all were; the others are dropped."""
    marked = session.execute(queries.delivery.on_the_wire([ready.delivery.id for ready in group]))
    on_the_wire = {(ident, fence) for ident, fence in marked}
    going = [ready for ready in group if (ready.delivery.id, ready.delivery.fence) in on_the_wire]
    stopped = _suppressed(parts, session, group)
    dropped = [ready for ready in group if ready not in going]
    parts.journal.note(session, Fact.UNSENT, [ready.delivery.key for ready in dropped], now)
    _drop(session, dropped, stopped, now)
    return going


def _suppressed(parts: Parts, session: Session, group: Sequence[Ready]) -> set[str]:
    """The ids of those in the group whose address, by any key's index, is suppressed."""
    indexes = {index: ready.delivery for ready in group for index in parts.keys.indexes(normal_form(ready.outgoing.to))}
    return {
        indexes[row.address_index].id
        for row in session.scalars(queries.enrollment.suppressions_of(indexes.keys()))
        if row.reason != ERASED and (row.reason == NEVER or indexes[row.address_index].kind not in TO_SUPPRESSED)
    }


def _drop(session: Session, unmarked: Sequence[Ready], stopped: set[str], now: datetime) -> None:
    """What may no longer go: a lesson whose reader paused or left is unclaimed; a mail to a suppressed address is held for good.

    Whatever failed for its lease or fence is somebody else's by now and is left alone.
    """
    mine = {ready.delivery.id: ready.delivery.fence for ready in unmarked}
    ours = (Delivery.id.in_(mine), Delivery.state == DeliveryState.CLAIMED, Delivery.fence.in_(set(mine.values())))
    session.execute(
        update(Delivery)
        .where(*ours, Delivery.id.in_(stopped))
        .values(state=DeliveryState.HELD, reason=Reason.STOPPED, wake_at=None, changed_at=now)
    )
    session.execute(queries.delivery.hold_again(*ours, ~queries.delivery.may_go()))
    session.execute(delete(Delivery).where(*ours, ~queries.delivery.may_go()))
