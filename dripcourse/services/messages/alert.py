"""What the mail to HOST_EMAIL says: kept sealed in its row until it goes."""

import json
from collections.abc import Sequence
from datetime import datetime

from dripcourse.content.render import Rendered
from dripcourse.db.models import Delivery
from dripcourse.domain.errors import NotFound
from dripcourse.domain.need import Need, utc
from dripcourse.services.messages import envelope
from dripcourse.services.messages.model import Claimed, Ready
from dripcourse.services.parts import Parts

NEEDS, OVER = "needs", "over"
"""With these the keys of the two sorts of mail begin."""
_PURPOSE = "answer"
_LANGUAGE = "en"
"""As the commands and the log speak: a mail to the host is full of their words."""
_ELSE = ("dripcourse status",)


def write(parts: Parts, delivery: Delivery, found: Sequence[Need], now: datetime) -> None:
    """What needs the host, sealed until it goes."""
    written = {"at": utc(now), "lines": [_line(need) for need in found]}
    delivery.answer_sealed = parts.keys.seal(json.dumps(written).encode(), _PURPOSE, delivery.id)


def _line(need: Need) -> str:
    return f"- {need.reason}" + (f" See: {need.command}" if need.command else "")


def render(parts: Parts, delivery: Delivery, now: datetime) -> Rendered:
    """The words of the mail. Raises Unsealable, TemplateFault."""
    if delivery.key.startswith(OVER):
        return parts.renderer.answer("alert_over", _LANGUAGE, facts={"day": utc(delivery.due_at or now)})
    sealed = delivery.answer_sealed
    written = json.loads(parts.keys.unseal(sealed, _PURPOSE, delivery.id)) if sealed else {}
    lines, at = written.get("lines", _ELSE), written.get("at", utc(now))
    return parts.renderer.answer("alert", _LANGUAGE, facts={"day": at}, listed=lines)


def compose(parts: Parts, claimed: Claimed, now: datetime) -> Ready:
    """To the host: what needs them, or that nothing does any more."""
    delivery, to = claimed.delivery, parts.rules.host_email
    if to is None:
        raise NotFound("There is no HOST_EMAIL any more.")
    rendered = render(parts, delivery, now)
    headers = {"Auto-Submitted": "auto-generated"}
    sender = parts.rules.system_from
    outgoing = envelope.outgoing(
        parts, delivery, rendered, sender=sender, to=to, reply_to=None, headers=headers, now=now
    )
    return Ready(delivery, outgoing)
