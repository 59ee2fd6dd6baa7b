"""A message made again from the pieces that a provider took it apart into (RFC 2045, 2046). Always the same one from the same pieces."""

import re
from base64 import encodebytes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote

from werkzeug.http import parse_options_header

_BREAK = re.compile(rb"\r\n|\r|\n")
_TYPE = re.compile(r"[a-z0-9][a-z0-9.+_-]{0,60}/[a-z0-9][a-z0-9.+_-]{0,80}")
_WORD = re.compile(r"[A-Za-z0-9._-]{1,60}")
_OF_THE_BODY = (b"content-", b"mime-version")
"""Headers that describe a body which came in other pieces."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part's bytes and what they are; `filename` if it was attached."""

    content_type: str
    data: bytes
    charset: str = ""
    filename: str = ""


def remade(headers: bytes, spoken: Mapping[str, str], bodies: Sequence[Piece], attached: Sequence[Piece]) -> bytes:
    """The message: its `headers` as they came, those in `spoken` that are not among them, then the bodies and what was attached."""
    fields = _fields(headers)
    names = {each.partition(b":")[0].strip().lower() for each in fields}
    kept = [each for each in fields if not each.lower().startswith(_OF_THE_BODY)]
    kept += [f"{name}: {text}".encode() for name, text in spoken.items() if name.lower().encode() not in names and text]
    was, options = _type_of(fields)
    flow = "".join(f"; {name}={options[name]}" for name in ("format", "delsp") if _is_word(options.get(name)))
    leaves = [_leaf(each, flow if was == "text/plain" and each.content_type == was else "") for each in bodies]
    entity = leaves[0] if len(leaves) == 1 else _multipart("alternative", leaves) if leaves else b""
    if attached or not entity:
        # a report (RFC 6522) is told by its type, and its parts are what was attached
        report = f"report; report-type={options['report-type']}" if _is_word(options.get("report-type")) else "report"
        subtype = report if was == "multipart/report" else "mixed"
        entity = _multipart(subtype, [entity or _leaf(Piece("text/plain", b"", "utf-8")), *map(_leaf, attached)])
    return b"\r\n".join([*kept, b"MIME-Version: 1.0", entity])


def _fields(headers: bytes) -> list[bytes]:
    """The header fields, each with its folded lines; lines that are none, which would end the headers, are left out."""
    found: list[bytes] = []
    for line in _BREAK.split(headers):
        if line[:1] in (b" ", b"\t"):
            if found and line.strip():
                found[-1] += b"\r\n" + line
        elif b":" in line:
            found.append(line)
    return found


def _type_of(fields: Sequence[bytes]) -> tuple[str, dict[str, str]]:
    for each in fields:
        name, _, value = each.partition(b":")
        if name.strip().lower() == b"content-type":
            kind, options = parse_options_header(" ".join(value.decode("latin-1").split()))
            return kind.lower(), options
    return "", {}


def _is_word(text: str | None) -> bool:
    return text is not None and _WORD.fullmatch(text) is not None


def _leaf(piece: Piece, more: str = "") -> bytes:
    """One part with its headers. A message in it stands as it is (RFC 2046 5.2.1); all else is base64, which keeps every byte."""
    kind = piece.content_type.lower()
    kind = kind if _TYPE.fullmatch(kind) and not kind.startswith("multipart/") else "application/octet-stream"
    charset = f'; charset="{piece.charset}"' if piece.charset else ""
    head = [f"Content-Type: {kind}{charset}{more}"]
    if piece.filename:
        head.append(f"Content-Disposition: attachment; filename*=UTF-8''{quote(piece.filename, errors='replace')}")
    is_message = kind.startswith("message/")
    head.append(f"Content-Transfer-Encoding: {'8bit' if is_message else 'base64'}")
    body = piece.data if is_message else encodebytes(piece.data).replace(b"\n", b"\r\n")
    return "\r\n".join([*head, "", ""]).encode() + body


def _multipart(subtype: str, entities: Sequence[bytes]) -> bytes:
    digest = sha256()
    for each in entities:
        digest.update(each)
    boundary = f"=_{digest.hexdigest()[:32]}"
    line = f"--{boundary}".encode()
    pieces = [f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n'.encode()]
    for each in entities:
        pieces += [line, each]
    return b"\r\n".join([*pieces, line + b"--", b""])
