"""What a provider tells afterwards: stored once, one effect, in whatever order and however often it comes."""

import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import count, pairwise, permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from dripcourse.db import schema
from dripcourse.db.models import Delivery, Enrollment, ProviderEvent, Subscriber, Suppression
from dripcourse.db.session import Database
from dripcourse.domain.delivery import DeliveryState, Reason
from dripcourse.domain.enrollment import EnrollmentState, LeftReason
from dripcourse.domain.errors import DatabaseAway, SuppressedError
from dripcourse.domain.events import Event, Told
from dripcourse.domain.mail import Accepted, Evidence, Later, Outcome, Outgoing, Unknown
from dripcourse.services.delivery import event_store, provider_events, settle
from dripcourse.services.enrollment import lifecycle
from dripcourse.services.host import overview
from dripcourse.services.journal import Fact, Journal
from tests.support.house import MONDAY, House, open_house

KEY = "a key that has verified"


class Provider:
    """A transport without a memory, that does as it is told."""

    is_local = True

    def __init__(self) -> None:
        self.given: list[Outgoing] = []
        self.answer: Outcome = Accepted("a-name-of-its-own")

    def send(self, mail: Outgoing, *, now: datetime) -> Outcome:
        self.given.append(mail)
        return self.answer

    def evidence(self, delivery: str, fence: int, *, marked_at: datetime, now: datetime) -> Evidence:
        return Evidence.NONE

    def close(self) -> None:
        pass


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def house(tmp_path: Path, database_url: str, provider: Provider) -> Iterator[House]:
    with open_house(tmp_path, database_url, transport=provider) as opened:
        yield opened


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The course and the keys, which never change, read once; and an empty database to copy."""
    with open_house(tmp_path_factory.mktemp("pattern")) as opened:
        yield opened


@pytest.fixture
def small(pattern: House, tmp_path: Path, provider: Provider) -> Iterator[House]:
    """A house on SQLite."""
    db = Database(f"sqlite:///{tmp_path / 'truth.db'}")
    schema.upgrade(db, now=MONDAY)
    journal = Journal(tmp_path / "journal", pattern.parts.keys)
    yield House(replace(pattern.parts, db=db, journal=journal, transport=provider), tmp_path)
    db.close()


_numbers = count()


def told(mail: Outgoing, kind: Told, at: datetime, detail: str = "", fence: int | None = None) -> Event:
    return Event(f"event-{next(_numbers)}", mail.delivery, mail.fence if fence is None else fence, kind, detail, at)


def hear(house: House, *found: Event) -> None:
    event_store.store(house.parts, found, KEY, house.now)
    provider_events.handle(house.parts, house.now)


def tell(house: House, mail: Outgoing, *kinds: Told) -> None:
    hear(house, *(told(mail, kind, house.now) for kind in kinds))


def delivery(house: House, mail: Outgoing) -> Delivery:
    with house.parts.db.read() as session:
        return session.get_one(Delivery, mail.delivery)


def enrollment(house: House, ident: str) -> Enrollment:
    with house.parts.db.read() as session:
        return session.get_one(Enrollment, ident)


def subscriber(house: House) -> Subscriber:
    with house.parts.db.read() as session:
        return session.scalars(select(Subscriber)).one()


def suppressions(house: House) -> list[str]:
    with house.parts.db.read() as session:
        return list(session.scalars(select(Suppression.reason)))


def welcomed(house: House, provider: Provider) -> tuple[str, Outgoing]:
    """An enrollment that has had its welcome, and that mail."""
    ident = house.enroll()
    house.tick()
    house.turn(minutes=1)
    return ident, provider.given[-1]


# -------------------------------------------------------------------------------------------------------- where a mail stands


@pytest.mark.parametrize(
    ("kinds", "stands"),
    [
        ([Told.PROCESSED], DeliveryState.ACCEPTED),
        ([Told.DEFERRED], DeliveryState.DEFERRED),
        ([Told.PROCESSED, Told.DEFERRED, Told.DELIVERED], DeliveryState.DELIVERED),
        ([Told.DELIVERED, Told.NOBODY], DeliveryState.BOUNCED),
        ([Told.BLOCKED, Told.DEFERRED], DeliveryState.HELD),
        ([Told.DELIVERED, Told.FULL, Told.POLICY, Told.BOUNCED], DeliveryState.HELD),
        ([Told.DELIVERED, Told.COMPLAINT], DeliveryState.DELIVERED),
    ],
)
def test_a_delivery_only_moves_up_in_whatever_order_it_is_told(
    small: House, provider: Provider, kinds: list[Told], stands: DeliveryState
) -> None:
    for number, order in enumerate(permutations(kinds)):
        small.enroll(f"reader{number}@example.org")
        small.tick()
        tell(small, provider.given[-1], *order)
        assert delivery(small, provider.given[-1]).state is stands


def test_what_is_told_changes_nothing_about_when_the_next_lesson_comes(small: House, provider: Provider) -> None:
    ident, mail = welcomed(small, provider)
    due = enrollment(small, ident).due_at
    tell(small, mail, Told.PROCESSED, Told.DEFERRED, Told.DELIVERED)
    assert enrollment(small, ident).due_at == due


def test_the_tick_handles_what_was_stored_and_counts_it(house: House, provider: Provider) -> None:
    _, mail = welcomed(house, provider)
    event_store.store(house.parts, [told(mail, Told.DELIVERED, house.now)], KEY, house.now)
    assert house.tick().arrived == 1
    assert delivery(house, mail).state is DeliveryState.DELIVERED
    assert house.tick().arrived == 0


def test_no_address_is_kept_of_what_the_other_side_said(small: House, provider: Provider) -> None:
    _, mail = welcomed(small, provider)
    hear(small, told(mail, Told.BOUNCED, small.now, "552 <reader@example.org> is\r\nover quota" + "x" * 400))
    assert "reader@" not in delivery(small, mail).detail
    assert delivery(small, mail).detail.startswith("552 (address) is over quota")
    with small.parts.db.read() as session:
        assert all(
            "@" not in each.detail and len(each.detail) <= 255 for each in session.scalars(select(ProviderEvent))
        )


# ------------------------------------------------------------------------------------------------------------------ evidence


@pytest.mark.parametrize("kind", [Told.PROCESSED, Told.DEFERRED, Told.DELIVERED])
def test_an_unsure_sending_that_is_told_of_went_at_its_mark_and_the_course_goes_on(
    small: House, provider: Provider, kind: Told
) -> None:
    ident = small.enroll()
    marked = small.now
    provider.answer = Unknown("no answer")
    small.tick()
    provider.answer = Accepted()
    small.turn(hours=5)
    event_store.store(small.parts, [told(provider.given[0], kind, small.now)], KEY, small.now)
    ticked = small.tick()
    assert (ticked.arrived, ticked.settled) == (1, 1)
    found = delivery(small, provider.given[0])
    assert (found.reason, found.accepted_at) == (Reason.EVIDENCE, marked)
    assert list(overview.deliveries(small.parts, only_unsure=True)) == []
    small.turn(days=10)
    small.tick()
    assert len(provider.given) == 2
    assert enrollment(small, ident).last_number == 1
    digests = {entry.digest for entry in small.parts.journal.replay() if entry.fact is Fact.ACCEPTED}
    assert small.parts.keys.digests(found.key)[0] in digests


def test_what_was_assumed_and_is_told_of_is_no_longer_in_doubt(small: House, provider: Provider) -> None:
    small.enroll()
    provider.answer = Unknown("no answer")
    small.tick()
    provider.answer = Accepted()
    small.turn(days=4, hours=2)
    small.tick()
    tell(small, provider.given[0], Told.DELIVERED)
    assert list(overview.deliveries(small.parts, only_unsure=True)) == []
    assert enrollment_number(small) == 1


def enrollment_number(house: House) -> int:
    with house.parts.db.read() as session:
        return session.scalars(select(Enrollment.last_number)).one()


def test_a_mail_that_was_to_be_tried_again_and_is_told_of_is_not_sent_again(house: House, provider: Provider) -> None:
    house.enroll()
    provider.answer = Later("500 and yet it went")
    house.tick()
    provider.answer = Accepted()
    tell(house, provider.given[0], Told.PROCESSED)
    house.turn(hours=3)
    house.tick()
    assert len(provider.given) == 1
    assert delivery(house, provider.given[0]).state is DeliveryState.ACCEPTED


def test_an_event_that_is_quicker_than_our_own_record_waits_for_it(house: House, provider: Provider) -> None:
    ident = house.enroll()

    def at_once(mail: Outgoing, *, now: datetime) -> Outcome:
        provider.given.append(mail)
        event_store.store(house.parts, [told(mail, Told.DELIVERED, now)], KEY, now)
        assert provider_events.handle(house.parts, now) == (0, 0)
        return Accepted("a-name-of-its-own")

    provider.send = at_once  # type: ignore[method-assign]
    house.tick()
    found = delivery(house, provider.given[0])
    assert (found.state, found.provider_ref, found.reason) == (DeliveryState.ACCEPTED, "a-name-of-its-own", Reason.NONE)
    house.tick()
    assert delivery(house, provider.given[0]).state is DeliveryState.DELIVERED
    assert enrollment(house, ident).last_accepted_at == house.now


def test_a_worker_that_died_before_its_record_is_spoken_for_by_the_event(small: House, provider: Provider) -> None:
    small.enroll()

    def dies(mail: Outgoing, *, now: datetime) -> Outcome:
        provider.given.append(mail)
        raise KeyboardInterrupt

    alive, provider.send = provider.send, dies  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        small.tick()
    provider.send = alive  # type: ignore[method-assign]
    small.turn(minutes=5)
    tell(small, provider.given[0], Told.PROCESSED)
    assert delivery(small, provider.given[0]).state is DeliveryState.ACCEPTED
    small.turn(days=20)
    small.tick()
    assert len({mail.delivery for mail in provider.given}) == len(provider.given) == 2


def test_a_setback_of_an_attempt_that_another_followed_has_no_effect(small: House, provider: Provider) -> None:
    small.enroll()
    provider.answer = Later("500")
    small.tick()
    provider.answer = Accepted()
    small.turn(hours=2)
    small.tick()
    first, second = provider.given
    assert (first.delivery, first.fence < second.fence) == (second.delivery, True)
    for kind in (Told.DROPPED, Told.BOUNCED, Told.NOBODY, Told.DEFERRED):
        tell(small, first, kind)
    assert delivery(small, second).state is DeliveryState.ACCEPTED
    assert suppressions(small) == []


# ------------------------------------------------------------------------------------------------------------------- dropped


def test_what_the_provider_dropped_is_held_and_the_course_waits_until_the_host_says_so(
    house: House, provider: Provider
) -> None:
    ident, mail = welcomed(house, provider)
    hear(house, told(mail, Told.DROPPED, house.now, "Bounced Address"))
    found = delivery(house, mail)
    assert (found.state, found.reason) == (DeliveryState.HELD, Reason.REFUSED)
    assert "Bounced Address" in found.detail
    house.turn(days=30)
    house.tick()
    assert len(provider.given) == 1
    settle.resolve(house.parts, mail.delivery, settle.Word.NOT_SENT, now=house.now)
    house.tick()
    assert [each.delivery for each in provider.given] == [mail.delivery] * 2
    house.turn(days=10)
    house.tick()
    assert enrollment(house, ident).last_number == 1


def test_an_unsure_sending_that_was_dropped_is_held_and_not_taken_for_sent(small: House, provider: Provider) -> None:
    ident = small.enroll()
    provider.answer = Unknown("no answer")
    small.tick()
    tell(small, provider.given[0], Told.DROPPED)
    assert delivery(small, provider.given[0]).state is DeliveryState.HELD
    assert enrollment(small, ident).last_number == -1


def test_a_last_lesson_that_was_dropped_does_not_leave_the_course_completed(small: House, provider: Provider) -> None:
    ident = small.enroll()
    for _ in range(80):
        small.tick()
        small.turn(days=1)
    assert enrollment(small, ident).state is EnrollmentState.COMPLETED
    tell(small, provider.given[-1], Told.DROPPED)
    settle.resolve(small.parts, provider.given[-1].delivery, settle.Word.NOT_SENT, now=small.now)
    small.tick()
    assert len(provider.given) == 10
    assert enrollment(small, ident).state is EnrollmentState.COMPLETED


# ------------------------------------------------------------------------------------------------------------------- leaving


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (Told.COMPLAINT, LeftReason.COMPLAINT),
        (Told.DROPPED_COMPLAINT, LeftReason.COMPLAINT),
        (Told.ASKED, LeftReason.ASKED),
        (Told.DROPPED_ASKED, LeftReason.ASKED),
        (Told.NOBODY, LeftReason.BOUNCED),
    ],
)
def test_who_complains_asks_or_is_not_there_is_never_written_to_again(
    small: House, provider: Provider, kind: Told, reason: LeftReason
) -> None:
    ident, mail = welcomed(small, provider)
    tell(small, mail, kind)
    found = enrollment(small, ident)
    assert (found.state, found.left_reason) == (EnrollmentState.LEFT, reason)
    assert suppressions(small) == [reason.value]
    small.turn(days=90)
    small.tick()
    assert len(provider.given) == 1
    with pytest.raises(SuppressedError):
        small.enroll()


@pytest.mark.parametrize("order", list(permutations([Told.NOBODY, Told.ASKED, Told.COMPLAINT])))
def test_of_several_reasons_the_gravest_stands(small: House, provider: Provider, order: Sequence[Told]) -> None:
    ident, mail = welcomed(small, provider)
    tell(small, mail, *order)
    assert enrollment(small, ident).left_reason is LeftReason.COMPLAINT
    assert suppressions(small) == ["complaint"]


def test_a_complaint_after_the_reader_left_by_themselves_is_kept_too(small: House, provider: Provider) -> None:
    ident, mail = welcomed(small, provider)
    lifecycle.leave(small.parts, small.parts.keys.web_token(mail.delivery, "leave"), small.now)
    tell(small, mail, Told.COMPLAINT)
    assert enrollment(small, ident).left_reason is LeftReason.COMPLAINT
    assert suppressions(small) == ["complaint"]


def test_bounces_that_may_pass_only_count_once_a_day(small: House, provider: Provider) -> None:
    ident, mail = welcomed(small, provider)
    days = [small.now - timedelta(days=number) for number in (0, 0, 2, 2, 0)]
    hear(small, *(told(mail, Told.BOUNCED, day) for day in days), told(mail, Told.BLOCKED, small.now))
    assert subscriber(small).bounce_score == 2
    assert subscriber(small).bounced_on == small.now.date()
    assert enrollment(small, ident).state is EnrollmentState.ACTIVE


def test_hard_bounces_on_three_days_end_the_course_however_they_come(small: House, provider: Provider) -> None:
    ident, mail = welcomed(small, provider)
    hear(small, *(told(mail, Told.BOUNCED, small.now - timedelta(days=number)) for number in (1, 1, 0, 2)))
    assert enrollment(small, ident).left_reason is LeftReason.BOUNCED
    assert suppressions(small) == ["bounced"]


# ----------------------------------------------------------------------------------------------- copies, shuffled and doubled


def picture(house: House) -> list[str]:
    """Everything that an event could have changed, but for when it was done."""
    with house.parts.db.read() as session:
        found = session.execute(
            select(Delivery.key, Delivery.state, Delivery.reason, Delivery.detail, Delivery.accepted_at).order_by(
                Delivery.key  # a notice's id is new each time
            )
        ).all()
        readers = session.execute(
            select(
                Enrollment.id, Enrollment.state, Enrollment.left_reason, Enrollment.due_at, Enrollment.last_lesson
            ).order_by(Enrollment.id)
        ).all()
        scores = session.execute(
            select(Subscriber.id, Subscriber.bounce_score, Subscriber.bounced_on).order_by(Subscriber.id)
        ).all()
        gone = session.execute(
            select(Suppression.address_index, Suppression.reason).order_by(Suppression.address_index)
        ).all()
        kept = session.scalars(select(ProviderEvent.id).order_by(ProviderEvent.id)).all()
    return [repr(row) for row in (*found, *readers, *scores, *gone, *kept)]


BY_MAIL = "mail:"
BATCH: tuple[tuple[str, ...], ...] = (
    (Told.PROCESSED, Told.DELIVERED),
    (Told.PROCESSED, Told.DEFERRED, Told.DEFERRED, Told.DELIVERED, Told.COMPLAINT),
    (Told.PROCESSED, Told.BOUNCED, Told.BOUNCED),
    (Told.PROCESSED, Told.NOBODY),
    (Told.DROPPED,),
    (Told.DROPPED_COMPLAINT,),
    (Told.PROCESSED, Told.DELIVERED, Told.ASKED, Told.COMPLAINT),
    (Told.PROCESSED, Told.BLOCKED),
    (Told.PROCESSED, Told.DELIVERED, Told.FULL, Told.POLICY, Told.FULL),
    (Told.FULL, Told.BOUNCED, Told.NOBODY, Told.POLICY),
    (Told.POLICY, Told.ASKED, Told.BLOCKED),
    (Told.PROCESSED, BY_MAIL + Told.NOBODY, Told.FULL),
    (BY_MAIL + Told.NOBODY, BY_MAIL + Told.NOBODY, BY_MAIL + Told.POLICY),
    (Told.DELIVERED, BY_MAIL + Told.COMPLAINT, BY_MAIL + Told.BOUNCED, Told.FULL),
    (BY_MAIL + Told.COMPLAINT, Told.NOBODY),
)
"""What happened to some readers; every second one's sending was unsure."""


class Eight:
    """Readers, their database as it was before anything was told, and the true batch of events."""

    def __init__(self, house: House, batch: Sequence[Event]) -> None:
        self.house, self.batch, self.copies = house, batch, count()

    @cached_property
    def once(self) -> list[str]:
        """What the database holds when all was told once and in order."""
        return self.after([self.batch], handle_each=False)

    def after(self, posts: Sequence[Sequence[Event]], *, handle_each: bool) -> list[str]:
        """What the database holds after these posts, beginning each time from the same state."""
        folder = self.house.folder / f"copy-{next(self.copies)}"
        folder.mkdir()
        with closing(sqlite3.connect(self.house.folder / "truth.db")) as truth:
            truth.execute("VACUUM INTO ?", [str(folder / "truth.db")])
        parts = self.house.parts
        db = Database(f"sqlite:///{folder / 'truth.db'}")
        copy = House(replace(parts, db=db, journal=Journal(folder / "journal", parts.keys)), folder, self.house.now)
        for post in posts:
            event_store.store(copy.parts, post, KEY, copy.now)
            if handle_each:
                provider_events.handle(copy.parts, copy.now)
        provider_events.handle(copy.parts, copy.now)
        found = picture(copy)
        db.close()
        return found


@pytest.fixture(scope="module")
def eight(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Eight]:
    provider = Provider()
    with open_house(tmp_path_factory.mktemp("eight"), transport=provider) as house:
        for number in range(len(BATCH)):
            provider.answer = Unknown("no answer") if number % 2 else Accepted("a-name-of-its-own")
            house.enroll(f"reader{number}@example.org")
            house.tick()
        house.turn(minutes=5)
        batch = tuple(
            Event(
                f"{BY_MAIL * kind.startswith(BY_MAIL)}e{number}-{place}",
                mail.delivery,
                mail.fence,
                Told(kind.removeprefix(BY_MAIL)),
                f"said of {kind}",
                house.now - timedelta(seconds=place),
            )
            for number, (mail, kinds) in enumerate(zip(provider.given, BATCH, strict=True))
            for place, kind in enumerate(kinds)
        )
        yield Eight(house, batch)


def cut(copies: Sequence[Event], dice: random.Random) -> list[Sequence[Event]]:
    """In posts of any size."""
    places = sorted(dice.sample(range(1, len(copies)), min(6, len(copies) - 1)))
    return [copies[begin:end] for begin, end in pairwise([0, *places, len(copies)])]


def test_a_hundred_copies_of_a_true_batch_shuffled_have_one_effect(eight: Eight) -> None:
    dice = random.Random(3)
    copies = list(eight.batch) * 100
    dice.shuffle(copies)
    assert eight.after(cut(copies, dice), handle_each=True) == eight.once
    assert sum("LEFT" in row for row in eight.once) == 7


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), copies=st.integers(1, 4), handle_each=st.booleans())
def test_events_have_the_same_effect_in_any_order_and_number(
    eight: Eight, seed: int, copies: int, handle_each: bool
) -> None:
    dice = random.Random(seed)
    told_often = list(eight.batch) * copies
    dice.shuffle(told_often)
    assert eight.after(cut(told_often, dice), handle_each=handle_each) == eight.once


# ---------------------------------------------------------------------------------------------------------- what goes wrong


def test_events_about_nothing_we_know_are_kept_and_change_nothing(small: House) -> None:
    stranger = Event("x", "a" * 26, 1, Told.COMPLAINT, "", small.now)
    hear(small, stranger, stranger)
    assert suppressions(small) == []
    assert provider_events.handle(small.parts, small.now) == (0, 0)


def test_one_event_that_cannot_be_handled_stops_no_other(small: House, provider: Provider) -> None:
    _, mail = welcomed(small, provider)
    with small.parts.db.write() as session:
        poison = ProviderEvent(
            id="0", delivery_id=mail.delivery, kind="gibberish", happened_at=small.now, received_at=small.now
        )
        session.add(poison)
    tell(small, mail, Told.DELIVERED)
    assert delivery(small, mail).state is DeliveryState.DELIVERED
    assert provider_events.handle(small.parts, small.now) == (0, 0)


def test_a_journal_that_cannot_be_written_leaves_the_event_for_the_next_tick(small: House, provider: Provider) -> None:
    ident = small.enroll()
    provider.answer = Unknown("no answer")
    small.tick()
    event_store.store(small.parts, [told(provider.given[0], Told.DELIVERED, small.now)], KEY, small.now)
    journal = small.folder / "journal"
    journal.rename(away := small.folder / "away")
    journal.touch()  # a file where its folder should be
    with pytest.raises(DatabaseAway):
        provider_events.handle(small.parts, small.now)
    assert enrollment(small, ident).last_number == -1
    journal.unlink()
    away.rename(journal)
    assert provider_events.handle(small.parts, small.now) == (1, 1)
    assert enrollment(small, ident).last_number == 0


# ------------------------------------------------------------------------------------------------------------------ silence


def three_in_an_hour(house: House, provider: Provider) -> list[Outgoing]:
    """Three sendings, twenty minutes apart; the one in the middle went unanswered."""
    for number in range(3):
        house.enroll(f"reader{number}@example.org")
        provider.answer = Unknown("no answer") if number == 1 else Accepted(f"name-{number}")
        house.tick()
        house.turn(minutes=20)
    provider.answer = Accepted("name")
    return list(provider.given)


def silent_for(house: House, hours: float) -> int:
    """How many sendings were settled after so long."""
    house.turn(hours=hours)
    return settle.settle(house.parts, house.now)


def test_three_days_of_silence_about_one_of_three_mean_that_it_never_was(house: House, provider: Provider) -> None:
    before, middle, after = three_in_an_hour(house, provider)
    hear(house, told(before, Told.PROCESSED, house.now), told(after, Told.PROCESSED, house.now))
    assert silent_for(house, 70) == 0
    assert silent_for(house, 3) == 1
    house.tick()
    again = [mail for mail in provider.given if mail.delivery == middle.delivery]
    assert [mail.fence for mail in again] == [1, 2]


@pytest.mark.parametrize("heard", [(), (0,), (2,)])
def test_silence_means_nothing_where_the_events_were_silent_altogether(
    small: House, provider: Provider, heard: tuple[int, ...]
) -> None:
    mails = three_in_an_hour(small, provider)
    hear(small, *(told(mails[number], Told.PROCESSED, small.now) for number in heard))
    assert silent_for(small, 73) == 0
    assert delivery(small, mails[1]).state is DeliveryState.UNSURE


def test_silence_means_nothing_if_another_sending_since_was_never_told_of(small: House, provider: Provider) -> None:
    before, middle, after = three_in_an_hour(small, provider)
    hear(small, told(before, Told.PROCESSED, small.now), told(after, Told.PROCESSED, small.now))
    small.turn(hours=30)
    small.enroll("later@example.org")
    small.tick()
    assert silent_for(small, 45) == 0
    hear(small, told(provider.given[-1], Told.PROCESSED, small.now))
    assert silent_for(small, 1.1) == 1
    assert delivery(small, middle).state is DeliveryState.CLAIMED


def test_silence_means_nothing_about_sendings_hours_apart(small: House, provider: Provider) -> None:
    mails = []
    for number in range(3):
        small.enroll(f"reader{number}@example.org")
        provider.answer = Unknown("no answer") if number == 1 else Accepted(f"name-{number}")
        small.tick()
        mails.append(provider.given[-1])
        small.turn(hours=2)
    hear(small, told(mails[0], Told.PROCESSED, small.now), told(mails[2], Told.PROCESSED, small.now))
    assert silent_for(small, 73) == 0


@pytest.mark.parametrize("unanswered", [0, 2])
def test_silence_means_nothing_without_a_sending_on_either_side(
    small: House, provider: Provider, unanswered: int
) -> None:
    for number in range(3):
        small.enroll(f"reader{number}@example.org")
        provider.answer = Unknown("no answer") if number == unanswered else Accepted(f"name-{number}")
        small.tick()
        small.turn(minutes=20)
    heard = [mail for number, mail in enumerate(provider.given) if number != unanswered]
    hear(small, *(told(mail, Told.PROCESSED, small.now) for mail in heard))
    assert silent_for(small, 73) == 0
    assert delivery(small, provider.given[unanswered]).state is DeliveryState.UNSURE


def test_what_was_told_and_not_yet_handled_is_no_silence(small: House, provider: Provider) -> None:
    before, middle, after = three_in_an_hour(small, provider)
    hear(small, told(before, Told.PROCESSED, small.now), told(after, Told.PROCESSED, small.now))
    event_store.store(small.parts, [told(middle, Told.PROCESSED, small.now)], KEY, small.now)
    assert silent_for(small, 73) == 0
