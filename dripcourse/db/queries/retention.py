"""The questions about what has been kept for long enough. Statements only, as in `queries`."""

from datetime import datetime

from sqlalchemy import Delete, Update, delete, exists, or_, update

from dripcourse.db.models import Delivery, Enrollment, ProviderEvent, ReaderKey, Reply
from dripcourse.domain.delivery import DeliveryState
from dripcourse.domain.enrollment import LIVE


def replies_ended_before(instant: datetime) -> Delete:
    """Replies that came before an instant, whose enrollment had ended by then too."""
    ended = exists().where(Enrollment.id == Reply.enrollment_id, Enrollment.ended_at < instant)
    return delete(Reply).where(Reply.received_at < instant, ended)


def retire_idle_keys(instant: datetime, now: datetime) -> Update:
    """Keys that nothing is sealed to, of readers who are in no course and whose last one ended before an instant: nothing more is sealed to them."""
    used = exists().where(Reply.reader_key_id == ReaderKey.id)
    going_on = exists().where(
        Enrollment.subscriber_id == ReaderKey.subscriber_id,
        or_(Enrollment.state.in_(LIVE), Enrollment.ended_at >= instant),
    )
    return (
        update(ReaderKey)
        .where(ReaderKey.created_at < instant, ReaderKey.retired_at.is_(None), ~used, ~going_on)
        .values(retired_at=now)
    )


def events_handled_before(instant: datetime) -> Delete:
    """What a provider told before an instant, once it is handled."""
    return delete(ProviderEvent).where(ProviderEvent.received_at < instant, ProviderEvent.handled_at.is_not(None))


def forget_answers(instant: datetime) -> Update:
    """What answers said that went before an instant."""
    waiting = (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNSURE, DeliveryState.HELD)
    return (
        update(Delivery)
        .where(Delivery.answer_sealed.is_not(None), Delivery.changed_at < instant, Delivery.state.not_in(waiting))
        .values(answer_sealed=None)
    )
