"""The questions about what stands still or waits for the host: each is answered by an index that holds few rows. Statements only."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, exists, func, or_, select, text, union_all
from sqlalchemy.orm import aliased

from dripcourse.db.models import Beat, Delivery, Enrollment, Erasure, Inbound, ProviderEvent, Reply, Signup
from dripcourse.db.queries.provider_events import FROM_MAIL
from dripcourse.domain.delivery import CAME_BACK, IN_HAND, DeliveryState, Kind, Reason
from dripcourse.domain.enrollment import EnrollmentState, PauseReason
from dripcourse.domain.quiet import NONE

Since = datetime | None

# SQLite uses a partial index only where the question repeats the index's own words
_GOING = text("enrollment.state IN ('active', 'paused')")
_ASLEEP = text("delivery.wake_at IS NULL AND delivery.state IN ('claimed', 'sending', 'unsure')")
_SET_BACK = text("delivery.state IN ('deferred', 'bounced', 'refused')")
_OPEN = text("(inbound.handled_at IS NULL OR inbound.verdict IS NULL)")


def last_beat() -> Select[Since]:
    """When somebody ticked last."""
    return select(func.max(Beat.beat_at))


def anybody() -> Select[datetime, datetime, datetime]:
    """When the newest enrollment, sign-up and message came: if there is none of the three, nothing can stand still."""
    return select(
        select(func.max(Enrollment.created_at)).scalar_subquery(),
        select(func.max(Signup.requested_at)).scalar_subquery(),
        select(func.max(Inbound.received_at)).scalar_subquery(),
    )


def late(instant: datetime) -> Select[int, Since]:
    """Active enrollments whose next lesson could be claimed before an instant, or whose reader was to be reminded: how many, since when."""
    lesson = and_(Enrollment.wake_at.is_not(None), Enrollment.wake_at <= instant)
    return select(func.count(), func.min(Enrollment.wake_at)).where(_active(), lesson)


def reminders_late(instant: datetime) -> Select[int, Since]:
    """Active enrollments whose reader was to be reminded before an instant: how many, since when."""
    due = and_(Enrollment.remind_at.is_not(None), Enrollment.remind_at <= instant)
    return select(func.count(), func.min(Enrollment.remind_at)).where(_active(), due)


def put_off(instant: datetime) -> Select[int, Since]:
    """Active enrollments without quiet dates whose lesson was promised before an instant and set to a later date: how many, since when."""
    moved = and_(Enrollment.promised_at < Enrollment.due_at, Enrollment.promised_at <= instant)
    return select(func.count(), func.min(Enrollment.promised_at)).where(_active(), moved, Enrollment.quiet == NONE)


def stuck() -> Select[int, Since]:
    """Active enrollments with nothing due, nothing in hand, and no word to wait for: how many, since the last lesson that was sent."""
    mine = (Delivery.enrollment_id == Enrollment.id, Delivery.kind == Kind.LESSON, Delivery.reason != Reason.STOPPED)
    # counted, for PostgreSQL would read all deliveries to find out whether there is none
    in_hand = select(func.count()).where(*mine, Delivery.state.in_(IN_HAND)).correlate(Enrollment).scalar_subquery()
    nothing = and_(Enrollment.due_at.is_(None), ~Enrollment.waits, in_hand == 0)
    return select(func.count(), func.min(Enrollment.last_accepted_at)).where(_active(), nothing)


def paused_for_course() -> Select[str, int]:
    """(course, how many) of the enrollments that are paused because their course was missing."""
    return (
        select(Enrollment.course, func.count())
        .where(Enrollment.state == EnrollmentState.PAUSED, Enrollment.pause_reason == PauseReason.COURSE)
        .group_by(Enrollment.course)
        .order_by(Enrollment.course)
    )


def without_course(known: Sequence[str]) -> CompoundSelect[str, int]:
    """(course, how many) of the active and paused enrollments in a course that is none of `known`: the gaps between those, by index."""
    names = sorted(known)
    column = Enrollment.course
    gaps: list[ColumnElement[bool]] = [and_(column > low, column < high) for low, high in pairwise(names)]
    gaps += [column < names[0], column > names[-1]] if names else [column > ""]
    return union_all(*(select(column, func.count()).where(_GOING, gap).group_by(column) for gap in gaps))


def held() -> Select[Reason, int, datetime, str]:
    """(reason, how many, since when, one of the causes) of the deliveries that are held, but for those whose reader is suppressed and those that go again by themselves."""
    return (
        select(Delivery.reason, func.count(), func.min(Delivery.changed_at), func.max(Delivery.detail))
        .where(
            Delivery.state == DeliveryState.HELD,
            Delivery.reason != Reason.STOPPED,
            Delivery.kind != Kind.ALERT,
            Delivery.wake_at.is_(None),
        )
        .group_by(Delivery.reason)
        .order_by(Delivery.reason)
    )


def held_until() -> Select[int, Since, Since, str | None]:
    """Deliveries that are held until an instant: how many, since when, until when the first, one of the causes."""
    return select(
        func.count(), func.min(Delivery.changed_at), func.min(Delivery.wake_at), func.max(Delivery.detail)
    ).where(Delivery.state == DeliveryState.HELD, Delivery.wake_at.is_not(None))


def unsure() -> Select[int, Since, str | None]:
    """Deliveries that are unsure: how many, since when, one of the causes."""
    return select(func.count(), func.min(Delivery.claimed_at), func.max(Delivery.detail)).where(
        Delivery.state == DeliveryState.UNSURE, Delivery.wake_at.is_not(None)
    )


def queue_late(instant: datetime) -> Select[int, Since]:
    """Deliveries that were to be looked at before an instant, and were not: how many, since when."""
    open_states = (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNSURE)
    return select(func.count(), func.min(Delivery.wake_at)).where(
        Delivery.state.in_(open_states), Delivery.wake_at.is_not(None), Delivery.wake_at <= instant
    )


def asleep() -> Select[int, Since]:
    """Deliveries in an open state that nothing will ever look at again: how many, since when."""
    return select(func.count(), func.min(Delivery.changed_at)).where(_ASLEEP)


def put_back(instant: datetime) -> Select[int, Since, str | None]:
    """Deliveries that were first claimed before an instant and are tried again and again: how many, since when, one of the causes."""
    tried = or_(Delivery.reason == Reason.LATER, Delivery.fence > 5)
    return select(func.count(), func.min(Delivery.claimed_at), func.max(Delivery.detail)).where(
        Delivery.state == DeliveryState.CLAIMED,
        Delivery.wake_at.is_not(None),
        Delivery.claimed_at <= instant,
        tried,
    )


def set_back(state: DeliveryState, after: datetime, before: datetime) -> Select[int, Since, str | None]:
    """Deliveries that reached a state of failure within a span: how many, since when, one of the causes."""
    return select(func.count(), func.min(Delivery.changed_at), func.max(Delivery.detail)).where(
        _SET_BACK, Delivery.state == state, Delivery.changed_at > after, Delivery.changed_at <= before
    )


def came_back_behind(instant: datetime) -> Select[int, Since, str | None]:
    """Lessons that came back after an instant, whose reader has not left and has had no copy since: how many, since when, one of the causes."""
    copy = aliased(Delivery)
    copied = exists().where(
        copy.enrollment_id == Delivery.enrollment_id,
        copy.kind == Kind.COPY,
        copy.lesson == Delivery.lesson,
        copy.claimed_at >= Delivery.changed_at,
    )
    return (
        select(func.count(), func.min(Delivery.changed_at), func.max(Delivery.detail))
        .join(Enrollment, Enrollment.id == Delivery.enrollment_id)
        .where(
            _SET_BACK,
            Delivery.state == DeliveryState.BOUNCED,
            Delivery.changed_at > instant,
            Delivery.kind == Kind.LESSON,
            Delivery.reason.in_(CAME_BACK),
            Enrollment.state != EnrollmentState.LEFT,
            ~copied,
        )
    )


def last_event() -> Select[Since]:
    """When a mail provider told something last."""
    return select(func.max(ProviderEvent.received_at)).where(~ProviderEvent.id.startswith(FROM_MAIL))


def handed_over(after: datetime, before: datetime) -> Select[int, Since]:
    """Deliveries that a mail provider took within a span: how many, since when."""
    return select(func.count(), func.min(Delivery.accepted_at)).where(
        Delivery.provider_ref.is_not(None),
        Delivery.changed_at > after,
        Delivery.accepted_at > after,
        Delivery.accepted_at <= before,
    )


def arrivals_open(instant: datetime) -> Select[int, Since]:
    """Messages that came before an instant and have not been handled: how many, since when."""
    return select(func.count(), func.min(Inbound.received_at)).where(
        _OPEN, Inbound.handled_at.is_(None), Inbound.received_at <= instant
    )


def arrivals_failed() -> Select[int, Since, str | None]:
    """Messages that were given up after several attempts and are still kept: how many, since when, one of the causes."""
    return select(func.count(), func.min(Inbound.received_at), func.max(Inbound.reason)).where(
        _OPEN, Inbound.handled_at.is_not(None), Inbound.verdict.is_(None), Inbound.raw_sealed.is_not(None)
    )


def signups_open(instant: datetime) -> Select[int, Since]:
    """Sign-up requests that were made before an instant and have not been decided: how many, since when."""
    return select(func.count(), func.min(Signup.requested_at)).where(
        Signup.handled_at.is_(None), Signup.requested_at <= instant
    )


def events_open(instant: datetime) -> Select[int, Since]:
    """Events that were received before an instant and have not been handled: how many, since when."""
    return select(func.count(), func.min(ProviderEvent.received_at)).where(
        ProviderEvent.handled_at.is_(None), ProviderEvent.received_at <= instant
    )


def erasures_open(instant: datetime) -> Select[int, Since]:
    """Erasures that were asked for before an instant and are not finished: how many, since when."""
    return select(func.count(), func.min(Erasure.asked_at)).where(Erasure.asked_at <= instant)


def newest_alerts(recipients: Sequence[bytes]) -> Select[Delivery]:
    """The newest mails to the host, the newest first."""
    return (
        select(Delivery)
        .where(Delivery.recipient.in_(recipients), Delivery.kind == Kind.ALERT)
        .order_by(Delivery.claimed_at.desc(), Delivery.key)
        .limit(4)
    )


def _active() -> ColumnElement[bool]:
    return Enrollment.state == EnrollmentState.ACTIVE


def shared_unread() -> Select[int, Since]:
    """Answers that readers share and the host has not seen: how many, since when."""
    unread = text("reply.shared_at IS NOT NULL AND reply.host_read_at IS NULL")
    return select(func.count(), func.min(Reply.shared_at)).select_from(Reply).where(unread, Reply.deleted_at.is_(None))
