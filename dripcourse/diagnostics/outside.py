"""What an installation looks like from outside, judged: its address, its certificate, and whether others have the same time."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from dripcourse.domain.clock_skew import disagrees, how_far
from dripcourse.domain.finding import Finding, look, unseen, well, wrong

RENEW_WITHIN = timedelta(days=14)
"""A certificate that ends sooner should have been renewed by now."""
_TOO_LARGE, _OURS = 413, (200, 400, 401, 403, 503)


def judge_address(url: str, *, trouble: str, ours: bool, ends: datetime | None, now: datetime) -> Iterator[Finding]:
    """Findings about BASE_URL, as it was reached."""
    about = "address"
    if "certificate" in trouble:
        why = "A reader's browser warns and turns back."
        yield wrong(about, f"{url}: {trouble}", "Renew the certificate, or mend its name.", why)
    elif trouble:
        yield unseen(
            about, f"could not look at {url}: {trouble}", "Run this again where readers' pages can be reached."
        )
    elif not ours:
        do = "Look where BASE_URL points, and what the proxy before it does."
        yield wrong(about, f"{url} answers, but not as these pages do", do, "Every link in every mail leads there.")
    elif ends is not None and ends < now + RENEW_WITHIN:
        left = max((ends - now).days, 0)
        yield look(about, f"the certificate of {url} ends in {left} days", "See why it is not renewed by itself.")
    else:
        yield well(about, f"{url} answers as these pages do{', with a good certificate' if ends else ''}")


def judge_large_post(status: int | None) -> Finding:
    """A finding about a post of 2 MB to /hooks/, by the status that answered it: 401 and 503 are ours, to what is not signed."""
    about, much = "hooks", "a post of 2 MB, as a reply with a photo is"
    if status == _TOO_LARGE:
        do = "In nginx: client_max_body_size 40m; for /hooks/ (docs/running-it.md has the whole block)."
        return wrong(
            about, f"the proxy refuses {much} (413)", do, "The provider does not send such a reply again: it is lost."
        )
    if status in _OURS:
        return well(about, f"{much}, reaches these pages")
    return unseen(about, f"{much}, was answered {status or 'not at all'}", "Look at the proxy before these pages.")


def judge_clock(others: list[tuple[str, datetime, datetime]]) -> Iterator[Finding]:
    """Findings about this machine's clock: (whose, our time, theirs), each pair read at nearly the same moment."""
    apart = [f"{how_far(ours, theirs)} {whose}" for whose, ours, theirs in others if disagrees(ours, theirs)]
    if apart:
        why = "A clock that is minutes out sends early, or promises falsely."
        yield wrong(
            "clock", f"this machine's clock is {' and '.join(apart)}", "Let it be set by a time server (NTP).", why
        )
    elif others:
        yield well("clock", f"agrees with {', '.join(whose for whose, _, _ in others)}")
    else:
        yield unseen("clock", "nobody could be asked what time it is")
