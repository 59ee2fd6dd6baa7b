"""The words of a receipt, sealed in its row until it goes, and the thread that it belongs to."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from dripcourse.content.render import Rendered
from dripcourse.content.support import help_lines
from dripcourse.db.models import Delivery
from dripcourse.domain.course import Course
from dripcourse.domain.delivery import Kind
from dripcourse.domain.errors import NotFound
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
    base = parts.rules.base_url
    facts = {
        "me_url": f"{base}/me/{parts.keys.web_token(delivery.id, 'me')}",
        "leave_url": f"{base}/leave/{parts.keys.web_token(delivery.id, 'leave')}",
        "support_url": f"{base}/support",
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
