"""The mail to HOST_EMAIL: what needs the host, at most once a day while anything does, and one when it is over.

It is offered like every other mail and goes the same way. While it waits (the wire itself may be what needs the host) it is kept up to
date, so that it says what was so when it could go.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dripcourse.db import once, queries
from dripcourse.db.models import Delivery
from dripcourse.domain.address import normal_form
from dripcourse.domain.delivery import DeliveryState, Kind, alert_key
from dripcourse.domain.need import Need
from dripcourse.services.diagnostics.needs import needs
from dripcourse.services.messages import alert
from dripcourse.services.messages.alert import NEEDS, OVER
from dripcourse.services.parts import Parts
from dripcourse.services.queue import offer

EVERY = timedelta(days=1)
_UNSURE_FOR = timedelta(hours=1)
"""A sending whose outcome is not known is nearly always settled within minutes."""


def tell_host(parts: Parts, now: datetime) -> bool:
    """Offer the mail that the host should have by now, if there is one; whether it was offered. Raises DatabaseAway."""
    if parts.rules.host_email is None:
        return False
    found = [need for need in needs(parts, now) if not _is_fresh(need, now)]
    with parts.db.read() as session:
        if not _to_do(_told(parts, session), found, now):
            return False
    with parts.db.write() as session:
        once.alone(session, "alerts")  # two processes must not each think that nobody has told the host
        told = _told(parts, session)
        key = _to_do(told, found, now)
        if waiting := next((each for each in told if each.key == key), None):
            alert.write(parts, waiting, found, now)
            return False
        return bool(key) and _offer(parts, session, key, found, told, now)


def _is_fresh(need: Need, now: datetime) -> bool:
    return need.kind == "unsure" and need.since is not None and need.since > now - _UNSURE_FOR


def _told(parts: Parts, session: Session) -> Sequence[Delivery]:
    """The newest mails to the host, the newest first."""
    indexes = parts.keys.indexes(normal_form(parts.rules.host_email or ""))
    return session.scalars(queries.needs.newest_alerts(indexes)).all()


def _newest(told: Sequence[Delivery]) -> Delivery | None:
    """The newest that says what needs the host."""
    return next((each for each in told if each.key.startswith(NEEDS)), None)


def _to_do(told: Sequence[Delivery], found: Sequence[Need], now: datetime) -> str:
    """The key of the mail that is to be offered, or to be written anew because it still waits; '' if the host knows it all."""
    newest = _newest(told)
    if found:
        if newest is not None and newest.state is DeliveryState.CLAIMED:
            return newest.key
        lately = newest is not None and now - EVERY < newest.claimed_at <= now
        return "" if lately else alert_key(NEEDS, now)
    over = newest.key.replace(NEEDS, OVER, 1) if newest else ""
    return "" if any(each.key == over for each in told) else over


def _offer(
    parts: Parts, session: Session, key: str, found: Sequence[Need], told: Sequence[Delivery], now: datetime
) -> bool:
    newest = _newest(told)
    since = newest.claimed_at if newest and not found else None
    recipient = parts.keys.index(normal_form(parts.rules.host_email or ""))
    offered = offer(session, Kind.ALERT, key, recipient=recipient, course="", now=now, due=since)
    if offered is not None and found:
        alert.write(parts, offered, found, now)
    return offered is not None
