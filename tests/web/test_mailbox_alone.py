"""Whoever has the mailbox, and nothing else: every link of every mail, every route, every button's word, every way to write back.

No past word is obtained: not by reading, not by signing up again, not by setting a phrase of one's own, not by mail.
"""

import re
from collections.abc import Iterator

import pytest

from dripcourse.web.public import limits
from dripcourse.web.reader import diary, routes
from tests.support.post import Reader
from tests.web.conftest import COVER, Site
from tests.web.phrases import OTHER, own, read, set_phrase
from tests.web.test_answer import page_of, write

CANARY = "heronry"
DESTROYS = ("delete-now", "delete", "take-back")
MAIL_COMMANDS = (
    "help",
    "where am I",
    "again",
    "share",
    "resume",
    "support",
    "pause",
    "weekly",
    "delete my replies",
    "stop",
)
ME = "reader@example.org"


def buttons() -> list[str]:
    """Every word that a button of a reader's pages can say, but for erasing all: then there is nothing left to look for."""
    words = [word for word in (*routes._ACTS, *diary._ACTS, "yes", "me", "not") if "erase" not in word]
    return sorted(set(words), key=lambda word: (word in DESTROYS, word))


def links(site: Site) -> set[str]:
    """The path of every link in every mail to the mailbox, as text and as HTML."""
    bodies = [part.get_content() for mail in site.house.mails(ME) for part in mail.walk() if not part.is_multipart()]
    return {path for body in bodies for path in re.findall(r"https://letters\.example\.org(/[\w./-]*)", body)}


def paths(site: Site) -> Iterator[str]:
    """Every route, with every token of every mail in its place, whatever that token was made for."""
    tokens = {path.split("/")[2] for path in links(site) if path.count("/") >= 2}
    for rule in site.app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        if "token" in rule.arguments:
            yield from (rule.rule.replace("<token>", token).replace("<which>", "01") for token in tokens)
        else:
            yield (
                re.sub(r"<cover>", COVER, rule.rule)
                .replace("<number>", "01")
                .replace("<which>", "01")
                .replace("<secret>", "x" * 20)
            )


def attack(site: Site) -> Iterator[str]:
    """Do all that can be done over the web with what is in the mailbox; yields what each request answers."""
    ids: set[str] = set()
    for path in set(paths(site)):
        for method in ("GET", "HEAD", "OPTIONS"):
            said = site.client.open(path, method=method).get_data(as_text=True)
            ids |= set(re.findall(r'name="(?:answer|id)" value="([^"]+)"', said))
            yield said
    for word in buttons():
        for path in set(paths(site)):
            if not re.match(r"/(me|own|confirm|was-it-you)/", path) or path.endswith("/erase"):
                continue
            for answer in [*sorted(ids)[:6], "all"] if word in ("share", "share-now", "delete") else ["all"]:
                fields = {
                    "do": word,
                    "answer": answer,
                    "was": word,
                    "id": answer,
                    "alone": "yes",
                    "phrase": OTHER,
                    "old": OTHER,
                }
                yield site.post(path, **fields).get_data(as_text=True)


def by_mail(site: Site) -> None:
    """Write back from the mailbox itself, with every command."""
    reader = Reader(site.house)
    answered = next(mail for mail in reversed(reader.mails) if mail["Subject"] == "Letter 1")
    for command in MAIL_COMMANDS:
        reader.reply(command, answered)
        site.house.turn(hours=12)


def sign_up_again(site: Site) -> None:
    """Leave, and come back with a word that one is alone."""
    site.post(site.link("leave"))
    site.house.turn(days=100)
    for go in ("on", "over"):
        path = site.asked(ME)
        site.post(path, alone="yes", go=go)
        site.house.tick()
        site.post(site.link("leave"))
        site.house.turn(days=100)


def everything_said(site: Site) -> Iterator[str]:
    yield from attack(site)
    by_mail(site)
    sign_up_again(site)
    yield from attack(site)
    yield from (mail.as_string() for mail in site.house.mails())


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has the mailbox has all the time in the world: the limit on sign-ups of a minute is not what keeps a word from them."""
    monkeypatch.setattr(limits, "ALTOGETHER", "1000000/minute")


@pytest.fixture
def reader(site: Site) -> str:
    """Somebody who wrote by page, and by mail, and from another address."""
    site.reading()
    site.house.turn(days=4)
    site.house.tick()
    path = site.link("me")
    write(site, path, f"{CANARY} one, before there was a phrase")
    Reader(site.house).reply(f"{CANARY} two, by mail", sender="somewhere.else@example.org")
    return path


def test_of_a_reader_with_a_phrase_no_past_word_is_obtained(site: Site, reader: str) -> None:
    site.house.turn(minutes=1)
    set_phrase(site, reader)
    write(site, reader, f"{CANARY} three")
    Reader(site.house).reply(f"{CANARY} four", site.house.mails(ME)[-1])
    seen = read(site, reader)
    assert f"{CANARY} three" in seen, "the look sees what is there"
    assert f"{CANARY} four" in seen
    said = list(everything_said(site))
    assert len(said) > 200
    assert [words for words in said if CANARY in words] == []


def test_of_a_reader_without_one_neither(site: Site, reader: str) -> None:
    sign_up_again(site)
    assert [words for words in attack(site) if CANARY in words] == []


def test_a_phrase_of_their_own_opens_nothing_that_was_written_before(site: Site, reader: str) -> None:
    set_phrase(site, reader, OTHER)
    assert CANARY not in read(site, reader, OTHER)
    assert "can only be shared or deleted" in page_of(site, own(reader))


def test_nor_does_one_that_is_set_after_all_was_deleted_in_the_readers_name(site: Site, reader: str) -> None:
    set_phrase(site, reader)
    write(site, reader, f"{CANARY} three")
    site.post(reader, do="delete-now", answer="all")
    set_phrase(site, reader, OTHER)
    assert CANARY not in read(site, reader, OTHER)
    assert "does not open it" not in page_of(site, own(reader))
    sign_up_again(site)
    assert CANARY not in "".join(
        site.post(path, do="read", phrase=OTHER).get_data(as_text=True) for path in links(site)
    )
