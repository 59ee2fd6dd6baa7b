"""What a reply to a confirmation says, and what a short reply wishes: tables in four languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dripcourse.inbound.commands.command import command_in
from dripcourse.inbound.commands.consent import Consent, consent_in
from dripcourse.inbound.commands.wishes import cries_for_help, pace_in, wishes_to_leave
from tests.inbound.consents import DOUBTS, MACHINES, YESES, listed
from tests.inbound.wishing import ANSWERS, DESPAIR, LEAVING, NO_PACES, PACES


def test_the_tables_hold_two_hundred_replies_half_of_them_a_yes() -> None:
    assert len(listed(YESES)) >= 100 <= len(listed(DOUBTS))
    assert len(listed(LEAVING)) >= 100 <= len(listed(DESPAIR))


@pytest.mark.parametrize("text", listed(YESES))
def test_a_plain_yes_is_a_yes_in_every_language(text: str) -> None:
    assert consent_in(text).consent is Consent.YES


@pytest.mark.parametrize(
    "text", listed(DOUBTS) + listed(MACHINES) + listed(LEAVING) + listed(DESPAIR) + listed(ANSWERS)
)
def test_no_doubt_refusal_or_cry_is_a_yes(text: str) -> None:
    assert consent_in(text).consent is not Consent.YES


@pytest.mark.parametrize("text", listed(MACHINES))
def test_what_a_help_desk_writes_is_known_for_a_machines(text: str) -> None:
    assert consent_in(text).consent is Consent.MACHINE


@pytest.mark.parametrize(
    "text", ["No", "Nein danke", "Non merci", "No gracias", "I did not ask for this", "wrong address"]
)
def test_a_plain_refusal_is_a_no(text: str) -> None:
    assert consent_in(text).consent is Consent.NO


@pytest.mark.parametrize(
    ("text", "below"),
    [
        ("yes\n\nMy husband left me in May, and I don't know why.", "My husband left me in May, and I don't know why."),
        ("Ja, gerne.\n\nEr hat mich belogen.\nSeit Jahren.", "Er hat mich belogen.\nSeit Jahren."),
        ("Yes please! I have waited for something like this.", "Yes please! I have waited for something like this."),
        ("Oui\n\nMerci beaucoup\nClaire", ""),
        ("Sí.\nGracias.\n\nLucía", ""),
    ],
)
def test_what_stands_below_a_yes_is_told_apart_from_its_closing(text: str, below: str) -> None:
    said = consent_in(text)
    assert (said.consent, said.below) == (Consent.YES, below)


@pytest.mark.parametrize(
    "text", ["start over", "Yes, start over please.", "von vorn", "recommencer", "empezar de nuevo"]
)
def test_starting_over_is_a_yes_that_begins_anew(text: str) -> None:
    assert consent_in(text).over
    assert not consent_in("yes").over


@pytest.mark.parametrize("text", listed(LEAVING))
def test_a_plain_wish_to_leave_is_heard_in_every_language(text: str) -> None:
    assert wishes_to_leave(text) or command_in(text) == "stop"


@pytest.mark.parametrize("text", listed(DESPAIR))
def test_despair_and_cries_for_help_are_heard_in_every_language(text: str) -> None:
    assert cries_for_help(text) or command_in(text) in ("support", "help")


@pytest.mark.parametrize("text", listed(ANSWERS))
def test_a_real_answer_is_neither_a_wish_to_leave_nor_a_cry_nor_an_order(text: str) -> None:
    assert not wishes_to_leave(text)
    assert not cries_for_help(text)
    assert command_in(text) is None


@pytest.mark.parametrize(
    ("command", "text"), [(name, each) for name, said in PACES.items() for each in said.split("|")]
)
def test_a_plain_pace_is_understood_in_every_language(command: str, text: str) -> None:
    assert pace_in(text) == command


@pytest.mark.parametrize("text", listed(NO_PACES))
def test_a_sentence_that_names_a_pace_is_none(text: str) -> None:
    assert pace_in(text) is None


@given(text=st.text(max_size=300))
def test_any_text_can_be_asked_what_it_wishes(text: str) -> None:
    assert isinstance(consent_in(text).consent, Consent)
    assert isinstance(wishes_to_leave(text) or cries_for_help(text), bool)
    assert pace_in(text) is None or pace_in(text) in PACES


def test_a_text_of_a_million_letters_is_looked_at_no_further_than_needed() -> None:
    for text in ("yes " * 250_000, "yes\n" * 250_000, "a" * 1_000_000, "no more " * 125_000, "I want to die " * 70_000):
        assert consent_in(text).consent is not Consent.YES
        assert not wishes_to_leave(text)
        assert pace_in(text) is None
    assert cries_for_help("I want to die " * 70_000)
