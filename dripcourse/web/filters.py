"""What templates do to single values: blanks filled in, days and numbers as people write them, links as phones dial them."""

import re
from collections.abc import Mapping
from datetime import date

from babel import Locale
from babel.dates import format_date
from babel.units import format_unit
from markupsafe import Markup, escape

_BLANK = re.compile(r"\{\{ (\w+) \}\}")
_LINK = re.compile(r"\[([^\]]+)\]\(\{\{ (\w+) \}\}\)")
_NUMBER = re.compile(r"\+?[0-9][0-9 ()/-]*")
_WEB = re.compile(r"https?://(?:www\.)?([^/?#]+)")


def fill(words: str, **values: object) -> Markup:
    """Words with their blanks filled in, escaped. Raises KeyError for a blank that nothing fills."""
    parts = _BLANK.split(words)  # text, name, text, name, ..., text
    return Markup("").join(escape(values[part] if place % 2 else part) for place, part in enumerate(parts))


def linked(words: str, **urls: str) -> Markup:
    """Words with their one kind of Markdown, `[words]({{ url }})`, as links. Raises KeyError for a URL that is not given."""
    parts = _LINK.split(words)  # text, words, name, text, words, name, ..., text
    links = zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
    after = (Markup('<a href="{}">{}</a>{}').format(urls[name], says, text) for says, name, text in links)
    return escape(parts[0]) + Markup("").join(after)


def plain(words: str, values: Mapping[str, object]) -> str:
    """As `fill`, for text that is not HTML."""
    return _BLANK.sub(lambda found: str(values[found[1]]), words)


def dates_of(language: str) -> Locale:
    """How people of that language write days. English alone would be American, and the letters say "6 April"."""
    return Locale("en", "GB") if language == "en" else Locale.parse(language, sep="-")


def whole_date(day: date, language: str) -> str:
    """A day with its year, as people of that language write it."""
    return format_date(day, "long", locale=dates_of(language))


def months(number: int, language: str) -> str:
    """So many months, as people of that language write it: "12 months"."""
    return format_unit(number, "duration-month", locale=Locale.parse(language, sep="-"))


def weekdays(language: str) -> list[str]:
    """The names of the days, Monday first."""
    names = Locale.parse(language, sep="-").days["stand-alone"]["wide"]
    return [str(names[day]) for day in range(7)]


def dial(number: str) -> str:
    """A number as `tel:` and `sms:` take it: the last one in the words, digits only, and a plus before them if there is one."""
    found = _NUMBER.findall(number)
    return re.sub(r"[^0-9+]", "", found[-1]) if found else ""


def bare(url: str) -> str:
    """A web address as people say it."""
    found = _WEB.match(url)
    return found[1] if found else url


FILTERS = {"fill": fill, "linked": linked, "whole_date": whole_date, "months": months, "dial": dial, "bare": bare}
