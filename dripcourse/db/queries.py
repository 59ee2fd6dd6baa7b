"""Every question we ask the database, by name. Statements only: who asks, and in which transaction, is for `services` to say."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from zlib import crc32

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Update,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from dripcourse.db.models import (
    Base,
    Beat,
    Circuit,
    Consent,
    Delivery,
    Enrollment,
    Erasure,
    Inbound,
    Instance,
    LessonText,
    Lift,
    ProviderEvent,
    Signup,
    Subscriber,
    Suppression,
)
from dripcourse.db.types import Instant, Row
from dripcourse.domain.delivery import CAME_BACK, IN_HAND, TO_SUPPRESSED, DeliveryState, Kind, Reason
from dripcourse.domain.enrollment import LIVE, EnrollmentState, PauseReason
from dripcourse.domain.suppression import ERASED, NEVER

# ---------------------------------------------------------------------------------------------------------------- tick


@cache
def agenda(*, any_hour: bool) -> Select[bool, bool, bool, bool, bool, bool, bool, bool, bool]:
    """What there is to do at the instant `now`: (mend, receive, hear, settle, erase, decide, resume, remind, send), each answered by an index; nothing is locked.

    Bind `now`, `ahead`, `long` and `beyond`: what was written after the second, a delivery that waits until after the third and an
    arrival that waits until after the fourth are a clock's fault and want mending. Built once: it is asked with every beat.
    """
    now, ahead, long, beyond = (bindparam(name, type_=Instant()) for name in ("now", "ahead", "long", "beyond"))
    mend = or_(
        exists().where(_written_ahead(ahead)),
        exists().where(*_sleeps_beyond(long)),
        exists().where(*_set_ahead(ahead)),
    )
    wire = (DeliveryState.SENDING, DeliveryState.UNSURE, DeliveryState.HELD)  # held: until an instant
    settle = exists().where(Delivery.state.in_(wire), Delivery.wake_at <= now)
    waiting = exists().where(Delivery.state == DeliveryState.CLAIMED, Delivery.wake_at <= now)
    due = exists().where(Enrollment.state == EnrollmentState.ACTIVE, _due_column(any_hour=any_hour) <= now)
    decide = exists().where(Signup.handled_at.is_(None))
    resume = exists().where(Enrollment.paused_until <= now, Enrollment.state == EnrollmentState.PAUSED)
    remind = exists().where(*_wants_reminding(now))
    hear = exists().where(ProviderEvent.handled_at.is_(None))
    receive = or_(exists().where(Inbound.wake_at <= now), exists().where(Inbound.wake_at > beyond))
    erase = exists().where(Erasure.wake_at <= now)
    return select(mend, receive, hear, settle, erase, decide, resume, remind, or_(waiting, due))


def _written_ahead(instant: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    return Delivery.changed_at > instant


def _sleeps_beyond(instant: datetime | BindParameter[datetime]) -> tuple[ColumnElement[bool], ...]:
    waiting = (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNSURE)
    return Delivery.state.in_(waiting), Delivery.wake_at > instant


def _set_ahead(instant: datetime | BindParameter[datetime]) -> tuple[ColumnElement[bool], ...]:
    return Enrollment.state == EnrollmentState.ACTIVE, Enrollment.set_at > instant


def _wants_reminding(instant: datetime | BindParameter[datetime]) -> tuple[ColumnElement[bool], ...]:
    return Enrollment.state == EnrollmentState.ACTIVE, Enrollment.remind_at <= instant


def deliveries_ahead(written: datetime, sleeps: datetime, limit: int) -> Select[Delivery]:
    """Deliveries that were written after an instant that has not come yet, or that wait until after another."""
    wrong = or_(_written_ahead(written), and_(*_sleeps_beyond(sleeps)))
    return select(Delivery).where(wrong).limit(limit).with_for_update(skip_locked=True)


def enrollments_for_update(ids: Collection[str]) -> Select[Enrollment]:
    """These enrollments, held until the transaction ends."""
    return select(Enrollment).where(Enrollment.id.in_(ids)).with_for_update()


def enrollments_ahead(instant: datetime, limit: int) -> Select[Enrollment]:
    """Active enrollments whose date was set after an instant that has not come yet."""
    return select(Enrollment).where(*_set_ahead(instant)).limit(limit).with_for_update(skip_locked=True)


def _due_column(*, any_hour: bool) -> InstrumentedAttribute[datetime | None]:
    return Enrollment.due_at if any_hour else Enrollment.wake_at


# ------------------------------------------------------------------------------------------------------------ dispatch


def deliveries_to_claim(
    now: datetime, limit: int, others: Collection[str] = (), *, least_tried: bool = False
) -> Select[Delivery]:
    """Deliveries nobody holds: fresh ones, retries whose time has come, and claims whose lease has run out; none of `others`' courses."""
    order = (Delivery.fence, Delivery.wake_at) if least_tried else (Delivery.wake_at,)
    mine = Delivery.course.not_in(others) if others else true()
    return (
        select(Delivery)
        .where(Delivery.state == DeliveryState.CLAIMED, Delivery.wake_at <= now, mine)
        .order_by(*order)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )


def enrollments_due(
    now: datetime, limit: int, others: Collection[str] = (), *, any_hour: bool
) -> Select[Enrollment, Subscriber]:
    """Active enrollments whose next lesson may go, and their readers; with `any_hour` also those that would wait for the morning.

    None in a course of `others`: only they have it.
    """
    when = _due_column(any_hour=any_hour)
    mine = Enrollment.course.not_in(others) if others else true()
    return (
        select(Enrollment, Subscriber)
        .join(Subscriber, Subscriber.id == Enrollment.subscriber_id)
        .where(Enrollment.state == EnrollmentState.ACTIVE, when <= now, mine)
        .order_by(when)
        .limit(limit)
        # their reader too: nobody else claims a lesson of another course for them meanwhile
        .with_for_update(of=[Enrollment, Subscriber], skip_locked=True, key_share=True)
    )


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


def lessons_beside(enrollments: Collection[str]) -> Select[str, str, str | None, DeliveryState, datetime]:
    """(enrollment, course, slug, state, since) of the lessons of other courses that are about to go, or may have gone, to its reader."""
    mine, other = aliased(Enrollment), aliased(Enrollment)
    going = (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNSURE)
    since = func.coalesce(Delivery.marked_at, Delivery.claimed_at)
    return (
        select(mine.id, Delivery.course, Delivery.lesson, Delivery.state, since)
        .join(other, and_(other.subscriber_id == mine.subscriber_id, other.id != mine.id))
        .join(Delivery, Delivery.enrollment_id == other.id)
        .where(mine.id.in_(enrollments), Delivery.kind == Kind.LESSON, Delivery.state.in_(going))
    )


def reminders_due(now: datetime, limit: int) -> Select[Enrollment, Subscriber]:
    """Active enrollments whose reader is to be told that the next lesson waits for them, and their readers."""
    return (
        select(Enrollment, Subscriber)
        .join(Subscriber, Subscriber.id == Enrollment.subscriber_id)
        .where(*_wants_reminding(now))
        .order_by(Enrollment.remind_at)
        .limit(limit)
        .with_for_update(of=Enrollment, skip_locked=True)
    )


def lessons_seen(enrollments: Collection[str]) -> Select[str | None, str | None, Reason, DeliveryState]:
    """(enrollment, slug, reason, state) of every lesson that has a delivery, whatever its state."""
    return select(Delivery.enrollment_id, Delivery.lesson, Delivery.reason, Delivery.state).where(
        Delivery.enrollment_id.in_(enrollments), Delivery.kind == Kind.LESSON
    )


def lessons_sent(enrollment: str) -> Select[Delivery, LessonText]:
    """The lessons of an enrollment that were accepted, with their words as they were sent, in the order in which they went."""
    return (
        select(Delivery, LessonText)
        .join(LessonText, LessonText.hash == Delivery.lesson_text)
        .where(Delivery.enrollment_id == enrollment, Delivery.kind == Kind.LESSON, Delivery.accepted_at.is_not(None))
        .order_by(Delivery.accepted_at, Delivery.id)
    )


def subscribers_of(enrollments: Collection[str]) -> Select[Enrollment, Subscriber]:
    """Each of these enrollments with its reader."""
    return (
        select(Enrollment, Subscriber)
        .join(Subscriber, Subscriber.id == Enrollment.subscriber_id)
        .where(Enrollment.id.in_(enrollments))
    )


def signups(ids: Collection[str]) -> Select[Signup]:
    """These sign-up requests."""
    return select(Signup).where(Signup.id.in_(ids))


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


def may_go() -> ColumnElement[bool]:
    """The consent check right before the wire; kinds that are not named stand alone.

    lesson: its enrollment is active, and does not wait for its reader's word. reminder: it is active, wants reminders, and still waits
    after that lesson.
    copy, receipt, own: its reader has not left.
    """
    mine = exists().where(Enrollment.id == Delivery.enrollment_id)
    active = mine.where(Enrollment.state == EnrollmentState.ACTIVE)
    left = mine.where(Enrollment.state == EnrollmentState.LEFT)
    waits_on = Enrollment.waits, Enrollment.last_lesson == Delivery.lesson
    asked_for = (Delivery.kind == kind for kind in (Kind.COPY, Kind.RECEIPT, Kind.OWN))
    to_readers = or_(*asked_for)  # no IN: the mark is for many rows at once
    return or_(
        and_(Delivery.kind == Kind.LESSON, active.where(~Enrollment.waits)),
        and_(Delivery.kind == Kind.REMINDER, active.where(*waits_on, Enrollment.reminders)),
        and_(to_readers, ~left),
        and_(Delivery.kind != Kind.LESSON, Delivery.kind != Kind.REMINDER, ~to_readers),
    )


def on_the_wire(ids: Collection[str]) -> Select[str, int]:
    """(id, fence) of those of these deliveries that stand at sending."""
    return select(Delivery.id, Delivery.fence).where(Delivery.id.in_(ids), Delivery.state == DeliveryState.SENDING)


def enrollments_of_accepted(deliveries: Collection[str], at: datetime) -> Select[Enrollment]:
    """The enrollments of those of these deliveries that were accepted at `at`, held until the transaction ends."""
    return (
        select(Enrollment)
        .join(Delivery, Delivery.enrollment_id == Enrollment.id)
        .where(Delivery.id.in_(deliveries), Delivery.accepted_at == at)
        .with_for_update(of=Enrollment)
    )


def circuit(name: str) -> Select[Circuit]:
    """The circuit of that name."""
    return select(Circuit).where(Circuit.transport == name)


# -------------------------------------------------------------------------------------------------------------- settle


def sendings_run_out(now: datetime, limit: int) -> Select[Delivery]:
    """Deliveries on the wire whose lease is over: nobody will record them any more."""
    return (
        select(Delivery)
        .where(Delivery.state == DeliveryState.SENDING, Delivery.wake_at <= now)
        .order_by(Delivery.wake_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )


def unsure_to_settle(now: datetime, limit: int) -> Select[Delivery]:
    """Unsure deliveries for which evidence may be asked again."""
    return (
        select(Delivery)
        .where(Delivery.state == DeliveryState.UNSURE, Delivery.wake_at <= now)
        .order_by(Delivery.wake_at)
        .limit(limit)
    )


def unsure_deliveries() -> Select[Delivery]:
    """What nobody knows the fate of: unsure, and those since assumed to have gone."""
    return (
        select(Delivery)
        .where(or_(Delivery.state == DeliveryState.UNSURE, Delivery.reason == "assumed"))
        .order_by(Delivery.changed_at)
    )


# -------------------------------------------------------------------------------------------------------------- enroll


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


def stopped_lessons(enrollment: str) -> tuple[ColumnElement[bool], ...]:
    """The lessons of an enrollment that were held for good because their address was suppressed."""
    held = Delivery.state == DeliveryState.HELD, Delivery.reason == Reason.STOPPED
    return Delivery.enrollment_id == enrollment, Delivery.kind == Kind.LESSON, *held


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


# ------------------------------------------------------------------------------------------------------------ overview


def every_enrollment(course: str | None = None) -> Select[Enrollment, Subscriber]:
    """All enrollments with their readers, oldest first; of one course if it is named."""
    wanted = Enrollment.course == course if course else true()
    return (
        select(Enrollment, Subscriber)
        .join(Subscriber, Subscriber.id == Enrollment.subscriber_id)
        .where(wanted)
        .order_by(Enrollment.created_at, Enrollment.id)
    )


def enrollments_by_id(ident: str) -> Select[Enrollment, Subscriber]:
    """The enrollments that an id names: its own, or its reader's."""
    return every_enrollment().where(or_(Enrollment.id == ident, Enrollment.subscriber_id == ident))


def enrollments_by_index(indexes: Sequence[bytes]) -> Select[Enrollment, Subscriber]:
    """The enrollments of an address."""
    return every_enrollment().where(Subscriber.address_index.in_(indexes))


def every_delivery() -> Select[Delivery]:
    """All deliveries, oldest first."""
    return select(Delivery).order_by(Delivery.claimed_at, Delivery.id)


def deliveries_of(enrollment: str) -> Select[Delivery]:
    """All deliveries of one enrollment, oldest first."""
    return every_delivery().where(Delivery.enrollment_id == enrollment)


def in_hand(enrollments: Collection[str]) -> Select[str | None, str | None, datetime | None]:
    """(enrollment, slug, due) of lessons that are claimed, held or unsure: the enrollment waits for them."""
    return select(Delivery.enrollment_id, Delivery.lesson, Delivery.due_at).where(
        Delivery.enrollment_id.in_(enrollments), Delivery.kind == Kind.LESSON, Delivery.state.in_(IN_HAND)
    )


def instance() -> Select[Instance]:
    """The instance seal."""
    return select(Instance)


def beats_since(instant: datetime) -> Select[Beat]:
    """The processes that have ticked since an instant."""
    return select(Beat).where(Beat.beat_at >= instant).order_by(Beat.beat_at.desc())


def held_for_template() -> Select[Delivery]:
    """Lessons held because their words could not be rendered."""
    return (
        select(Delivery)
        .where(Delivery.state == DeliveryState.HELD, Delivery.reason == Reason.TEMPLATE)
        .with_for_update(skip_locked=True)
    )


def hold_again(*which: ColumnElement[bool]) -> Update:
    """Of these, the lessons that were accepted once and came back are held as before: what went is never forgotten."""
    back = {"state": DeliveryState.HELD, "reason": Reason.RETURNED}
    return update(Delivery).where(*which, Delivery.kind == Kind.LESSON, Delivery.accepted_at.is_not(None)).values(back)


def give_up(enrollment: str) -> Update:
    """Nothing that came back goes again to an enrollment that has ended."""
    held = (Delivery.enrollment_id == enrollment, Delivery.state == DeliveryState.HELD, Delivery.reason.in_(CAME_BACK))
    return update(Delivery).where(*held).values(state=DeliveryState.BOUNCED, wake_at=None)


def keep_once(session: Session, table: type[Base], rows: Sequence[Row]) -> None:
    """Insert rows, leaving out those whose key is there already; two processes may do so at once."""
    dialect = session.get_bind().dialect.name
    statement = (postgresql if dialect == "postgresql" else sqlite).insert(table).on_conflict_do_nothing()
    session.execute(statement, list(rows))


def delivery_by_key(kind: Kind, key: str) -> Select[Delivery]:
    """The one delivery of a kind and key, if there is one."""
    return select(Delivery).where(Delivery.kind == kind, Delivery.key == key)


def alone(session: Session, what: str) -> None:
    """Until the transaction ends, nobody else does `what`. SQLite has one writer anyway; PostgreSQL is asked for an advisory lock."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(crc32(what.encode()))))
