"""Transfer encodings (RFC 2045 6), and what programs that knew no MIME did instead. Never raises; broken input gives what can be had."""

import re
from binascii import Error, a2b_base64, a2b_qp, a2b_uu

_NOT_BASE64 = bytes(byte for byte in range(256) if not (chr(byte).isascii() and (chr(byte).isalnum() or byte in b"+/")))
_PADDING = re.compile(rb"=+")
_PIECES = 1_000
_UU_BEGIN = re.compile(r"^begin(?:-base64)? [0-7]{3,4} \S.*$", re.MULTILINE)
_UU_END = re.compile(r"^(?:end|====)[ \t]*$", re.MULTILINE)


def decoded(data: bytes, encoding: str, limit: int) -> bytes:
    """At most `limit` bytes of what was encoded; of the input only as much is looked at as that takes."""
    match encoding.strip().lower():
        case "base64" | "b":
            return _base64(data[: limit * 2])[:limit]
        case "quoted-printable" | "quoted_printable" | "q":
            return _quoted_printable(data[: limit * 3])[:limit]
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            return _uuencoded(data[: limit * 2])[:limit]
    return bytes(data[:limit])


def _base64(data: bytes) -> bytes:
    """Base64 with anything else between its digits left out. Several pieces joined each keep their padding, so each ends there."""
    whole = bytearray()
    for piece in _PADDING.split(data, _PIECES):
        digits = piece.translate(None, _NOT_BASE64)
        if len(digits) % 4 == 1:
            digits = digits[:-1]
        whole += a2b_base64(digits + b"=" * (-len(digits) % 4))
    return bytes(whole)


def _quoted_printable(data: bytes) -> bytes:
    """Spaces that a server hung on at a line's end are no part of it (RFC 2045 6.7, rule 3)."""
    return a2b_qp(b"\n".join(line.rstrip(b" \t\r") for line in data.split(b"\n")))


def _uuencoded(data: bytes) -> bytes:
    whole = bytearray()
    for line in data.split(b"\n"):
        if line.startswith((b"begin ", b"end")):
            continue
        try:
            whole += a2b_uu(line)
        except Error:
            continue
    return bytes(whole)


def without_uuencoded(text: str) -> tuple[str, int]:
    """A text without the files that stand in it by uuencode, and how many they were."""
    kept, place, count = [], 0, 0
    while begin := _UU_BEGIN.search(text, place):
        end = _UU_END.search(text, begin.end())
        if end is None:
            break
        kept.append(text[place : begin.start()])
        place, count = end.end() + 1, count + 1
    return "".join([*kept, text[place:]]) if count else text, count
