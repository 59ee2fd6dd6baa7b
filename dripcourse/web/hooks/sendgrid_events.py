"""What providers post to us. Nothing is believed before its signature is verified, over the very bytes that came."""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, request

from dripcourse.domain.events import Event, Told
from dripcourse.services.delivery import event_store
from dripcourse.services.delivery.webhook_keys import Hook
from dripcourse.services.incoming import bounces
from dripcourse.web.context import shell
from dripcourse.web.hooks.signatures import refusal, verified_by

log = logging.getLogger(__name__)

webhooks = Blueprint("webhooks", __name__)

MOST_BYTES = 16 * 2**20
"""A post holds a few thousand events at most."""
_ARGUMENT = re.compile(r"([a-z2-7]{26})\.([0-9]{1,9})")
_KINDS: Mapping[str, Told] = {
    "processed": Told.PROCESSED,
    "deferred": Told.DEFERRED,
    "delivered": Told.DELIVERED,
    "spamreport": Told.COMPLAINT,
    "unsubscribe": Told.ASKED,
    "group_unsubscribe": Told.ASKED,
}
_DROPS: Mapping[str, Told] = {
    "Spam Reporting Address": Told.DROPPED_COMPLAINT,
    "Unsubscribed Address": Told.DROPPED_ASKED,
}


@webhooks.post("/hooks/sendgrid/events")
def sendgrid_events() -> Response:
    """SendGrid's signed events: answered 2xx only once they are stored, handled by the next tick.

    401 for what is forged. As long as a key of ours has never verified anything, the fault may be ours: 503, and the provider
    tries again for a day.
    """
    request.max_content_length = MOST_BYTES
    body = request.get_data(cache=False)
    parts, now = shell().parts, shell().now
    keys = parts.rules.event_keys
    key = verified_by(keys, body, request.headers)
    if key is None:
        return refusal(parts, Hook.EVENTS, keys, now)
    event_store.store(parts, list(read_events(body, now)), key, now)
    return Response("", 204)


def read_events(body: bytes, now: datetime) -> Iterator[Event]:
    """The events in a verified post that are about sendings of ours; whatever else is in it is passed over."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        log.warning("a signed post held no events")
        return
    for each in told if isinstance(told, list) else ():
        event = _read(each, now) if isinstance(each, dict) else None
        if event is not None:
            yield event


def _read(told: Mapping[str, Any], now: datetime) -> Event | None:
    argument, kind = _ARGUMENT.fullmatch(_text(told, "d")), _kind(told)
    if argument is None or kind is None:
        return None
    ident = _text(told, "sg_event_id")
    if not 0 < len(ident) <= 128:
        ident = sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    return Event(ident, argument[1], int(argument[2]), kind, _detail(told), _instant(told, now))


def _kind(told: Mapping[str, Any]) -> Told | None:
    match _text(told, "event"):
        case "bounce" | "blocked" | "expired" as name:
            # what is blocked or expired is said of one sending, whatever its code
            may_end = name == "bounce" and _text(told, "type") not in ("blocked", "expired")
            return bounces.kind_of(_text(told, "status"), _text(told, "reason"), may_end=may_end)
        case "dropped":
            return _DROPS.get(_text(told, "reason"), Told.DROPPED)
        case name:
            return _KINDS.get(name)


def _detail(told: Mapping[str, Any]) -> str:
    """What the other side said; whoever stores it takes the addresses out."""
    return _text(told, "reason") or _text(told, "response") or _text(told, "status")


def _text(told: Mapping[str, Any], name: str) -> str:
    """A field as a text that every database takes."""
    value = told.get(name)
    return value.replace("\0", "").encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _instant(told: Mapping[str, Any], now: datetime) -> datetime:
    try:
        return min(datetime.fromtimestamp(int(told.get("timestamp", "")), UTC), now)
    except (ValueError, TypeError, OverflowError, OSError):
        return now
