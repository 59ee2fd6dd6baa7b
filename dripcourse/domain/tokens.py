"""Tokens that stand in mail addresses: a random id that nobody can make up.

A token is base32 in lower case (local parts get folded on the way): a 128-bit random id and an 80-bit HMAC over purpose and id,
42 characters, so that `leave+TOKEN` stays well under the 64 of RFC 5321. It is checked before any look-up. It finds a delivery;
it proves nothing about the person who holds it.
"""

import base64
import hmac
from collections.abc import Sequence

ID_BYTES, MAC_BYTES = 16, 10
TOKEN_LENGTH = 42


def encode_id(random: bytes) -> str:
    """128 random bits as 26 characters of lower-case base32: the form of every id that may be seen from outside."""
    return base64.b32encode(random).decode("ascii").rstrip("=").lower()


def mail_token(ident: str, purpose: str, key: bytes) -> str:
    """The token for `ident` (as `encode_id` makes it) that is good for `purpose` only."""
    raw = _decode(ident)
    return encode_id(raw + _mac(raw, purpose, key))


def read_mail_token(token: str, purpose: str, keys: Sequence[bytes]) -> str | None:
    """The id in a token, or None if it was not made by one of `keys` for this purpose. Never raises."""
    if len(token) != TOKEN_LENGTH or not token.isascii():
        return None
    try:
        raw = _decode(token.lower())
    except ValueError:
        return None
    ident, mac = raw[:ID_BYTES], raw[ID_BYTES:]
    if any(hmac.compare_digest(mac, _mac(ident, purpose, key)) for key in keys):
        return encode_id(ident)
    return None


def _mac(raw: bytes, purpose: str, key: bytes) -> bytes:
    return hmac.digest(key, purpose.encode() + b"\0" + raw, "sha256")[:MAC_BYTES]


def _decode(text: str) -> bytes:
    return base64.b32decode(text.upper() + "=" * (-len(text) % 8))
