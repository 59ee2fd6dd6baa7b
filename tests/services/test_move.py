"""Moving to another address in mid-course: the place is kept, and whoever reads the old mailbox learns nothing and can do nothing."""

import threading
from datetime import datetime, timedelta
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from dripcourse.db.models import Consent, ConsentText, Delivery, Enrollment, Signup, Subscriber
from dripcourse.domain.appearance import own_cover
from dripcourse.domain.delivery import DeliveryState, Kind, Reason
from dripcourse.domain.enrollment import EnrollmentState, LeftReason, PauseReason
from dripcourse.domain.pacing import Pace
from dripcourse.domain.quiet import QuietDate
from dripcourse.services.delivery import claim, mark
from dripcourse.services.enrollment import appearance, lifecycle, preferences
from dripcourse.services.enrollment.enroll import How, Wish
from dripcourse.services.messages.compose import compose
from dripcourse.services.reader import page
from dripcourse.services.recovery import adopt, backup
from dripcourse.services.replies import write
from dripcourse.services.signup import confirm, request
from dripcourse.services.signup.confirm import Standing
from tests.support.house import House, open_house, subjects

OLD, NEW = "read.by.others@example.org", "mine.alone@example.com"
CONSENT = "I would like to get it here."
LESSONS = [f"Letter {number}" for number in range(1, 8)]


def link(house: House, to: str, purpose: str = "me") -> str:
    """The token of the newest link of its kind to somebody, as their mailbox holds it."""
    bodies = [mail.get_body(("plain",)).get_content() for mail in house.mails(to)]  # type: ignore[union-attr]
    return str(
        [body.split(f"/{purpose}/")[1].split()[0].strip(")>.,") for body in bodies if f"/{purpose}/" in body][-1]
    )


def ask(house: House, to: str = NEW, *, by: str | None = None) -> str:
    """Ask for the move by the newest link at the old address, let a tick go by, and return the token of the confirmation."""
    request.request_move(house.parts, by or link(house, OLD), to, CONSENT, house.now)
    house.tick()
    return link(house, to, "confirm")


def press(house: House, token: str) -> Standing:
    return confirm.confirm(house.parts, token, None, house.now).standing


def lessons(house: House, to: str) -> list[str]:
    """The subjects of the lessons somebody got."""
    return subjects([mail for mail in house.mails(to) if mail["List-Id"]])


def weeks(house: House, count: int) -> None:
    """A tick a day, at ten in the morning (UTC)."""
    for _ in range(count * 7):
        house.tick(any_hour=False)
        house.turn(days=1)


def reading(house: House, weeks_before: int = 3) -> str:
    ident = house.enroll(OLD, zone="Europe/Berlin", perspective="betrayed")
    weeks(house, weeks_before)
    return ident


def enrollments(house: House) -> list[Enrollment]:
    with house.parts.db.read() as session:
        return list(session.scalars(select(Enrollment).order_by(Enrollment.created_at)))


def sent_at(mails: list[EmailMessage]) -> list[datetime]:
    return [mail["Date"].datetime for mail in mails if mail["List-Id"]]


def test_a_whole_course_over_two_addresses_nothing_twice_nothing_early(house: House) -> None:
    reading(house)
    token = ask(house)
    assert press(house, token) is Standing.DONE
    weeks(house, 10)
    before, after = lessons(house, OLD), lessons(house, NEW)
    assert len(before) == 4
    assert [*before, *after] == ["Welcome, and when the first letter comes", *LESSONS, "The last letter"]
    times = sorted([*sent_at(house.mails(OLD)), *sent_at(house.mails(NEW))])
    assert all(late - early >= timedelta(days=6) for early, late in pairwise(times[1:]))
    old, new = enrollments(house)
    assert (old.state, old.left_reason, new.state) == (
        EnrollmentState.LEFT,
        LeftReason.ASKED,
        EnrollmentState.COMPLETED,
    )


def test_place_choices_and_quiet_dates_come_along_and_the_date_that_was_promised_stands(small_house: House) -> None:
    house = small_house
    ident = reading(house)
    with house.parts.db.write() as session:
        row = session.get_one(Enrollment, ident)
        row.pace, row.reminders = Pace.TWO_WEEKS, False
        appearance.wear(house.parts.keys, row, own_cover("Aunt May", "A recipe"))
        row.quiet = frozenset({QuietDate.on(house.now.date() + timedelta(days=40), every_year=False)})
        due, place = row.due_at, (row.last_lesson, row.last_number, row.last_accepted_at)
    press(house, ask(house))
    old, new = enrollments(house)
    assert (new.last_lesson, new.last_number, new.last_accepted_at) == place
    assert (new.due_at, new.wake_at) == (due, due)
    assert old.due_at is None
    assert old.wake_at is None
    chosen = (
        "perspective",
        "zone",
        "weekday",
        "hour",
        "pace",
        "reminders",
        "course",
        "quiet",
    )
    assert [getattr(old, name) for name in chosen] == [getattr(new, name) for name in chosen]
    assert appearance.of_enrollment(house.parts.keys, new) == own_cover("Aunt May", "A recipe")
    with house.parts.db.read() as session:
        how, text, given = session.execute(
            select(Consent.how, ConsentText.text, Consent.given_at)
            .join(ConsentText, ConsentText.hash == Consent.text_hash)
            .where(Consent.enrollment_id == new.id)
        ).one()
    assert (how, text, given) == ("move", CONSENT, house.now)


def test_who_moves_with_a_cover_that_no_key_opens_moves_without_one(small_house: House) -> None:
    house = small_house
    ident = reading(house)
    with house.parts.db.write() as session:
        row = session.get_one(Enrollment, ident)
        appearance.wear(house.parts.keys, row, own_cover("Aunt May", "A recipe"))
        row.cover_sealed = (row.cover_sealed or b"")[:-1]
    press(house, ask(house))
    _, new = enrollments(house)
    assert (new.subject_style, new.cover_sealed) == ("discreet", None)
    weeks(house, 1)
    assert len(lessons(house, NEW)) == 1


def test_a_pause_comes_along_too(small_house: House) -> None:
    house = small_house
    ident = reading(house)
    lifecycle.pause(house.parts, ident, PauseReason.READER)
    press(house, ask(house))
    _, new = enrollments(house)
    assert (new.state, new.pause_reason, new.due_at) == (EnrollmentState.PAUSED, PauseReason.READER, None)
    weeks(house, 3)
    assert lessons(house, NEW) == []
    lifecycle.resume(house.parts, new.id, house.now)
    weeks(house, 1)
    assert len(lessons(house, NEW)) == 1


def test_nothing_changes_before_the_press_and_nothing_goes_to_the_old_address_about_it(small_house: House) -> None:
    house = small_house
    ident = reading(house)
    before = len(house.mails(OLD))
    with house.parts.db.read() as session:
        row = session.get_one(Enrollment, ident)
        kept = {column.key: getattr(row, column.key) for column in Enrollment.__table__.columns}
    token = ask(house)
    assert confirm.look_up(house.parts, token, house.now).standing is Standing.OPEN
    [only] = enrollments(house)
    assert {name: getattr(only, name) for name in kept} == kept
    with house.parts.db.read() as session:
        assert len(session.scalars(select(Subscriber)).all()) == 1
    press(house, token)
    weeks(house, 10)
    assert len(house.mails(OLD)) == before
    assert NEW not in "".join(mail.as_string() for mail in house.mails(OLD))
    assert OLD not in "".join(mail.as_string() for mail in house.mails(NEW))


def test_old_links_have_no_power_over_the_new_enrollment(small_house: House) -> None:
    house = small_house
    reading(house)
    old_me, old_leave = link(house, OLD), link(house, OLD, "leave")
    press(house, ask(house))
    house.turn(minutes=1)
    new = enrollments(house)[1]
    as_it_was = {column.key: getattr(new, column.key) for column in Enrollment.__table__.columns}
    lifecycle.leave(house.parts, old_leave, house.now)
    preferences.pause(house.parts, old_me, house.now)
    preferences.choose_pace(house.parts, old_me, "four-weeks", house.now)
    preferences.choose_perspective(house.parts, old_me, "betraying")
    page.again(house.parts, old_me, house.now)
    write.delete(house.parts, old_me, None, house.now)
    request.request_move(house.parts, old_me, "a.third@example.org", CONSENT, house.now)
    house.tick()
    now = enrollments(house)[1]
    assert {name: getattr(now, name) for name in as_it_was} == as_it_was
    assert house.mails("a.third@example.org") == []
    assert page.look(house.parts, old_me).state is EnrollmentState.LEFT
    assert page.look(house.parts, old_me).due is None


def test_words_stay_with_the_old_enrollment(small_house: House) -> None:
    house = small_house
    reading(house)
    old_me = link(house, OLD)
    write.write(house.parts, old_me, "words", "2" * 26, house.now)
    press(house, ask(house))
    weeks(house, 1)
    assert len(write.look(house.parts, old_me).kept) == 1
    assert write.look(house.parts, link(house, NEW)).kept == []


@pytest.mark.parametrize("why", ["suppressed", "has it", "is the same", "ended"])
def test_what_cannot_be_is_met_with_silence(small_house: House, why: str) -> None:
    house = small_house
    ident = reading(house)
    token, to = link(house, OLD), NEW
    if why == "suppressed":
        first = request.request(house.parts, Wish(NEW, "rebuilding-trust", consent="Yes."), house.now)
        house.tick()
        confirm.never_again(house.parts, house.parts.keys.web_token(first, "confirm"), house.now)
        house.turn(days=2)
    elif why == "has it":
        house.enroll(NEW)
        house.tick()
    elif why == "is the same":
        to = OLD.title()
    else:
        with house.parts.db.write() as session:
            lifecycle.end(house.parts, session, session.get_one(Enrollment, ident), LeftReason.ASKED, house.now)
    before = len(house.mails())
    request.request_move(house.parts, token, to, CONSENT, house.now)
    house.tick()
    assert len(house.mails()) == before
    with house.parts.db.read() as session:
        asked = session.scalars(select(Signup).where(Signup.how == How.MOVE.value)).one()
    assert (
        confirm.look_up(house.parts, house.parts.keys.web_token(asked.id, "confirm"), house.now).standing
        is Standing.EXPIRED
    )


def test_a_link_runs_out_after_a_week_and_its_row_is_gone_after_two(small_house: House) -> None:
    house = small_house
    reading(house)
    token = ask(house)
    house.turn(days=7, minutes=1)
    assert press(house, token) is Standing.EXPIRED
    assert [each.state for each in enrollments(house)] == [EnrollmentState.ACTIVE]
    house.turn(days=7)
    house.tick()
    with house.parts.db.read() as session:
        assert session.scalars(select(Signup)).all() == []
        assert len(session.scalars(select(Subscriber)).all()) == 1


def test_of_two_links_one_moves_and_pressing_again_changes_nothing(house: House) -> None:
    reading(house)
    first, second = ask(house), ask(house, "other@example.org")
    assert [press(house, token) for token in (first, first, second, first)] == [
        Standing.DONE,
        Standing.DONE,
        Standing.EXPIRED,
        Standing.DONE,
    ]
    assert len(enrollments(house)) == 2


def test_of_two_presses_at_once_one_moves(house: House) -> None:
    reading(house)
    token = ask(house)
    gate, told = threading.Barrier(4), []

    def run() -> None:
        gate.wait()
        told.append(press(house, token))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == [Standing.DONE] * 4
    assert len(enrollments(house)) == 2


def test_an_unconfirmed_sign_up_at_the_new_address_gives_way(house: House) -> None:
    reading(house)
    request.request(house.parts, Wish(NEW, "rebuilding-trust", consent="Yes."), house.now)
    house.tick()
    house.turn(days=2)
    assert press(house, ask(house)) is Standing.DONE
    states = [each.state for each in enrollments(house)]
    assert sorted(states) == [EnrollmentState.ACTIVE, EnrollmentState.LEFT]


def test_a_claimed_lesson_is_taken_back_and_comes_to_the_new_address(house: House) -> None:
    reading(house)
    token = ask(house)
    house.turn(days=7)
    batch, _ = claim.claim(house.parts, house.now - timedelta(minutes=1), any_hour=True)
    assert len(batch) == 1
    house.now -= timedelta(hours=12)
    press(house, token)
    house.turn(hours=13)
    assert mark.mark(house.parts, [compose(house.parts, batch[0], house.now)], house.now, kept=set()) == []
    house.tick()
    assert lessons(house, NEW) == ["Letter 4"]
    assert len(lessons(house, OLD)) == 4


@pytest.mark.parametrize("went", [True, False])
def test_a_lesson_on_the_wire_counts_as_had_whatever_became_of_it(house: House, went: bool) -> None:
    reading(house)
    token = ask(house)
    house.turn(days=6)
    [held], _ = claim.claim(house.parts, house.now, any_hour=True)
    ready = compose(house.parts, held, house.now)
    assert mark.mark(house.parts, [ready], house.now, kept=set()) == [ready]
    if went:
        house.parts.transport.send(ready.outgoing, now=house.now)
    assert press(house, token) is Standing.DONE
    weeks(house, 9)
    assert lessons(house, OLD)[4:] == (["Letter 4"] if went else [])
    assert lessons(house, NEW) == [*LESSONS[4:], "The last letter"]
    [first, *_] = [mail for mail in house.mails(NEW) if mail["List-Id"]]
    assert "We cannot tell whether the one before this reached you" in first.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    reached = [mail for mail in house.mails(OLD) if mail["List-Id"]] + [first]
    if went:
        assert first["Date"].datetime - reached[4]["Date"].datetime >= timedelta(days=6)


def test_a_copy_of_what_was_on_the_wire_can_be_asked_for_at_the_new_address(small_house: House) -> None:
    house = small_house
    reading(house)
    token = ask(house)
    house.turn(days=6)
    [held], _ = claim.claim(house.parts, house.now, any_hour=True)
    mark.mark(house.parts, [compose(house.parts, held, house.now)], house.now, kept=set())
    press(house, token)
    weeks(house, 2)
    assert lessons(house, NEW)[0] == "Letter 5"
    with house.parts.db.read() as session:
        rows = session.execute(
            select(Delivery.lesson, Delivery.reason).where(
                Delivery.recipient == house.parts.keys.index(NEW), Delivery.kind == Kind.LESSON
            )
        ).all()
    assert len(rows) == len({lesson for lesson, _ in rows})
    assert [reason for _, reason in rows].count(Reason.ASSUMED) == 1


def test_a_held_lesson_comes_to_the_new_address(small_house: House) -> None:
    house = small_house
    ident = reading(house)
    token = ask(house)
    house.turn(days=6)
    claim.claim(house.parts, house.now, any_hour=True)
    with house.parts.db.write() as session:
        row = session.scalars(
            select(Delivery).where(Delivery.enrollment_id == ident, Delivery.state == DeliveryState.CLAIMED)
        ).one()
        row.state, row.reason, row.wake_at = DeliveryState.HELD, Reason.REFUSED, None
    press(house, token)
    weeks(house, 2)
    assert lessons(house, NEW)[0] == "Letter 4"
    assert len(lessons(house, OLD)) == 4


def test_before_the_welcome_the_welcome_comes_to_the_new_address(small_house: House) -> None:
    house = small_house
    ident = house.enroll(OLD)
    house.tick()
    token = ask(house)
    with house.parts.db.write() as session:  # as if it had not gone yet
        row = session.get_one(Enrollment, ident)
        session.delete(session.scalars(select(Delivery).where(Delivery.kind == Kind.LESSON)).one())
        row.last_lesson, row.last_number, row.last_accepted_at = None, -1, None
        row.due_at = row.wake_at = house.now
    press(house, token)
    house.tick()
    assert lessons(house, NEW) == ["Welcome, and when the first letter comes"]


def test_after_a_restore_from_before_the_move_nobody_gets_a_lesson_twice(tmp_path: Path) -> None:
    original, restored = tmp_path / "original", tmp_path / "restored"
    original.mkdir()
    restored.mkdir()
    with open_house(original) as house:
        reading(house)
        token = ask(house)
        backup.backup(house.parts.db, tmp_path / "monday.backup", house.now, lambda _count: None)
        press(house, token)
        weeks(house, 2)
        now, had = house.now, lessons(house, NEW)
        assert had == LESSONS[3:5]
    with open_house(restored, now=now, JOURNAL_DIR=str(original / "journal")) as house:
        backup.restore(house.parts.db, tmp_path / "monday.backup", house.now, lambda _count: None)
        assert adopt.adopt(house.parts, house.now).stopped == 1
        assert press(house, token) is Standing.EXPIRED
        weeks(house, 6)
        assert house.mails() == []


def test_after_a_restore_from_after_the_move_the_new_enrollment_has_its_place(tmp_path: Path) -> None:
    original, restored = tmp_path / "original", tmp_path / "restored"
    original.mkdir()
    restored.mkdir()
    with open_house(original) as house:
        reading(house)
        press(house, ask(house))
        backup.backup(house.parts.db, tmp_path / "monday.backup", house.now, lambda _count: None)
        weeks(house, 2)
        now = house.now
    with open_house(restored, now=now, JOURNAL_DIR=str(original / "journal")) as house:
        backup.restore(house.parts.db, tmp_path / "monday.backup", house.now, lambda _count: None)
        assert adopt.adopt(house.parts, house.now).accepted == 2
        weeks(house, 6)
        assert lessons(house, NEW) == [*LESSONS[5:], "The last letter"]
        assert lessons(house, OLD) == []
