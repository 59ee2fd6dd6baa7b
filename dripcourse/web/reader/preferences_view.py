"""What the reader's page shows of when and how their lessons come: instants in words, in their own zone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any

from babel import Locale
from babel.dates import format_date, format_skeleton, get_day_names
from flask import g

from dripcourse.domain import quiet as quiet_dates
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.domain.pacing import Pace
from dripcourse.domain.quiet import QuietDate
from dripcourse.services.enrollment.preferences import Rhythm
from dripcourse.services.reader.page import Place
from dripcourse.web.context import day, shell
from dripcourse.web.filters import dates_of, fill
from dripcourse.web.zones import NOWHERE, zone_choices

_ISO = re.compile(r"\s*(\d{4})-(\d{1,2})-(\d{1,2})\s*")
_DAY_FIRST = re.compile(r"\s*(\d{1,2})\s*[./]\s*(\d{1,2})\s*[./]\s*(\d{4})\s*")
_LEAP_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Said:
    """What came of a change: the word for it, and what was before; or what is `wrong` with the field of which form, and what was typed."""

    done: str = ""
    former: Mapping[str, str] = field(default_factory=dict)
    wrong: str = ""
    form: str = ""
    typed: str = ""


NOTHING_SAID = Said()


def rhythm_context(found: Place, rhythm: Rhythm, said: Said) -> dict[str, Any]:
    """All that the templates show of a reader's rhythm, by name."""
    language = _language(found)
    now, tz = shell().now, found.tz
    locale = dates_of(language)
    regions = zone_choices(language)
    return {
        "said": said,
        "next": _next(found, rhythm, language) if said.done else "",
        "now": rhythm,
        "paces": list(Pace),
        "could_come": _day(rhythm.could_come, tz, language),
        "another_week": _day(rhythm.another_week, tz, language),
        "shown": found.due.isoformat() if found.due else "",
        "paused_until": _whole(rhythm.paused_until.astimezone(tz).date(), locale) if rhythm.paused_until else "",
        "example": f"{now.astimezone(tz).year + 1}-05-20",
        "weekdays": [get_day_names("wide", locale=locale, context="stand-alone")[day] for day in range(7)],
        "hours": [f"{hour:02d}:00" for hour in range(24)],
        "regions": regions,
        "nowhere": NOWHERE,
        "zone_is_listed": rhythm.slot.zone in {NOWHERE, *(each.zone for _, zones in regions for each in zones)},
        "quiet": [(str(each), each.year is None, _quiet(each, locale)) for each in rhythm.quiet],
        "room": len(rhythm.quiet) < quiet_dates.MOST,
        "languages": [(each, _name(each)) for each in shell().parts.library.words.languages],
    }


def read_day(text: str, language: str) -> date | None:
    """A day as a date field sends it, or as somebody typed it; None if it is none. 1/2/2027 means nothing in English, which has two ways."""
    if (found := _ISO.fullmatch(text)) is not None:
        year, month, when = found.groups()
    elif (found := _DAY_FIRST.fullmatch(text)) is not None and ("/" not in text or not language.startswith("en")):
        when, month, year = found.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(when))
    except ValueError:
        return None


def _language(found: Place) -> str:
    return shell().parts.library.words.language(g.get("language") or found.course.language)


def _next(found: Place, rhythm: Rhythm, language: str) -> str:
    """When the next one comes, as a sentence: what a change is confirmed with."""
    words = shell().parts.renderer.words(language)["pages"]["rhythm"]
    if found.state is EnrollmentState.PAUSED:
        if rhythm.paused_until is None:
            return str(words["rests"])
        until = rhythm.paused_until.astimezone(found.tz).date()
        return str(fill(words["paused_until"], day=_whole(until, dates_of(language))))
    if found.state is not EnrollmentState.ACTIVE:
        return ""
    if rhythm.waits:
        return str(words["next_waits"])
    if found.due is None or found.due <= shell().now:
        return str(words["next_hand"])
    local = found.due.astimezone(found.tz)
    return str(fill(words["next"], day=day(local.date(), language), time=f"{local:%H:%M}"))


def _day(at: datetime | None, tz: tzinfo, language: str) -> str:
    return day(at.astimezone(tz).date(), language) if at else ""


def _whole(when: date, locale: Locale) -> str:
    return format_date(when, "full", locale=locale)


def _quiet(each: QuietDate, locale: Locale) -> str:
    if each.year is None:
        return format_skeleton("MMMMd", date(_LEAP_YEAR, each.month, each.day), locale=locale)
    return _whole(date(each.year, each.month, each.day), locale)


def _name(language: str) -> str:
    """A language's name in itself."""
    name = Locale.parse(language, sep="-").get_display_name() or language
    return name[:1].upper() + name[1:]
