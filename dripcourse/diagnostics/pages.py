"""The evidence for what the pages claim, asked of this installation's own app in this very process: nothing goes over a wire."""

import logging
import re
from collections.abc import Callable, Iterator

from flask import Flask
from werkzeug.test import TestResponse

from dripcourse.domain.course import Course
from dripcourse.domain.discretion import telling_words
from dripcourse.domain.finding import Finding, well, wrong

_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_POLICY = ("default-src 'none'", "form-action 'self'", "base-uri 'none'")
_LOADED = re.compile(
    r"<(?:img|script|link|iframe|source|video|audio|object|embed)\b[^>]*?\b(?:src|href|data)=\"([^\"]*)\"",
    re.IGNORECASE,
)
_CANARY = "a-token-that-must-not-leak"
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_DO = "See what changes the pages: a proxy before them, or your own words in COURSES_DIR."


def examine_pages(app: Flask, base_url: str, courses: list[Course]) -> Iterator[Finding]:
    """Cookies, headers, what is loaded from elsewhere, and what titles and addresses tell: of every kind of page that anybody can open."""
    covers = [course.cover for course in courses]
    paths = ["/", "/support", "/privacy", *(f"/{act}/{_CANARY}" for act in ("me", "leave", "confirm")), "/nothing"]
    paths += [path for cover in covers for path in (f"/c/{cover}", f"/c/{cover}/l/00")]
    client, log = app.test_client(), _Kept()
    logging.getLogger().addHandler(log)
    try:
        pages = {path: client.get(path, base_url=base_url) for path in paths}
    finally:
        logging.getLogger().removeHandler(log)
    told = [line for line in log.lines if _CANARY in line]
    claim = "No request leaves a token in the log"
    yield (
        wrong(claim, f"{len(told)} lines hold one", _DO) if told else well(claim, f"{len(paths)} pages were asked for")
    )
    yield _judged("Pages set no cookie", pages, _sets_cookie)
    yield _judged("Pages are not stored, and tell nobody where one came from", pages, _lacks_header)
    yield _judged("Pages load nothing from elsewhere", pages, _loads_elsewhere)
    titles = [text for course in courses for text in (course.title, course.slug.replace("-", " "))]

    def tells(page: TestResponse) -> bool:
        title = _TITLE.search(page.get_data(as_text=True))
        return title is not None and bool(telling_words(title[1], titles))

    yield _judged("Titles of pages do not say what the course is about", pages, tells)
    telling = [cover for cover in covers if telling_words(cover, titles)]
    claim = "Addresses of pages do not say what the course is about"
    if telling:
        yield wrong(claim, f"the cover {', '.join(telling)} does", "Choose another cover in course.toml.")
    else:
        yield well(claim, f"{len(covers)} covers were looked at")


class _Kept(logging.Handler):
    """Every line that a log would get."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def _judged(claim: str, pages: dict[str, TestResponse], fails: Callable[[TestResponse], bool]) -> Finding:
    faults = [path for path, page in pages.items() if fails(page)]
    if faults:
        return wrong(claim, f"not so at {', '.join(faults)}", _DO)
    return well(claim, f"{len(pages)} pages of this installation were opened")


def _sets_cookie(page: TestResponse) -> bool:
    return "Set-Cookie" in page.headers


def _lacks_header(page: TestResponse) -> bool:
    policy = page.headers.get("Content-Security-Policy", "")
    right = all(page.headers.get(name) == value for name, value in _HEADERS.items())
    return not right or not all(part in policy for part in _POLICY)


def _loads_elsewhere(page: TestResponse) -> bool:
    return any(
        not path.startswith("/") or path.startswith("//") for path in _LOADED.findall(page.get_data(as_text=True))
    )
