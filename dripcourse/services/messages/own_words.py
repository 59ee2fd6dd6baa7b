"""The mail with a fresh link to one's own words. It names nothing but the link."""

from datetime import datetime

from dripcourse.domain.errors import NotFound
from dripcourse.services.messages.model import Claimed, Ready
from dripcourse.services.messages.receipt import in_answer
from dripcourse.services.parts import Parts
from dripcourse.services.replies.magic_link import url_of


def compose(parts: Parts, claimed: Claimed, now: datetime) -> Ready:
    """The link, good for half an hour after this mail was sent. Raises NotFound, Unsealable, TemplateFault."""
    if claimed.enrollment is None:
        raise NotFound("The enrollment of this mail was deleted.")
    rendered = parts.renderer.system("own", claimed.enrollment.language, own_url=url_of(parts, claimed.delivery.id))
    return in_answer(parts, claimed, rendered, {"Auto-Submitted": "auto-generated"}, now)
