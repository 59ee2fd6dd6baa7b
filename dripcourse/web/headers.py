"""The headers of every answer: nothing from elsewhere, nothing kept, nothing told onwards, and no cookie."""

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256

from flask import Flask, Response, request

_FEATURES = ("accelerometer", "camera", "geolocation", "gyroscope", "microphone", "payment", "usb", "browsing-topics")


def add_headers(app: Flask, *, scripts: Iterable[str], frame_ancestors: str, tls: bool) -> None:
    """Give every answer of an app its headers. Only these very `scripts` may run. With `tls` readers come by HTTPS, and always will."""
    hashes = " ".join(f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts)
    always = {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'self'; img-src 'self'; script-src {hashes}; form-action 'self';"
            f" base-uri 'none'; frame-ancestors {frame_ancestors}"
        ),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _FEATURES),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if tls:  # for this host alone: what else lives below its name is not ours to decide (RFC 6797 6.1.2)
        always["Strict-Transport-Security"] = "max-age=31536000"

    def add(response: Response) -> Response:
        response.headers.update(always)
        if request.endpoint == "static" and response.status_code in (200, 304):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"  # its address names its version
        else:
            response.headers["Cache-Control"] = "no-store"
            response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response

    app.after_request(add)
