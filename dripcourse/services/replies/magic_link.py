"""The easy way to one's own words: a fresh link by mail, for a reader who alone reads their mailbox and never set a phrase.

The mail says only that the link is there. Opening it shows a button; the press shows what was written, for half an hour.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery, Enrollment, ReaderKey, Reply, Subscriber
from dripcourse.domain.clock_skew import TOLERANCE
from dripcourse.domain.delivery import Kind, own_key
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.domain.errors import DripError, NotFound
from dripcourse.services.crypto.keyring import Unsealable
from dripcourse.services.crypto.passphrase import COST, Cost
from dripcourse.services.enrollment import schedule
from dripcourse.services.links import of_link
from dripcourse.services.parts import Parts
from dripcourse.services.queue import offer
from dripcourse.services.replies import store
from dripcourse.services.replies.read import OwnWords, may_read_by_link, returned
from dripcourse.services.replies.reader_keys import in_use, with_phrase

GOOD_FOR = timedelta(minutes=30)
"""From when the mail left."""
MOST_A_DAY = 5
_A_DAY = timedelta(days=1)
_PURPOSE = "own"


@dataclass(frozen=True, slots=True)
class Link:
    """A fresh link: the course that its mail was of, and until when it is good; `tz` is its reader's own."""

    course: str
    until: datetime
    tz: tzinfo


class RunOut(DripError):
    """This link was good for half an hour; another can be asked for."""


def ask(parts: Parts, token: str, now: datetime) -> bool:
    """Send a fresh link with the next tick: one in ten minutes, five a day. Returns whether one comes; not if no link may. Raises NotFound."""
    with parts.db.write() as session:
        enrollment = of_link(parts, session, token)[1]
        reader = session.get_one(Subscriber, enrollment.subscriber_id, with_for_update=True)
        sent = session.scalars(queries.incoming.answers_since(reader.address_index, now - _A_DAY, Kind.OWN)).one()
        if not may_read_by_link(reader) or enrollment.state is EnrollmentState.LEFT or sent >= MOST_A_DAY:
            return False
        offer(
            session,
            Kind.OWN,
            own_key(reader.id, now),
            recipient=reader.address_index,
            course=enrollment.course,
            now=now,
            enrollment=enrollment.id,
        )
        return True


def url_of(parts: Parts, delivery: str) -> str:
    """The address of the page that this link's mail leads to."""
    return parts.rules.pages.own_words(parts.keys.web_token(delivery, _PURPOSE))


def look(parts: Parts, token: str, now: datetime) -> Link:
    """What this link leads to. Changes nothing. Raises RunOut, or NotFound if it is not ours or no link may show the words any more."""
    with parts.db.read() as session:
        delivery, enrollment = _of_link(parts, session, token)
        until = _good_until(session, delivery, enrollment, now)
        return Link(enrollment.course, until, schedule.slot_of(enrollment).tz)


def read(parts: Parts, token: str, now: datetime) -> OwnWords:
    """All that the reader of this link wrote. Raises as `look` does."""
    with parts.db.read() as session:
        delivery, enrollment = _of_link(parts, session, token)
        _good_until(session, delivery, enrollment, now)
        return returned(parts, session, enrollment, _privates(parts, session, enrollment.subscriber_id))


def set_phrase(parts: Parts, token: str, phrase: str, ident: str, now: datetime) -> None:
    """Set a phrase, and lock with it what was written before as well: the one place where that can be done.

    Repeating it with the same `ident` and phrase is harmless. Raises as `look` and `own_key.with_phrase` do: then nothing was changed.
    """
    with parts.db.read() as session:
        delivery, enrollment = _of_link(parts, session, token)
        subscriber, key = enrollment.subscriber_id, in_use(session, enrollment.subscriber_id)
        if key is None or key.id != ident:  # else it was this press that ended what the link may do
            _good_until(session, delivery, enrollment, now)

    lock_everything(parts, subscriber, phrase, ident, now)


def lock_everything(parts: Parts, subscriber: str, phrase: str, ident: str, now: datetime, cost: Cost = COST) -> None:
    """As `set_phrase`, for a reader whose right to it was looked at before."""

    def lock_earlier(session: Session, key: ReaderKey) -> None:
        privates = _privates(parts, session, subscriber)
        for earlier in session.scalars(queries.replies.not_sealed_to(subscriber, key.id)).all():
            reply = session.get_one(Reply, earlier)
            with suppress(Unsealable):  # one that was damaged keeps no other from being locked
                store.seal_anew(privates[reply.reader_key_id], reply, key)
            session.flush()
            session.expunge(reply)  # a message may have 30 MB
        session.execute(queries.replies.keys_of_nothing(subscriber))

    with_phrase(parts, subscriber, phrase, ident, now, lock_earlier, cost)
    parts.db.scrub()  # nothing that REPLY_KEYS open is left


def _of_link(parts: Parts, session: Session, token: str) -> tuple[Delivery, Enrollment]:
    ident = parts.keys.read_web_token(token, _PURPOSE)
    delivery = session.get(Delivery, ident) if ident else None
    if delivery is None or delivery.kind is not Kind.OWN or delivery.enrollment_id is None or delivery.revoked_at:
        raise NotFound("This link is not one of ours, or it is too old.")
    return delivery, session.get_one(Enrollment, delivery.enrollment_id)


def _good_until(session: Session, delivery: Delivery, enrollment: Enrollment, now: datetime) -> datetime:
    """Until when a link shows words. Raises RunOut if that is over, NotFound if its reader wants no link to show them."""
    if not may_read_by_link(session.get_one(Subscriber, enrollment.subscriber_id)):
        raise NotFound("No link shows these words any more.")
    left = delivery.marked_at
    if left is None or not -TOLERANCE <= now - left < GOOD_FOR:
        raise RunOut("This link has run out.")
    return left + GOOD_FOR


def _privates(parts: Parts, session: Session, subscriber: str) -> dict[str, bytes]:
    """Every private key of a reader's that REPLY_KEYS open, by its id."""
    keys = session.scalars(queries.replies.keys_by(subscriber, store.BY_REPLY_KEYS))
    return {key.id: store.private_of(parts, key) for key in keys}
