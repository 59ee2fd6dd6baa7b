"""The readers and the host of a world: what they do, through the real services, and what they know of it afterwards."""

import re
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from dripcourse.db.models import Delivery, Enrollment, Signup, Subscriber, Suppression
from dripcourse.domain.delivery import DeliveryState, Reason
from dripcourse.domain.enrollment import EnrollmentState, LeftReason, PauseReason
from dripcourse.domain.errors import NotFound
from dripcourse.domain.events import Event, Told
from dripcourse.domain.pacing import Pace, Slot
from dripcourse.services.crypto.keyring import new_id
from dripcourse.services.delivery import event_store, settle
from dripcourse.services.enrollment import enroll, lifecycle, schedule
from dripcourse.services.enrollment.enroll import How, Wish
from dripcourse.services.signup import confirm, request
from tests.years.editions import SLUG
from tests.years.judges import Attempt, Stop, Story
from tests.years.world import DAY, HOUR, World

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Antarctica/Troll",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "UTC",
)
GONE = "Atlantis/Gone"
PACES = (Pace.WEEKLY, Pace.TWO_WEEKS, Pace.READY, *[Pace.FOUR_WEEKS] * 4)
_LINK = re.compile(r"/confirm/([\w.-]+)")


@dataclass
class People:
    """Everybody in a world, by the id of their enrollment."""

    world: World
    slots: list[tuple[str, int, int]]
    """(zone, weekday, hour) that readers choose from; few, so that batches are large."""
    stories: dict[str, Story] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    """The enrollment that an address has now."""
    going: list[str] = field(default_factory=list)
    """Whoever has neither left nor completed."""
    left: list[str] = field(default_factory=list)
    came: dict[str, datetime] = field(default_factory=dict)
    """When each came, or came back."""
    paused_till: dict[int, datetime] = field(default_factory=dict)
    """What a clock must show for a pause to end by itself."""
    complaints: list[str] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    """Whoever came after a backup that was restored: nobody knows them any more."""
    _sorted: int = 0
    _reminded: int = 0
    _count: int = 0

    # ------------------------------------------------------------------------------------------------- coming, going
    def join(self) -> None:
        """Somebody new, on the host's word."""
        world, chance = self.world, self.world.chance
        zone, weekday, hour = chance.choice(self.slots)
        self._count += 1
        address = f"r{self._count}@example.org"
        wish = Wish(address, SLUG, zone=zone, weekday=weekday, hour=hour, how=How.HOST, consent="Yes.")
        pace = chance.choice(PACES)
        now = world.some_clock()
        ident, _ = enroll.vouch(world.parts, wish, now)
        with world.parts.db.write() as session:
            schedule.change_pace(session.get_one(Enrollment, ident), pace, now)
        self._begin(ident, address)

    def _begin(self, ident: str, address: str) -> None:
        story = Story(f"{address}:{ident}", self.world.real)
        self.stories[ident], self.addresses[address] = story, ident
        self.came[ident] = self.world.real
        self.going.append(ident)
        self.note(ident)

    def note(self, ident: str) -> None:
        """The reader's pace and slot, as they are from now on."""
        with self.world.parts.db.read() as session:
            row = session.get_one(Enrollment, ident)
        story = self.stories[ident]
        story.paces.append((self.world.real, row.pace))
        story.slots.append((self.world.real, schedule.slot_of(row)))
        story.holds.append((self.world.real, None))  # a new rhythm: what is due is reckoned anew

    def leave(self, ident: str) -> None:
        """By the link in one of their mails."""
        world = self.world
        delivery = self.a_delivery(ident)
        if delivery is None:
            return
        handed = self._handed(ident)
        lifecycle.leave(world.parts, world.parts.keys.web_token(delivery[0], "leave"), world.some_clock())
        self._stopped(ident, Stop(world.real, None, handed))

    def _stopped(self, ident: str, stop: Stop) -> None:
        self._close_pause(ident)
        self.stories[ident].stops.append(stop)
        self.going.remove(ident)
        self.left.append(ident)

    def a_delivery(self, ident: str) -> Attempt | None:
        """One of their mails that they have."""
        with self.world.parts.db.read() as session:
            row = session.execute(
                select(Delivery.id, Delivery.fence)
                .where(Delivery.enrollment_id == ident, Delivery.state == DeliveryState.ACCEPTED)
                .limit(1)
            ).first()
        return (row[0], row[1]) if row else None

    def _handed(self, ident: str) -> frozenset[Attempt]:
        """What is on the wire at this moment, or may be."""
        wire = (DeliveryState.SENDING, DeliveryState.UNSURE)
        with self.world.parts.db.read() as session:
            rows = session.execute(
                select(Delivery.id, Delivery.fence).where(Delivery.enrollment_id == ident, Delivery.state.in_(wire))
            )
            return frozenset((row[0], row[1]) for row in rows)

    def complain(self, ident: str) -> None:
        """To the provider, who tells us; a tick hears it."""
        delivery = self.a_delivery(ident)
        if delivery is None or ident in self.complaints:
            return
        now = self.world.some_clock()
        event_store.store(self.world.parts, [Event(new_id(), *delivery, Told.COMPLAINT, "", now)], "key", now)
        self.complaints.append(ident)

    def heard(self, since: datetime, handed: dict[str, frozenset[Attempt]]) -> None:
        """After a tick that began at `since`: whose complaint was acted on?"""
        for ident in list(handed):
            with self.world.parts.db.read() as session:
                row = session.get(Enrollment, ident)
                reader = session.get(Subscriber, row.subscriber_id) if row else None
                never = reader is not None and session.get(Suppression, reader.address_index) is not None
            if row is not None and (row.state is EnrollmentState.LEFT or never):  # whose course is over cannot leave it
                self.complaints.remove(ident)
                if ident in self.going:
                    self._stopped(ident, Stop(since, None, handed[ident]))

    def complaining(self) -> dict[str, frozenset[Attempt]]:
        return {ident: self._handed(ident) for ident in self.complaints}

    def ask_back(self, ident: str) -> None:
        """Who left signs up again; the link in the mail is for later."""
        world, address = self.world, self.stories[ident].reader.split(":")[0]
        zone, weekday, hour = world.chance.choice(self.slots)
        wish = Wish(address, SLUG, zone=zone, weekday=weekday, hour=hour, how=How.PAGE, consent="Yes.")
        with suppress(NotFound):  # the course is not there just now
            request.request(world.parts, wish, world.some_clock())

    def come_back(self) -> None:
        """Whoever has had a confirmation mail lately says yes."""
        world = self.world
        confirmations, world.wire.confirmations = world.wire.confirmations, []
        for mail in confirmations:
            found = _LINK.search(mail.text)
            assert found, mail.text
            ident = world.parts.keys.read_web_token(found[1], "confirm") or ""
            over = world.chance.random() < 0.5
            try:
                said = confirm.confirm(world.parts, found[1], None, world.some_clock(), start_over=over)
            except NotFound:
                continue
            with world.parts.db.read() as session:
                row = session.get(Signup, ident)
                enrollment = session.get(Enrollment, (row and row.enrollment_id) or "")
            if said.standing is confirm.Standing.DONE and enrollment is not None and enrollment.id not in self.going:
                self._again(enrollment.id, mail.to)

    def _again(self, ident: str, address: str) -> None:
        story = self.stories.get(ident)
        if story is None:
            self._begin(ident, address)
        elif ident in self.left:
            self.left.remove(ident)
            self.going.append(ident)
            story.stops[-1].until = self.world.real
            story.words.append(self.world.real)  # who comes back to go on has said that they want the next one
            self.came[ident] = self.world.real
            self.note(ident)

    # ---------------------------------------------------------------------------------------------- while they are in
    def pause(self, ident: str) -> None:
        """Till they say so, or for some time; a click more changes nothing."""
        world, chance = self.world, self.world.chance
        until = None if chance.random() < 0.5 else world.some_clock() + chance.choice((HOUR, 10 * DAY, 60 * DAY))
        handed = self._handed(ident)
        reason = chance.choice((PauseReason.READER, PauseReason.HOST))
        for _ in range(chance.choice((1, 1, 2))):
            lifecycle.pause(world.parts, ident, reason, until=until)
        self._close_pause(ident)
        stop = Stop(world.real, None, handed)
        self.stories[ident].stops.append(stop)
        if until is not None:
            self.paused_till[id(stop)] = until

    def resume(self, ident: str) -> None:
        for _ in range(self.world.chance.choice((1, 1, 2))):
            lifecycle.resume(self.world.parts, ident, self.world.some_clock())
        self._close_pause(ident)
        self.note(ident)

    def _close_pause(self, ident: str) -> None:
        for stop in self.stories[ident].stops:
            if stop.until is None:
                stop.until = min(self.world.real, self._ended(stop) or self.world.real)

    def _ended(self, stop: Stop) -> datetime | None:
        """When a pause ended by itself, as far as any clock could know."""
        shown = self.paused_till.get(id(stop))
        return self.world.shown_at(shown, stop.since) if shown else None

    def asked_for(self, ident: str, until: datetime | None) -> bool:
        """Whether a pause till an instant that is not over is what somebody asked for last."""
        stops = self.stories[ident].stops
        return (
            until is not None
            and until > self.world.real
            and bool(stops)
            and self.paused_till.get(id(stops[-1])) == until
        )

    def end_pauses(self) -> None:
        """Before the judges look: pauses that ended by themselves."""
        for story in self.stories.values():
            for stop in story.stops:
                stop.until = stop.until or self._ended(stop)

    def choose_pace(self, ident: str) -> None:
        with self.world.parts.db.write() as session:
            row = session.get_one(Enrollment, ident, with_for_update=True)
            schedule.change_pace(row, self.world.chance.choice(PACES), self.world.some_clock())
            if row.due_at is None and not row.waits:
                self.stories[ident].words.append(self.world.real)  # a lesson in hand waits for no word
        self.note(ident)

    def choose_slot(self, ident: str) -> None:
        """Another zone, day or hour; and perhaps back again at once."""
        chance = self.world.chance
        zone, weekday, hour = chance.choice(self.slots)
        if chance.random() < 0.3:
            zone = chance.choice(ZONES)
        with self.world.parts.db.write() as session:
            row = session.get_one(Enrollment, ident, with_for_update=True)
            before = schedule.slot_of(row)
            schedule.change_slot(row, Slot(weekday, hour, zone), self.world.some_clock())
            if chance.random() < 0.3:
                schedule.change_slot(row, before, self.world.some_clock())
        self.note(ident)

    def lose_zone(self, ident: str) -> None:
        """The zone database does not know their zone any more."""
        with self.world.parts.db.write() as session:
            session.get_one(Enrollment, ident, with_for_update=True).zone = GONE
        self.note(ident)

    # -------------------------------------------------------------------------------------------------------- the host
    def decide(self) -> None:
        """The host looks at what is held or unsure, and says truly what became of it."""
        world = self.world
        open_states = (DeliveryState.HELD, DeliveryState.UNSURE)
        with world.parts.db.read() as session:
            rows = session.scalars(select(Delivery).where(Delivery.state.in_(open_states))).all()
        for row in rows:
            if row.reason == "stopped":
                continue
            sent = row.state is DeliveryState.UNSURE and world.wire.has(row.id)
            word = settle.Word.SENT if sent else settle.Word.NOT_SENT
            settle.resolve(world.parts, row.id, word, now=world.some_clock())

    # ------------------------------------------------------------------------------------------------- looking it over
    def sort_out(self) -> None:
        """Which story each mail belongs to. (Done before anything could make the database forget.)"""
        world = self.world
        new = world.wire.taken[self._sorted :]
        self._sorted = len(world.wire.taken)
        with world.parts.db.read() as session:
            rows = session.execute(select(Delivery.id, Delivery.enrollment_id, Delivery.lesson, Delivery.reason)).all()
        owners = {row[0]: (row[1], row[2]) for row in rows}
        assumed = {row[0] for row in rows if row[3] is Reason.ASSUMED}  # killed between the mark and the wire, for one
        for taken in new:
            ident, slug = owners[taken.attempt[0]]
            assert slug == taken.slug
            self.stories[ident].receipts.append(taken)
        for reminded in world.wire.reminders[self._reminded :]:
            self.stories[owners[reminded.attempt[0]][0]].reminders.append(reminded)
        self._reminded = len(world.wire.reminders)
        for delivery in world.wire.unknown | world.wire.refused | assumed:
            ident, slug = owners.get(delivery, (None, None))
            if ident in self.stories and slug:
                self.stories[ident].unknown.add(slug)

    def completed(self) -> None:
        """Whose course is over is not asked any more."""
        with self.world.parts.db.read() as session:
            over = set(session.scalars(select(Enrollment.id).where(Enrollment.state == EnrollmentState.COMPLETED)))
        self.going = [ident for ident in self.going if ident not in over]

    def restored(self, backup_at: datetime) -> list[str]:
        """After a restore: what the database says of everybody now. Returns who was thrown out without having left."""
        thrown_out = []
        with self.world.parts.db.read() as session:
            rows = {row.id: row for row in session.scalars(select(Enrollment))}
        for ident in list(self.stories):
            row = rows.get(ident)
            if row is None:
                self._forget(ident)
                continue
            self.note(ident)
            thrown_out += self._stands(ident, row, backup_at)
        return thrown_out

    def _forget(self, ident: str) -> None:
        self.lost.add(ident)
        for people in (self.going, self.left):
            if ident in people:
                people.remove(ident)

    def _stands(self, ident: str, row: Enrollment, backup_at: datetime) -> Collection[str]:
        story = self.stories[ident]
        if row.state is EnrollmentState.ACTIVE:
            self._close_pause(ident)
        elif row.state is EnrollmentState.PAUSED and all(stop.until is not None for stop in story.stops):
            stop = Stop(self.world.real, None, self._handed(ident))
            story.stops.append(stop)
            if row.paused_until is not None:
                self.paused_till[id(stop)] = row.paused_until
        elif row.state is EnrollmentState.LEFT and ident in self.going:
            early = self.came[ident] < backup_at and row.left_reason is LeftReason.ASKED
            self._stopped(ident, Stop(self.world.real, None, self._handed(ident)))
            return [story.reader] if early else []
        return []
