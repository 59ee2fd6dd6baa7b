"""A place where workers work: a database, a small course, readers, a receiver, and one clock for all processes."""

import gc
import mmap
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import delete, func, select

from dripcourse.bootstrap import open_parts
from dripcourse.db.models import Delivery, Enrollment, Subscriber
from dripcourse.domain.address import normal_form
from dripcourse.domain.delivery import DeliveryState, Reason
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.domain.mail import Accepted, Outcome, Outgoing, Transport
from dripcourse.services.delivery import settle
from dripcourse.services.enrollment import enroll
from dripcourse.services.enrollment.enroll import How, Wish
from dripcourse.services.parts import Parts
from dripcourse.services.tick import Heart
from dripcourse.settings import Settings
from dripcourse.transports.outbox import Outbox
from tests.faults.receivers import Receiver, make_receiver
from tests.support.house import MONDAY, settings_for, write_course
from tests.support.once import with_tables

LESSONS = 4
ANYWHERE = tuple(
    (zone, hour) for hour in (7, 9, 18, 20) for zone in ("Europe/Berlin", "America/New_York", "Asia/Kolkata")
)
"""Slots all over the day, as (zone, hour)."""


@dataclass(frozen=True)
class Peak:
    """A busy hour of every day, in UTC: from `opening` to `closing` somebody is written to all the while."""

    opening: time
    closing: time
    slots: tuple[tuple[str, int], ...]
    """(zone, hour) of slots in it."""

    def is_on(self, now: datetime) -> bool:
        return self.opening <= now.time() < self.closing

    def in_midst(self, now: datetime) -> bool:
        """Whether a mail that goes now has others before it and after it."""
        edge = timedelta(minutes=10)
        return self.is_on(now - edge) and self.is_on(now + edge)

    def next_opening(self, now: datetime) -> datetime:
        """Now, if it is on."""
        if self.is_on(now):
            return now
        today = datetime.combine(now.date(), self.opening, UTC)
        return today if now < today else today + timedelta(days=1)


PEAK = Peak(time(9), time(10, 5), (("Asia/Karachi", 14), *(("Asia/Kathmandu", 15), ("Asia/Kolkata", 15)) * 3))
"""With slots at 9:00, 9:15 and 9:30, all the year round."""
GONE = (DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.DEFERRED, DeliveryState.BOUNCED)
WORTH_ASKING = timedelta(hours=72)
"""How long after its mark an unsure sending is not looked at, unless others want something: nothing can come of it sooner."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SharedClock:
    """One clock that every process forked from here looks at; whoever holds it turns it for all."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self._page = mmap.mmap(-1, 8)
        self.set(now)

    def set(self, now: datetime) -> None:
        self._page[:8] = struct.pack("q", (now - _EPOCH) // timedelta(microseconds=1))

    def __call__(self) -> datetime:
        return _EPOCH + timedelta(microseconds=struct.unpack("q", self._page[:8])[0])


@dataclass(frozen=True)
class Site:
    """What may be forked: settings, pure parts, and an engine without any connection, whose statements are compiled already."""

    settings: Settings
    folder: Path
    receiver: Receiver
    _pure: Parts
    clock: SharedClock = field(default_factory=SharedClock)

    @contextmanager
    def opened(self, transport: Transport | None = None) -> Iterator[Parts]:
        """The parts with connections of this process's own, given back at the end."""
        self._pure.db.engine.dispose(close=False)  # what a parent may have had is the parent's
        try:
            yield replace(self._pure, transport=transport or self._pure.transport)
        finally:
            self._pure.db.close()

    def enroll(self, count: int, generation: int, slots: Sequence[tuple[str, int]] = ()) -> None:
        """Readers of every weekday and, of `slots`, many hours, from now on; or of one hour, if the receiver wants a peak."""
        slots = slots or (PEAK.slots if self.receiver.wants_peaks else ANYWHERE)
        with self.opened() as parts:
            for number in range(count):
                place = generation + number
                zone, hour = slots[place // 7 % len(slots)]
                wish = Wish(
                    address=f"g{generation}r{number}@example.org",
                    course="small",
                    zone=zone,
                    weekday=place % 7,
                    hour=hour,
                    how=How.HOST,
                    consent="Yes.",
                )
                enroll.vouch(parts, wish, self.clock())

    def next_instant(self) -> datetime | None:
        """When something next wants doing; None if nobody is in mid-course."""
        with self.opened() as parts, parts.db.read() as session:
            lesson = session.scalar(
                select(func.min(Enrollment.wake_at)).where(Enrollment.state == EnrollmentState.ACTIVE)
            )
            mails = session.scalars(select(Delivery).where(Delivery.wake_at.is_not(None))).all()
        return min((at for at in (lesson, *map(self._worth_looking, mails)) if at is not None), default=None)

    def in_hand(self) -> bool:
        """Whether a mail is claimed, on the wire, or unsure."""
        with self.opened() as parts, parts.db.read() as session:
            return session.scalar(select(Delivery.id).where(Delivery.wake_at.is_not(None)).limit(1)) is not None

    def _worth_looking(self, mail: Delivery) -> datetime | None:
        """When something may come of a mail: where the receiver cannot be asked, nothing comes of the first three days."""
        if mail.wake_at is None or mail.state is not DeliveryState.UNSURE or self.receiver.asked_at_once:
            return mail.wake_at
        return max(mail.wake_at, (mail.marked_at or mail.wake_at) + WORTH_ASKING)

    def standing(self) -> dict[str, int]:
        """How many enrollments are not completed; how many deliveries have not gone, have gone, are only assumed to have."""
        with self.opened() as parts, parts.db.read() as session:
            going = session.scalar(select(func.count()).where(Enrollment.state != EnrollmentState.COMPLETED))
            gone = session.scalar(select(func.count()).where(Delivery.state.in_(GONE)))
            assumed = session.scalar(select(func.count()).where(Delivery.reason == Reason.ASSUMED))
            total = session.scalar(select(func.count()).select_from(Delivery))
        return {
            "going": going or 0,
            "open": (total or 0) - (gone or 0),
            "accepted": gone or 0,
            "assumed": assumed or 0,
        }

    def listed(self, readers: Iterable[str]) -> set[tuple[str, int]]:
        """The lessons, as (reader, number), that `deliveries unsure` shows to the host, or that are held with a reason."""
        with self.opened() as parts:
            names = {index: reader for reader in readers for index in parts.keys.indexes(normal_form(reader))}
            with parts.db.read() as session:
                held = session.scalars(select(Delivery).where(Delivery.state == DeliveryState.HELD)).all()
            shown = [*settle.unsure(parts), *held]
            course = parts.library.courses["small"]
            numbers = {lesson.slug: lesson.number for lesson in course.lessons}
        return {(names[row.recipient], numbers[row.lesson or ""]) for row in shown}

    def close(self) -> None:
        """End the receiver's processes."""
        self.receiver.close()
        gc.unfreeze()


def make_site(
    folder: Path, database_url: str | None = None, now: datetime = MONDAY, *, transport: str = "outbox", seed: int = 1
) -> Site:
    """A site in `folder`, made or found again, with every connection closed; mail goes to a receiver that has begun."""
    new = not (folder / "courses").exists()
    if new:
        write_course(folder / "courses", lessons=LESSONS)
    receiver = make_receiver(transport, folder, seed)
    settings = settings_for(
        folder,
        database_url or with_tables(folder / "truth.db"),
        COURSES_DIR=str(folder / "courses"),
        **receiver.environ,
    )
    with open_parts(settings, bring_up=True) as parts:
        if new:
            _warm_up(parts, folder, now)
    site = Site(settings, folder, receiver, parts, SharedClock(now))
    gc.freeze()  # what is forked from here shares these pages for good
    receiver.start(site.opened, site.clock)
    return site


def _warm_up(parts: Parts, folder: Path, now: datetime) -> None:
    """One reader's welcome, to nowhere, and then forgotten: whoever is forked from here has done everything once."""
    enroll.vouch(parts, Wish("warm@example.org", "small", how=How.HOST, consent="Yes."), now)
    Heart(replace(parts, transport=_Nowhere(folder)), lambda: now).tick(any_hour=True)
    with parts.db.write() as session:
        session.execute(delete(Subscriber))


class _Nowhere(Outbox):
    """Takes everything and keeps nothing."""

    def send(self, mail: Outgoing, *, now: datetime) -> Outcome:
        return Accepted()
