"""Confirming: the reader's own yes, by the page behind the confirmation mail or by a reply to it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import cast

from sqlalchemy import delete
from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery, Enrollment, Signup, Subscriber
from dripcourse.domain.address import email_address
from dripcourse.domain.enrollment import LIVE, EnrollmentState
from dripcourse.domain.errors import Forgotten, NotFound
from dripcourse.domain.suppression import NEVER
from dripcourse.services.enrollment import appearance, sole_reader, turns
from dripcourse.services.enrollment.enroll import Wish, activate, keep_evidence
from dripcourse.services.enrollment.schedule import slot_of
from dripcourse.services.enrollment.suppression import come_back, is_never, suppress
from dripcourse.services.journal import Fact
from dripcourse.services.parts import Parts
from dripcourse.services.replies import transfer
from dripcourse.services.replies.transfer import Brought
from dripcourse.services.signup import change_address
from dripcourse.services.signup.request import read_wish

CONFIRM_WITHIN = timedelta(days=7)
_FRESH = timedelta(days=1)
"""For how long after the press its page says that the welcome is on its way."""


class Standing(StrEnum):
    """What a confirmation page has to say."""

    OPEN = "open"
    DONE = "done"
    EXPIRED = "expired"
    PAST = "past"
    """A yes of the past: `said_on` says when, `ended` whether its letters have ended since."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A sign-up as its confirmation page sees it; `returning` if this reader left the course before and can go on where they were.

    `moving` if it is from a reader who wants what they get already to come to this address from now on.
    """

    course: str
    perspective: str | None
    standing: Standing
    returning: bool = False
    moving: bool = False
    words: bool = False
    """Whether a phrase would bring along what was written before a move."""
    tz: tzinfo = UTC
    """The zone of whoever moves."""
    first: bool = False
    """Whether this reader never confirmed anything before: only then it can be asked whether they alone read their mailbox."""
    said_on: datetime | None = None
    ended: bool = False


def look_up(parts: Parts, token: str, now: datetime) -> Confirmation:
    """What the confirmation page has to say. Changes nothing. Raises NotFound for a token that is not ours."""
    with parts.db.read() as session:
        signup = _signup(parts, session, token)
        if signup is None:
            return _past(parts, session, token)
        enrollment = session.get(Enrollment, signup.enrollment_id) if signup.enrollment_id else None
        return _confirmation(parts, session, signup, enrollment, now)


def open_words(parts: Parts, token: str, typed: str, now: datetime) -> Brought | None:
    """What was written before a move, opened by its reader's phrase, to be brought along. Raises NotFound, and as `move_words.open_words`."""
    with parts.db.read() as session:
        signup = _signup(parts, session, token)
        moves = read_wish(parts, signup).moves if signup else None
    return transfer.open_words(parts, moves, typed, now) if moves else None


def confirm(
    parts: Parts,
    token: str,
    perspective: str | None,
    now: datetime,
    *,
    start_over: bool = True,
    alone: bool = False,
    words: Brought | None = None,
) -> Confirmation:
    """Say yes: the enrollment is active, and the welcome goes with the next tick. Repeating it changes nothing.

    A reader who comes back goes on where they were unless `start_over`. `alone` says that nobody else reads their mailbox; it counts only
    with the first yes of this reader to anything here. `words` come along with a move. Raises NotFound for a token that is not ours.
    """
    with parts.db.write() as session:
        signup = _signup(parts, session, token)
        if signup is None:
            return _past(parts, session, token)
        return say_yes(parts, session, signup, perspective, now, start_over=start_over, alone=alone, words=words)


def say_yes(
    parts: Parts,
    session: Session,
    signup: Signup,
    perspective: str | None,
    now: datetime,
    *,
    start_over: bool,
    alone: bool = False,
    words: Brought | None = None,
) -> Confirmation:
    """As `confirm`, for a sign-up that was found by its mail, in the caller's transaction."""
    session.refresh(signup, with_for_update=True)  # of two presses at once the second finds what the first did
    wish = read_wish(parts, signup)
    if wish.moves is not None:
        return _move(parts, session, signup, wish, words, now)
    ident = signup.enrollment_id
    enrollment = session.get(Enrollment, ident, with_for_update=True) if ident else None
    found = _confirmation(parts, session, signup, enrollment, now)
    if found.standing is not Standing.OPEN or enrollment is None:
        return found
    sole_reader.note(session, enrollment, alone=alone)
    if found.returning and not start_over:
        enrollment = _come_back(session, signup, enrollment)
        parts.journal.note(session, Fact.RETURNED, [enrollment.id], now)
    else:
        appearance.carry_over(parts.keys, session, enrollment)
    course = parts.library.courses[enrollment.course]
    enrollment.perspective = perspective if perspective in course.perspectives else None
    activate(session, enrollment, now)
    turns.keep_apart(parts, session, [enrollment], now)
    keep_evidence(session, enrollment, wish, asked_at=signup.requested_at, now=now, signup=signup.id)
    come_back(parts, session, parts.keys.indexes(email_address(wish.address).normal), now)
    signup.confirmed_at = now
    return Confirmation(found.course, enrollment.perspective, Standing.DONE)


def _move(
    parts: Parts, session: Session, signup: Signup, wish: Wish, words: Brought | None, now: datetime
) -> Confirmation:
    found = _moving(parts, session, signup, wish, now)
    if found.standing is not Standing.OPEN:
        return found
    enrollment = change_address.carry_out(parts, session, wish, words, now)
    if enrollment is None:
        return replace(found, standing=Standing.EXPIRED)
    keep_evidence(session, enrollment, wish, asked_at=signup.requested_at, now=now, signup=signup.id)
    come_back(parts, session, parts.keys.indexes(email_address(wish.address).normal), now)
    signup.enrollment_id, signup.confirmed_at = enrollment.id, now
    return replace(found, standing=Standing.DONE)


def never_again(parts: Parts, token: str, now: datetime) -> bool:
    """Never write to this address again, from its own confirmation page; whether that counts. Repeating it changes nothing.

    It counts as long as nobody has confirmed this sign-up: whoever holds the link of an old mail bars nobody from their course, nor from
    coming back. Raises NotFound.
    """
    with parts.db.write() as session:
        signup = _signup(parts, session, token)
        if signup is None:
            return False
        indexes = parts.keys.indexes(email_address(read_wish(parts, signup).address).normal)
        if is_never(session, indexes):
            return True
        enrollment = session.get(Enrollment, signup.enrollment_id) if signup.enrollment_id else None
        waits = enrollment is not None and enrollment.state is EnrollmentState.PENDING
        if not waits and _confirmation(parts, session, signup, enrollment, now).standing is not Standing.OPEN:
            return False
        suppress(parts, session, indexes, NEVER, now)
        return True


def _signup(parts: Parts, session: Session, token: str) -> Signup | None:
    """The sign-up of a link of ours, or None if it is forgotten. Raises NotFound."""
    ident = parts.keys.read_web_token(token, "confirm")
    if ident is None:
        raise NotFound("This link is not one of ours, or it is too old. You can ask for a new one on the sign-up page.")
    return session.get(Signup, ident)


def _past(parts: Parts, session: Session, token: str) -> Confirmation:
    """What is still known of a sign-up that is forgotten itself: the yes to it. Raises Forgotten if nothing is."""
    ident = parts.keys.read_web_token(token, "confirm")
    consent = session.scalars(queries.enrollment.consent_to(ident or "")).first()
    if consent is None:
        raise Forgotten("Nothing is known of this link any more.")
    return _said_yes(session.get_one(Enrollment, consent.enrollment_id), consent.given_at)


def _said_yes(enrollment: Enrollment, said_on: datetime) -> Confirmation:
    ended = enrollment.state not in LIVE
    tz = slot_of(enrollment).tz
    return Confirmation(enrollment.course, None, Standing.PAST, tz=tz, said_on=said_on, ended=ended)


def _confirmation(
    parts: Parts, session: Session, signup: Signup, enrollment: Enrollment | None, now: datetime
) -> Confirmation:
    wish = read_wish(parts, signup)
    if wish.moves is not None:
        return _moving(parts, session, signup, wish, now)
    course = wish.course
    if enrollment is None or course not in parts.library.courses:
        return Confirmation(course, None, Standing.EXPIRED)
    if enrollment.state is not EnrollmentState.PENDING:
        said_on = signup.confirmed_at
        if said_on is not None and (enrollment.state not in LIVE or now > said_on + _FRESH):
            return _said_yes(enrollment, said_on)
        done = enrollment.state in LIVE
        return Confirmation(course, enrollment.perspective, Standing.DONE if done else Standing.EXPIRED)
    if now > signup.requested_at + CONFIRM_WITHIN:
        return Confirmation(course, enrollment.perspective, Standing.EXPIRED)
    earlier = session.scalars(queries.enrollment.left_enrollment(enrollment.subscriber_id, course)).first()
    returning = earlier is not None and earlier.state is EnrollmentState.LEFT
    reader = session.get_one(Subscriber, enrollment.subscriber_id)
    first = sole_reader.is_first(session, reader)
    return Confirmation(course, enrollment.perspective, Standing.OPEN, returning, first=first)


def _moving(parts: Parts, session: Session, signup: Signup, wish: Wish, now: datetime) -> Confirmation:
    """A move, which waits for its reader's yes for as long as it is possible."""
    standing, tz = Standing.EXPIRED, cast(tzinfo, UTC)
    indexes = parts.keys.indexes(email_address(wish.address).normal)
    if signup.confirmed_at is not None:
        standing = Standing.DONE
    elif now <= signup.requested_at + CONFIRM_WITHIN and (
        moving := change_address.to_be_moved(session, wish.moves or "", indexes)
    ):
        standing, tz = Standing.OPEN, slot_of(moving).tz
    words = standing is Standing.OPEN and transfer.waits(session, wish.moves or "")
    return Confirmation(wish.course, None, standing, moving=True, words=words, tz=tz)


def _come_back(session: Session, signup: Signup, pending: Enrollment) -> Enrollment:
    """The enrollment that was left, in place of the new one: its lessons and its place are kept."""
    earlier = session.scalars(queries.enrollment.left_enrollment(pending.subscriber_id, pending.course)).one()
    signup.enrollment_id = earlier.id
    session.flush()
    session.delete(pending)
    session.flush()
    earlier.zone, earlier.offset_minutes = pending.zone, pending.offset_minutes
    session.execute(
        delete(Delivery).where(*queries.delivery.stopped_lessons(earlier.id))
    )  # else the place would wait for them
    return earlier
