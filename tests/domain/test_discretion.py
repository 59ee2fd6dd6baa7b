"""Words that say what a course is about, where strangers can see them."""

import pytest

from dripcourse.domain.discretion import telling_words

TITLES = ["Rebuilding trust after betrayal", "rebuilding trust"]


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        ("Slow Letters <letters@letters.example.org>", []),
        ("slow-letters", []),
        ("https://rebuilding.example.org", ["rebuilding"]),
        ("Trust Letters", ["trust"]),
        ("hello@affair-recovery.example", ["affair", "recovery"]),
        ("https://paartherapie.example, therapie", ["therapie"]),
        ("TRAUMA@example.org", ["trauma"]),
        ("after the letters", []),
    ],
)
def test_telling_words_are_found_and_plain_ones_are_not(shown: str, words: list[str]) -> None:
    assert telling_words(shown, TITLES) == words
