"""What the engine says itself: complete in every language, English where it has none, and a host can add one."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from dripcourse.content.files import shipped
from dripcourse.content.load import load_library, read_library
from dripcourse.content.translations import read_words
from dripcourse.domain.errors import CourseError
from dripcourse.inbound.commands.command import command_in
from tests.content.garden import FACTS, SLUG, garden, planted, renderer

WORDS = read_words([shipped("templates") / "words"], [])
assert WORDS is not None
ENGLISH = WORDS.of("en")


def texts(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from texts(value, f"{path}{key}.")
        else:
            yield path + key, value


def own(language: str) -> dict[str, str]:
    """What a language's own file says, without what it has from English."""
    alone = read_words([shipped("templates") / "words"], [])
    assert alone is not None
    return dict(texts(alone._tables[language]))


def to_readers(words: Mapping[str, str]) -> dict[str, str]:
    """Without what is said to the host, which is in English only, as the commands and the log are."""
    return {key: text for key, text in words.items() if not key.startswith("mail.alert")}


@pytest.mark.parametrize("language", ["de", "es", "fr"])
def test_every_word_is_said_in_every_language_with_the_same_blanks(language: str) -> None:
    said, english = to_readers(own(language)), to_readers(dict(texts(ENGLISH)))
    assert said.keys() == english.keys()
    for key, text in said.items():
        if key.startswith("mail.") and len(text) > 12 and text != "{{ subject }}":
            assert text != english[key], f"{key} is still English"
        assert sorted(re.findall(r"\{\{.*?\}\}", text)) == sorted(re.findall(r"\{\{.*?\}\}", english[key])), key


@pytest.mark.parametrize("language", ["de", "en", "es", "fr"])
def test_no_mail_shouts_or_names_its_subject(language: str) -> None:
    for key, text in texts(WORDS.of(language)["mail"]):
        assert "!" not in text, key
        assert not re.search("trust|betray|affair|vertrau|betrug|confian|trahi|traici", text, re.IGNORECASE), key


def test_a_language_without_words_of_its_own_is_spoken_to_in_english() -> None:
    assert WORDS.languages == ("de", "en", "es", "fr")
    assert [WORDS.language(each) for each in ("de", "de-AT", "pt-BR", "it", "en-GB")] == ["de", "de", "en", "en", "en"]
    assert [WORDS.knows(each) for each in ("de", "de-AT", "pt-BR", "it", "en-GB")] == [True, True, False, False, True]
    assert WORDS.of("it") is WORDS.of("en")


def test_a_host_adds_a_language_and_changes_a_word_without_touching_the_program(tmp_path: Path) -> None:
    planted(tmp_path, ("course.toml", 'language = "en"', 'language = "it"'))
    (tmp_path / "_words").mkdir()
    (tmp_path / "_words" / "it.toml").write_text(
        '[mail]\nquestion = "Una domanda per te"\ndate = "EEEE d MMMM"\n', encoding="utf-8"
    )
    (tmp_path / "_words" / "en.toml").write_text('[mail]\nlast = "That was all."\n', encoding="utf-8")
    library, filled = garden(tmp_path)
    course = library.courses[SLUG]
    letter = filled.lesson(course, course.lessons[0], None, FACTS)
    assert "Una domanda per te" in letter.text
    assert "*giovedì 26 novembre*" in letter.text
    assert "To answer, just reply" in letter.text
    assert filled.words("en")["mail"]["last"] == "That was all."
    assert filled.words("it")["mail"]["last"] == "That was all."
    assert '<div class="below" lang="it">' in letter.html


@pytest.mark.parametrize(("text", "says"), [
    ('[mail]\nquestoin = "x"', "2: `questoin` is not a word that dripcourse says; did you mean `question`?"),
    ("[mail]\nquestion = 3", "2: `question` must be a text"),
    ('[mail]\nevery = "x"', "2: `every` must be a table"),
    ('[mail]\n\nnext = "On {{ nextdate }}."', "3: `nextdate` is not a name that a lesson can use; did you mean `next_date`?"),
    ('[mail]\nnext = "On {{ next_date"', "2: `{{` is never closed: put `}}` where it ends"),
    ("[mail", "1: is not TOML: expected ']' at the end of a table declaration"),
])  # fmt: skip
def test_a_fault_in_a_hosts_words_is_named_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "_words").mkdir()
    file = tmp_path / "_words" / "it.toml"
    file.write_text(text, encoding="utf-8")
    assert read_library([tmp_path])[0] is None
    with pytest.raises(CourseError) as caught:
        load_library([tmp_path])
    assert [str(fault) for fault in caught.value.faults] == [f"{file}:{says}"]


def test_words_for_pages_come_in_the_language_that_was_asked_for() -> None:
    library, _ = garden()
    filled = renderer(library)
    assert filled.words("fr")["mail"]["question"] == "Une question pour vous"
    assert filled.words("xx") is filled.words("en")


@pytest.mark.parametrize("language", ["de", "en", "es", "fr"])
def test_every_word_that_an_answer_tells_a_reader_to_reply_with_is_understood(language: str) -> None:
    mail = WORDS.of(language)["mail"]
    quoted = [
        word for says in mail["answers"].values() for word in re.findall("[“„«]\\s?([^”“»]+?)\\s?[”“»]", says["undo"])
    ]
    listed = [word for key, says in mail["help"].items() for word in re.findall(r"\*\*(.+?)\*\*", says)]
    folder = [word for word in quoted if word in ("Gesendet",)]
    wanted = [word for word in (*quoted, *listed) if word not in folder]
    assert len(wanted) > 20
    assert [word for word in wanted if command_in(word, (language,)) is None] == []
