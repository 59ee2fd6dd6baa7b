"""Coming in: a wish to be written to, the double opt-in, and the host's word instead of it.

A sign-up, whatever the address, is one sealed row appended in the request; a tick decides what becomes of it. So nothing that a
stranger can see or time tells whether an address is new, known, suppressed or bounced.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Consent, ConsentText, Delivery, Enrollment, Signup, Subscriber, Suppression
from dripcourse.domain.address import EmailAddress, email_address
from dripcourse.domain.course import Course
from dripcourse.domain.delivery import DeliveryState, Kind, Reason, confirm_key
from dripcourse.domain.enrollment import LIVE, EnrollmentState, LeftReason
from dripcourse.domain.errors import AddressError, NotFound, SuppressedError, UsageError
from dripcourse.domain.pacing import default_slot, due_again, known_zone, offset_minutes
from dripcourse.services import stay
from dripcourse.services.journal import Fact
from dripcourse.services.keys import Unsealable, new_id
from dripcourse.services.parts import Parts

CONFIRM_WITHIN = timedelta(days=7)
FORGET_AFTER = timedelta(days=14)
_ONE_A, _SPAN, _MOST = timedelta(days=1), timedelta(days=90), 3
_BATCH = 200
HOST_VOUCHES = "The host says that this reader agreed to receive the course by e-mail."


class How(StrEnum):
    """The door a reader came in by."""

    PAGE = "page"
    MAIL = "mail"
    HOST = "host"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asked for: `weekday` (0 is Monday) and `hour` are None for the default slot, `consent` the words they agreed to."""

    address: str
    course: str
    perspective: str | None = None
    zone: str = "UTC"
    weekday: int | None = None
    hour: int | None = None
    how: How = How.PAGE
    consent: str = ""


class Standing(StrEnum):
    """What a confirmation page has to say."""

    OPEN = "open"
    DONE = "done"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A sign-up as its confirmation page sees it; `returning` if this reader left the course before and can go on where they were."""

    course: str
    perspective: str | None
    standing: Standing
    returning: bool = False


# ------------------------------------------------------------------------------------------------------------- asking


def check(parts: Parts, wish: Wish) -> tuple[EmailAddress, Course]:
    """The address and the course a wish names. Raises AddressError, NotFound or UsageError in the reader's words."""
    course = parts.library.find(wish.course)
    if course is None:
        known = ", ".join(sorted(parts.library.courses)) or "none"
        raise NotFound(f"There is no course called {wish.course!r}. There is: {known}.")
    if wish.perspective is not None and wish.perspective not in course.perspectives:
        known = ", ".join(course.perspectives) or "none"
        raise UsageError(f"The course {course.slug!r} has no perspective {wish.perspective!r}. It has: {known}.")
    if not known_zone(wish.zone):
        raise UsageError(f"There is no time zone {wish.zone[:64]!r}. Write it like Europe/Berlin or America/New_York.")
    return email_address(wish.address), course


def request(parts: Parts, wish: Wish, now: datetime) -> str:
    """Append a sign-up request: the same one row for every address. Returns its id; raises as `check` does."""
    address, course = check(parts, wish)
    ident = new_id()
    payload = json.dumps(asdict(wish) | {"address": address.written, "course": course.slug}).encode()
    with parts.db.write() as session:
        session.execute(
            insert(Signup).values(
                id=ident,
                address_index=parts.keys.index(address.normal),
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


# ------------------------------------------------------------------------------------------------------------ deciding


def decide(parts: Parts, now: datetime) -> int:
    """Handle the sign-up requests that came in since the last tick; returns how many. Each ends in a confirmation mail or in silence."""
    handled = 0
    while True:
        with parts.db.write() as session:
            waiting = session.scalars(queries.signups_unhandled(_BATCH)).all()
            for signup in waiting:
                _decide_one(parts, session, signup, now)
                signup.handled_at = now
                session.flush()
        handled += len(waiting)
        if len(waiting) < _BATCH:
            return handled


def _decide_one(parts: Parts, session: Session, signup: Signup, now: datetime) -> None:
    try:
        wish = read_wish(parts, signup)
        address, course = check(parts, wish)
    except (Unsealable, AddressError, NotFound, UsageError):
        return  # the course has gone, or the key: nobody can be written to
    indexes = parts.keys.indexes(address.normal)
    if is_suppressed(session, indexes) or not _may_confirm(session, indexes, now):
        return
    subscriber = _subscriber(parts, session, address, now)
    enrollment = _pending(session, subscriber, course, wish, now)
    signup.enrollment_id = enrollment.id
    session.flush()
    session.execute(
        insert(Delivery).values(
            id=new_id(),
            kind=Kind.CONFIRM,
            key=confirm_key(signup.id, 1),
            signup_id=signup.id,
            recipient=indexes[0],
            course=course.slug,
            state=DeliveryState.CLAIMED,
            reason=Reason.NONE,
            detail="",
            fence=0,
            wake_at=now,
            due_at=now,
            claimed_at=now,
            changed_at=now,
        )
    )


def is_suppressed(session: Session, indexes: Sequence[bytes]) -> bool:
    """Whether an address, by any of its indexes, must never be written to."""
    return session.scalars(queries.suppressed_among(indexes)).first() is not None


def _may_confirm(session: Session, indexes: Sequence[bytes], now: datetime) -> bool:
    """At most one confirmation mail an address a day, and three in 90 days: nobody can be flooded through our form."""
    sent = session.scalars(queries.confirmations_since(indexes, now - _SPAN)).all()
    return len(sent) < _MOST and not any(at > now - _ONE_A for at in sent)


def _subscriber(parts: Parts, session: Session, address: EmailAddress, now: datetime) -> Subscriber:
    found = session.scalars(queries.subscriber_by_index(parts.keys.indexes(address.normal))).first()
    if found is None:
        ident = new_id()
        found = Subscriber(
            id=ident,
            address_sealed=parts.keys.seal(address.written.encode(), "address", ident),
            address_index=parts.keys.index(address.normal),
            created_at=now,
        )
        session.add(found)
        session.flush()
    return found


def _pending(session: Session, subscriber: Subscriber, course: Course, wish: Wish, now: datetime) -> Enrollment:
    """The reader's live enrollment in the course, or a new one that waits for their yes."""
    live = session.scalars(queries.live_enrollment(subscriber.id, course.slug)).first()
    if live is None:
        live = _new_enrollment(subscriber, course, wish, now)
        session.add(live)
    elif live.state == EnrollmentState.PENDING:  # asked again: the later wish counts
        live.perspective, live.zone = wish.perspective, wish.zone
        live.offset_minutes = offset_minutes(wish.zone, now)
        live.created_at = now
    return live


def _new_enrollment(subscriber: Subscriber, course: Course, wish: Wish, now: datetime) -> Enrollment:
    return Enrollment(
        id=new_id(),
        subscriber_id=subscriber.id,
        course=course.slug,
        perspective=wish.perspective,
        language=course.language,
        zone=wish.zone,
        offset_minutes=offset_minutes(wish.zone, now),
        weekday=wish.weekday,
        hour=wish.hour,
        pace=course.pace,
        state=EnrollmentState.PENDING,
        created_at=now,
        last_number=-1,
    )


# ---------------------------------------------------------------------------------------------------------- confirming


def look_up(parts: Parts, token: str, now: datetime) -> Confirmation:
    """What the confirmation page has to say. Changes nothing. Raises NotFound for a token that is not ours."""
    with parts.db.read() as session:
        signup = _signup(parts, session, token)
        enrollment = session.get(Enrollment, signup.enrollment_id) if signup.enrollment_id else None
        return _confirmation(parts, session, signup, enrollment, now)


def confirm(
    parts: Parts, token: str, perspective: str | None, now: datetime, *, start_over: bool = True
) -> Confirmation:
    """Say yes: the enrollment is active, and the welcome goes with the next tick. Repeating it changes nothing.

    A reader who comes back goes on where they were unless `start_over`. Raises NotFound for a token that is not ours.
    """
    with parts.db.write() as session:
        signup = _signup(parts, session, token)
        enrollment = session.get(Enrollment, signup.enrollment_id) if signup.enrollment_id else None
        found = _confirmation(parts, session, signup, enrollment, now)
        if found.standing is not Standing.OPEN or enrollment is None:
            return found
        wish = read_wish(parts, signup)
        if found.returning and not start_over:
            enrollment = _come_back(session, signup, enrollment)
        course = parts.library.courses[enrollment.course]
        enrollment.perspective = perspective if perspective in course.perspectives else None
        activate(session, enrollment, now)
        _keep_evidence(session, enrollment, wish, asked_at=signup.requested_at, now=now)
        signup.confirmed_at = now
        return Confirmation(found.course, enrollment.perspective, Standing.DONE)


def never_again(parts: Parts, token: str, now: datetime) -> None:
    """Never write to this address again, from its own confirmation page. Repeating it changes nothing. Raises NotFound."""
    with parts.db.write() as session:
        signup = _signup(parts, session, token)
        indexes = parts.keys.indexes(email_address(read_wish(parts, signup).address).normal)
        suppress(parts, session, indexes, "asked", now)


def _signup(parts: Parts, session: Session, token: str) -> Signup:
    ident = parts.keys.read_web_token(token, "confirm")
    signup = session.get(Signup, ident) if ident else None
    if signup is None:
        raise NotFound("This link is not one of ours, or it is too old. You can ask for a new one on the sign-up page.")
    return signup


def _confirmation(
    parts: Parts, session: Session, signup: Signup, enrollment: Enrollment | None, now: datetime
) -> Confirmation:
    course = read_wish(parts, signup).course
    if enrollment is None or course not in parts.library.courses:
        return Confirmation(course, None, Standing.EXPIRED)
    if enrollment.state is not EnrollmentState.PENDING:
        done = enrollment.state in LIVE or signup.confirmed_at is not None
        return Confirmation(course, enrollment.perspective, Standing.DONE if done else Standing.EXPIRED)
    if now > signup.requested_at + CONFIRM_WITHIN:
        return Confirmation(course, enrollment.perspective, Standing.EXPIRED)
    earlier = session.scalars(queries.left_enrollment(enrollment.subscriber_id, course)).first()
    returning = earlier is not None and earlier.state is EnrollmentState.LEFT
    return Confirmation(course, enrollment.perspective, Standing.OPEN, returning)


def _come_back(session: Session, signup: Signup, pending: Enrollment) -> Enrollment:
    """The enrollment that was left, in place of the new one: its lessons and its place are kept."""
    earlier = session.scalars(queries.left_enrollment(pending.subscriber_id, pending.course)).one()
    signup.enrollment_id = earlier.id
    session.flush()
    session.delete(pending)
    session.flush()
    earlier.zone, earlier.offset_minutes = pending.zone, pending.offset_minutes
    return earlier


def activate(session: Session, enrollment: Enrollment, now: datetime) -> None:
    """Start, or start again: the next lesson is due at once if it is the welcome, else no sooner than the pace allows."""
    slot = default_slot(enrollment.zone, now)
    enrollment.weekday = slot.weekday if enrollment.weekday is None else enrollment.weekday
    enrollment.hour = slot.hour if enrollment.hour is None else enrollment.hour
    enrollment.state = EnrollmentState.ACTIVE
    enrollment.left_reason = enrollment.ended_at = None
    enrollment.confirmed_at = enrollment.confirmed_at or now
    stay.set_due(
        enrollment,
        due_again(
            stay.slot_of(enrollment),
            enrollment.pace,
            enrollment.last_accepted_at,
            now,
            after_welcome=enrollment.last_number == 0,
        ),
    )
    session.flush()


def _keep_evidence(session: Session, enrollment: Enrollment, wish: Wish, *, asked_at: datetime, now: datetime) -> None:
    """What a reader agreed to, when and how, kept as evidence; the words themselves once."""
    words = sha256(wish.consent.encode()).digest()
    if session.scalar(queries.consent_text(words)) is None:
        session.execute(insert(ConsentText).values(hash=words, language=enrollment.language, text=wish.consent))
    session.execute(
        insert(Consent).values(
            id=new_id(),
            enrollment_id=enrollment.id,
            text_hash=words,
            how=wish.how.value,
            asked_at=asked_at,
            given_at=now,
        )
    )


def suppress(parts: Parts, session: Session, indexes: Sequence[bytes], reason: str, now: datetime) -> None:
    """Never write to an address again; whatever it was enrolled in ends, and what was about to go does not."""
    if not is_suppressed(session, indexes):
        session.execute(insert(Suppression).values(address_index=indexes[0], reason=reason, since=now))
    session.execute(delete(Delivery).where(Delivery.recipient.in_(indexes), Delivery.state == DeliveryState.CLAIMED))
    subscriber = session.scalars(queries.subscriber_by_index(indexes)).first()
    if subscriber is None:
        return
    parts.journal.note(Fact.SUPPRESSED, [subscriber.id], now)
    for enrollment, _ in session.execute(queries.enrollments_by_id(subscriber.id)):
        if enrollment.state in LIVE:
            stay.end(parts, session, enrollment, LeftReason.ASKED, now)


# --------------------------------------------------------------------------------------------------------- the host's word


def vouch(parts: Parts, wish: Wish, now: datetime) -> tuple[str, bool]:
    """Enroll somebody on the host's word: active at once. Returns the enrollment's id and whether it is new.

    Adding somebody again changes nothing. Raises SuppressedError, or as `check` does.
    """
    address, course = check(parts, wish)
    with parts.db.write() as session:
        indexes = parts.keys.indexes(address.normal)
        if is_suppressed(session, indexes):
            raise SuppressedError("This address asked never to be written to, so it was not added.")
        subscriber = _subscriber(parts, session, address, now)
        known = session.scalars(queries.newest_enrollment(subscriber.id, course.slug)).first()
        if known is not None and known.state is not EnrollmentState.PENDING:
            return known.id, False  # also if they left: only they can come back, by signing up
        if known is None:
            known = _new_enrollment(subscriber, course, wish, now)
            session.add(known)
            session.flush()
        activate(session, known, now)
        _keep_evidence(session, known, wish, asked_at=now, now=now)
        return known.id, True


def ask(parts: Parts, wish: Wish, now: datetime) -> tuple[str, bool]:
    """Start the double opt-in on the host's word; returns as `vouch` does. The confirmation mail goes with the next tick."""
    address, course = check(parts, wish)
    with parts.db.read() as session:
        indexes = parts.keys.indexes(address.normal)
        if is_suppressed(session, indexes):
            raise SuppressedError("This address asked never to be written to, so it was not asked.")
        known = session.scalars(queries.subscriber_by_index(indexes)).first()
        earlier = session.scalars(queries.newest_enrollment(known.id, course.slug)).first() if known else None
    if earlier is not None:
        return earlier.id, False
    ident = request(parts, wish, now)
    decide(parts, now)
    with parts.db.read() as session:
        signup = session.get_one(Signup, ident)
        if signup.enrollment_id is None:
            raise SuppressedError("This address was asked already, and is not asked again so soon. Nothing was sent.")
        return signup.enrollment_id, True


# ---------------------------------------------------------------------------------------------------------- forgetting


def forget_unconfirmed(parts: Parts, now: datetime) -> int:
    """Delete sign-ups that nobody confirmed within 14 days, with everything known of them. Returns how many enrollments went."""
    limit = now - FORGET_AFTER
    with parts.db.write() as session:
        pending = session.scalars(queries.pending_since_before(limit)).all()
        for enrollment in pending:
            others = session.execute(queries.enrollments_by_id(enrollment.subscriber_id)).all()
            session.delete(enrollment)
            session.flush()
            if len(others) == 1:
                session.execute(delete(Subscriber).where(Subscriber.id == enrollment.subscriber_id))
        session.execute(delete(Signup).where(Signup.requested_at < limit, Signup.handled_at.is_not(None)))
        # that a confirmation went is remembered for as long as it counts, by its digest alone
        session.execute(delete(Delivery).where(Delivery.kind == Kind.CONFIRM, Delivery.claimed_at < now - _SPAN))
        return len(pending)
