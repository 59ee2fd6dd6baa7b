"""Confirming: the reader's own yes, by the page behind the confirmation mail or by a reply to it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import cast

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db import replies as asked
from dripcourse.db.models import Enrollment, Signup, Subscriber
from dripcourse.domain.address import email_address
from dripcourse.domain.enrollment import LIVE, EnrollmentState
from dripcourse.domain.errors import Gone, NotFound
from dripcourse.services import cover, move, move_words
from dripcourse.services.enroll import Wish, activate, keep_evidence
from dripcourse.services.journal import Fact
from dripcourse.services.move_words import Brought
from dripcourse.services.parts import Parts
from dripcourse.services.signup import read_wish
from dripcourse.services.stay import slot_of
from dripcourse.services.suppression import forget_erased, suppress

CONFIRM_WITHIN = timedelta(days=7)


class Standing(StrEnum):
    """What a confirmation page has to say."""

    OPEN = "open"
    DONE = "done"
    EXPIRED = "expired"


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
    nothing_kept: bool = False
    """Whether nothing that this reader wrote is here: then it can be asked whether they alone read their mailbox."""


def look_up(parts: Parts, token: str, now: datetime) -> Confirmation:
    """What the confirmation page has to say. Changes nothing. Raises NotFound for a token that is not ours."""
    with parts.db.read() as session:
        signup = _signup(parts, session, token)
        enrollment = session.get(Enrollment, signup.enrollment_id) if signup.enrollment_id else None
        return _confirmation(parts, session, signup, enrollment, now)


def open_words(parts: Parts, token: str, typed: str, now: datetime) -> Brought | None:
    """What was written before a move, opened by its reader's phrase, to be brought along. Raises NotFound, and as `move_words.open_words`."""
    with parts.db.read() as session:
        wish = read_wish(parts, _signup(parts, session, token))
    return move_words.open_words(parts, wish.moves, typed, now) if wish.moves else None


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
    while nothing of theirs is kept. `words` come along with a move. Raises NotFound for a token that is not ours.
    """
    with parts.db.write() as session:
        signup = _signup(parts, session, token)
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
    if found.nothing_kept:  # else whoever has the mailbox now could sign up again to come by what was written before
        reader = session.get_one(Subscriber, enrollment.subscriber_id, with_for_update=True)
        reader.reads_alone = alone and reader.phrase_since is None and not _anything_kept(session, reader.id)
    if found.returning and not start_over:
        enrollment = _come_back(session, signup, enrollment)
        parts.journal.note(Fact.RETURNED, [enrollment.id], now)
    else:
        cover.carry_over(parts.keys, session, enrollment)
    course = parts.library.courses[enrollment.course]
    enrollment.perspective = perspective if perspective in course.perspectives else None
    activate(session, enrollment, now)
    keep_evidence(session, enrollment, wish, asked_at=signup.requested_at, now=now)
    forget_erased(session, parts.keys.indexes(email_address(wish.address).normal))
    signup.confirmed_at = now
    return Confirmation(found.course, enrollment.perspective, Standing.DONE)


def _move(
    parts: Parts, session: Session, signup: Signup, wish: Wish, words: Brought | None, now: datetime
) -> Confirmation:
    found = _moving(parts, session, signup, wish, now)
    if found.standing is not Standing.OPEN:
        return found
    enrollment = move.carry_out(parts, session, wish, words, now)
    if enrollment is None:
        return replace(found, standing=Standing.EXPIRED)
    keep_evidence(session, enrollment, wish, asked_at=signup.requested_at, now=now)
    forget_erased(session, parts.keys.indexes(email_address(wish.address).normal))
    signup.enrollment_id, signup.confirmed_at = enrollment.id, now
    return replace(found, standing=Standing.DONE)


def never_again(parts: Parts, token: str, now: datetime) -> None:
    """Never write to this address again, from its own confirmation page. Repeating it changes nothing. Raises NotFound."""
    with parts.db.write() as session:
        signup = _signup(parts, session, token)
        indexes = parts.keys.indexes(email_address(read_wish(parts, signup).address).normal)
        suppress(parts, session, indexes, "asked", now)


def _signup(parts: Parts, session: Session, token: str) -> Signup:
    ident = parts.keys.read_web_token(token, "confirm")
    signup = session.get(Signup, ident) if ident else None
    if ident and signup is None:
        raise Gone("What this link belonged to is not kept any more.")
    if signup is None:
        raise NotFound("This link is not one of ours, or it is too old. You can ask for a new one on the sign-up page.")
    return signup


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
        done = enrollment.state in LIVE or signup.confirmed_at is not None
        return Confirmation(course, enrollment.perspective, Standing.DONE if done else Standing.EXPIRED)
    if now > signup.requested_at + CONFIRM_WITHIN:
        return Confirmation(course, enrollment.perspective, Standing.EXPIRED)
    earlier = session.scalars(queries.left_enrollment(enrollment.subscriber_id, course)).first()
    returning = earlier is not None and earlier.state is EnrollmentState.LEFT
    reader = session.get_one(Subscriber, enrollment.subscriber_id)
    fresh = reader.phrase_since is None and not _anything_kept(session, reader.id)
    return Confirmation(course, enrollment.perspective, Standing.OPEN, returning, nothing_kept=fresh)


def _anything_kept(session: Session, subscriber: str) -> bool:
    return session.scalars(asked.is_anything_kept(subscriber)).one()


def _moving(parts: Parts, session: Session, signup: Signup, wish: Wish, now: datetime) -> Confirmation:
    """A move, which waits for its reader's yes for as long as it is possible."""
    standing, tz = Standing.EXPIRED, cast(tzinfo, UTC)
    indexes = parts.keys.indexes(email_address(wish.address).normal)
    if signup.confirmed_at is not None:
        standing = Standing.DONE
    elif (
        wish.course in parts.library.courses
        and now <= signup.requested_at + CONFIRM_WITHIN
        and (moving := move.to_be_moved(session, wish.moves or "", indexes))
    ):
        standing, tz = Standing.OPEN, slot_of(moving).tz
    words = standing is Standing.OPEN and move_words.waits(session, wish.moves or "")
    return Confirmation(wish.course, None, standing, moving=True, words=words, tz=tz)


def _come_back(session: Session, signup: Signup, pending: Enrollment) -> Enrollment:
    """The enrollment that was left, in place of the new one: its lessons and its place are kept."""
    earlier = session.scalars(queries.left_enrollment(pending.subscriber_id, pending.course)).one()
    signup.enrollment_id = earlier.id
    session.flush()
    session.delete(pending)
    session.flush()
    earlier.zone, earlier.offset_minutes = pending.zone, pending.offset_minutes
    return earlier
