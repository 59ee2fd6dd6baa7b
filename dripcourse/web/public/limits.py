"""How many sign-ups at once. Clients are told apart by a digest that only this process can make and never writes down."""

import hmac
import os
from typing import cast

from flask import Flask, request
from flask.typing import RouteCallable
from flask_limiter import Limiter

from dripcourse.domain.client import client_address, network

FROM_THE_PAGE = "20/minute;120/hour"
FROM_ELSEWHERE = "10/minute;60/hour"
"""For posts without a form's token: programs, and pages that are not ours."""
ALTOGETHER = "240/minute;4000/hour"


def limit_signups(app: Flask, *endpoints: str) -> None:
    """Put limits, one for all of them together, before the views that take an address to write to. What is refused answers 429 and stores nothing."""
    secret = os.urandom(32)
    limiter = Limiter(lambda: _client(secret), app=app, storage_uri="memory://", strategy="moving-window")
    each = limiter.limit(_for_this_post, exempt_when=_is_this_machine)
    everybody = limiter.shared_limit(ALTOGETHER, scope="sign-ups", key_func=lambda: "everybody")
    for endpoint in endpoints:
        app.view_functions[endpoint] = cast(RouteCallable, everybody(each(app.view_functions[endpoint])))


def _for_this_post() -> str:
    return FROM_THE_PAGE if request.form.get("token") else FROM_ELSEWHERE


def _is_this_machine() -> bool:
    """A client at loopback is the host, or a proxy that TRUSTED_PROXIES does not name, behind which all readers look alike."""
    found = client_address(request.remote_addr or "")
    return found is not None and found.is_loopback


def _client(secret: bytes) -> str:
    return hmac.digest(secret, network(request.remote_addr or "").encode(), "sha256").hex()
