"""A place where workers work: a database, a small course, readers, an outbox, and one clock for all processes."""

import mmap
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, func, select

from dripcourse.bootstrap import open_parts
from dripcourse.db.models import Delivery, Enrollment, Subscriber
from dripcourse.domain.delivery import DeliveryState
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.domain.mail import Accepted, Outcome, Outgoing, Transport
from dripcourse.services import enroll
from dripcourse.services.enroll import How, Wish
from dripcourse.services.parts import Parts
from dripcourse.services.tick import Heart
from dripcourse.settings import Settings
from dripcourse.transports.outbox import Outbox
from tests.support.house import MONDAY, settings_for, write_course

LESSONS = 4
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata")
HOURS = (7, 9, 18, 20)
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
    _pure: Parts
    clock: SharedClock = field(default_factory=SharedClock)

    @property
    def outbox(self) -> Path:
        return self.folder / "outbox"

    @contextmanager
    def opened(self, transport: Transport | None = None) -> Iterator[Parts]:
        """The parts with connections of this process's own, given back at the end."""
        self._pure.db.engine.dispose(close=False)  # what a parent may have had is the parent's
        try:
            yield replace(self._pure, transport=transport or Outbox(self.outbox))
        finally:
            self._pure.db.close()

    def enroll(self, count: int, generation: int) -> None:
        """Readers of every zone, weekday and hour, from now on."""
        with self.opened() as parts:
            for number in range(count):
                wish = Wish(
                    address=f"g{generation}r{number}@example.org",
                    course="small",
                    zone=ZONES[number % len(ZONES)],
                    weekday=number % 7,
                    hour=HOURS[number % len(HOURS)],
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
            mail = session.scalar(select(func.min(Delivery.wake_at)))
        return min((at for at in (lesson, mail) if at is not None), default=None)

    def standing(self) -> dict[str, int]:
        """How many enrollments are not completed, how many deliveries not accepted, and how many are."""
        with self.opened() as parts, parts.db.read() as session:
            going = session.scalar(select(func.count()).where(Enrollment.state != EnrollmentState.COMPLETED))
            accepted = session.scalar(select(func.count()).where(Delivery.state == DeliveryState.ACCEPTED))
            total = session.scalar(select(func.count()).select_from(Delivery))
        return {"going": going or 0, "open": (total or 0) - (accepted or 0), "accepted": accepted or 0}


def make_site(folder: Path, database_url: str | None = None, now: datetime = MONDAY) -> Site:
    """A site in `folder`, made or found again, with every connection closed."""
    new = not (folder / "courses").exists()
    if new:
        write_course(folder / "courses", lessons=LESSONS)
    settings = settings_for(folder, database_url, COURSES_DIR=str(folder / "courses"))
    with open_parts(settings, bring_up=True) as parts:
        if new:
            _warm_up(parts, folder, now)
        return Site(settings, folder, parts, SharedClock(now))


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
