"""What the pages say, in every language; and the small things templates do."""

import re
import tomllib
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from babel import Locale

from dripcourse.content.files import shipped
from dripcourse.web.filters import bare, dial, fill, linked, plain, whole_date
from dripcourse.web.zones import city, zone_choices

LANGUAGES = sorted(path.stem for path in (shipped("templates") / "words").glob("*.toml"))


def said(language: str) -> dict[str, str]:
    words = tomllib.loads((shipped("templates") / "words" / f"{language}.toml").read_text(encoding="utf-8"))["pages"]
    return {f"{section}.{key}": says for section, table in words.items() for key, says in table.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything_with_the_same_blanks(language: str) -> None:
    here, english = said(language), said("en")
    assert here.keys() == english.keys()
    for key, says in here.items():
        assert sorted(re.findall(r"\{\{.*?\}\}", says)) == sorted(re.findall(r"\{\{.*?\}\}", english[key])), key
        assert says.strip() == says
        assert not re.search(r"[<>!]", says), key
        assert not hasattr(dict, key.split(".")[1]), f"{key}: a template would find the method of that name"


def test_every_word_is_used_by_some_page_and_every_page_finds_its_words() -> None:
    folder = shipped("templates") / "pages"
    sources = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.html"))
    for key in said("en"):
        section, word = key.split(".")
        if (
            section in ("regions", "error", "pace", "every", "wrong", "phrase")
            or section.startswith("privacy_")
            or (section == "rhythm" and word.startswith(("done_", "wrong_", "next", "rests", "paused_until")))
            or word
            in (
                "abuse",
                "despair",
                "talk",
                "children",
                "harm",
                "nothing",
                "stale",
                "long",
            )
        ):
            continue  # chosen by a value
        if section == "taken" and word.startswith(("state_", "how_", "kind_")):
            continue  # likewise
        assert re.search(rf"\b(?:s|r|w\.{section})\.{word}\b|\[.signup.\]\[.{word}.\]", sources) or key in (
            "signup.consent",
            "whole.move_consent",
        ), key


@pytest.mark.parametrize("language", [*LANGUAGES, "pt-BR"])
def test_every_zone_can_be_chosen_by_a_name_that_no_other_has(language: str) -> None:
    regions = zone_choices(language)
    labels = [choice.label for _, choices in regions for choice in choices]
    assert len(labels) == len(set(labels)) > 400
    assert {region for region, _ in regions} <= {key.split(".")[1] for key in said("en") if key.startswith("regions.")}
    for _, choices in regions:
        for choice in choices:
            assert ZoneInfo(choice.zone)


def test_a_country_with_one_zone_goes_by_its_name_alone() -> None:
    names = {choice.zone: choice.label for _, choices in zone_choices("de") for choice in choices}
    assert names["Europe/Vienna"] == "Österreich"
    assert names["America/New_York"] == "Vereinigte Staaten: New York"
    assert city("Europe/Rome", Locale("de")) == "Rom"
    assert city("Nowhere/Some_Place", Locale("de")) == "Some Place"


def test_blanks_are_filled_and_escaped() -> None:
    assert fill("a {{ x }} b", x="<i>") == "a &lt;i&gt; b"
    assert fill("<b>") == "&lt;b&gt;"
    assert plain("{{ x }} & {{ x }}", {"x": "<i>"}) == "<i> & <i>"
    with pytest.raises(KeyError):
        fill("{{ y }}", x=1)


def test_a_link_in_the_words_is_a_link_and_nothing_else_is_markup() -> None:
    assert linked("a & [b]({{ u }}) c", u="/s?x=1&y") == 'a &amp; <a href="/s?x=1&amp;y">b</a> c'
    assert linked("<b>[x](http://elsewhere)") == "&lt;b&gt;[x](http://elsewhere)"


def test_numbers_are_dialled_as_phones_take_them() -> None:
    assert dial("0808 2000 247") == "08082000247"
    assert dial("1-800-799-7233") == "18007997233"
    assert dial("+49 (0) 30 123") == "+49030123"
    assert dial("Text SHOUT to 85258") == "85258"
    assert dial("Text 0458 737 732 (in English)") == "0458737732"
    assert dial("Use the app") == ""


def test_addresses_and_days_are_said_as_people_say_them() -> None:
    assert bare("https://www.samaritans.org/how/we/can") == "samaritans.org"
    assert bare("nothing") == "nothing"
    assert whole_date(date(2026, 11, 23), "de") == "23. November 2026"
