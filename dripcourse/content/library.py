"""A library of courses as values: what was loaded from files, and what a renderer needs of it. Reads nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_date

from dripcourse.domain.course import Course

FALLBACK = "en"
SIGNATURE = "-- \n"
_ROOM = 2_000  # for a reader's own links, dates and the postal address
Table = Mapping[str, Any]


class Words:
    """The words of every language that has some."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self._tables = {
            language: table if language == FALLBACK else merged(tables[FALLBACK], table)
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


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One way to reach somebody: at least one of `phone`, `text` and `web` is there. `note` is for the host, never for readers."""

    name: str
    whom: str
    """abuse, despair, talk, children or harm."""
    says: str
    phone: str | None
    text: str | None
    web: str | None
    source: str
    checked: date
    """The day somebody last compared these facts with `source`."""
    note: str | None


@dataclass(frozen=True, slots=True)
class Country:
    """A country's emergency number and help lines; code INT holds what serves many countries and has no such number."""

    code: str
    name: str
    emergency: str
    lines: tuple[HelpLine, ...]


def help_lines(countries: Sequence[Country]) -> list[str]:
    """The list as lines of text: a country with its emergency number, then who answers there and how."""
    lines: list[str] = []
    for country in countries:
        lines.append(f"{country.name}: {country.emergency}" if country.emergency else country.name)
        for line in country.lines:
            ways = ", ".join(way for way in (line.phone, line.text, line.web) if way)
            lines.append(f"- {line.name}: {ways}")
        lines.append("")
    return lines


"""Mail programs leave out what stands below this line when somebody replies or forwards: here, the reader's own links."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A mail in which only a reader's own dates and links are missing: Jinja sources, CSS inlined."""

    subject: str
    html: str
    text: str
    said: str
    """The lesson proper: title, words and prompt."""
    page: str = ""
    """The lesson's words and prompt for a web page, without title and without styles."""

    @property
    def size(self) -> int:
        """The bytes of the mail's two parts once they are filled in, at most."""
        return len(self.html.encode()) + len(self.text.encode()) + _ROOM


SheetKey = tuple[str, str, str]
"""Course, lesson, reading."""


@dataclass(frozen=True, slots=True)
class Library:
    """Every course there is, checked and ready."""

    courses: Mapping[str, Course]
    words: Words
    sheets: Mapping[SheetKey, Sheet]
    system: Mapping[tuple[str, str], Sheet]
    """The engine's own mails, by name and language."""
    countries: Mapping[str, Sequence[Country]]
    hosts_countries: Sequence[Country] | None = None

    def find(self, name: str) -> Course | None:
        """The course of that slug or cover."""
        return self.courses.get(name) or next((each for each in self.courses.values() if each.cover == name), None)

    def support(self, course: Course) -> Sequence[Country]:
        """Who answers today: the host's own list if there is one, else the course's, else nobody."""
        return self.hosts_countries if self.hosts_countries is not None else self.countries.get(course.slug, ())


def merged(under: Table, over: Table) -> Table:
    """One table over another, section by section."""
    both = {**under, **over}
    return {
        key: merged(under[key], value) if isinstance(value, dict) and isinstance(under.get(key), dict) else value
        for key, value in both.items()
    }
