"""Keys: what is sealed opens only in its place, what is signed serves only its purpose, and retired keys still read."""

from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dripcourse.services.crypto.keyring import Keyring, Unsealable, new_id

SECRET_A, SECRET_B = "a" * 40, "b" * 40
REPLY_A, REPLY_B = (urlsafe_b64encode(bytes([n]) * 32).decode() for n in (1, 2))
OLD = Keyring([SECRET_A], [REPLY_A])
BOTH = Keyring([SECRET_B, SECRET_A], [REPLY_B, REPLY_A])
NEW = Keyring([SECRET_B], [REPLY_B])


@given(st.binary(max_size=2000), st.text(max_size=30), st.text(max_size=30))
def test_what_is_sealed_opens_again(plain: bytes, purpose: str, row: str) -> None:
    assert OLD.unseal(OLD.seal(plain, purpose, row), purpose, row) == plain


def test_what_is_sealed_for_one_row_or_purpose_opens_for_no_other() -> None:
    sealed = OLD.seal(b"words", "reply", "row")
    for purpose, row in (("reply", "other"), ("address", "row")):
        with pytest.raises(Unsealable):
            OLD.unseal(sealed, purpose, row)


@given(st.integers(0, 40), st.integers(1, 255))
def test_a_changed_byte_does_not_open(place: int, flip: int) -> None:
    sealed = bytearray(OLD.seal(b"some words", "reply", "row"))
    sealed[place % len(sealed)] ^= flip
    with pytest.raises(Unsealable):
        OLD.unseal(bytes(sealed), "reply", "row")


def test_after_a_rotation_old_things_are_read_and_new_things_made_with_the_new_key() -> None:
    old = OLD.seal(b"words", "reply", "row")
    assert BOTH.unseal(old, "reply", "row") == b"words"
    assert NEW.unseal(BOTH.seal(b"words", "reply", "row"), "reply", "row") == b"words"
    with pytest.raises(Unsealable):
        NEW.unseal(old, "reply", "row")
    ident = new_id()
    assert BOTH.read_web_token(OLD.web_token(ident, "me"), "me") == ident
    assert BOTH.read_mail_token(OLD.mail_token(ident, "reply"), "reply") == ident
    assert NEW.read_web_token(BOTH.web_token(ident, "me"), "me") == ident
    assert OLD.index("anna@example.org") in BOTH.indexes("anna@example.org")
    assert BOTH.index("anna@example.org") == NEW.index("anna@example.org")


@pytest.mark.parametrize("purpose", ["leave", "confirm"])
def test_a_token_serves_only_its_purpose(purpose: str) -> None:
    ident = new_id()
    assert OLD.read_web_token(OLD.web_token(ident, "me"), purpose) is None
    assert OLD.read_mail_token(OLD.mail_token(ident, "reply"), purpose) is None


@given(st.text(max_size=120))
def test_made_up_tokens_find_nothing_and_raise_nothing(token: str) -> None:
    assert OLD.read_web_token(token, "me") is None
    assert OLD.read_mail_token(token, "reply") is None


def test_mail_tokens_survive_a_program_that_shouts_and_fit_a_local_part() -> None:
    ident = new_id()
    token = OLD.mail_token(ident, "leave")
    assert OLD.read_mail_token(token.upper(), "leave") == ident
    assert len(f"leave+{token}") < 64
    assert token == token.lower()
    assert token.isalnum()
