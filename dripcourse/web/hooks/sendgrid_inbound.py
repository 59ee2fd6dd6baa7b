"""Mail that SendGrid's Inbound Parse posts to us: signed, or to an address that holds a secret. Stored before it is answered 2xx."""

import hmac
from collections.abc import Sequence

from flask import Blueprint, Response, request

from dripcourse.domain.incoming import HEAD_BYTES, MOST_BYTES
from dripcourse.services.delivery import webhook_keys
from dripcourse.services.delivery.webhook_keys import Hook
from dripcourse.services.incoming import store
from dripcourse.web.context import shell
from dripcourse.web.hooks.inbound_form import read_post
from dripcourse.web.hooks.signatures import Signature, refusal

inbound = Blueprint("inbound", __name__)

_PIECE = 2**16
_READ_BYTES = 2**31
"""No post is refused for its size, or a provider would drop it: of one that is too large the head is kept."""


@inbound.post("/hooks/sendgrid/inbound")
def by_signature() -> Response:
    """A signed post. 401 for what is forged; 503 without a key, or as long as a key of ours has never verified anything."""
    signature = Signature(request.headers)
    pieces, missing = _take(signature)
    keys = shell().parts.rules.inbound_keys
    return _answer(signature.by(keys), keys, pieces, missing)


@inbound.post("/hooks/sendgrid/inbound/<secret>")
def by_secret(secret: str) -> Response:
    """A post to the address with INBOUND_SECRET in it, for an account that cannot sign; answered likewise."""
    pieces, missing = _take(None)
    ours = shell().parts.rules.inbound_secret
    fits = hmac.compare_digest(secret.encode(), (ours or "").encode()) and ours is not None
    return _answer(ours if fits else None, [ours] if ours else [], pieces, missing)


def _take(signature: Signature | None) -> tuple[list[bytes], int]:
    """The body in pieces, and how many bytes at its end were too many to keep; a signature is fed with all of them."""
    request.max_content_length = _READ_BYTES
    pieces: list[bytes] = []
    size = 0
    while piece := request.stream.read(_PIECE):
        size += len(piece)
        if signature:
            signature.feed(piece)
        if size <= MOST_BYTES:
            pieces.append(piece)
        else:
            del pieces[HEAD_BYTES // _PIECE :]
    return pieces, size - sum(map(len, pieces))


def _answer(key: str | None, keys: Sequence[str], pieces: list[bytes], missing: int) -> Response:
    parts, now = shell().parts, shell().now
    if key is None:
        return refusal(parts, Hook.INBOUND, keys, now)
    arrival = read_post(pieces, request.headers.get("Content-Type", ""), missing=missing)
    pieces.clear()
    store.store(parts, arrival, now)
    webhook_keys.note_once(parts, Hook.INBOUND, key)
    return Response("", 200)
