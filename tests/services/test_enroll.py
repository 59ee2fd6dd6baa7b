"""Coming in: the same for every address, asked once, confirmed once, forgotten if nobody says yes."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from dripcourse.db.models import Consent, ConsentText, Delivery, Enrollment, Signup, Subscriber, Suppression
from dripcourse.domain.address import mailbox_form
from dripcourse.domain.errors import AddressError, NotFound, SuppressedError, UsageError
from dripcourse.services.enrollment import lifecycle, suppression
from dripcourse.services.enrollment.enroll import Wish
from dripcourse.services.host import overview
from dripcourse.services.signup import confirm, request
from dripcourse.services.signup.confirm import Standing
from tests.support.house import House

COURSE = "rebuilding-trust"


def ask(house: House, email: str = "anna@example.org", **words: object) -> None:
    request.request(house.parts, Wish(email, COURSE, consent="I want this.", **words), house.now)  # type: ignore[arg-type]


def confirm_token(house: House, email: str = "anna@example.org") -> str:
    text = house.mails(email)[-1].get_body(("plain",)).get_content()
    return re.search(r"/confirm/(\S+?)[>\s]", text).group(1)  # type: ignore[union-attr]


def count(house: House, model: type) -> int:
    with house.parts.db.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_sign_up_is_confirmed_and_the_welcome_goes_with_the_next_tick(house: House) -> None:
    ask(house, zone="Europe/Berlin")
    house.tick()
    [confirmation] = house.mails()
    assert confirmation["From"].addresses[0].addr_spec == "hello@letters.example.org"
    token = confirm_token(house)
    assert confirm.look_up(house.parts, token, house.now).standing is Standing.OPEN
    done = confirm.confirm(house.parts, token, "betrayed", house.now)
    assert (done.standing, done.perspective) == (Standing.DONE, "betrayed")
    house.tick()
    assert len(house.mails()) == 2
    [view] = overview.readers(house.parts)
    assert (view.state, view.day, view.hour, view.perspective) == ("active", "thu", 9, "betrayed")
    with house.parts.db.read() as session:
        evidence = session.scalars(select(Consent)).one()
        assert session.get_one(ConsentText, evidence.text_hash).text == "I want this."


def test_the_confirmation_names_neither_course_nor_perspective(small_house: House) -> None:
    ask(small_house, perspective="betrayed")
    small_house.tick()
    said = small_house.mails()[0].as_bytes().decode().lower()
    for word in ("trust", "betray", "hurt", "slow letters", "slow-letters", "rebuilding"):
        assert word not in said


def test_confirming_twice_changes_nothing(house: House) -> None:
    ask(house)
    house.tick()
    token = confirm_token(house)
    for _ in range(3):
        assert confirm.confirm(house.parts, token, None, house.now).standing is Standing.DONE
        house.tick()
    assert len(house.mails()) == 2
    assert count(house, Consent) == 1


def test_asking_writes_the_same_one_row_for_every_kind_of_address(house: House) -> None:
    enrolled = house.enroll("known@example.org")
    left = house.enroll("left@example.org")
    house.tick()
    with house.parts.db.write() as session:
        suppression.suppress(house.parts, session, house.parts.keys.indexes("never@example.org"), "never", house.now)
        lifecycle.end(house.parts, session, session.get_one(Enrollment, left), lifecycle.LeftReason.ASKED, house.now)
    before = {model: count(house, model) for model in (Signup, Subscriber, Enrollment, Delivery)}
    for number, email in enumerate(("new", "known", "never", "left"), start=1):
        ask(house, f"{email}@example.org")
        assert count(house, Signup) == before[Signup] + number
        assert {model: count(house, model) for model in (Subscriber, Enrollment, Delivery)} == {
            model: before[model] for model in (Subscriber, Enrollment, Delivery)
        }
    house.tick()
    assert [len(house.mails(f"{email}@example.org")) for email in ("new", "never")] == [1, 0]
    assert enrolled


def test_at_most_one_confirmation_a_day_and_three_in_ninety_days(house: House) -> None:
    sent, begun = {}, house.now
    for day in (*range(4), *range(4, 86, 6), *range(86, 100)):  # in between, not every day must be asked to be silent
        house.now = begun + timedelta(days=day, minutes=day)
        for _ in range(3):
            ask(house)
            house.tick()
        sent[day] = len(house.mails())
    assert [sent[day] for day in range(4)] == [1, 2, 3, 3]
    assert sent[88] == 3
    assert sent[95] == 6


def test_one_mailbox_counts_once_whatever_its_dots_and_plus(house: House) -> None:
    plus = [f"mara+{number}@example.org" for number in range(30)]
    dots = ["m.ara@gmail.com", "ma.ra@gmail.com", "m.a.r.a+x@googlemail.com", "mara@gmail.com"]
    for address in ["mara@example.org", *plus, *dots, "m.ara@example.org"]:
        ask(house, address)
    house.tick()
    assert sorted(mailbox_form(str(mail["To"])) for mail in house.mails()) == [
        "m.ara@example.org",
        "mara@example.org",
        "mara@gmail.com",
    ]


def test_the_confirmation_is_open_for_a_week_and_forgotten_after_two(house: House) -> None:
    ask(house)
    house.tick()
    token = confirm_token(house)
    house.turn(days=7, hours=1)
    house.tick()
    assert confirm.look_up(house.parts, token, house.now).standing is Standing.EXPIRED
    assert confirm.confirm(house.parts, token, None, house.now).standing is Standing.EXPIRED
    house.turn(days=7)
    house.tick()
    assert [count(house, model) for model in (Signup, Subscriber, Enrollment)] == [0, 0, 0]
    with pytest.raises(NotFound):
        confirm.look_up(house.parts, token, house.now)


def test_never_again_is_for_good(house: House) -> None:
    ask(house)
    house.tick()
    token = confirm_token(house)
    for _ in range(2):
        confirm.never_again(house.parts, token, house.now)
    assert count(house, Suppression) == 1
    house.turn(days=100)
    ask(house)
    house.tick()
    assert len(house.mails()) == 1
    with pytest.raises(SuppressedError):
        house.enroll("Anna@Example.org")


def test_never_again_between_claim_and_wire_is_kept(house: House) -> None:
    ask(house)
    request.decide(house.parts, house.now)
    with house.parts.db.write() as session:
        suppression.suppress(house.parts, session, house.parts.keys.indexes("anna@example.org"), "asked", house.now)
    house.tick()
    assert house.mails() == []


def test_adding_somebody_again_changes_nothing_even_if_they_left(house: House) -> None:
    first = house.enroll("anna@example.org", zone="Europe/Berlin")
    assert house.enroll("anna@EXAMPLE.org", zone="Asia/Tokyo") == first
    house.tick()
    with house.parts.db.write() as session:
        lifecycle.end(house.parts, session, session.get_one(Enrollment, first), lifecycle.LeftReason.ASKED, house.now)
    assert house.enroll("anna@example.org") == first
    house.turn(days=30)
    house.tick()
    assert len(house.mails()) == 1


@pytest.mark.parametrize("start_over", [True, False])
def test_who_left_can_come_back_and_go_on_or_start_over(house: House, start_over: bool) -> None:
    house.enroll("anna@example.org")
    for _ in range(20):
        house.tick()
        house.turn(days=1)
    before = len(house.mails())
    with house.parts.db.write() as session:
        lifecycle.end(
            house.parts, session, session.scalars(select(Enrollment)).one(), lifecycle.LeftReason.ASKED, house.now
        )
    ask(house)
    house.tick()
    token = confirm_token(house)
    assert confirm.look_up(house.parts, token, house.now).returning
    confirm.confirm(house.parts, token, None, house.now, start_over=start_over)
    for _ in range(100):
        house.tick()
        house.turn(days=1)
    assert len(house.mails()) - before - 1 == (9 if start_over else 9 - before)


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        (Wish("anna@example.org\nBcc: x@example.org", COURSE), AddressError),
        (Wish("anna@example.org\x00", COURSE), AddressError),
        (Wish("anna", COURSE), AddressError),
        (Wish('"a b"@example.org', COURSE), AddressError),
        (Wish("anna@[127.0.0.1]", COURSE), AddressError),
        (Wish("a%b@example.org", COURSE), AddressError),
        (Wish("anna\u202e@example.org", COURSE), AddressError),
        (Wish("x" * 250 + "@example.org", COURSE), AddressError),
        (Wish("anna@example.org", "no-such-course"), NotFound),
        (Wish("anna@example.org", COURSE, perspective="other"), UsageError),
        (Wish("anna@example.org", COURSE, zone="Mars/Base"), UsageError),
        (Wish("anna@example.org", COURSE, zone="../../etc/passwd"), UsageError),
    ],
)
def test_a_wish_that_cannot_be_is_refused_in_words_and_stores_nothing(
    small_house: House, wish: Wish, error: type[Exception]
) -> None:
    with pytest.raises(error) as raised:
        request.request(small_house.parts, wish, small_house.now)
    assert "anna" not in str(raised.value)
    assert count(small_house, Signup) == 0


def test_no_address_lies_in_the_database_in_clear(small_house: House) -> None:
    small_house.enroll("canary@example.org")
    ask(small_house, "otherbird@example.org")
    small_house.tick()
    small_house.parts.db.close()
    for file in small_house.folder.glob("truth.db*"):
        raw = file.read_bytes()
        assert b"canary" not in raw
        assert b"otherbird" not in raw


def test_a_course_that_has_gone_loses_nothing(small_house: House) -> None:
    ask(small_house)
    library = replace(small_house.parts.library, courses={})
    house = replace(small_house, parts=replace(small_house.parts, library=library))
    house.tick()
    assert house.mails() == []
