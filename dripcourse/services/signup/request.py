"""Signing up: the double opt-in, by page or by mail.

A sign-up, whatever the address, is one sealed row appended in the request; a tick decides what becomes of it. So nothing that a
stranger can see or time tells whether an address is new, known, suppressed or bounced.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from dripcourse.db import once, queries
from dripcourse.db.models import Delivery, Enrollment, Signup, Subscriber
from dripcourse.db.queries.privacy import erasure_at
from dripcourse.domain.address import EmailAddress, mailbox_form
from dripcourse.domain.course import Course
from dripcourse.domain.delivery import Kind, confirm_key
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.domain.errors import AddressError, NotFound, SuppressedError, UsageError
from dripcourse.domain.pacing import offset_minutes
from dripcourse.services.crypto.keyring import Unsealable, new_id
from dripcourse.services.enrollment.enroll import How, Wish, check, new_enrollment, subscriber_of
from dripcourse.services.enrollment.suppression import is_never, require_none
from dripcourse.services.parts import Parts
from dripcourse.services.queue import offer
from dripcourse.services.signup import change_address

FORGET_AFTER = timedelta(days=14)
REMEMBERED = timedelta(days=90)
"""How long it counts that a confirmation went to an address."""
_ONE_A, _MOST = timedelta(days=1), 3
_BATCH = 200


def request(parts: Parts, wish: Wish, now: datetime) -> str:
    """Append a sign-up request: the same one row for every address. Returns its id; raises as `check` does."""
    with parts.db.write() as session:
        return append(parts, session, wish, now)


def request_move(parts: Parts, token: str, address: str, consent: str, now: datetime) -> None:
    """Append a request to move what this link belongs to to another address: the same one row for every address.

    Raises NotFound for a link of nobody's, or as `check` does.
    """
    with parts.db.write() as session:
        append(parts, session, change_address.wish(parts, session, token, address, consent), now)


def append(parts: Parts, session: Session, wish: Wish, now: datetime) -> str:
    """As `request`, in the caller's transaction."""
    address, course = check(parts, wish)
    ident = new_id()
    payload = json.dumps(asdict(wish) | {"address": address.written, "course": course.slug}).encode()
    session.execute(
        insert(Signup).values(
            id=ident,
            address_index=parts.keys.index(address.normal),
            mailbox_index=parts.keys.index(_mailbox(address)),
            payload_sealed=parts.keys.seal(payload, "signup", ident),
            how=wish.how.value,
            requested_at=now,
        )
    )
    return ident


def read_wish(parts: Parts, signup: Signup) -> Wish:
    """What a stored sign-up asked for. Raises Unsealable if its key has gone."""
    said = json.loads(parts.keys.unseal(signup.payload_sealed, "signup", signup.id))
    return Wish(**said | {"how": How(said["how"])})


def decide(parts: Parts, now: datetime) -> int:
    """Handle the sign-up requests that came in since the last tick; returns how many. Each ends in a confirmation mail or in silence."""
    handled = 0
    while True:
        with parts.db.write() as session:
            once.alone(session, "sign-ups")  # two processes must not each think an address new
            waiting = session.scalars(queries.enrollment.signups_unhandled(_BATCH)).all()
            decided = [signup for signup in waiting if _decide_one(parts, session, signup, now)]
        handled += len(decided)
        if len(waiting) < _BATCH or not decided:
            return handled


def _decide_one(parts: Parts, session: Session, signup: Signup, now: datetime) -> bool:
    """Whether it is decided. One whose address is about to be erased waits until it is, or it would go with the rest."""
    try:
        wish = read_wish(parts, signup)
        address, course = check(parts, wish)
    except (Unsealable, AddressError, NotFound, UsageError):
        pass  # the course has gone, or the key: nobody can be written to
    else:
        indexes = parts.keys.indexes(address.normal)
        if session.scalars(erasure_at(indexes)).first() is not None:
            return False
        if not is_never(session, indexes) and _may_confirm(
            session, indexes, parts.keys.indexes(_mailbox(address)), now
        ):
            _offer(parts, session, signup, wish, address, course, now)
    signup.handled_at = now
    session.flush()
    return True


def _offer(
    parts: Parts, session: Session, signup: Signup, wish: Wish, address: EmailAddress, course: Course, now: datetime
) -> None:
    """Offer a confirmation mail. Of a move nothing else is written down: nothing changes before its reader's yes."""
    indexes = parts.keys.indexes(address.normal)
    if wish.moves is None:
        subscriber = subscriber_of(parts, session, address, now)
        signup.enrollment_id = _pending(session, subscriber, course, wish, now).id
        session.flush()
    elif change_address.to_be_moved(session, wish.moves, indexes) is None:
        return
    key = confirm_key(signup.id, 1)
    offer(session, Kind.CONFIRM, key, recipient=indexes[0], course=course.slug, now=now, signup=signup.id)


def _mailbox(address: EmailAddress) -> str:
    """What one mailbox is counted by; no address looks like it."""
    return f"mailbox {mailbox_form(address.normal)}"


def _may_confirm(session: Session, indexes: Sequence[bytes], mailbox: Sequence[bytes], now: datetime) -> bool:
    """At most one confirmation mail a day, and three in 90 days to an address, or in 14 to all of a mailbox's: nobody can be
    flooded through our form."""
    to_it = session.scalars(queries.enrollment.confirmations_since(indexes, now - REMEMBERED)).all()
    to_mailbox = session.scalars(queries.enrollment.confirmations_to_mailbox(mailbox, now - FORGET_AFTER)).all()
    return all(len(sent) < _MOST and not any(at > now - _ONE_A for at in sent) for sent in (to_it, to_mailbox))


def _pending(session: Session, subscriber: Subscriber, course: Course, wish: Wish, now: datetime) -> Enrollment:
    """The reader's live enrollment in the course, or a new one that waits for their yes."""
    live = session.scalars(queries.enrollment.live_enrollment(subscriber.id, course.slug)).first()
    if live is None:
        live = new_enrollment(subscriber, course, wish, now)
        session.add(live)
    elif live.state == EnrollmentState.PENDING:  # asked again: the later wish counts
        live.perspective, live.zone = wish.perspective, wish.zone
        live.offset_minutes = offset_minutes(wish.zone, now)
        live.created_at = now
    return live


def ask(parts: Parts, wish: Wish, now: datetime) -> tuple[str, bool]:
    """Start the double opt-in on the host's word; returns as `vouch` does. The confirmation mail goes with the next tick."""
    address, course = check(parts, wish)
    with parts.db.read() as session:
        indexes = parts.keys.indexes(address.normal)
        require_none(session, indexes)
        known = session.scalars(queries.enrollment.subscriber_by_index(indexes)).first()
        earlier = (
            session.scalars(queries.enrollment.newest_enrollment(known.id, course.slug)).first() if known else None
        )
    if earlier is not None:
        return earlier.id, False
    ident = request(parts, wish, now)
    decide(parts, now)
    with parts.db.read() as session:
        signup = session.get_one(Signup, ident)
        if signup.enrollment_id is None:
            raise SuppressedError("This address was asked already, and is not asked again so soon. Nothing was sent.")
        return signup.enrollment_id, True


def forget_unconfirmed(parts: Parts, now: datetime) -> int:
    """Delete sign-ups that nobody confirmed within 14 days, with everything known of them. Returns how many enrollments went."""
    limit = now - FORGET_AFTER
    with parts.db.write() as session:
        pending = session.scalars(queries.enrollment.pending_since_before(limit)).all()
        for enrollment in pending:
            others = session.execute(queries.overview.enrollments_by_id(enrollment.subscriber_id)).all()
            session.delete(enrollment)
            session.flush()
            if len(others) == 1:
                session.execute(delete(Subscriber).where(Subscriber.id == enrollment.subscriber_id))
        session.execute(delete(Signup).where(Signup.requested_at < limit, Signup.handled_at.is_not(None)))
        # that a confirmation went is remembered for as long as it counts, by its digest alone
        session.execute(delete(Delivery).where(Delivery.kind == Kind.CONFIRM, Delivery.claimed_at < now - REMEMBERED))
        return len(pending)
