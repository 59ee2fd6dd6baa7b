"""Authentication-Results headers (RFC 8601), read and not believed: whose word counts is for the service to say. Never raises."""

import re
from collections.abc import Iterator, Sequence

from dripcourse.inbound.mime.values import without_comments
from dripcourse.inbound.verdicts.verdict import AuthenticationResult

MOST_RESULTS = 100
_PIECE = re.compile(r"\"(?:[^\"\\]|\\.)*\"?|[^\";]+|;", re.DOTALL)
_PAIR = re.compile(r"([a-z0-9_.-]+)\s*=\s*(\"(?:[^\"\\]|\\.)*\"?|[^\s;\"]+)", re.IGNORECASE | re.DOTALL)
_AUTHSERV_ID = re.compile(r"\s*(\"(?:[^\"\\]|\\.)*\"?|[^\s/]+)", re.DOTALL)
_DOT = re.compile(r"(?<=[a-zA-Z0-9])\s+\.\s+(?=[a-zA-Z0-9])")
_VERSION = re.compile(r"/\s*\d+")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def results_in(values: Sequence[str]) -> tuple[AuthenticationResult, ...]:
    """Every method's result, in the order in which the headers stand: the topmost was added last."""
    return tuple(result for _, result in zip(range(MOST_RESULTS), _all(values), strict=False))


def _all(values: Sequence[str]) -> Iterator[AuthenticationResult]:
    for value in values:
        first, *rest = _statements(without_comments(value))
        named = _AUTHSERV_ID.match(first)
        if named is None or "=" in named[1].partition('"')[0]:
            continue  # no authserv-id: nobody says it
        authserv_id = _unquoted(named[1]).lower()
        for statement in rest:
            plain = _DOT.sub(".", _VERSION.sub("", statement))
            pairs = [(name.lower(), _unquoted(text)) for name, text in _PAIR.findall(plain)]
            if pairs:
                (method, result), *properties = pairs
                yield AuthenticationResult(authserv_id, method, result.lower(), dict(reversed(properties)))


def _statements(value: str) -> list[str]:
    """What stands between semicolons that are not in quotes."""
    found = [""]
    for piece in _PIECE.findall(value):
        if piece == ";":
            found.append("")
        else:
            found[-1] += piece
    return found


def _unquoted(text: str) -> str:
    return _ESCAPE.sub(r"\1", text[1:].removesuffix('"')) if text.startswith('"') else text
