"""What stands in a header's value: encoded words, parameters, addresses, ids. All tolerant, all linear in the value, none raises."""

import re
from binascii import a2b_hex
from collections.abc import Iterator, Mapping

from dripcourse.inbound.mime.charset import decode, safe_line
from dripcourse.inbound.mime.transfer import decoded

_WORD = re.compile(r"=\?([^?\s]{1,64}?)(?:\*[^?\s]{0,32})?\?([bBqQ])\?([^?]*)\?=")
_BETWEEN = re.compile(r"\s*\Z")
_TOKEN = re.compile(r"\"(?:[^\"\\]|\\.)*\"?|[^\s;=\"()]+|[;=]|[()]|\s+", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_PIECE = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*?)\Z")
_ID = re.compile(r"<([^<>\s]{1,512})>")
_BARE_ID = re.compile(r"[^<>\s,;\"()]{1,400}@[^<>\s,;\"()]{1,255}")
_ADDRESS_PIECE = re.compile(r"\"(?:[^\"\\]|\\.)*\"?|<[^<>]*>?|[(),;:]|[^\"<(),;:]+", re.DOTALL)
_SPEC = re.compile(r"(\"(?:[^\"\\\s]|\\.)+\"|[^\s@<>()\[\],;:\"\\]+)@([^\s@<>(),;:\"\\]+)\Z")
_ROUTE = re.compile(r"@[^:]*:")

MOST_PIECES = 2_000
"""So many tokens, addresses or ids of one value are read; the rest is not looked at."""


def words_of(value: str) -> str:
    """A value as a person sees it: encoded words (RFC 2047) decoded, one line. Neighbours with one charset are joined before they
    are decoded, since programs cut in the middle of a character."""
    pieces: list[str] = []
    pending, charset, place = b"", "", 0
    for word in _WORD.finditer(value):
        gap = value[place : word.start()]
        label, kind, text = word[1].lower(), word[2].lower(), word[3]
        if pending and (label != charset or not _BETWEEN.match(gap)):
            pieces.append(decode(pending, charset))
            pending = b""
        if not (place and _BETWEEN.match(gap)):
            pieces.append(gap)
        data = text.encode("utf-8", "replace")
        pending += decoded(data.replace(b"_", b" ") if kind == "q" else data, kind, len(data))
        charset, place = label, word.end()
    pieces += [decode(pending, charset), value[place:]] if pending or place else [value]
    return safe_line("".join(pieces))


def without_comments(value: str) -> str:
    """A structured value without what stands in round brackets, however deep (RFC 5322 3.2.2); a bracket in quotes is no comment."""
    if "(" not in value:
        return value
    kept: list[str] = []
    depth = 0
    for token in re.finditer(r"\"(?:[^\"\\]|\\.)*\"?|\\.|[()]|[^\"\\()]+|\\", value, re.DOTALL):
        if token[0] == "(":
            depth += 1
        elif token[0] == ")":
            depth = max(0, depth - 1)
            kept.append(" ")
        elif not depth:
            kept.append(token[0])
    return "".join(kept)


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """The first word in lower case and the parameters by name, of Content-Type and its like (RFC 2045 5.1, RFC 2231)."""
    first, _, rest = without_comments(value[:16_384]).partition(";")
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, text in _pairs(rest):
        found = _PIECE.match(name)
        if found and (found[2] is not None or found[3]):
            pieces.setdefault(found[1], {}).setdefault(int(found[2] or 0), (text, bool(found[3])))
        else:
            plain.setdefault(name, words_of(text) if "=?" in text else safe_line(text))
    for name, numbered in pieces.items():
        plain[name] = _joined(numbered)
    return "".join(first.split()).lower(), plain


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """`name=value` between semicolons; a value that nobody quoted may hold spaces and further `=`, as many programs write it."""
    name, value, after_sign = "", "", False
    for count, token in enumerate(_TOKEN.finditer(text)):
        if count > MOST_PIECES:
            return
        each = token[0]
        if each == ";":
            if name and after_sign:
                yield name.strip().lower(), value.strip()
            name, value, after_sign = "", "", False
        elif each == "=" and not after_sign:
            after_sign = True
        elif after_sign:
            value += _unquoted(each)
        else:
            name += each
    if name and after_sign:
        yield name.strip().lower(), value.strip()


def _unquoted(token: str) -> str:
    return _ESCAPE.sub(r"\1", token[1:].removesuffix('"')) if token.startswith('"') else token


def _joined(numbered: Mapping[int, tuple[str, bool]]) -> str:
    """RFC 2231 3 and 4: the charset stands once, before the first piece."""
    charset, whole = "", b""
    for number in sorted(numbered):
        text, is_encoded = numbered[number]
        if number == 0 and is_encoded and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        data = text.encode("utf-8", "replace")
        whole += _PERCENT.sub(lambda found: a2b_hex(found[1]), data) if is_encoded else data
    return safe_line(decode(whole, charset))


def ids(value: str) -> tuple[str, ...]:
    """The message ids in a value, without their angle brackets, each once, in order; bare ones too, as some programs write them."""
    found = [match[1] for _, match in zip(range(MOST_PIECES), _ID.finditer(value), strict=False)]
    return tuple(dict.fromkeys(found or _BARE_ID.findall(value[:4_096])[:100]))


def addresses(value: str) -> tuple[str, ...]:
    """The addr-specs of an address list (RFC 5322 3.4), domains in lower case; names, comments and groups' names are left out."""
    found: list[str] = []
    before, angle, depth = "", "", 0
    for count, token in enumerate(_ADDRESS_PIECE.finditer(value)):
        each = token[0]
        if count > MOST_PIECES:
            break
        if each in ("(", ")"):
            depth = max(0, depth + (1 if each == "(" else -1))
        elif depth:
            continue
        elif each in (",", ";"):
            found.append(angle or before)
            before, angle = "", ""
        elif each == ":":
            before = ""
        elif each.startswith("<"):
            angle = angle or _ROUTE.sub("", each.strip("<> \t"), count=1)
        else:
            before += each
    found.append(angle or before)
    return tuple(dict.fromkeys(spec for each in found if (spec := addr_spec(each))))


def addr_spec(text: str) -> str:
    """One addr-spec with its domain in lower case; '' if the text is none."""
    found = _SPEC.match(text.strip()) if len(text) < 1_000 else None
    return f"{found[1]}@{found[2].lower().rstrip('.')}" if found else ""
