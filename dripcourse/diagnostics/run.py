"""`doctor`: every look at an installation, those beyond this machine with a limit on their time."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from dripcourse.bootstrap import ask_provider, is_real, open_parts
from dripcourse.diagnostics.dns import look_up
from dripcourse.diagnostics.outside import judge_address, judge_clock, judge_large_post
from dripcourse.diagnostics.reach import LARGE_BYTES, Reached, post, reach
from dripcourse.domain.finding import Finding, look, unseen, well
from dripcourse.services.diagnostics.installation import examine, other_clocks
from dripcourse.services.parts import Clock, Parts
from dripcourse.settings import OutboxUrl, Settings, doubts
from dripcourse.settings.urls import is_loopback

_BEATS = 10
_PATIENCE = 25.0
"""How many seconds each look beyond this machine may take."""
Seek = Callable[[], Iterable[Finding]]
Other = tuple[str, datetime, datetime]
"""(whose clock, our time, theirs)."""


def look_within(settings: Settings, clock: Clock, *, offline: bool) -> list[Finding]:
    """What can be seen from here."""
    found = [look("settings", doubt, "See docs/settings.md.") for doubt in doubts(settings)]
    outbox: dict[str, Path] = {"outbox": settings.mail_url.path} if isinstance(settings.mail_url, OutboxUrl) else {}
    with open_parts(settings) as parts:
        found += examine(
            parts,
            clock(),
            beat_within=timedelta(seconds=_BEATS * settings.tick_seconds),
            lately=timedelta(seconds=max(30, 3 * settings.tick_seconds)),
            folders=outbox,
        )
        if not offline:
            found += _outside(parts, settings, clock)
    return found


def _outside(parts: Parts, settings: Settings, clock: Clock) -> list[Finding]:
    """The pages as readers reach them, and what time the others have."""
    found: list[Finding] = []
    clocks: list[Other] = []
    base = urlsplit(settings.base_url)
    if base.scheme == "https" or not is_loopback(base.hostname or ""):
        found += in_time("address", lambda: _address(settings, clock, clocks))
    if is_real(clock):
        found += in_time("clock", lambda: judge_clock([*other_clocks(parts, clock), *clocks]))
    else:
        found.append(well("clock", "is driven (DRIPCOURSE_NOW), so nobody was asked"))
    return found


def reach_pages(settings: Settings) -> tuple[Reached, int | None]:
    """The pages as readers and a provider reach them: how they answer, and with what status a post as large as a reply with a photo."""
    return reach(settings.base_url), post(settings.base_url, "/hooks/sendgrid/inbound", LARGE_BYTES)


def _address(settings: Settings, clock: Clock, clocks: list[Other]) -> Iterable[Finding]:
    (reached, large), now = reach_pages(settings), clock()
    yield judge_large_post(large)
    if reached.date is not None:
        clocks.append(("that of BASE_URL", now, reached.date))
    yield from judge_address(settings.base_url, trouble=reached.trouble, ours=reached.ours, ends=reached.ends, now=now)


def look_beyond(settings: Settings) -> list[Finding]:
    """What the world's name servers and the mail provider say."""
    found = in_time("names", lambda: look_up(settings))
    return found + in_time("SendGrid", lambda: ask_provider(settings))


def in_time(about: str, seek: Seek, seconds: float = _PATIENCE) -> list[Finding]:
    """What a look beyond this machine found; if it takes too long, that it could not be looked at: a system's own resolver may hang."""
    ended: Future[list[Finding]] = Future()

    def run() -> None:
        try:
            ended.set_result(list(seek()))
        except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
            ended.set_exception(error)

    threading.Thread(target=run, daemon=True).start()  # which keeps nobody from ending
    try:
        return ended.result(seconds)
    except TimeoutError:
        return [unseen(about, "could not look: no answer in time", "Run this again where the net can be reached.")]
