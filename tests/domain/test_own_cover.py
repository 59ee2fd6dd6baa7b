"""What a reader's own cover may say."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dripcourse.domain.appearance import MOST_NAME, MOST_SUBJECT, Cover, CoverError, Style, own_cover, style_of
from dripcourse.domain.mime import breaks_line


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("Garden club", "Minutes"),
        ("Chœur de la Vallée", "Répétition, jeudi 19.30"),
        ("Dr. O'Brien (Tues.)", "Re: the boiler: 12.5 bar"),
        ("חוג לגינון", "פרוטוקול"),
        ("می‌خواهم", "👩‍🌾 seeds"),
        ("St. Mary, No. 3", "https is no name"),
    ],
)
def test_what_a_person_would_choose_is_taken_as_it_is(name: str, subject: str) -> None:
    assert own_cover(f"  {name} ", subject) == Cover(Style.OWN, name, subject)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "empty"),
        (" \t ", "empty"),
        ("\u200d", "empty"),
        ("a\r\nBcc: everybody@example.org", "breaks"),
        ("a\nb", "breaks"),
        ("a\x00b", "breaks"),
        ("a\u2028b", "breaks"),
        ("a\u202egpj.exe", "breaks"),
        ("\u2066a\u2069", "breaks"),
        ("a\u200bb", "breaks"),
        ("a\ufeffb", "breaks"),
        ("x" * 10_000, "long"),
    ],
)
def test_what_a_header_or_an_eye_could_stumble_over_is_refused_in_both(text: str, fault: str) -> None:
    with pytest.raises(CoverError) as refused:
        own_cover(text, text)
    assert refused.value.wrong == {"name": fault, "subject": fault}


@pytest.mark.parametrize(
    "name",
    [
        "PayPal <security@paypal.com>",
        "security@paypal",
        "security＠paypal",
        "paypal.com",
        "PAYPAL.COM",
        "www.bank",
        "https://bank",
        "paypal。com",
        "paypal．com",
        "pay․pal․com",
        "bank.de/login",
        "<b>",
        "münchen.de",
    ],
)
def test_a_name_that_poses_as_an_address_or_a_site_is_refused_and_a_subject_may_say_it(name: str) -> None:
    with pytest.raises(CoverError) as refused:
        own_cover(name, name)
    assert refused.value.wrong == {"name": "address"}


@given(st.text(max_size=200), st.text(max_size=200))
def test_whatever_is_taken_fits_its_column_and_its_header(name: str, subject: str) -> None:
    try:
        cover = own_cover(name, subject)
    except CoverError:
        return
    for text, most in ((cover.name, MOST_NAME), (cover.subject, MOST_SUBJECT)):
        assert 0 < len(text) <= most
        assert not breaks_line(text)
        assert not any(unicodedata.bidirectional(char) in ("RLO", "LRO", "RLE", "LRE", "RLI", "LRI") for char in text)
    assert not set("@<>") & set(unicodedata.normalize("NFKC", cover.name))
    assert own_cover(cover.name, cover.subject) == cover


def test_a_style_that_there_is_not_is_discreet() -> None:
    assert [style_of(word) for word in ("plain", "own", "loud", "")] == [
        Style.PLAIN,
        Style.OWN,
        Style.DISCREET,
        Style.DISCREET,
    ]
