"""The words of a receipt, sealed in its row until it goes, and the thread that it belongs to."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dripcourse.content.library import help_lines
from dripcourse.content.render import Rendered
from dripcourse.db.models import Delivery
from dripcourse.domain.course import Course
from dripcourse.domain.delivery import Kind
from dripcourse.domain.errors import NotFound
from dripcourse.services.enrollment import appearance
from dripcourse.services.enrollment.missing_course import course_of
from dripcourse.services.messages import envelope
from dripcourse.services.messages.model import NO_AUTOMATIC_ANSWERS, Claimed, Ready
from dripcourse.services.parts import Parts

_PURPOSE = "answer"


@dataclass(frozen=True, slots=True)
class Written:
    """An answer as its row keeps it: with the subject and the ids of the thread it goes into."""

    mail: str
    says: str
    facts: Mapping[str, str]
    subject: str
    in_reply_to: str
    references: Sequence[str]


def render(parts: Parts, delivery: Delivery, course: Course, language: str) -> tuple[Rendered, dict[str, str]]:
    """The words of an answer in a language, and the headers of its thread. Raises NotFound, Unsealable or TemplateFault: then it cannot go."""
    if delivery.answer_sealed is None:
        raise NotFound("What this answer says has gone.")
    written = Written(**json.loads(parts.keys.unseal(delivery.answer_sealed, _PURPOSE, delivery.id)))
    pages = parts.rules.pages
    facts = {
        "me_url": pages.me(parts.keys.web_token(delivery.id, "me")),
        "leave_url": pages.leave(parts.keys.web_token(delivery.id, "leave")),
        "support_url": pages.support,
        "subject": written.subject,
    }
    countries = sorted(parts.library.support(course), key=lambda each: each.code != written.facts.get("country"))
    listed = help_lines(countries) if written.mail == "support" else ()
    facts |= written.facts
    rendered = parts.renderer.answer(written.mail, language, says=written.says, facts=facts, listed=listed)
    if not written.in_reply_to:
        return rendered, {"Auto-Submitted": "auto-generated"} if delivery.kind is Kind.NOTICE else {}
    references = " ".join(f"<{each}>" for each in written.references)
    return rendered, {"In-Reply-To": f"<{written.in_reply_to}>", "References": references}


def put_in(parts: Parts, session: Session, row: Delivery, written: Written) -> None:
    """Seal what a mail says, and to which thread it belongs, into its row, in the caller's transaction."""
    row.answer_sealed = parts.keys.seal(json.dumps(asdict(written)).encode(), _PURPOSE, row.id)
    session.flush()


def compose(parts: Parts, claimed: Claimed, now: datetime) -> Ready:
    """An answer in the thread of the reader's own mail, without any of its words (RFC 3834), or a notice of what others brought about.

    Raises NotFound, Unsealable, TemplateFault.
    """
    delivery, enrollment = claimed.delivery, claimed.enrollment
    if enrollment is None:
        raise NotFound("The enrollment of this mail was deleted.")
    rendered, headers = render(parts, delivery, course_of(parts, enrollment), enrollment.language)
    return in_answer(parts, claimed, rendered, headers, now)


def in_answer(parts: Parts, claimed: Claimed, rendered: Rendered, headers: Mapping[str, str], now: datetime) -> Ready:
    """A mail to a reader who wrote or pressed a button: it looks like their lessons, and no program answers it. Raises NotFound, Unsealable."""
    delivery, enrollment, subscriber = claimed.delivery, claimed.enrollment, claimed.subscriber
    if enrollment is None or subscriber is None:
        raise NotFound("The enrollment of this mail was deleted.")
    course = course_of(parts, enrollment)
    sender, rendered = appearance.dress(parts, enrollment, course, course.lesson(delivery.lesson or ""), rendered)
    headers = {"Auto-Submitted": "auto-replied", **NO_AUTOMATIC_ANSWERS, **headers}
    outgoing = envelope.to_reader(parts, delivery, subscriber, rendered, sender=sender, headers=headers, now=now)
    return Ready(delivery, outgoing)
