"""Time zones as people know them: by country, and by city where a country has several."""

import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale
from babel.core import get_global

from dripcourse.domain.pacing import known_zone

NOWHERE = "Etc/UTC"
"""The zone of somebody who would rather not say where they are."""
_WORLD = "001"
_ELSEWHERE_THAN_NAMED = {"Arctic": "Europe"}


@dataclass(frozen=True, slots=True, order=True)
class Choice:
    """One zone to choose: what is shown, and its IANA name."""

    label: str
    zone: str


@lru_cache(maxsize=32)
def zone_choices(language: str) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    """Every zone of a country, labelled in that language and in its order, by the first part of its name (Europe, Asia ...)."""
    locale = Locale.parse(language, sep="-")
    countries: dict[str, str] = {
        zone: country
        for zone, country in get_global("zone_territories").items()
        if country != _WORLD and known_zone(zone) and not zone.startswith("Etc/")
    }
    several = Counter(countries.values())
    regions: dict[str, list[Choice]] = defaultdict(list)
    for zone, country in countries.items():
        region = zone.split("/")[0]
        name = locale.territories.get(country, country)
        label = f"{name}: {city(zone, locale)}" if several[country] > 1 else name
        regions[_ELSEWHERE_THAN_NAMED.get(region, region)].append(Choice(label, zone))
    return tuple((region, tuple(sorted(found, key=_in_order))) for region, found in sorted(regions.items()))


def city(zone: str, locale: Locale) -> str:
    """A zone's city in a language."""
    return str(locale.time_zones.get(zone, {}).get("city") or zone.split("/")[-1].replace("_", " "))


def _in_order(choice: Choice) -> str:
    """Without accents, so that Österreich stands near Oman and not after Zypern."""
    plain = unicodedata.normalize("NFKD", choice.label)
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold()
