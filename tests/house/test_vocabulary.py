"""One word for one thing: words that would name a second time what has its name already are not used."""

import re

from tests.house.rooms import modules, names

NOT_OURS = {"campaign", "contact", "drip", "step", "letter", "user", "blast"}
ELSEWHERE = {
    "dripcourse/fakes/": ({"step"}, "one scripted answer of a stand-in; never a lesson"),
    "dripcourse/cli/fake_sendgrid.py": ({"step"}, "the same"),
}
OWN_NAME = "DripError"
LOGS_IN = (
    "dripcourse/settings/",
    "dripcourse/transports/smtp.py",
    "dripcourse/doors/mailbox.py",
    "dripcourse/bootstrap.py",
)
"""Where `user` is the name that one logs in with at a mail server, and never a reader."""


def test_no_identifier_uses_a_second_word_for_a_thing() -> None:
    found = {
        (file, name)
        for file, tree in modules().items()
        for name in names(tree)
        if (words := _words(name) & NOT_OURS) and not _allowed(file, name, words)
    }
    assert found == set()


def _words(name: str) -> set[str]:
    split = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower().split("_")
    return {word.removesuffix("s") if word.removesuffix("s") in NOT_OURS else word for word in split}


def _allowed(file: str, name: str, words: set[str]) -> bool:
    if name == OWN_NAME or (words == {"user"} and file.startswith(LOGS_IN)):
        return True
    return any(file.startswith(place) and words <= allowed for place, (allowed, _) in ELSEWHERE.items())
