"""What is known of a reader: given to them whole, and destroyed when they say so.

To erase is: from this moment nothing more goes, then whoever carried the mails forgets them, then every row and key is gone. The
order matters, since each step can be repeated after a crash and none needs what a later one destroys. That it was asked for is a
row, written with the stop: whatever keeps it from being finished, a mail on the wire or a provider that does not answer, a later tick
finishes it. What is left is a keyed digest of the address, so that a host's old list cannot bring somebody back; only they
themselves can, by signing up.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dripcourse.db import once, queries
from dripcourse.db.models import Erasure, Subscriber
from dripcourse.domain.delivery import DeliveryState
from dripcourse.domain.enrollment import LIVE, LeftReason
from dripcourse.domain.errors import DripError
from dripcourse.services.enrollment import lifecycle, suppression
from dripcourse.services.enrollment.lookup import indexes_of, subscriber_of
from dripcourse.services.journal import Fact
from dripcourse.services.links import of_link
from dripcourse.services.parts import Parts

log = logging.getLogger(__name__)

_SOON, _LATER = timedelta(minutes=2), timedelta(hours=1)
"""When to try again: after a mail that was on the wire; after somebody who did not answer."""


@dataclass(frozen=True, slots=True)
class Erased:
    """How much there was: enrollments, mails and replies."""

    enrollments: int
    deliveries: int
    replies: int


class OnTheWire(DripError):
    """A mail to the reader is being handed over at this moment."""


def ask_to_erase(parts: Parts, token: str, now: datetime) -> None:
    """Stop everything to the reader of this link, and remember that all of it is to be erased: the next tick does it.

    From here on every link of theirs is gone. Raises NotFound for a link of nobody's, Gone if it was asked for already.
    """
    with parts.db.write() as session:
        enrollment = of_link(parts, session, token)[1]
        _stop(parts, session, session.get_one(Subscriber, enrollment.subscriber_id), now)


def erase(parts: Parts, ident: str, now: datetime) -> Erased:
    """Destroy everything known of the reader that an id or an address names; returns how much there was.

    Raises NotFound; DripError if a mail to them is on its way this minute, or if the mail provider does not answer: then nothing more
    goes to them, and a later tick finishes the work, or the same call does. DatabaseAway likewise.
    """
    with parts.db.write() as session:
        subscriber = subscriber_of(parts, session, ident)
        _stop(parts, session, subscriber, now)
    return _finish(parts, subscriber.id, now)


def erase_asked(parts: Parts, now: datetime) -> int:
    """Finish the erasures that were asked for, as far as they can be; returns how many. What cannot is tried again later."""
    done = 0
    while True:
        with parts.db.write() as session:
            asked = session.scalars(queries.privacy.erasures_to_try(now)).first()
            if asked is None:
                return done
            asked.wake_at = now + _SOON  # nobody else's until then, and again anybody's if we die here
        try:
            _finish(parts, asked.subscriber_id, now)
            done += 1
        except OnTheWire:
            continue
        except Exception as error:  # noqa: BLE001 - one erasure that cannot be finished must not stop the others
            log.warning("an erasure that was asked for waits, and is tried again in an hour (%s)", type(error).__name__)
            with parts.db.write() as session:
                if again := session.scalars(queries.privacy.erasure_of(asked.subscriber_id)).first():
                    again.wake_at = now + _LATER


def _finish(parts: Parts, ident: str, now: datetime) -> Erased:
    """The rest, once everything has stopped and that is committed."""
    with parts.db.write() as session:
        subscriber = session.get(Subscriber, ident)
        asked = session.scalars(queries.privacy.erasure_of(ident)).first()
        if subscriber is None or asked is None:
            return Erased(0, 0, 0)  # somebody else has just finished it
        address = parts.keys.unseal(subscriber.address_sealed, "address", subscriber.id).decode()
        indexes = indexes_of(parts, address)
        mails = session.execute(queries.privacy.deliveries_to(ident, indexes)).all()
    if any(state is DeliveryState.SENDING and lease and lease > now for _, state, lease in mails):
        raise OnTheWire(
            "A mail to this reader is on its way just now. Nothing more will go; the rest is done in two minutes, by the next tick."
        )
    deliveries = [mail for mail, _, _ in mails]
    parts.transport.erase(address, deliveries)
    with parts.db.write() as session:
        enrollments, written = queries.privacy.count(session, ident)
        queries.privacy.destroy(session, ident, indexes, deliveries, before=asked.asked_at)
        suppression.remember_erased(session, indexes, now)
    parts.db.scrub()
    return Erased(enrollments, len(deliveries), written)


def _stop(parts: Parts, session: Session, subscriber: Subscriber, now: datetime) -> None:
    """Nothing more goes, and the erasure is asked for, with one commit."""
    parts.journal.note(session, Fact.ERASED, [subscriber.id], now)
    for enrollment, _ in session.execute(queries.overview.enrollments_by_id(subscriber.id)):
        if enrollment.state in LIVE:
            lifecycle.end(parts, session, enrollment, LeftReason.ERASED, now)
    address = parts.keys.unseal(subscriber.address_sealed, "address", subscriber.id).decode()
    session.execute(queries.privacy.take_back(subscriber.id, indexes_of(parts, address)))
    once.keep_once(session, Erasure, [{"subscriber_id": subscriber.id, "asked_at": now, "wake_at": now}])
