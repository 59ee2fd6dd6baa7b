"""Everything the demo page shows at one instant, put together from the mails, the readers and the clock."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from dripcourse.demo.agenda import Agenda, agendas, zone_of
from dripcourse.demo.clock import TurnableClock
from dripcourse.demo.inbox import Box, Inbox, Mail
from dripcourse.demo.kept import Journal, journal_of
from dripcourse.demo.look import Look
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.services.host import overview
from dripcourse.services.parts import Parts


@dataclass(frozen=True, slots=True)
class Hints:
    """Which of the three first things to do are done."""

    signed_up: bool
    confirmed: bool
    turned: bool

    @property
    def all_done(self) -> bool:
        """Whether the hints have said what they had to say."""
        return self.signed_up and self.confirmed and self.turned


@dataclass(frozen=True, slots=True)
class Scene:
    """`box` and `mail` are the ones that are open (None: there is none); `page` is what the reader's browser shows, `front_page` where one signs up."""

    look: Look
    now: datetime
    zone: str
    tz: tzinfo
    ahead: timedelta
    boxes: tuple[Box, ...]
    box: Box | None
    mail: Mail | None
    agendas: tuple[Agenda, ...]
    journal: Journal
    page: str
    front_page: str
    hints: Hints
    outbox: Path
    pulse: str

    def is_new(self, mail: Mail) -> bool:
        """Whether a mail came with the latest turn of the clock."""
        return self.look.since is not None and mail.date > self.look.since

    @property
    def arrived(self) -> int:
        """How many mails came to this mailbox with the latest turn of the clock."""
        return sum(map(self.is_new, self.box.mails)) if self.box else 0

    @property
    def coming(self) -> bool:
        """Whether anything is still to come, for this mailbox."""
        return any(agenda.coming for agenda in self.agendas)


class Stage:
    """The parts, the clock and the mails of one demo."""

    def __init__(self, parts: Parts, clock: TurnableClock, outbox: Path) -> None:
        self.parts = parts
        self.clock = clock
        self.inbox = Inbox(outbox)

    def scene(self, look: Look) -> Scene:
        """The scene that a look asks for; what it names and is not there gives way to the newest."""
        pulse = self.pulse()
        boxes = tuple(self.inbox.boxes())
        box = next((each for each in boxes if each.number == look.box), boxes[-1] if boxes else None)
        mails = box.mails if box else ()
        found = agendas(self.parts, box.address) if box else []
        zone, tz = zone_of(found)
        return Scene(
            look=look,
            now=self.clock().astimezone(tz),
            zone=zone,
            tz=tz,
            ahead=self.clock.ahead,
            boxes=boxes,
            box=box,
            mail=next((each for each in mails if each.key == look.mail), mails[0] if mails else None),
            agendas=tuple(found),
            journal=journal_of(self.parts, box.address) if box else Journal(),
            page=look.page or self.front_page(),
            front_page=self.front_page(),
            hints=self._hints(boxes),
            outbox=self.inbox.path,
            pulse=pulse,
        )

    def front_page(self) -> str:
        """The sign-up page: of the only course, or of all."""
        courses = list(self.parts.library.courses.values())
        return f"/c/{courses[0].cover}" if len(courses) == 1 else "/"

    def pulse(self) -> str:
        """A short word that changes when there is something new to show."""
        states = [(reader.enrollment, reader.state, reader.pace, reader.due) for reader in overview.readers(self.parts)]
        kept = [journal_of(self.parts, box.address) for box in self.inbox.boxes()]
        facts = (self.inbox.count(), kept, states, self.clock().replace(second=0, microsecond=0))
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]

    def _hints(self, boxes: tuple[Box, ...]) -> Hints:
        states = {reader.state for reader in overview.readers(self.parts)}
        return Hints(
            signed_up=bool(boxes),
            confirmed=bool(states - {EnrollmentState.PENDING.value}),
            turned=bool(self.clock.ahead),
        )
