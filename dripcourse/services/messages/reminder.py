"""The reminder that the next lesson waits for its reader."""

from datetime import datetime

from dripcourse.domain.errors import NotFound
from dripcourse.services.enrollment import appearance
from dripcourse.services.messages import envelope, receipt
from dripcourse.services.messages.model import Claimed, Ready
from dripcourse.services.parts import Parts


def compose(parts: Parts, claimed: Claimed, now: datetime) -> Ready:
    """That the next lesson waits: in the thread of the last one, and like it in all that a mailbox shows."""
    delivery, enrollment, subscriber = claimed.delivery, claimed.enrollment, claimed.subscriber
    course = parts.library.courses.get(delivery.course)
    if enrollment is None or subscriber is None or course is None:
        raise NotFound("What this reminder is about has gone.")
    rendered, thread = receipt.render(parts, delivery, course, enrollment.language)
    sender, rendered = appearance.dress(parts, enrollment, course, course.lesson(delivery.lesson or ""), rendered)
    leave_url = parts.rules.pages.leave(parts.keys.web_token(delivery.id, "leave"))
    headers = envelope.list_headers(parts, delivery, course, leave_url) | thread
    outgoing = envelope.to_reader(parts, delivery, subscriber, rendered, sender=sender, headers=headers, now=now)
    return Ready(delivery, outgoing)
