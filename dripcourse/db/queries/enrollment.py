"""Sign-ups, readers and their enrollments, and addresses that are not written to. Statements only."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from dripcourse.db.models import (
    Consent,
    Delivery,
    Enrollment,
    Lift,
    Signup,
    Subscriber,
    Suppression,
)
from dripcourse.domain.delivery import TO_SUPPRESSED, Kind
from dripcourse.domain.enrollment import LIVE, EnrollmentState, PauseReason
from dripcourse.domain.suppression import ERASED, NEVER


def subscribers_held(enrollments: Collection[str]) -> Select[str]:
    """The readers of these enrollments, held until the transaction ends, in one order."""
    theirs = select(Enrollment.subscriber_id).where(Enrollment.id.in_(enrollments))
    return (
        select(Subscriber.id).where(Subscriber.id.in_(theirs)).order_by(Subscriber.id).with_for_update(key_share=True)
    )


def enrollments_beside(enrollments: Collection[str], *, hold: bool = False) -> Select[str, Enrollment]:
    """The other enrollments of the readers of these, each with the id of the one it stands beside; with `hold` those that nobody holds."""
    mine, other = aliased(Enrollment), Enrollment
    found = (
        select(mine.id, other)
        .join(other, and_(other.subscriber_id == mine.subscriber_id, other.id != mine.id))
        .where(mine.id.in_(enrollments))
        .order_by(other.id)
    )
    return found.with_for_update(of=other, skip_locked=True) if hold else found


def suppressions_of(indexes: Collection[bytes]) -> Select[Suppression]:
    """The suppressions of these address indexes."""
    return select(Suppression).where(Suppression.address_index.in_(indexes))


def lifts_of(subscriber: str) -> Select[Lift]:
    """The suppressions of a reader's address that were lifted, oldest first."""
    mine = Subscriber.address_index == Lift.address_index
    return select(Lift).join(Subscriber, mine).where(Subscriber.id == subscriber).order_by(Lift.lifted_at, Lift.id)


def is_suppressed(index: BindParameter[bytes]) -> ColumnElement[bool]:
    """Whether an address index must not get a delivery: a question or a notice goes to all but those who asked never to be written to."""
    to_all = or_(*(Delivery.kind == kind for kind in TO_SUPPRESSED))  # no IN: the mark is for many rows at once
    barred = or_(Suppression.reason == NEVER, ~to_all)
    return exists().where(Suppression.address_index == index, Suppression.reason != ERASED, barred)


def signups_unhandled(limit: int) -> Select[Signup]:
    """Sign-up requests that no tick has looked at, oldest first."""
    return (
        select(Signup)
        .where(Signup.handled_at.is_(None))
        .order_by(Signup.requested_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )


def subscriber_by_index(indexes: Sequence[bytes]) -> Select[Subscriber]:
    """The reader of an address, by any of its indexes."""
    return select(Subscriber).where(Subscriber.address_index.in_(indexes))


def live_enrollment(subscriber: str, course: str) -> Select[Enrollment]:
    """A reader's live enrollment in a course; there is at most one."""
    return select(Enrollment).where(
        Enrollment.subscriber_id == subscriber, Enrollment.course == course, Enrollment.state.in_(LIVE)
    )


def newest_enrollment(subscriber: str, course: str) -> Select[Enrollment]:
    """A reader's newest enrollment in a course, whatever became of it."""
    return (
        select(Enrollment)
        .where(Enrollment.subscriber_id == subscriber, Enrollment.course == course)
        .order_by(Enrollment.created_at.desc(), Enrollment.id)
        .limit(1)
    )


def left_enrollment(subscriber: str, course: str) -> Select[Enrollment]:
    """The newest enrollment in a course that a reader left or completed."""
    return (
        select(Enrollment)
        .where(
            Enrollment.subscriber_id == subscriber,
            Enrollment.course == course,
            Enrollment.state.in_((EnrollmentState.LEFT, EnrollmentState.COMPLETED)),
            Enrollment.confirmed_at.is_not(None),
        )
        .order_by(Enrollment.ended_at.desc())
        .limit(1)
    )


def ever_confirmed(subscriber: str) -> Select[str]:
    """The enrollments that a reader, or the host for them, ever said yes to."""
    return select(Enrollment.id).where(Enrollment.subscriber_id == subscriber, Enrollment.confirmed_at.is_not(None))


def consent_to(signup: str) -> Select[Consent]:
    """The yes to a sign-up."""
    return select(Consent).where(Consent.signup_id == signup)


def confirmations_since(indexes: Sequence[bytes], since: datetime) -> Select[datetime]:
    """When confirmation mails to an address were claimed, since an instant."""
    return select(Delivery.claimed_at).where(
        Delivery.recipient.in_(indexes),
        Delivery.kind == Kind.CONFIRM,
        Delivery.claimed_at > since,
        Delivery.key.endswith(":1"),  # a mail that asks back was brought about by their own
    )


def confirmations_to_mailbox(indexes: Sequence[bytes], since: datetime) -> Select[datetime]:
    """When confirmation mails to any address of a mailbox were claimed, since an instant; as long as their sign-ups are kept."""
    return (
        select(Delivery.claimed_at)
        .join(Signup, Signup.id == Delivery.signup_id)
        .where(Signup.mailbox_index.in_(indexes), Delivery.kind == Kind.CONFIRM, Delivery.claimed_at > since)
    )


def signups_since(how: str, since: datetime) -> Select[int]:
    """How many asked by one way since an instant."""
    return select(func.count()).select_from(Signup).where(Signup.requested_at > since, Signup.how == how)


def pending_since_before(instant: datetime) -> Select[Enrollment]:
    """Enrollments that were never confirmed and were asked for before an instant."""
    return (
        select(Enrollment)
        .where(Enrollment.state == EnrollmentState.PENDING, Enrollment.created_at < instant)
        .with_for_update(skip_locked=True)
    )


def pauses_over(now: datetime) -> Select[Enrollment]:
    """Paused enrollments whose pause was to last until now."""
    return (
        select(Enrollment)
        .where(Enrollment.paused_until <= now, Enrollment.state == EnrollmentState.PAUSED)
        .with_for_update(skip_locked=True)
    )


def waiting_for_courses(courses: Collection[str]) -> Select[Enrollment]:
    """Enrollments that stand still because their course had gone, and it is one of these."""
    return (
        select(Enrollment)
        .where(
            Enrollment.state == EnrollmentState.PAUSED,
            Enrollment.pause_reason == PauseReason.COURSE,
            Enrollment.course.in_(courses),
        )
        .with_for_update(skip_locked=True)
    )
