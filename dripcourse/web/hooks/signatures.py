"""The signature of what SendGrid posts, verified over the very bytes that came, before anything else is made of them."""

import logging
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from flask import Response
from sendgrid.helpers.eventwebhook import EventWebhook, EventWebhookHeader
from werkzeug.datastructures import Headers

from dripcourse.services import incidents
from dripcourse.services.delivery import webhook_keys
from dripcourse.services.delivery.webhook_keys import Hook
from dripcourse.services.parts import Parts

log = logging.getLogger(__name__)

_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SETTINGS = {Hook.EVENTS: "SENDGRID_EVENT_PUBLIC_KEY", Hook.INBOUND: "SENDGRID_INBOUND_PUBLIC_KEY or INBOUND_SECRET"}


class Signature:
    """The signature of one post, fed with its body in pieces, of any bytes."""

    def __init__(self, headers: Headers) -> None:
        self._signature = headers.get(EventWebhookHeader.SIGNATURE, "")
        timestamp = headers.get(EventWebhookHeader.TIMESTAMP, "")
        self._may_be = _is_canonical(self._signature) and _TIMESTAMP.fullmatch(timestamp) is not None
        self._digest = sha256(timestamp.encode("utf-8", "replace"))
        self._begun = False

    def feed(self, piece: bytes) -> None:
        """Take the next bytes of the body."""
        if piece and not self._begun:
            # what is signed is both in one: digits and then a list or a form, or a digit could change sides
            self._begun, self._may_be = True, self._may_be and not piece[:1].isdigit()
        self._digest.update(piece)

    def by(self, keys: Sequence[str]) -> str | None:
        """The first of these keys that it was made with, or None. Every key is tried, so that none shows by the time it takes."""
        if not self._may_be:
            return None
        signature, digest = b64decode(self._signature), self._digest.digest()
        found = [key for key in keys if _verifies(key, signature, digest)]
        return found[0] if found else None


def verified_by(keys: Sequence[str], body: bytes, headers: Headers) -> str | None:
    """The first of these keys that a post was signed for, or None."""
    signature = Signature(headers)
    signature.feed(body)
    return signature.by(keys)


def refusal(parts: Parts, hook: Hook, keys: Sequence[str], now: datetime) -> Response:
    """The answer to what none of `keys` verified: 401 if it must be forged, 503 as long as the fault may be ours."""
    if webhook_keys.all_proven(parts, hook, keys):
        return Response("", 401)
    says = f"a post of SendGrid's could not be verified: is {_SETTINGS[hook]} what it has?"
    log.warning("%s", says)
    incidents.note(parts, hook.value, says, now)
    return Response("", 503)


def _is_canonical(signature: str) -> bool:
    """Whether it is base64, and the only way to write it: the library's own reading passes over what it does not know."""
    try:
        return bool(signature) and b64encode(b64decode(signature, validate=True)).decode() == signature
    except ValueError:
        return False


def _verifies(key: str, signature: bytes, digest: bytes) -> bool:
    try:
        # the library reads the key; its own verifying wants a text, which a form with mail in it is not
        EventWebhook(key).public_key.verify(signature, digest, ECDSA(Prehashed(SHA256())))
    except InvalidSignature:
        return False
    return True
