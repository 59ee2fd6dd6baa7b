"""When and how lessons come, by the reader's own word: resting, staying, quiet dates, waiting, one reminder, and undoing each."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from dripcourse.db.models import Delivery, Enrollment
from dripcourse.domain.delivery import DeliveryState, Kind
from dripcourse.domain.enrollment import EnrollmentState, PauseReason
from dripcourse.domain.errors import UsageError
from dripcourse.domain.pacing import HOLD_MOST, Pace
from dripcourse.services.crypto.keyring import new_id
from dripcourse.services.delivery import reminders
from dripcourse.services.delivery.dispatch import dispatch
from dripcourse.services.enrollment import lifecycle, preferences
from dripcourse.services.enrollment.preferences import DayOver, DayTooFar
from dripcourse.services.enrollment.undo import Former, values
from dripcourse.services.host import overview
from dripcourse.services.replies import write
from tests.faults.wires import Eventful
from tests.services.test_reader import token_of
from tests.support.house import MONDAY, House, subjects
from tests.support.post import Reader

DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def reading(small_house: House) -> House:
    """Somebody in Berlin who has had the welcome on Monday, 2 March 2026, and is promised letter 1 for Thursday the 5th at nine."""
    small_house.enroll(zone="Europe/Berlin")
    small_house.tick()
    return small_house


def enrollment(house: House) -> Enrollment:
    with house.parts.db.read() as session:
        return session.scalars(select(Enrollment)).one()


def due(house: House) -> str:
    """When the next lesson is due, on the wall clock in Berlin."""
    at = enrollment(house).due_at
    assert at is not None
    return f"{at.astimezone(BERLIN):%Y-%m-%d %H:%M}"


def live(house: House, days: float, *, any_hour: bool = False) -> None:
    """Time goes by; a machine ticks a few seconds after each instant at which there may be something to do."""
    end = house.now + timedelta(days=days)
    while (upcoming := next_instant(house)) is not None and upcoming < end:
        house.now = max(upcoming, house.now) + timedelta(seconds=5)
        house.tick(any_hour=any_hour)
    house.now = end
    house.tick(any_hour=any_hour)


def next_instant(house: House) -> datetime | None:
    row = enrollment(house)
    with house.parts.db.read() as session:
        waiting = session.scalars(select(Delivery.wake_at).where(Delivery.wake_at.is_not(None))).all()
    paused = row.paused_until if row.state is EnrollmentState.PAUSED else None
    return min((at for at in (row.wake_at, row.remind_at, paused, *waiting) if at is not None), default=None)


def undo(house: House, former: Former) -> None:
    assert former, "nothing was changed, so there is nothing to undo"
    preferences.undo(house.parts, token_of(house, "me"), former, house.now)


# ------------------------------------------------------------------------------------------- day, hour, zone; one week more


def test_another_day_hour_and_zone_hold_from_the_next_lesson_on_and_can_be_undone(reading: House) -> None:
    token, before = token_of(reading, "me"), values(enrollment(reading))
    former = preferences.choose_slot(reading.parts, token, 6, 18, "Asia/Tokyo", reading.now)
    row = enrollment(reading)
    assert row.due_at == datetime(2026, 3, 8, 9, tzinfo=UTC), "Sunday at 18:00 in Tokyo"
    assert row.offset_minutes == 540
    assert preferences.choose_slot(reading.parts, token, 6, 18, "Asia/Tokyo", reading.now) == {}
    undo(reading, former)
    assert values(enrollment(reading)) == before
    assert enrollment(reading).offset_minutes == 60
    for wrong in ((7, 9, "UTC"), (-1, 9, "UTC"), (0, 24, "UTC"), (0, 9, "Atlantis/Gone")):
        with pytest.raises(UsageError):
            preferences.choose_slot(reading.parts, token, *wrong, reading.now)


def test_another_week_is_the_next_slot_and_the_same_form_pressed_twice_is_one_week(reading: House) -> None:
    token, shown = token_of(reading, "me"), enrollment(reading).due_at
    assert shown is not None
    former = preferences.stay_on(reading.parts, token, shown, reading.now)
    assert due(reading) == "2026-03-12 09:00"
    assert preferences.stay_on(reading.parts, token, shown, reading.now) == {}
    assert due(reading) == "2026-03-12 09:00"
    undo(reading, former)
    assert due(reading) == "2026-03-05 09:00"
    undo(reading, former)
    assert due(reading) == "2026-03-05 09:00"


def test_one_can_stay_week_after_week_but_not_beyond_eight(reading: House) -> None:
    token, weeks = token_of(reading, "me"), 0
    while preferences.look(reading.parts, token, reading.now).another_week is not None:
        at = enrollment(reading).due_at
        assert at is not None
        assert preferences.stay_on(reading.parts, token, at, reading.now)
        weeks += 1
    at = enrollment(reading).due_at
    assert at is not None
    assert reading.now + HOLD_MOST - 7 * DAY < at <= reading.now + HOLD_MOST
    assert preferences.stay_on(reading.parts, token, at, reading.now) == {}
    assert weeks == 7
    live(reading, 60)
    assert subjects(reading.mails())[1:3] == ["Letter 1", "Letter 2"]


# ------------------------------------------------------------------------------------------------------- until a date


def test_a_pause_until_a_date_ends_by_itself_and_the_lesson_comes_in_the_next_slot(reading: House) -> None:
    token = token_of(reading, "me")
    preferences.pause(reading.parts, token, reading.now, until=date(2026, 3, 20))
    assert enrollment(reading).paused_until == datetime(2026, 3, 19, 23, tzinfo=UTC), "where the day begins in Berlin"
    live(reading, 17)
    assert len(reading.mails()) == 1
    assert enrollment(reading).state is EnrollmentState.PAUSED
    live(reading, 8)
    assert [mail["Date"].datetime.astimezone(BERLIN).date() for mail in reading.mails()[1:]] == [date(2026, 3, 26)]


@pytest.mark.parametrize(
    ("day", "error"),
    [
        (date(2026, 3, 1), DayOver),
        (date(2026, 3, 2), DayOver),
        (date(1, 1, 1), DayOver),
        (date(2028, 4, 1), DayTooFar),
        (date.max, DayTooFar),
    ],
)
def test_a_day_that_cannot_be_changes_nothing(reading: House, day: date, error: type[UsageError]) -> None:
    token, before = token_of(reading, "me"), values(enrollment(reading))
    with pytest.raises(error):
        preferences.pause(reading.parts, token, reading.now, until=day)
    with pytest.raises(error):
        preferences.keep_quiet(reading.parts, token, day, reading.now, every_year=False)
    assert values(enrollment(reading)) == before


def test_a_pause_is_undone_by_the_date_that_was_promised(reading: House) -> None:
    token, before = token_of(reading, "me"), values(enrollment(reading))
    former = preferences.pause(reading.parts, token, reading.now)
    reading.turn(days=1)
    undo(reading, former)
    assert values(enrollment(reading)) == before
    once = preferences.pause(reading.parts, token, reading.now, until=date(2026, 5, 1))
    twice = preferences.pause(reading.parts, token, reading.now)
    assert set(twice) == {"until"}
    undo(reading, twice)
    assert enrollment(reading).paused_until == datetime(2026, 4, 30, 22, tzinfo=UTC)
    undo(reading, once)
    assert values(enrollment(reading)) == before


def test_undoing_a_long_pause_late_makes_nothing_early_and_nothing_of_the_hosts_undone(reading: House) -> None:
    token = token_of(reading, "me")
    former = preferences.pause(reading.parts, token, reading.now)
    reading.turn(days=30)
    lifecycle.pause(reading.parts, enrollment(reading).id, PauseReason.HOST)
    undo(reading, former)
    assert enrollment(reading).state is EnrollmentState.PAUSED
    lifecycle.pause(reading.parts, enrollment(reading).id, PauseReason.READER)
    undo(reading, former)
    assert due(reading) == "2026-04-02 09:00", "the first slot from now on"


# -------------------------------------------------------------------------------------------------------- quiet dates


def test_a_date_that_was_promised_moves_when_it_becomes_quiet_and_the_mail_tells_of_another(reading: House) -> None:
    token = token_of(reading, "me")
    former = preferences.keep_quiet(reading.parts, token, date(2026, 3, 5), reading.now, every_year=False)
    assert due(reading) == "2026-03-12 09:00"
    undo(reading, former)
    assert due(reading) == "2026-03-05 09:00"
    assert not enrollment(reading).quiet
    preferences.keep_quiet(reading.parts, token, date(1990, 3, 12), reading.now, every_year=True)
    live(reading, 10)
    (mail,) = reading.mails()[1:]
    assert "comes on Thursday, 19 March" in mail.get_body(("plain",)).get_content().replace("\n", " ")
    live(reading, 10)
    assert [mail["Date"].datetime.astimezone(BERLIN).date().day for mail in reading.mails()[1:]] == [5, 19]


@pytest.mark.parametrize("any_hour", [False, True])
def test_a_late_lesson_waits_over_a_quiet_date_whoever_ticks(reading: House, any_hour: bool) -> None:
    preferences.keep_quiet(reading.parts, token_of(reading, "me"), date(2026, 3, 7), reading.now, every_year=False)
    reading.now = datetime(2026, 3, 6, 23, 30, tzinfo=UTC)  # an outage: it was due on the 5th; in Berlin it is the 7th
    for _ in range(23):
        assert not reading.tick(any_hour=any_hour).accepted
        reading.turn(hours=1)
    live(reading, 1, any_hour=any_hour)
    (mail,) = reading.mails()[1:]
    went = mail["Date"].datetime.astimezone(BERLIN)
    assert (went.date(), went.hour) == (date(2026, 3, 8), 7)
    assert "promised for Thursday, 5 March" in mail.get_body(("plain",)).get_content().replace("\n", " ")


def test_one_that_was_claimed_before_its_date_became_quiet_waits_too(reading: House) -> None:
    """A wire that says "later" leaves a claimed delivery; days of quiet in a row are looked at once a day, and no clock is blamed."""
    token = token_of(reading, "me")
    reading.now = datetime(2026, 3, 5, 8, tzinfo=UTC)
    dispatch(reading.parts, reading.clock, stopping=_after_claiming())
    with reading.parts.db.read() as session:
        assert (
            session.scalars(select(Delivery.state).where(Delivery.lesson == "acknowledgement")).one()
            is DeliveryState.CLAIMED
        )
    for day in (5, 6, 7):
        preferences.keep_quiet(reading.parts, token, date(2026, 3, day), reading.now - DAY, every_year=False)
    live(reading, 2.5)
    assert len(reading.mails()) == 1
    live(reading, 1)
    (mail,) = reading.mails()[1:]
    assert mail["Date"].datetime.astimezone(BERLIN).date() == date(2026, 3, 8)


def test_what_is_claimed_before_a_quiet_midnight_does_not_go_after_it(reading: House) -> None:
    token = token_of(reading, "me")
    preferences.choose_slot(reading.parts, token, 3, 23, "Europe/Berlin", reading.now)
    preferences.keep_quiet(reading.parts, token, date(2026, 3, 6), reading.now, every_year=False)
    claimed, reading.now = datetime(2026, 3, 5, 22, 59, 50, tzinfo=UTC), datetime(2026, 3, 5, 23, 0, 5, tzinfo=UTC)
    clock = iter([claimed] * 3)  # begun, asked for leave, and then claimed
    assert dispatch(reading.parts, lambda: next(clock, reading.now)).claimed == 1
    assert len(reading.mails()) == 1
    live(reading, 2)
    (mail,) = reading.mails()[1:]
    went = mail["Date"].datetime.astimezone(BERLIN)
    assert (went.date(), went.hour) == (date(2026, 3, 7), 7)


def _after_claiming() -> Callable[[], bool]:
    """Says to go on, and then to stop: what was claimed is given back unsent."""
    said = iter([False])
    return lambda: next(said, True)


def test_there_is_an_end_to_quiet_dates_and_those_that_are_over_make_room(reading: House) -> None:
    token = token_of(reading, "me")
    for day in range(10, 22):
        preferences.keep_quiet(reading.parts, token, date(2026, 3, day), reading.now, every_year=False)
    with pytest.raises(UsageError):
        preferences.keep_quiet(reading.parts, token, date(2026, 4, 1), reading.now, every_year=False)
    assert len(enrollment(reading).quiet) == 12
    reading.turn(days=12)
    preferences.keep_quiet(reading.parts, token, date(2026, 4, 1), reading.now, every_year=False)
    assert [str(each) for each in preferences.look(reading.parts, token, reading.now).quiet][-2:] == [
        "2026-03-21",
        "2026-04-01",
    ]
    former = preferences.drop_quiet(reading.parts, token, "2026-04-01", reading.now)
    assert date(2026, 4, 1) not in [date(each.year or 1, each.month, each.day) for each in enrollment(reading).quiet]
    assert preferences.drop_quiet(reading.parts, token, "whatever", reading.now) == {}
    undo(reading, former)
    assert "2026-04-01" in [str(each) for each in enrollment(reading).quiet]


# -------------------------------------------------------------------------------------------------------- when ready


def wait(house: House, *, reminders: bool = True) -> Former:
    return preferences.choose_pace(house.parts, token_of(house, "me"), Pace.READY, house.now, reminders=reminders)


def test_the_next_lesson_waits_for_a_press_and_then_comes_at_the_first_slot_that_a_week_allows(reading: House) -> None:
    wait(reading, reminders=False)
    live(reading, 40)
    assert len(reading.mails()) == 1
    (view,) = overview.readers(reading.parts)
    assert (view.lesson, view.due, view.waits) == ("acknowledgement", None, True)
    former = preferences.be_ready(reading.parts, token_of(reading, "me"), reading.now)
    assert enrollment(reading).due_at is not None
    undo(reading, former)
    assert enrollment(reading).waits
    preferences.be_ready(reading.parts, token_of(reading, "me"), reading.now)
    live(reading, 8)
    assert subjects(reading.mails())[1:] == ["Letter 1"]
    assert "waits until you want it" in reading.mails()[-1].get_body(("plain",)).get_content().replace("\n", " ")
    last = reading.mails()[-1]["Date"].datetime
    assert preferences.be_ready(reading.parts, token_of(reading, "me"), reading.now)
    assert preferences.be_ready(reading.parts, token_of(reading, "me"), reading.now) == {}
    live(reading, 14)
    assert subjects(reading.mails())[1:] == ["Letter 1", "Letter 2"]
    assert reading.mails()[-1]["Date"].datetime - last >= 6 * DAY


def test_a_reply_to_the_last_lesson_says_it_too_and_one_to_an_earlier_lesson_does_not(reading: House) -> None:
    live(reading, 11)
    assert subjects(reading.mails())[1:] == ["Letter 1", "Letter 2"]
    wait(reading)
    letters = reading.mails()
    Reader(reading).reply("A late thought.", to=letters[1])
    reading.tick()
    assert enrollment(reading).waits
    Reader(reading).reply("The kettle.", to=letters[2])
    reading.tick()
    assert not enrollment(reading).waits
    assert due(reading) == "2026-03-19 09:00"


def test_what_is_written_on_the_page_says_it_as_well(reading: House) -> None:
    wait(reading)
    write.write(reading.parts, token_of(reading, "me"), "Some words.", new_id(), reading.now)
    assert due(reading) == "2026-03-05 09:00"


@pytest.mark.parametrize("word", ["resume", "weekly"])
def test_and_so_does_a_command(reading: House, word: str) -> None:
    wait(reading)
    Reader(reading).reply(word)
    reading.tick()
    assert due(reading) == "2026-03-05 09:00"


@pytest.mark.parametrize("word", ["later", "where am I"])
def test_a_command_that_asks_is_told_that_it_waits(reading: House, word: str) -> None:
    wait(reading)
    Reader(reading).reply(word)
    reading.tick()
    assert "waits until you want it" in reading.mails()[-1].get_body(("plain",)).get_content().replace("\n", " ")
    assert enrollment(reading).waits


def test_an_answer_that_comes_before_the_lesson_is_known_to_have_gone_counts(reading: House) -> None:
    """The process died after the wire took it; the reader answers before it is settled."""
    wait(reading)
    preferences.be_ready(reading.parts, token_of(reading, "me"), reading.now)
    live(reading, 3)
    assert subjects(reading.mails())[1:] == ["Letter 1"]
    with reading.parts.db.write() as session:  # as it would stand if nobody had recorded it
        sent = session.scalars(select(Delivery).where(Delivery.lesson == "acknowledgement")).one()
        sent.state, sent.accepted_at, sent.wake_at = DeliveryState.UNSURE, None, reading.now + timedelta(minutes=30)
        row = session.scalars(select(Enrollment)).one()
        row.waits, row.remind_at, row.last_lesson, row.last_number = False, None, "welcome", 0
        row.last_accepted_at = MONDAY
    Reader(reading).reply("The kettle.")
    reading.tick()
    assert enrollment(reading).last_lesson == "acknowledgement"
    assert not enrollment(reading).waits
    assert due(reading) == "2026-03-12 09:00"


def test_one_reminder_a_wait_a_week_after_the_lesson_could_have_come_in_its_thread_and_never_another(
    reading: House,
) -> None:
    live(reading, 4)
    wait(reading)
    letter = reading.mails()[1]
    live(reading, 12.9)
    assert len(reading.mails()) == 2
    live(reading, 60)
    (note,) = reading.mails()[2:]
    assert f"{note['Date'].datetime.astimezone(BERLIN):%Y-%m-%d %H:%M}" == "2026-03-19 09:00"
    assert note["Subject"] == letter["Subject"] == "Letter 1"
    assert note["In-Reply-To"] == letter["Message-ID"]
    assert note["List-Unsubscribe"]
    assert note["Auto-Submitted"] == "auto-generated"
    with reading.parts.db.read() as session:
        assert (
            session.scalars(select(Delivery.state).where(Delivery.kind == Kind.REMINDER)).one()
            is DeliveryState.ACCEPTED
        )
    for wanted in (False, True):  # whatever is chosen anew, it was this wait's one
        preferences.choose_pace(reading.parts, token_of(reading, "me"), Pace.READY, reading.now, reminders=wanted)
        live(reading, 20)
    assert len(reading.mails()) == 3
    Reader(reading).reply("Now I am.", to=note)
    reading.tick()
    assert not enrollment(reading).waits
    assert enrollment(reading).due_at is not None
    assert enrollment(reading).last_accepted_at == letter["Date"].datetime, "the pace counts lessons only"


def test_without_the_tick_no_reminder_comes(reading: House) -> None:
    wait(reading, reminders=False)
    live(reading, 60)
    assert len(reading.mails()) == 1


def next_one_went(house: House, _: str) -> None:
    """Its reader was ready, and what it tells of has gone: now the one after that waits. Found by tests.years."""
    with house.parts.db.write() as session:
        row = session.scalars(select(Enrollment)).one()
        row.last_lesson, row.last_number, row.last_accepted_at = "letter-1", 1, house.now
        assert row.waits


ACTS: dict[str, Callable[[House, str], object]] = {
    "the next one went": next_one_went,
    "pause": lambda house, token: preferences.pause(house.parts, token, house.now),
    "ready": lambda house, token: preferences.be_ready(house.parts, token, house.now),
    "no reminders": lambda house, token: preferences.choose_pace(
        house.parts, token, "ready", house.now, reminders=False
    ),
    "answer": lambda house, token: write.write(house.parts, token, "Words.", new_id(), house.now),
    "leave": lambda house, _: lifecycle.leave(house.parts, token_of(house, "leave"), house.now),
    "weekly": lambda house, token: preferences.choose_pace(house.parts, token, "weekly", house.now),
}


@pytest.mark.parametrize("act", ACTS)
def test_the_last_look_drops_a_reminder_that_is_not_wanted_any_more(reading: House, act: str) -> None:
    wait(reading)
    token, at = token_of(reading, "me"), enrollment(reading).remind_at
    assert at is not None
    reading.now = at + timedelta(seconds=1)
    reminders.offer_due(reading.parts, reading.now)  # what a tick does, in two halves
    ACTS[act](reading, token)
    dispatch(reading.parts, reading.clock)
    assert len(reading.mails()) == 1
    with reading.parts.db.read() as session:
        assert session.scalars(select(Delivery).where(Delivery.kind == Kind.REMINDER)).all() == []


def test_a_reminder_keeps_off_quiet_dates_and_the_night(reading: House) -> None:
    wait(reading)
    preferences.keep_quiet(reading.parts, token_of(reading, "me"), date(2026, 3, 12), reading.now, every_year=False)
    live(reading, 16)
    assert len(reading.mails()) == 1
    reading.now = datetime(2026, 3, 19, 23, tzinfo=UTC)  # an outage until the night after
    live(reading, 1)
    (note,) = reading.mails()[1:]
    assert note["Date"].datetime.astimezone(BERLIN).hour == 7


def test_a_pause_keeps_the_wait_and_going_on_by_oneself_says_that_one_is_ready(reading: House) -> None:
    wait(reading)
    token = token_of(reading, "me")
    preferences.pause(reading.parts, token, reading.now, until=date(2026, 3, 10))
    live(reading, 12)
    assert enrollment(reading).state is EnrollmentState.ACTIVE
    assert enrollment(reading).waits, "a pause that ends by itself is nobody's word"
    preferences.pause(reading.parts, token, reading.now)
    former = preferences.resume(reading.parts, token, reading.now)
    assert not enrollment(reading).waits
    assert enrollment(reading).due_at is not None
    undo(reading, former)
    assert enrollment(reading).state is EnrollmentState.PAUSED
    assert enrollment(reading).waits
    lifecycle.resume(reading.parts, enrollment(reading).id, reading.now)
    assert enrollment(reading).waits, "nor is the host's"
    assert enrollment(reading).remind_at is not None


def test_who_pauses_while_a_lesson_is_on_the_wire_is_asked_before_the_next_all_the_same(reading: House) -> None:
    token = token_of(reading, "me")
    preferences.choose_pace(reading.parts, token, "ready", reading.now)
    preferences.be_ready(reading.parts, token, reading.now)
    reading.now = datetime(2026, 3, 5, 8, 1, tzinfo=UTC)
    wire = Eventful(reading.folder / "outbox", 1, lambda: _pause(reading, token))
    assert dispatch(replace(reading.parts, transport=wire), reading.clock).accepted == 1
    reading.turn(days=1)
    lifecycle.resume(reading.parts, enrollment(reading).id, reading.now)
    assert enrollment(reading).waits
    live(reading, 6)
    assert len(reading.mails()) == 2


def _pause(house: House, token: str) -> None:
    preferences.pause(house.parts, token, house.now)


def test_to_wait_while_paused_and_to_another_pace_and_back(reading: House) -> None:
    token = token_of(reading, "me")
    preferences.pause(reading.parts, token, reading.now, until=date(2026, 3, 10))
    wait(reading)
    live(reading, 10)
    assert enrollment(reading).waits
    former = preferences.choose_pace(reading.parts, token, "two-weeks", reading.now)
    assert enrollment(reading).due_at is not None
    live(reading, 0.1)
    undo(reading, former)
    row = enrollment(reading)
    assert (row.pace, row.waits, row.due_at) == (Pace.READY, True, None)


def test_who_waits_ends_after_the_last_lesson_like_everybody(reading: House) -> None:
    wait(reading, reminders=False)
    for _ in range(12):
        preferences.be_ready(reading.parts, token_of(reading, "me"), reading.now)
        live(reading, 8)
    row = enrollment(reading)
    assert row.state is EnrollmentState.COMPLETED
    assert not row.waits
    assert "This was the last one" in reading.mails()[-1].get_body(("plain",)).get_content()
    assert "waits until" not in reading.mails()[-1].get_body(("plain",)).get_content()


# ------------------------------------------------------------------------------------------------------- the rest


def test_what_never_was_is_not_put_back(reading: House) -> None:
    token, before = token_of(reading, "me"), values(enrollment(reading))
    wrong: list[Former] = [
        {"pace": "hourly"},
        {"weekday": "9"},
        {"hour": "x"},
        {"zone": "Atlantis/Gone"},
        {"perspective": "onlooker"},
        {"language": "xx"},
        {"quiet": "yesterday"},
        {"quiet": ",".join(f"--01-{day:02d}" for day in range(1, 20))},
        {"due": "0001-01-01T00:00:00+14:00"},
        {"due": "soon"},
        {"state": "paused", "until": "9999-12-31T23:59:59-23:00"},
        {"pace": "four-weeks", "due": "2026"},
    ]
    for former in wrong:
        with pytest.raises(UsageError):
            preferences.undo(reading.parts, token, former, reading.now)
        assert values(enrollment(reading)) == before, former
    for harmless in ({}, {"state": "completed"}, {"unknown": "x"}, {"due": "2026-03-03T00:00:00+00:00"}):
        preferences.undo(reading.parts, token, harmless, reading.now)
        assert values(enrollment(reading)) == before, harmless
    preferences.undo(reading.parts, token, {"due": "2090-01-01T00:00:00+00:00"}, reading.now)
    at = enrollment(reading).due_at
    assert at is not None
    assert at <= reading.now + HOLD_MOST + 7 * DAY, "no form can put a lesson off for ever"


def test_nothing_is_changed_after_the_end_or_by_a_link_of_nobodys(reading: House) -> None:
    token = token_of(reading, "me")
    lifecycle.leave(reading.parts, token_of(reading, "leave"), reading.now)
    for act in (preferences.pause, preferences.resume, preferences.be_ready):
        assert act(reading.parts, token, reading.now) == {}
    preferences.undo(reading.parts, token, {"state": "active", "due": "2026-03-05T08:00:00+00:00"}, reading.now)
    assert enrollment(reading).state is EnrollmentState.LEFT
    assert enrollment(reading).due_at is None


def test_a_form_that_says_a_date_was_set_in_seven_thousand_years_stops_no_tick(reading: House) -> None:
    before = due(reading)
    former = preferences.pause(reading.parts, token_of(reading, "me"), reading.now)
    undo(reading, former | {"set": "8999-01-01T00:00:00+00:00"})
    reading.tick()
    assert due(reading) == before
