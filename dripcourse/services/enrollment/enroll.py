"""Enrolling: what somebody asked for, made an enrollment; and the host's word in place of the reader's own yes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import insert
from sqlalchemy.orm import Session

from dripcourse.db import once, queries
from dripcourse.db.models import Consent, ConsentText, Enrollment, Subscriber
from dripcourse.domain.address import EmailAddress, email_address
from dripcourse.domain.course import Course
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.domain.errors import NotFound, UsageError
from dripcourse.domain.pacing import default_slot, known_zone, offset_minutes
from dripcourse.services.crypto.keyring import new_id
from dripcourse.services.enrollment import schedule
from dripcourse.services.enrollment.missing_course import stand_in
from dripcourse.services.enrollment.suppression import require_none
from dripcourse.services.parts import Parts

HOST_VOUCHES = "The host says that this reader agreed to receive the course by e-mail."


class How(StrEnum):
    """The door a reader came in by."""

    PAGE = "page"
    MAIL = "mail"
    HOST = "host"
    IMPORT = "import"
    MOVE = "move"
    """From another address of the same reader, where they keep their place."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asked for: `weekday` (0 is Monday) and `hour` are None for the default slot, `consent` the words they agreed to.

    `moves` is the enrollment whose place is to be kept, if they want what they get already to come to this address from now on.
    """

    address: str
    course: str
    perspective: str | None = None
    zone: str = "UTC"
    weekday: int | None = None
    hour: int | None = None
    how: How = How.PAGE
    consent: str = ""
    moves: str | None = None


def check(parts: Parts, wish: Wish) -> tuple[EmailAddress, Course]:
    """The address and the course a wish names. Raises AddressError, NotFound or UsageError in the reader's words."""
    course = parts.library.find(wish.course) or (stand_in(parts, wish.course, "en") if wish.moves else None)
    if course is None:
        known = ", ".join(sorted(parts.library.courses)) or "none"
        raise NotFound(f"There is no course called {wish.course!r}. There is: {known}.")
    if wish.perspective is not None and wish.perspective not in course.perspectives:
        known = ", ".join(course.perspectives) or "none"
        raise UsageError(f"The course {course.slug!r} has no perspective {wish.perspective!r}. It has: {known}.")
    if not known_zone(wish.zone):
        raise UsageError(f"There is no time zone {wish.zone[:64]!r}. Write it like Europe/Berlin or America/New_York.")
    return email_address(wish.address), course


def subscriber_of(parts: Parts, session: Session, address: EmailAddress, now: datetime) -> Subscriber:
    """The reader of an address, made if there is none, in the caller's transaction."""
    found = session.scalars(queries.enrollment.subscriber_by_index(parts.keys.indexes(address.normal))).first()
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


def new_enrollment(subscriber: Subscriber, course: Course, wish: Wish, now: datetime) -> Enrollment:
    """An enrollment that waits for its reader's yes."""
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


def activate(session: Session, enrollment: Enrollment, now: datetime) -> None:
    """Start, or start again: the next lesson is due at once if it is the welcome, else no sooner than the pace allows."""
    slot = default_slot(enrollment.zone, now)
    enrollment.weekday = slot.weekday if enrollment.weekday is None else enrollment.weekday
    enrollment.hour = slot.hour if enrollment.hour is None else enrollment.hour
    enrollment.state = EnrollmentState.ACTIVE
    enrollment.left_reason = enrollment.ended_at = None
    enrollment.confirmed_at = enrollment.confirmed_at or now
    schedule.set_due_again(enrollment, now)
    session.flush()


def keep_evidence(
    session: Session,
    enrollment: Enrollment,
    wish: Wish,
    *,
    asked_at: datetime,
    now: datetime,
    signup: str | None = None,
) -> None:
    """What a reader agreed to, when, how and by which sign-up, kept as evidence; the words themselves once."""
    words = sha256(wish.consent.encode()).digest()
    text = {"hash": words, "language": enrollment.language, "text": wish.consent}
    once.keep_once(session, ConsentText, [text])
    session.execute(
        insert(Consent).values(
            id=new_id(),
            enrollment_id=enrollment.id,
            text_hash=words,
            how=wish.how.value,
            asked_at=asked_at,
            given_at=now,
            signup_id=signup,
        )
    )


def vouch(parts: Parts, wish: Wish, now: datetime) -> tuple[str, bool]:
    """Enroll somebody on the host's word: active at once. Returns the enrollment's id and whether it is new.

    Adding somebody again changes nothing. Raises SuppressedError, or as `check` does.
    """
    address, course = check(parts, wish)
    with parts.db.write() as session:
        indexes = parts.keys.indexes(address.normal)
        require_none(session, indexes)
        subscriber = subscriber_of(parts, session, address, now)
        known = session.scalars(queries.enrollment.newest_enrollment(subscriber.id, course.slug)).first()
        if known is not None and known.state is not EnrollmentState.PENDING:
            return known.id, False  # also if they left: only they can come back, by signing up
        if known is None:
            known = new_enrollment(subscriber, course, wish, now)
            session.add(known)
            session.flush()
        activate(session, known, now)
        keep_evidence(session, known, wish, asked_at=now, now=now)
        return known.id, True
