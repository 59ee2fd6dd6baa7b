"""What is an order, and what is somebody's private answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dripcourse.inbound.commands.command import command_in, is_yes
from dripcourse.inbound.commands.command_words import ORDERS

NAMES = {
    "subscribe", "confirm", "pause", "later", "slower", "weekly", "every two weeks", "every four weeks", "resume", "where am I", "again", "share", "support", "help", "stop",
    "delete my replies",
}  # fmt: skip


def test_every_language_has_a_word_for_every_command() -> None:
    for language, orders in ORDERS.items():
        assert set(orders.commands) == NAMES, language
        assert set(orders.units) == {"days", "weeks", "months"}
        assert len(orders.numbers) == 12


def test_every_phrase_means_one_command_and_is_understood_in_its_language() -> None:
    for language, orders in ORDERS.items():
        for name, phrases in orders.commands.items():
            for phrase in phrases:
                for said in (phrase, phrase.upper(), f"{phrase.capitalize()}.", f'"{phrase}"', f"  {phrase}!\n\n"):
                    assert command_in(said, (language,)) == name, said


def test_no_phrase_means_one_thing_in_one_language_and_another_in_the_next() -> None:
    means: dict[str, str] = {}
    for orders in ORDERS.values():
        for name, phrases in orders.commands.items():
            for phrase in phrases:
                assert means.setdefault(phrase, name) == name, phrase


@pytest.mark.parametrize(
    ("text", "languages", "command"),
    [
        ("STOP", ("en",), "stop"),
        ("Stop please", ("en",), "stop"),
        ("Please stop.", ("en",), "stop"),
        ("unsubscribe me", ("en",), "stop"),
        ("*Unsubscribe*", ("en",), "stop"),
        ("\u201cstop\u201d", ("en",), "stop"),
        ("Stop\n\nThanks\nAnna", ("en",), "stop"),
        ("Stop, thanks", ("en",), "stop"),
        ("pause", ("en",), "pause"),
        ("pause 3 weeks", ("en",), "pause 3 weeks"),
        ("Pause for three weeks, please", ("en",), "pause 3 weeks"),
        ("pause for a week", ("en",), "pause 1 week"),
        ("pause the course for 2 months", ("en",), "pause 2 months"),
        ("PAUSE 10 DAYS", ("en",), "pause 10 days"),
        ("Where am I?", ("en",), "where am I"),
        ("help?", ("en",), "help"),
        ("Bitte drei Wochen Pause", ("de",), "pause 3 weeks"),
        ("Pause für zwei Monate", ("de-AT",), "pause 2 months"),
        ("später", ("de",), "later"),
        ("spater", ("de",), "later"),
        ("pause de 3 semaines s'il vous plaît", ("fr",), "pause 3 weeks"),
        ("Où en suis-je ?", ("fr_CA",), "where am I"),
        ("¿Dónde estoy?", ("es",), "where am I"),
        ("Pausa por diez días, por favor", ("es",), "pause 10 days"),
        ("Baja", ("es",), "stop"),
        ("unsubscribe", ("de",), "stop"),
        ("delete my replies\n\n- Anna", ("en",), "delete my replies"),
    ],
)  # fmt: skip
def test_an_order_is_understood(text: str, languages: tuple[str, ...], command: str) -> None:
    assert command_in(text, languages) == command


@pytest.mark.parametrize(
    "text",
    [
        "Stop. I can't read that sentence without crying.",
        "stop lying to me",
        "Stop it",
        "help me understand why he did it",
        "Help me",
        "Stop?",
        "pause?",
        "Pause.\n\nThat is the word that I needed today.",
        "pause\nWe are moving house.\nI will write when the boxes are gone, I promise.",
        "Later\nhe told me everything.",
        "Again and again.",
        "Leave me alone",
        "Support.\nThat is what I would have needed.",
        "share the load",
        "pause 0 weeks",
        "pause 12345 weeks",
        "pause 3 weeks or 4 weeks",
        "three weeks",
        "pause between us for 3 weeks",
        "I said stop",
        "> stop",
        "Yes",
        "ja",
        "Stop\nlying to me",
        "Stop\n\nNow.",
        "help\n\nhe is here",
        "",
        "\n\n",
    ],
)
def test_anything_doubtful_is_a_private_reply(text: str) -> None:
    assert command_in(text, ("en",)) is None


@pytest.mark.parametrize("languages", [(), ("en",), ("de",), ("xx",)])
def test_stop_support_and_help_are_understood_in_every_language_whatever_the_readers(
    languages: tuple[str, ...],
) -> None:
    for orders in ORDERS.values():
        for command in ("stop", "support", "help"):
            for phrase in orders.commands[command]:
                assert command_in(f"{phrase.capitalize()}!\n\nDanke\nMaria", languages) == command
    assert command_in("später", ("en",)) is None, "other commands need their language"


def test_yes_counts_only_where_it_is_asked_for() -> None:
    for said, language in (("Yes", "en"), ("yes, please", "en"), ("Yes, it was me.", "en"), ("confirm", "en"), ("Ja!", "de"), ("oui", "fr"), ("sí", "es"), ("Si", "es")):  # fmt: skip
        assert is_yes(said, (language,)), said
        assert command_in(said, (language,)) in (None, "confirm")
    for said in (
        "no",
        "yes?",
        "Yes, but it was my wife who signed me up without telling me.",
        "Yes\n\nand then he left",
        "",
        "ja",
    ):
        assert not is_yes(said, ("en",)), said


@given(text=st.text(max_size=200), languages=st.lists(st.sampled_from([*ORDERS, "xx", "de-CH", ""]), max_size=3))
def test_any_text_can_be_asked(text: str, languages: list[str]) -> None:
    found = command_in(text, languages)
    assert found is None or found.split(" ")[0] in {name.split(" ")[0] for name in NAMES}
    assert isinstance(is_yes(text, languages), bool)


def test_a_long_text_is_looked_at_no_further_than_its_first_line() -> None:
    assert command_in("stop " * 200_000) is None
    assert command_in("stop" + "\n" * 500_000 + "x") is None
