"""Asking SendGrid's API how an account is set up. Only ever a GET: nothing is sent and nothing there is changed."""

import json
from collections.abc import Mapping
from time import monotonic
from typing import Any

from dripcourse.domain.account import PLACES, Told
from dripcourse.transports.wire import NoAnswer, NotSent, Wire

EACH_SECONDS, ALL_SECONDS = 5.0, 20.0
"""How long one answer, and all of them together, may be waited for."""


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


def _json(body: bytes | None) -> Any:  # noqa: ANN401 - whatever the API says
    try:
        return json.loads(body or b"")
    except ValueError:
        return None
