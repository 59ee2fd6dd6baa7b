"""What no answer may be, whatever was asked."""

import logging
import re
import sys
import traceback
from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import Flask

from tests.web.fuzz.ground import CANARY

MUST = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
MAY_BE_AWAY = ("/readyz", "/hooks/sendgrid/")
"""The rules by which 503 is an answer that the documents name: nobody ticks, or no key has verified anything yet."""
_ECHO = re.compile(rb"mkq[\"']|<zz")
_INSIDE = (b"Traceback (most", b'File "/', b"werkzeug", b"sqlalchemy", b"jinja2.", b"psycopg", b"sqlite3")


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


@dataclass
class Ears(logging.Handler):
    """Hears everything that is logged, at every level, and what was being raised meanwhile."""

    heard: list[str] = field(default_factory=list)
    raised: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(logging.DEBUG)

    def __hash__(self) -> int:
        return id(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage())
        if record.levelno >= logging.ERROR and sys.exception() is not None:
            self.raised.append(traceback.format_exc())


def ask(app: Flask, environ: dict[str, object]) -> Answer:
    """Call the app as a server does."""
    begun: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]], _wrong: object = None) -> object:
        begun.append((status, headers))
        return None

    pieces = app(environ, start)
    try:
        body = b"".join(pieces)
    finally:
        close = getattr(pieces, "close", None)
        if close:
            close()
    status, headers = begun[-1]
    return Answer(int(status[:3]), headers, body)


def wrong_with(answer: Answer, said: Iterable[str] = ()) -> list[str]:
    """What is wrong with an answer, and with what was logged meanwhile; nothing, if all is well."""
    headers = {name.lower(): value for name, value in answer.headers}
    found = []
    if answer.status >= 500:
        found.append(f"status {answer.status}")
    found += [f"no {name}" for name, value in MUST.items() if headers.get(name.lower()) != value]
    policy = headers.get("content-security-policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy:
        found.append("no policy")
    if headers.get("cache-control") != "no-store" and "immutable" not in headers.get("cache-control", ""):
        found.append("may be stored")
    if "set-cookie" in headers:
        found.append("a cookie")
    where = headers.get("location", "/")
    if not where.startswith("/") or where.startswith("//") or "\\" in where:
        found.append("leads elsewhere")
    if any("\r" in value or "\n" in value for _, value in answer.headers):
        found.append("a header in two lines")
    if headers.get("content-type", "").startswith("text/html") and _ECHO.search(answer.body):
        found.append("an echo that is not escaped")
    found += [f"shows {word.decode()}" for word in _INSIDE if word in answer.body]
    if CANARY.encode() in answer.body:
        found.append("shows what a reader wrote")
    found += [f"logs {word}" for word in (CANARY, "mkq", "@example.org") if any(word in line for line in said)]
    return found
