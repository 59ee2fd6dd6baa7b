"""Lessons that come back: held with the other side's reason, and the place does not move on; what mail alone reports ends nobody."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from dripcourse.db.models import Delivery, Enrollment, Suppression
from dripcourse.domain.delivery import DeliveryState, Kind, Reason
from dripcourse.domain.enrollment import EnrollmentState, LeftReason, PauseReason
from dripcourse.domain.errors import UsageError
from dripcourse.domain.events import Event, Told
from dripcourse.domain.mail import Outgoing
from dripcourse.services.delivery import event_store, provider_events, settle
from dripcourse.services.enrollment import lifecycle
from dripcourse.services.recovery import adopt
from tests.services.test_events import KEY, Provider
from tests.support.house import House, open_house

_numbers = count()
WHY = {Told.FULL: Reason.FULL, Told.BLOCKED: Reason.RETURNED, Told.BOUNCED: Reason.RETURNED, Told.POLICY: Reason.POLICY}


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def house(tmp_path: Path, database_url: str, provider: Provider) -> Iterator[House]:
    with open_house(tmp_path, database_url, transport=provider) as opened:
        yield opened


@pytest.fixture
def small(tmp_path: Path, provider: Provider) -> Iterator[House]:
    with open_house(tmp_path, transport=provider) as opened:
        yield opened


def tell(house: House, mail: Outgoing, *kinds: Told, by_mail: bool = False) -> None:
    found = [
        Event(
            f"{'mail:' * by_mail}{next(_numbers)}", mail.delivery, mail.fence, kind, f"550 they say {kind}", house.now
        )
        for kind in kinds
    ]
    event_store.store(house.parts, found, KEY, house.now)
    provider_events.handle(house.parts, house.now)


def row(house: House, mail: Outgoing) -> Delivery:
    with house.parts.db.read() as session:
        return session.get_one(Delivery, mail.delivery)


def reader(house: House) -> Enrollment:
    with house.parts.db.read() as session:
        return session.scalars(select(Enrollment)).one()


def suppressed(house: House) -> list[str]:
    with house.parts.db.read() as session:
        return list(session.scalars(select(Suppression.reason)))


def lives(house: House, days: int) -> None:
    for _ in range(days):
        house.turn(days=1)
        house.tick()


def lessons(house: House, provider: Provider) -> list[str]:
    """The lessons that went, by their slugs, copies among them."""
    with house.parts.db.read() as session:
        return [session.get_one(Delivery, mail.delivery).lesson or "" for mail in provider.given]


def begun(house: House, provider: Provider, number: int) -> Outgoing:
    """A reader who has had so many lessons after the welcome; the last of them."""
    house.enroll()
    house.tick()
    while reader(house).last_number < number:
        lives(house, 1)
    house.turn(minutes=5)
    return provider.given[-1]


@pytest.mark.parametrize("kind", WHY)
def test_a_lesson_that_comes_back_is_held_with_the_other_sides_reason_and_the_place_stays(
    house: House, provider: Provider, kind: Told
) -> None:
    mail = begun(house, provider, 1)
    tell(house, mail, kind)
    found = row(house, mail)
    assert (found.state, found.reason) == (DeliveryState.HELD, WHY[kind])
    assert found.detail == f"550 they say {kind}"
    assert (reader(house).last_number, reader(house).due_at) == (0, None)
    assert (reader(house).state, suppressed(house)) == (EnrollmentState.ACTIVE, [])


@pytest.mark.parametrize("number", [0, 1, 2])
def test_what_came_back_from_a_full_mailbox_goes_again_by_itself_and_then_the_course_goes_on(
    small: House, provider: Provider, number: int
) -> None:
    mail = begun(small, provider, number)
    tell(small, mail, Told.FULL)
    lives(small, 2)
    assert [each.delivery for each in provider.given].count(mail.delivery) == 1
    lives(small, 9)
    assert [each.delivery for each in provider.given].count(mail.delivery) == 2
    lives(small, 10)
    went = lessons(small, provider)
    assert went[number : number + 2] == [row(small, mail).lesson] * 2
    assert len(went) == len(set(went)) + 1 >= number + 3
    assert row(small, mail).state is DeliveryState.ACCEPTED


def test_a_mailbox_that_stays_full_is_tried_a_few_times_and_then_waits_for_the_host(
    small: House, provider: Provider
) -> None:
    mail = begun(small, provider, 1)
    for _ in range(80):
        if row(small, mail).state is DeliveryState.ACCEPTED:
            tell(small, provider.given[-1], Told.FULL)
        lives(small, 1)
    assert [each.delivery for each in provider.given].count(mail.delivery) == 4
    assert (row(small, mail).state, row(small, mail).wake_at) == (DeliveryState.HELD, None)
    assert reader(small).last_number == 0


@pytest.mark.parametrize("number", [0, 1, 2])
def test_what_a_policy_sent_back_waits_for_the_hosts_word_and_goes_once_for_two(
    house: House, provider: Provider, number: int
) -> None:
    mail = begun(house, provider, number)
    tell(house, mail, Told.POLICY)
    lives(house, 40)
    assert provider.given[-1] is mail
    for _ in range(2):
        assert settle.resolve(house.parts, mail.delivery, settle.Word.AGAIN, now=house.now).id == mail.delivery
    house.tick()
    assert [each.delivery for each in provider.given].count(mail.delivery) == 2
    with pytest.raises(UsageError):
        settle.resolve(house.parts, mail.delivery, settle.Word.AGAIN, now=house.now)
    lives(house, 10)
    assert reader(house).last_number == number + 1


def test_a_lesson_that_comes_back_after_the_next_one_went_is_listed_and_goes_again_as_a_copy(
    small: House, provider: Provider
) -> None:
    first = begun(small, provider, 1)
    while reader(small).last_number == 1:
        lives(small, 1)
    tell(small, first, Told.POLICY)
    assert (row(small, first).state, row(small, first).reason) == (DeliveryState.BOUNCED, Reason.POLICY)
    assert reader(small).last_number == 2
    ids = {settle.resolve(small.parts, first.delivery, settle.Word.AGAIN, now=small.now).id for _ in range(2)}
    small.tick()
    assert len(ids) == 1
    assert lessons(small, provider)[-2:] == [reader(small).last_lesson, row(small, first).lesson]
    assert row(small, provider.given[-1]).kind is Kind.COPY
    lives(small, 8)
    assert reader(small).last_number == 3


def test_the_last_lesson_that_comes_back_leaves_no_course_completed(small: House, provider: Provider) -> None:
    small.enroll()
    lives(small, 80)
    assert reader(small).state is EnrollmentState.COMPLETED
    last = provider.given[-1]
    tell(small, last, Told.POLICY)
    assert reader(small).state is EnrollmentState.ACTIVE
    settle.resolve(small.parts, last.delivery, settle.Word.AGAIN, now=small.now)
    small.tick()
    assert provider.given[-1].delivery == last.delivery
    assert reader(small).state is EnrollmentState.COMPLETED


def test_a_pause_loses_no_lesson_that_was_to_go_again(small: House, provider: Provider) -> None:
    mail = begun(small, provider, 1)
    tell(small, mail, Told.POLICY)
    lifecycle.pause(small.parts, reader(small).id, PauseReason.HOST)
    settle.resolve(small.parts, mail.delivery, settle.Word.AGAIN, now=small.now)
    lives(small, 20)
    assert provider.given[-1] is mail
    lifecycle.resume(small.parts, reader(small).id, small.now)
    lives(small, 9)
    assert [each.delivery for each in provider.given].count(mail.delivery) == 2
    assert lessons(small, provider)[1] == lessons(small, provider)[2] == row(small, mail).lesson


def test_what_is_told_late_of_the_sending_that_came_back_says_nothing_of_the_next(
    small: House, provider: Provider
) -> None:
    mail = begun(small, provider, 1)
    tell(small, mail, Told.POLICY)
    settle.resolve(small.parts, mail.delivery, settle.Word.AGAIN, now=small.now)
    tell(small, mail, Told.PROCESSED, Told.DELIVERED, Told.POLICY, Told.NOBODY)
    assert row(small, mail).state is DeliveryState.CLAIMED
    small.tick()
    assert [each.delivery for each in provider.given].count(mail.delivery) == 2
    assert row(small, mail).state is DeliveryState.ACCEPTED


def test_adopting_does_not_take_a_lesson_that_came_back_for_sent(house: House, provider: Provider) -> None:
    mail = begun(house, provider, 1)
    tell(house, mail, Told.POLICY)
    adopt.adopt(house.parts, house.now)
    assert row(house, mail).state is DeliveryState.HELD
    assert reader(house).last_number == 0


def test_nothing_that_came_back_goes_again_to_a_reader_who_left(small: House, provider: Provider) -> None:
    mail = begun(small, provider, 1)
    tell(small, mail, Told.FULL)
    lifecycle.leave(small.parts, small.parts.keys.web_token(mail.delivery, "leave"), small.now)
    assert row(small, mail).state is DeliveryState.BOUNCED
    with pytest.raises(UsageError):
        settle.resolve(small.parts, mail.delivery, settle.Word.AGAIN, now=small.now)
    lives(small, 20)
    assert provider.given[-1] is mail


# ------------------------------------------------------------------------------------------------------ by mail alone


@pytest.mark.parametrize("kind", [Told.NOBODY, Told.BOUNCED, Told.COMPLAINT])
def test_reports_by_mail_about_one_letter_end_nobody_however_often_they_come(
    small: House, provider: Provider, kind: Told
) -> None:
    mail = begun(small, provider, 1)
    for _ in range(10):
        tell(small, mail, kind, by_mail=True)
        lives(small, 1)
    assert reader(small).state is not EnrollmentState.LEFT
    assert suppressed(small) == []


def test_a_report_by_mail_that_nobody_is_there_holds_until_the_next_lesson_tests_it(
    house: House, provider: Provider
) -> None:
    mail = begun(house, provider, 1)
    due = reader(house).due_at
    tell(house, mail, Told.NOBODY, by_mail=True)
    assert (row(house, mail).state, row(house, mail).reason) == (DeliveryState.HELD, Reason.REPORTED)
    lives(house, 8)
    assert reader(house).last_number == 2
    assert row(house, mail).state is DeliveryState.BOUNCED
    assert due is not None
    assert row(house, provider.given[-1]).due_at == due
    tell(house, provider.given[-1], Told.NOBODY, by_mail=True)
    assert reader(house).left_reason is LeftReason.BOUNCED
    assert suppressed(house) == ["bounced"]


def test_a_provider_that_says_the_same_is_the_second_sign(small: House, provider: Provider) -> None:
    mail = begun(small, provider, 1)
    tell(small, mail, Told.NOBODY, by_mail=True)
    tell(small, mail, Told.NOBODY)
    assert reader(small).left_reason is LeftReason.BOUNCED


def test_a_complaint_by_mail_stops_at_once_and_another_about_another_letter_ends(
    small: House, provider: Provider
) -> None:
    mail = begun(small, provider, 1)
    first = provider.given[0]
    tell(small, mail, Told.COMPLAINT, by_mail=True)
    assert reader(small).pause_reason is PauseReason.COMPLAINT
    lives(small, 30)
    assert lessons(small, provider)[-2:] == [row(small, mail).lesson, ""], "the reader is told, and no lesson goes"
    tell(small, first, Told.COMPLAINT, by_mail=True)
    assert reader(small).left_reason is LeftReason.COMPLAINT
    assert suppressed(small) == ["complaint"]


def test_a_reader_can_end_the_pause_that_a_complaint_by_mail_brought(small: House, provider: Provider) -> None:
    mail = begun(small, provider, 1)
    tell(small, mail, Told.COMPLAINT, by_mail=True)
    lifecycle.resume(small.parts, reader(small).id, small.now)
    lives(small, 8)
    assert reader(small).last_number == 2


def test_on_one_day_two_reports_by_mail_end_nobody(small: House, provider: Provider) -> None:
    mail = begun(small, provider, 1)
    for each in (provider.given[0], mail):
        tell(small, each, Told.NOBODY, by_mail=True)
    assert reader(small).state is EnrollmentState.ACTIVE
    assert mail.delivery == row(small, mail).id
    lives(small, timedelta(days=8).days)
    assert reader(small).last_number == 2
