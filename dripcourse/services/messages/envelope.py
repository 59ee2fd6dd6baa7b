"""What stands round a mail's words: who it is from, where a reply goes, and how a mail program can leave for its reader."""

from datetime import datetime

from dripcourse.content.render import Rendered
from dripcourse.db.models import Delivery, Subscriber
from dripcourse.domain.course import Course
from dripcourse.domain.mail import Mailbox, Outgoing
from dripcourse.services.parts import Parts


def reply_to(parts: Parts, delivery: Delivery) -> str:
    """The address that a reply to this mail comes to; its token tells whose it is."""
    return f"r+{parts.keys.mail_token(delivery.id, 'reply')}@{parts.rules.reply_domain}"


def list_headers(parts: Parts, delivery: Delivery, course: Course, leave_url: str) -> dict[str, str]:
    """RFC 2369, 2919, 8058 and 3834; discreet: a mailbox shows these to whoever looks."""
    domain = parts.rules.reply_domain
    leave_by_mail = f"leave+{parts.keys.mail_token(delivery.id, 'leave')}@{domain}"
    return {
        "List-Id": f"<{course.cover}.{domain}>",
        "List-Unsubscribe": f"<{leave_url}>, <mailto:{leave_by_mail}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }


def outgoing(
    parts: Parts,
    delivery: Delivery,
    rendered: Rendered,
    *,
    sender: Mailbox,
    to: str,
    reply_to: str | None,
    headers: dict[str, str],
    now: datetime,
) -> Outgoing:
    """A delivery's mail as a transport takes it. The delivery's id is its Message-ID."""
    return Outgoing(
        delivery=delivery.id,
        fence=delivery.fence,
        sender=sender,
        to=to,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        message_id=f"<{delivery.id}@{parts.rules.reply_domain}>",
        date=now,
        reply_to=reply_to,
        headers=headers,
    )


def to_reader(
    parts: Parts,
    delivery: Delivery,
    subscriber: Subscriber,
    rendered: Rendered,
    *,
    sender: Mailbox,
    headers: dict[str, str],
    now: datetime,
) -> Outgoing:
    """A mail to its reader's own address, which a reply answers by token. Raises Unsealable."""
    return outgoing(
        parts,
        delivery,
        rendered,
        sender=sender,
        to=address_of(parts, subscriber),
        reply_to=reply_to(parts, delivery),
        headers=headers,
        now=now,
    )


def address_of(parts: Parts, subscriber: Subscriber) -> str:
    """A reader's address, unsealed. Raises Unsealable."""
    return parts.keys.unseal(subscriber.address_sealed, "address", subscriber.id).decode()
