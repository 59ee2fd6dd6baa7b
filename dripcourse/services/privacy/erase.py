"""What is known of a reader: given to them whole, and destroyed when they say so.

To erase is: from this moment nothing more goes, then whoever carried the mails forgets them, then every row and key is gone. The
order matters, since each step can be repeated after a crash and none needs what a later one destroys. That it was asked for is a
row, written with the stop: whatever keeps it from being finished, a mail on the wire or a provider that does not answer, a later tick
finishes it. What is left is a keyed digest of the address, so that a host's old list cannot bring somebody back; only they
themselves can, by signing up.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dripcourse.db import once, queries
from dripcourse.db.models import Enrollment, Erasure, Subscriber
from dripcourse.domain.address import normal_form
from dripcourse.domain.delivery import DeliveryState
from dripcourse.domain.enrollment import LIVE, LeftReason
from dripcourse.domain.errors import DripError, NotFound
from dripcourse.services.enrollment import appearance, lifecycle, suppression
from dripcourse.services.host.overview import naming
from dripcourse.services.journal import Fact
from dripcourse.services.links import of_link
from dripcourse.services.parts import Parts
from dripcourse.services.replies import store
from dripcourse.services.replies.shared import shared_with_host

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


# ------------------------------------------------------------------------------------------------------------ exporting


def export(parts: Parts, ident: str) -> dict[str, Any]:
    """Everything known of the reader that an id or an address names, but the words that are theirs alone.

    Instants are aware and in UTC. Of replies the shared ones are told, and how many there are besides: those only their reader's own
    page can show. Raises NotFound.
    """
    with parts.db.read() as session:
        subscriber = _subscriber(parts, session, ident)
        told = _known(parts, session, subscriber)
        for each in told["enrollments"]:
            shared = shared_with_host(parts, session, each["id"])
            each["shared_replies"] = [{"lesson": one.lesson, "at": one.at, "text": one.text} for one in shared]
        told["private_replies"] = sum(not each.shared for each in store.kept(session, subscriber.id))
        return told


def own(parts: Parts, token: str) -> dict[str, Any]:
    """The same for the reader themselves, by a link from a mail: of what they wrote only that it exists, and when. Raises NotFound."""
    with parts.db.read() as session:
        subscriber = session.get_one(Subscriber, of_link(parts, session, token)[1].subscriber_id)
        told = _known(parts, session, subscriber)
        told["written"] = [
            {"course": each.course, "lesson": each.lesson, "by": _how(each), "at": each.at, "shared": each.shared}
            for each in store.kept(session, subscriber.id)
        ]
        return told


def as_json(told: dict[str, Any]) -> str:
    """What is known, as JSON to keep: instants are ISO 8601 in UTC, dates as they are."""
    return json.dumps(told, default=_iso, ensure_ascii=False, indent=1)


def _iso(value: date) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def _how(kept: store.Kept) -> str:
    return "page" if kept.sender == store.FROM_PAGE else "mail"


def _known(parts: Parts, session: Session, subscriber: Subscriber) -> dict[str, Any]:
    enrollments = [row for row, _ in session.execute(queries.overview.enrollments_by_id(subscriber.id))]
    return {
        "address": parts.keys.unseal(subscriber.address_sealed, "address", subscriber.id).decode(),
        "since": subscriber.created_at,
        "reads_alone": subscriber.reads_alone,
        "phrase_since": subscriber.phrase_since,
        "bounces": subscriber.bounce_score,
        "lifted": [
            {"reason": each.reason, "since": each.since, "lifted_at": each.lifted_at, "by": each.by, "why": each.why}
            for each in suppression.lifted(session, subscriber.id)
        ],
        "enrollments": [_enrollment(parts, session, row) for row in enrollments],
    }


def _enrollment(parts: Parts, session: Session, row: Enrollment) -> dict[str, Any]:
    worn = appearance.known_of(parts.keys, row)
    return {
        **{name: getattr(row, name) for name in queries.privacy.CHOSEN},
        "cover_name": worn.name or None,
        "cover_subject": worn.subject or None,
        "state": row.state.value,
        "left_reason": row.left_reason.value if row.left_reason else None,
        "pace": row.pace.value,
        "quiet_dates": sorted(map(str, row.quiet)),
        "consents": [dict(each) for each in session.execute(queries.privacy.consents_of(row.id)).mappings()],
        "mails": [
            {**each, "kind": each["kind"].value, "state": each["state"].value}
            for each in session.execute(queries.privacy.mails_of(row.id)).mappings()
        ],
    }


# -------------------------------------------------------------------------------------------------------------- erasing


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
        subscriber = _subscriber(parts, session, ident)
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
        indexes = _indexes(parts, address)
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
    session.execute(queries.privacy.take_back(subscriber.id, _indexes(parts, address)))
    once.keep_once(session, Erasure, [{"subscriber_id": subscriber.id, "asked_at": now, "wake_at": now}])


def _indexes(parts: Parts, address: str) -> Sequence[bytes]:
    return parts.keys.indexes(normal_form(address))


def _subscriber(parts: Parts, session: Session, ident: str) -> Subscriber:
    row = session.execute(naming(parts, ident)).first()
    if row is None:
        raise NotFound("Nobody goes by that id or address. See: dripcourse subscriber list")
    return row[1]
