"""The page behind "Was that you?": what was written from another address, and one press to say so. Opening it changes nothing."""

from flask import Blueprint, Response, request

from dripcourse.services.incoming import quarantine
from dripcourse.web.context import page, shell

waiting = Blueprint("waiting", __name__)


@waiting.get("/was-it-you/<token>")
def show(token: str) -> Response:
    """What waits, by its hour and its sender's first letter; none of its words."""
    return _page(token)


@waiting.post("/was-it-you/<token>")
def answer(token: str) -> Response:
    """It was me, or it was not. Harmless if repeated."""
    parts, ident, said = shell().parts, request.form.get("id", ""), request.form.get("was")
    if said == "me":
        quarantine.accept(parts, token, ident, shell().now)
    elif said == "not":
        quarantine.refuse(parts, token, ident)
    return _page(token, done=said)


def _page(token: str, *, done: str | None = None) -> Response:
    parts = shell().parts
    found = quarantine.look(parts, token)
    times = [each.at.astimezone(found.tz) for each in found.waiting]
    return page(
        "waiting.html",
        parts.library.find(found.course),
        waiting=list(zip(found.waiting, times, strict=True)),
        done=done,
    )
