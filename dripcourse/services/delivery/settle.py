"""Settling: what became of sendings whose outcome nobody recorded. On evidence only; never by sending again on a guess."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Update, delete, update
from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery
from dripcourse.domain.delivery import CAME_BACK, DeliveryState, Kind, Reason
from dripcourse.domain.errors import NotFound, UsageError
from dripcourse.domain.mail import Evidence, carrier_of
from dripcourse.services.delivery import bounced
from dripcourse.services.delivery.provider_events import silence_speaks
from dripcourse.services.delivery.record import advance, words_of
from dripcourse.services.journal import Fact
from dripcourse.services.parts import Parts

log = logging.getLogger(__name__)

ASK_AGAIN = timedelta(hours=1)
_SOON = timedelta(minutes=1)
_NEVER = datetime.max.replace(tzinfo=UTC)
_BATCH = 200


def settle(parts: Parts, now: datetime, *, by_time: bool = True) -> int:
    """Ask for evidence of every unsure sending whose time has come; returns how many are settled by it, or by time.

    Not `by_time` while `now` cannot be trusted: then silence means nothing, and nothing is assumed.
    """
    settled = 0
    if by_time:
        _expire(parts, now)
        bounced.try_again(parts, now)
    while True:
        with parts.db.read() as session:
            unsure = session.scalars(queries.delivery.unsure_to_settle(now, _BATCH)).all()
        for delivery in unsure:
            settled += _settle_one(parts, delivery, now, by_time=by_time)
        if len(unsure) < _BATCH:
            return settled


def _expire(parts: Parts, now: datetime) -> None:
    """A sending whose lease is over is unsure: whoever had it on the wire will not record it any more."""
    while True:
        with parts.db.write() as session:
            over = session.scalars(queries.delivery.sendings_run_out(now, _BATCH)).all()
            for delivery in over:
                delivery.state, delivery.wake_at, delivery.changed_at = DeliveryState.UNSURE, now, now
        if len(over) < _BATCH:
            return


def _settle_one(parts: Parts, delivery: Delivery, now: datetime, *, by_time: bool) -> bool:
    evidence = _evidence(parts, delivery, now)
    if evidence is Evidence.SENT:
        return _accept(parts, delivery, Reason.EVIDENCE, now)
    if evidence is Evidence.NOT_SENT or (
        by_time and evidence is Evidence.NONE and silence_speaks(parts, delivery, now)
    ):
        return _go_again(parts, delivery, now)
    assumed_at = _assumed_at(parts, delivery)
    if by_time and now >= assumed_at:
        return _accept(parts, delivery, Reason.ASSUMED, now)
    with parts.db.write() as session:
        session.execute(_only(delivery).values(wake_at=min(now + ASK_AGAIN, max(assumed_at, now + _SOON))))
    return False


def _assumed_at(parts: Parts, delivery: Delivery) -> datetime:
    """When it is assumed to have gone if nothing is heard: never, where the host decides each."""
    patience = parts.rules.assume_after
    return _NEVER if patience is None else (delivery.marked_at or delivery.claimed_at) + patience


def _evidence(parts: Parts, delivery: Delivery, now: datetime) -> Evidence:
    """What the transport knows. Asked outside any transaction: evidence may lie beyond a wire."""
    if delivery.marked_at is None:
        return Evidence.NONE  # adopted without a journal: if it went, it was an attempt that nobody here has heard of
    try:
        if delivery.carrier is None or delivery.carrier != carrier_of(parts.transport):
            return Evidence.NONE  # by another transport, or another ledger: this one knows nothing of it
        return parts.transport.evidence(delivery.id, delivery.fence, marked_at=delivery.marked_at, now=now)
    except Exception as error:  # noqa: BLE001 - a transport's fault over one mail must not stop the others
        log.error("no evidence could be had of delivery %s (%s)", delivery.id, type(error).__name__)
        return Evidence.NONE


def accept_noted(parts: Parts, delivery: Delivery, now: datetime) -> bool:
    """The journal says that it was accepted, by a process that was killed before it could record it. Whether it is recorded now."""
    return _accept(parts, delivery, Reason.EVIDENCE, now)


def _accept(parts: Parts, delivery: Delivery, reason: Reason, now: datetime) -> bool:
    """It went, at its mark; the course goes on from there."""
    noted = parts.journal.append(Fact.ACCEPTED, [delivery.key], now)
    with parts.db.write() as session:
        parts.journal.keep(session, noted, now)
        accepted_at = delivery.marked_at or delivery.claimed_at
        values = {"state": DeliveryState.ACCEPTED, "reason": reason, "accepted_at": accepted_at}
        if not _changed(session, _only(delivery).values(**values, wake_at=None, changed_at=now)):
            return False
        advance(parts, session, [delivery], accepted_at)
    return True


def _go_again(parts: Parts, delivery: Delivery, now: datetime) -> bool:
    """It did not go: back to claimed, free for anybody, if its reader is still there."""
    with parts.db.write() as session:
        parts.journal.note(session, Fact.UNSENT, [delivery.key], now)
        back = _only(delivery).where(queries.delivery.may_go())
        if not _changed(
            session, back.values(state=DeliveryState.CLAIMED, reason=Reason.NONE, wake_at=now, changed_at=now)
        ):
            # the reader paused or left meanwhile, and it never went: as if it had not been claimed
            session.execute(queries.delivery.hold_again(*_as_seen(delivery), ~queries.delivery.may_go()))
            session.execute(delete(Delivery).where(*_as_seen(delivery), ~queries.delivery.may_go()))
    return True


def _only(delivery: Delivery) -> Update:
    """An update of this delivery if nobody has settled it since we looked."""
    return update(Delivery).where(*_as_seen(delivery))


def _as_seen(delivery: Delivery) -> tuple[ColumnElement[bool], ...]:
    return Delivery.id == delivery.id, Delivery.fence == delivery.fence, Delivery.state == delivery.state


def _changed(session: Session, statement: Update) -> bool:
    return session.execute(statement.returning(Delivery.id)).first() is not None


def retry_held(parts: Parts, now: datetime) -> int:
    """Try again what was held for its words, where the course's words have changed since; returns how many."""
    retried = 0
    with parts.db.write() as session:
        for delivery in session.scalars(queries.delivery.held_for_template()):
            if not delivery.detail.startswith(f"{words_of(parts, delivery.course)}:"):
                delivery.state, delivery.reason, delivery.detail = DeliveryState.CLAIMED, Reason.NONE, ""
                delivery.wake_at = delivery.changed_at = now
                retried += 1
    return retried


class Word(StrEnum):
    """The host's word on a delivery: it arrived, it did not and goes again, or it came back and goes again."""

    SENT = "sent"
    NOT_SENT = "not-sent"
    AGAIN = "again"


def resolve(parts: Parts, ident: str, word: Word, *, now: datetime) -> Delivery:
    """Carry out the host's word on a delivery that is unsure, assumed, held, or came back; returns the delivery that stands then.

    What was assumed sent stays so: its course has gone on, and its reader can ask for a copy. Where the course has gone on after a
    lesson that came back, a copy goes again. Raises NotFound, or UsageError where there is nothing to decide.
    """
    with parts.db.write() as session:
        delivery = session.get(Delivery, ident, with_for_update=True)
        if delivery is None:
            raise NotFound("There is no delivery by that id. See: dripcourse deliveries list")
        if word is Word.AGAIN or (word is Word.NOT_SENT and delivery.reason in CAME_BACK):
            return bounced.again(parts, session, delivery, now)
        if not _open_to_word(delivery, sent=word is Word.SENT):
            raise UsageError(f"That delivery is {delivery.state.value}, so there is nothing to decide about it.")
        if word is Word.SENT:
            _resolve_sent(parts, session, delivery, now)
        else:
            delivery.state, delivery.reason, delivery.detail = DeliveryState.CLAIMED, Reason.HOST, ""
            delivery.wake_at = now
            parts.journal.note(session, Fact.UNSENT, [delivery.key], now)
        delivery.changed_at = now
        return delivery


def _open_to_word(delivery: Delivery, *, sent: bool) -> bool:
    if delivery.state is DeliveryState.UNSURE:
        return True
    if delivery.state is DeliveryState.HELD:
        return not sent and delivery.reason is not Reason.STOPPED
    return sent and delivery.reason is Reason.ASSUMED


def _resolve_sent(parts: Parts, session: Session, delivery: Delivery, now: datetime) -> None:
    assumed = delivery.state is DeliveryState.ACCEPTED
    delivery.reason, delivery.wake_at = Reason.HOST, None
    if assumed:
        return  # the course has gone on already
    delivery.state = DeliveryState.ACCEPTED
    delivery.accepted_at = delivery.marked_at or delivery.claimed_at
    parts.journal.note(session, Fact.ACCEPTED, [delivery.key], now)
    if delivery.kind is Kind.LESSON:
        advance(parts, session, [delivery], delivery.accepted_at)


def unsure(parts: Parts) -> Sequence[Delivery]:
    """Every delivery that nobody knows the fate of, the assumed ones included, oldest first."""
    with parts.db.read() as session:
        return session.scalars(queries.delivery.unsure_deliveries()).all()
