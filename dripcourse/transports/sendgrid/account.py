"""Asking SendGrid's API how an account is set up. Only ever a GET: nothing is sent and nothing there is changed."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from dripcourse.domain.finding import Finding, well, wrong
from dripcourse.domain.mail import Mailbox, Outgoing
from dripcourse.transports.sendgrid import transport
from dripcourse.transports.sendgrid.audit import PLACES, Told
from dripcourse.transports.wire import NoAnswer, NotSent, Wire

EACH_SECONDS, ALL_SECONDS = 5.0, 20.0
"""How long one answer, and all of them together, may be waited for."""
_SWITCHES = 5
"""Open, click in HTML, click in text, subscription, Google: each said to be off."""


def ask(api_key: str, api_url: str, *, each: float = EACH_SECONDS, together: float = ALL_SECONDS) -> Mapping[str, Told]:
    """What the API says at each of `PLACES`; status 0 for what it did not say in time. Whoever does not answer once is not asked on."""
    wire = Wire(api_url, timeout_seconds=each)
    headers = {"Authorization": f"Bearer {api_key}", "Accept": "application/json"}
    told: dict[str, Told] = {}
    until = monotonic() + together
    try:
        for name, path in PLACES.items():
            if monotonic() > until:
                break
            answer = wire.get(path, headers)
            told[name] = Told(answer.status, _json(answer.body))
    except (NotSent, NoAnswer):
        pass  # what was told until now is told
    finally:
        wire.close()
    return {name: told.get(name, Told(0)) for name in PLACES}


def told_of_a_mail() -> Finding:
    """What the provider is told with a mail: one is written as it would be sent, and looked at. Nothing is sent."""
    mail = Outgoing(
        delivery="a" * 26,
        fence=1,
        sender=Mailbox("letters@example.org"),
        to="somebody@example.org",
        subject="-",
        text="-",
        html=None,
        message_id="<a@example.org>",
        date=datetime(2026, 1, 1, tzinfo=UTC),
    )
    request = json.loads(transport.request_body(mail))
    switches = [value for each in request.get("tracking_settings", {}).values() for value in each.values()]
    faults = [name for name in ("categories", "asm", "custom_args", "batch_id") if name in request]
    if len(switches) < _SWITCHES or any(switches):
        faults.append("tracking that is not switched off")
    if request["personalizations"][0].get("custom_args") != {"d": f"{mail.delivery}.{mail.fence}"}:
        faults.append("more than the random id")
    claim = "The mail provider is told to track nothing, and of ours one random id"
    if faults:
        return wrong(claim, f"a mail would carry {', '.join(faults)}", "Tell whoever maintains dripcourse.")
    return well(claim, "a mail was written as it would be sent: four trackers off, one random id, no category")


def _json(body: bytes | None) -> Any:  # noqa: ANN401 - whatever the API says
    try:
        return json.loads(body or b"")
    except ValueError:
        return None
