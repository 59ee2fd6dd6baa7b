"""What machines ask: is it alive, can it work. Plain lines, without an address in them."""

from flask import Blueprint, Response

from dripcourse.services.diagnostics.health import Check, readiness
from dripcourse.web.context import shell

health = Blueprint("health", __name__)


@health.get("/healthz")
def healthz() -> Response:
    """This process answers."""
    return _lines("ok\n", 200)


@health.get("/readyz")
def readyz() -> Response:
    """200 if everything that must be so is so; else 503. A line for each."""
    checks = readiness(shell().parts, shell().now, beat_within=shell().beat_within)
    if trouble := shell().trouble():
        checks.append(Check("tick", ok=False, says=f"could not do its work: {trouble}"))
    lines = "".join(f"{'ok' if each.ok else 'NOT OK'}: {each.name} {each.says}\n" for each in checks)
    return _lines(lines, 200 if all(each.ok for each in checks) else 503)


def _lines(text: str, status: int) -> Response:
    return Response(text, status, mimetype="text/plain")
