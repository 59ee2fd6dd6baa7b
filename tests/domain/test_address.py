"""Addresses: what mail can be sent to, and what must never reach a header."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dripcourse.domain.address import email_address
from dripcourse.domain.errors import AddressError, AsciiOnlyError


@pytest.mark.parametrize(
    ("given_", "written", "normal"),
    [
        ("reader@example.org", "reader@example.org", "reader@example.org"),
        (" Reader.Name+tag@Example.ORG ", "Reader.Name+tag@example.org", "reader.name+tag@example.org"),
        ("o'neil@example.org", "o'neil@example.org", "o'neil@example.org"),
        ("me@exämple.de", "me@xn--exmple-cua.de", "me@xn--exmple-cua.de"),
        ("me@letters.test", "me@letters.test", "me@letters.test"),
    ],
)
def test_an_address_is_written_as_given_and_compared_without_case(given_: str, written: str, normal: str) -> None:
    found = email_address(given_)
    assert (found.written, found.normal) == (written, normal)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "reader",
        "reader@",
        "@letters.example.org",
        "reader@example",
        "reader@example.org\nBcc: all@example.org",
        "rea\0der@example.org",
        "rea\u202eder@example.org",
        "reader@example.org\u2028",
        "reader@example.org, other@example.org",
        "Reader <reader@example.org>",
        '"rea der"@example.org',
        "reader@[192.0.2.1]",
        "reader%other.org@example.org",
        "other.org!reader@example.org",
        "lésung@example.org",
        f"{'a' * 65}@example.org",
        f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 20}.org",
        "reader@localhost",
        "reader@exa mple.org",
        "reader..name@example.org",
    ],
)
def test_what_mail_cannot_safely_go_to_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(AddressError) as caught:
        email_address(text)
    assert caught.value.__cause__ is None
    if text:
        assert text not in str(caught.value)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.emails(), st.text('a@.%!\n\r\0"<> ü', max_size=30)))
def test_any_text_is_an_address_in_ascii_on_one_line_or_refused(text: str) -> None:
    try:
        found = email_address(text)
    except AddressError:
        return
    assert found.written.isascii()
    assert found.written.isprintable()
    assert len(found.written) <= 254
    assert email_address(found.written) == found
    assert email_address(found.written.upper()).normal == found.normal


@pytest.mark.parametrize(
    "text", ["jörg@example.org", "jörg@exämple.de", "иван@example.org", "niño.@example.org", "j ö@example.org"]
)
def test_who_has_letters_beyond_ascii_is_told_so_and_who_has_no_address_is_told_that(text: str) -> None:
    with pytest.raises(AddressError) as raised:
        email_address(text)
    assert isinstance(raised.value, AsciiOnlyError) is (" " not in text and ".@" not in text)
