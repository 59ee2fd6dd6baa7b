"""What the engine itself says, per language: words/LANGUAGE.toml, with English for whatever a language leaves out."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date

from dripcourse.content.jinja import faults_in
from dripcourse.content.schema import suggestion
from dripcourse.content.sources import Fields, KeyPath, read_text, read_toml
from dripcourse.domain.errors import Fault

FALLBACK = "en"
HOSTS_WORDS = "_words"
"""A folder of this name in COURSES_DIR adds languages, and overrides single words of one that is there."""
MAIL_WORDS = (
    "next_date", "promised", "support_url", "clean_copy_url", "me_url", "leave_url", "confirm_url",
    "number", "total", "every", "since", "subject", "day", "state", "accept_url", "start_url", "read_url", "own_url",
)  # fmt: skip
"""What the words of [mail] can name."""

Table = Mapping[str, Any]


class Words:
    """The words of every language that has some."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self._tables = {
            language: table if language == FALLBACK else _merged(tables[FALLBACK], table)
            for language, table in tables.items()
        }

    @property
    def languages(self) -> tuple[str, ...]:
        """Every language that has words of its own."""
        return tuple(sorted(self._tables))

    def language(self, asked: str) -> str:
        """The language in which somebody who asked for `asked` is spoken to: pt-BR, else pt, else en."""
        return next((each for each in (asked, asked.split("-")[0]) if each in self._tables), FALLBACK)

    def of(self, language: str) -> Table:
        """The words in a language: tables by section ("mail", "pages", ...)."""
        return self._tables[self.language(language)]

    def knows(self, language: str) -> bool:
        """Whether this language, or the one it is a kind of, has words of its own."""
        return self.language(language).split("-")[0] == language.split("-")[0]

    def day(self, day: date, language: str) -> str:
        """A day as people of that language write it, such as "Thursday, 26 November"."""
        return _day(day, language, str(self.of(language)["mail"]["date"]) if self.knows(language) else "full")


@lru_cache(maxsize=4096)  # a tick tells thousands of readers the same few days
def _day(day: date, language: str, pattern: str) -> str:
    return format_date(day, pattern, locale=Locale.parse(language, sep="-"))


def read_words(folders: Sequence[Path], faults: list[Fault]) -> Words | None:
    """The words in these folders, a later folder over an earlier one; None if English itself cannot be read."""
    tables: dict[str, Table] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.toml")):
            text = read_text(path, faults)
            fields = read_toml(str(path), text, faults) if text is not None else None
            if fields:
                faults += _faults(fields, tables.get(FALLBACK, fields.values))
                tables[path.stem] = _merged(tables.get(path.stem, {}), fields.values)
    return Words(tables) if FALLBACK in tables else None


def _faults(fields: Fields, english: Table) -> Iterator[Fault]:
    yield from _strangers(fields, fields.values, english, ())
    for path, says in _texts(fields.values.get("mail", {}), ("mail",)):
        yield from faults_in(says, file=fields.file, line=fields.line(path), words=MAIL_WORDS)


def _strangers(fields: Fields, table: Table, english: Table, path: KeyPath) -> Iterator[Fault]:
    for key, value in table.items():
        here, model = (*path, key), english.get(key)
        if model is None:
            says = f"`{key}` is not a word that dripcourse says; {suggestion(key, list(english))}"
            yield Fault(fields.file, fields.line(here), says)
        elif isinstance(model, dict) != isinstance(value, dict) or not isinstance(value, str | dict):
            kind = "table" if isinstance(model, dict) else "text"
            yield Fault(fields.file, fields.line(here), f"`{key}` must be a {kind}")
        elif isinstance(value, dict):
            yield from _strangers(fields, value, model, here)


def _texts(table: Table, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _texts(value, (*path, key))
        elif isinstance(value, str):
            yield (*path, key), value


def _merged(under: Table, over: Table) -> Table:
    both = {**under, **over}
    return {
        key: _merged(under[key], value) if isinstance(value, dict) and isinstance(under.get(key), dict) else value
        for key, value in both.items()
    }
