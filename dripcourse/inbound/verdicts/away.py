"""Until when a notice of absence says that its writer is away. Many ways to write a date; in doubt none. Never raises."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

LONGEST = timedelta(days=366)
"""A date further ahead than this from the day the notice was written is none that it names as its end."""
_FAR = 3_000

_UNTIL = re.compile(
    r"\b(?:until|till|til|through|thru|up to|back (?:in the office )?(?:on|by)?|return(?:ing)?(?: to (?:the|my) office)?(?: on)?|ends? on|and including|"
    r"bis(?: (?:zum|einschließlich|inklusive|einschl\.))*|wieder (?:ab|am)|ab (?:dem)?|zurück (?:am|ab)|jusqu['’]?(?:au|à|a)?|de retour (?:le|à partir du)|retour le|au|"
    r"hasta(?: el)?|regreso(?: el)?|vuelvo(?: el)?|al|fino (?:al|a)|rientro (?:il)?|rientrer[òo] il|até(?: (?:ao?|o))?(?: dia)?|regresso (?:a|em)?|volto (?:a|em|no dia)?|ao|"
    r"tot(?: en met)?|t/m|terug (?:op)?|til(?: og med)?|t\.o\.m\.|till(?: och med)?|åter (?:den)?|tilbake (?:den)?|tilbage (?:den)?|asti|saakka|palaan|"
    r"do(?: dnia)?|wracam|powrót|zpět|návrat|până (?:la|pe|în)|revin (?:pe|în)?|до|по|вернусь|выйду|kadar|έως|μέχρι|sampai|đến(?: ngày)?)\b"
    r"|(?:直到|到|至|まで|から|戻り|~|〜|～)",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\s{0,3}(?:まで|迄|까지|tarihine kadar|asti|saakka|-ig|kadar)", re.IGNORECASE)

_MONTHS = (
    r"jan\w*|january|янв\w*|stycz\w*|ledna|leden|ene\w*|gen\w*|tammik\w*|ocak|ιαν\w*|ian\w*|janv\w*|jän\w*",
    r"feb\w*|fév\w*|fev\w*|févr\w*|фев\w*|lut\w*|únor\w*|helmik\w*|şubat|φεβ\w*",
    r"mar\w*|mär\w*|maa?rt|maalisk\w*|мар\w*|března|březen|μαρ\w*|mrt|maart|márc\w*",
    r"apr\w*|avr\w*|abr\w*|апр\w*|kwie\w*|dubna|duben|huhtik\w*|nisan|απρ\w*|ápr\w*",
    r"may|mai|maj\w*|mei|mayo|maio|mag\w*|мая|май|května|květen|toukok\w*|mayıs|μαΐ\w*|μάι\w*|máj\w*",
    r"jun\w*|juin|jún\w*|giu\w*|июн\w*|czerw\w*|červn\w*|červen|kesäk\w*|haziran|ιουν\w*|iun\w*",
    r"jul\w*|juil\w*|júl\w*|lug\w*|июл\w*|lip\w*|červenc\w*|heinäk\w*|temmuz|ιουλ\w*|iul\w*",
    r"aug\w*|août|aout|ago\w*|авг\w*|sierp\w*|srpn\w*|srpen|elok\w*|ağustos|αυγ\w*",
    r"sep\w*|set\w*|сен\w*|wrze\w*|září|syysk\w*|eylül|σεπ\w*|szept\w*",
    r"oct\w*|okt\w*|ott\w*|out\w*|окт\w*|paźd\w*|říj\w*|lokak\w*|ekim|οκτ\w*",
    r"nov\w*|ноя\w*|listopad\w*|marrask\w*|kasım|νοε\w*|noi\w*",
    r"dec\w*|dez\w*|déc\w*|dic\w*|дек\w*|grud\w*|prosin\w*|jouluk\w*|aralık|δεκ\w*",
)
_NAMED = [re.compile(f"(?:{names})$", re.IGNORECASE) for names in _MONTHS]
_ANY_MONTH = "|".join(_MONTHS)
_DATE = re.compile(
    r"(?P<y1>20\d\d)[-/.年]\s?(?P<m1>\d{1,2})[-/.月]\s?(?P<d1>\d{1,2})日?"
    r"|(?P<d2>\d{1,2})\.\s?(?P<m2>\d{1,2})\.(?:\s?(?P<y2>(?:20)?\d\d)\b)?"
    r"|(?P<a3>\d{1,2})(?P<sep>[/-])(?P<b3>\d{1,2})(?:(?P=sep)(?P<y3>(?:20)?\d\d)\b)?"
    r"|(?P<m4>\d{1,2})[月월]\s?(?P<d4>\d{1,2})[日일]"
    rf"|(?P<d5>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?\s?(?:of |de |d['’])?\s?(?P<n5>{_ANY_MONTH})\b\.?,?(?:\s(?:de |of )?(?P<y5>20\d\d))?"
    rf"|\b(?P<n6>{_ANY_MONTH})\.?\s(?P<d6>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s(?P<y6>20\d\d))?",
    re.IGNORECASE,
)
_NEAR = 45
"""Characters between the word and its date: a weekday, an article, an hour."""


def away_until(text: str, *, written: date | None) -> date | None:
    """The last date that a notice names as its end, or the date of coming back. `written` is the day it was written: dates without a
    year are the next after it, and a date before it or more than a year after it is none."""
    found = [day for day in _dates(text[:_FAR], written) if written is None or written <= day <= written + LONGEST]
    return max(found, default=None)


def names_an_end(text: str) -> bool:
    """Whether a text names some date as an end, whichever year is meant."""
    return next(_dates(text[:_FAR], date(2000, 1, 1)), None) is not None


def _dates(text: str, written: date | None) -> Iterator[date]:
    """Dates right behind a word for `until`, or right before one where a language puts it there."""
    ends = [found.end() for found in _UNTIL.finditer(text)]
    place = 0
    for found in _DATE.finditer(text):
        while place < len(ends) and ends[place] + _NEAR < found.start():
            place += 1
        is_led = place < len(ends) and ends[place] <= found.start()
        if is_led or _AFTER.match(text, found.end()):
            yield from _read(found, written)


def _read(found: re.Match[str], written: date | None) -> Iterator[date]:
    part = found.groupdict()
    if part["a3"]:
        one, other = int(part["a3"]), int(part["b3"])
        days = [_day(part["y3"], month, day, written) for month, day in ((other, one), (one, other))]
        sure = [day for day in days if day is not None and (written is None or written <= day)]
        # 05/06 is May to some and June to others: the nearer one, so that nobody is held longer than they said
        yield from sorted(sure, key=lambda day: (written is not None, day))[:1]
        return
    month = part["m1"] or part["m2"] or part["m4"] or _month(part["n5"] or part["n6"] or "")
    day = part["d1"] or part["d2"] or part["d4"] or part["d5"] or part["d6"]
    when = _day(part["y1"] or part["y2"] or part["y5"] or part["y6"], int(month or 0), int(day or 0), written)
    if when is not None:
        yield when


def _month(name: str) -> int:
    return next((number for number, names in enumerate(_NAMED, 1) if names.match(name)), 0)


def _day(year: str | None, month: int, day: int, written: date | None) -> date | None:
    """A date; without a year the next one on or after the day of writing."""
    if year is None and written is None:
        return None
    try:
        if year is not None:
            return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
        assert written is not None  # noqa: S101 - seen above
        this = date(written.year, month, day)
        return this if this >= written else date(written.year + 1, month, day)
    except ValueError:
        return None
