"""The questions about mail that waits for a reader's own word, and about what is forgotten in the end. Statements only."""

from datetime import datetime

from sqlalchemy import ColumnElement, Exists, Select, Update, and_, exists, or_, select, update
from sqlalchemy.orm import aliased, defer

from dripcourse.db.models import Delivery, Enrollment, Inbound
from dripcourse.domain.delivery import WHOSE, DeliveryState, Kind
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.domain.incoming import BY_WORDS, STRANGER

_NEVER_CAME = (DeliveryState.REFUSED, DeliveryState.BOUNCED, DeliveryState.HELD)
_ask = aliased(Delivery)


def _waits() -> ColumnElement[bool]:
    """Whether a message may be a reader's: written from elsewhere, or a machine's by its words alone."""
    by_words = and_(Inbound.verdict == "auto_reply", Inbound.reason == BY_WORDS)
    return and_(Inbound.raw_sealed.is_not(None), or_(Inbound.verdict == STRANGER, by_words))


def _asked(*when: ColumnElement[bool]) -> Exists:
    """Whether a mail asked the reader about a message, or about a later one; its page shows all that waits."""
    return exists().where(
        _ask.enrollment_id == Delivery.enrollment_id,
        _ask.kind == Kind.RECEIPT,
        _ask.key.startswith(f"{WHOSE}:"),
        _ask.claimed_at >= Inbound.received_at,
        *when,
    )


def waiting_for_a_click(enrollment: str) -> Select[Inbound]:
    """Messages in answer to an enrollment's mails of which nobody knows whether they are its reader's, oldest first."""
    return (
        select(Inbound)
        .join(Delivery, Delivery.id == Inbound.delivery_id)
        .where(Delivery.enrollment_id == enrollment, _waits())
        .order_by(Inbound.received_at, Inbound.id)
        .options(defer(Inbound.raw_sealed))
    )


def untold(after: datetime, before: datetime, tried: datetime) -> Select[Inbound, Enrollment]:
    """Messages that came within a span and wait, whose reader has not left and no mail asked; one that never came counts if it is newer than `tried`."""
    came = or_(_ask.state.not_in(_NEVER_CAME), _ask.claimed_at > tried)
    return (
        select(Inbound, Enrollment)
        .join(Delivery, Delivery.id == Inbound.delivery_id)
        .join(Enrollment, Enrollment.id == Delivery.enrollment_id)
        .where(_waits(), Inbound.received_at > after, Inbound.received_at <= before)
        .where(Enrollment.state != EnrollmentState.LEFT, ~_asked(came))
        .order_by(Inbound.received_at, Inbound.id)
        .options(defer(Inbound.raw_sealed))
    )


def forget_raw(before: datetime, reason: str, *, told: datetime, at_last: datetime) -> Update:
    """Drop the raw messages that came before an instant, were handled, and are still here: they are nobody's.

    One that waits for a reader who was not asked before `told` stays until `at_last`.
    """
    in_time = exists().where(
        Delivery.id == Inbound.delivery_id,
        Enrollment.id == Delivery.enrollment_id,
        Enrollment.state != EnrollmentState.LEFT,
        ~_asked(_ask.accepted_at <= told),
    )
    return (
        update(Inbound)
        .where(Inbound.received_at < before, Inbound.handled_at.is_not(None), Inbound.raw_sealed.is_not(None))
        .where(or_(Inbound.received_at < at_last, ~_waits(), ~in_time))
        .values(raw_sealed=None, wake_at=None, reason=reason)
    )
