"""What the API answers, in its own shapes."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from dripcourse.fakes.rules import Wrong
from dripcourse.fakes.script import Manner


@dataclass(frozen=True, slots=True)
class Reply:
    """What to answer, and how: at once, after `seconds`, by half, or not at all."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    manner: Manner = Manner.ACCEPT
    seconds: float = 0.0


def refused(status: int, now: datetime, *wrong: Wrong) -> Reply:
    """A refusal in the provider's error shape; a gateway's answer is another's page."""
    if status in (502, 504):
        return Reply(status, {"Content-Type": "text/html"}, b"<html><body>Bad gateway</body></html>")
    errors = [asdict(each) | {"help": None} for each in wrong]
    return Reply(status, _limits(now, 599), json.dumps({"errors": errors}).encode())


def limited(until: datetime) -> Reply:
    """The rate limit is reached, until an instant."""
    body = json.dumps({"errors": [{"field": None, "message": "too many requests"}]}).encode()
    return Reply(429, _limits(until, 0), body)


def _limits(reset: datetime, remaining: int) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "X-RateLimit-Limit": "600",
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": str(int(reset.timestamp())),
    }
