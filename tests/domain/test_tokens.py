"""Tokens in mail addresses: nobody makes one up, and none does what another is for."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from dripcourse.domain.tokens import TOKEN_LENGTH, encode_id, mail_token, read_mail_token

KEY, OLD_KEY = b"k" * 32, b"o" * 32
ids = st.binary(min_size=16, max_size=16).map(encode_id)


@given(ids)
def test_a_token_gives_back_its_id_and_fits_a_local_part(ident: str) -> None:
    token = mail_token(ident, "reply", KEY)
    assert read_mail_token(token, "reply", [KEY]) == ident
    assert re.fullmatch(r"[a-z2-7]{42}", token)
    assert len(f"leave+{token}") <= 64  # RFC 5321 4.5.3.1.1
    assert len(token) == TOKEN_LENGTH


@given(ids)
def test_an_id_is_26_letters_that_survive_folding(ident: str) -> None:
    assert re.fullmatch(r"[a-z2-7]{26}", ident)


@given(ids)
def test_a_token_that_came_back_in_capitals_is_still_good(ident: str) -> None:
    assert read_mail_token(mail_token(ident, "reply", KEY).upper(), "reply", [KEY]) == ident


@given(ids)
def test_a_token_is_good_for_its_purpose_and_its_key_only(ident: str) -> None:
    token = mail_token(ident, "reply", OLD_KEY)
    assert read_mail_token(token, "reply", [KEY, OLD_KEY]) == ident
    assert read_mail_token(token, "leave", [KEY, OLD_KEY]) is None
    assert read_mail_token(token, "reply", [KEY]) is None
    assert read_mail_token(token, "reply", []) is None


@given(ids, st.integers(0, 25), st.integers(0, 159))
def test_a_token_with_one_bit_turned_is_worth_nothing(ident: str, byte: int, turn: int) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    token = mail_token(ident, "reply", KEY)
    place = turn % 41  # the last letter carries two bits that mean nothing
    changed = letters[(letters.index(token[place]) + 1 + byte) % 32]
    if changed != token[place]:
        assert read_mail_token(token[:place] + changed + token[place + 1 :], "reply", [KEY]) is None


@settings(deadline=None)
@given(st.one_of(st.text(max_size=60), st.text("az7=A1 ", min_size=42, max_size=42)))
def test_any_text_at_all_is_refused_in_peace(text: str) -> None:
    assert read_mail_token(text, "reply", [KEY]) is None


def test_two_ids_never_share_a_token_nor_two_purposes() -> None:
    idents = [encode_id(bytes([n]) * 16) for n in range(50)]
    tokens = {mail_token(ident, purpose, KEY) for ident in idents for purpose in ("reply", "leave")}
    assert len(tokens) == 100
