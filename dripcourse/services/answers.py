"""What we write back to a reader's mail: seldom, in thread, to their own address only, and never to a machine.

An answer is offered like every other mail and goes the same way. What it says is sealed in its row until then.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta

from babel.core import get_global
from sqlalchemy.orm import Session

from dripcourse.content.render import Rendered
from dripcourse.content.support import help_lines
from dripcourse.db import inbound as asked
from dripcourse.db.models import Delivery, Enrollment
from dripcourse.domain.course import Course
from dripcourse.domain.delivery import Kind, answer_key, people_key, rare_key
from dripcourse.domain.errors import NotFound
from dripcourse.services import whose
from dripcourse.services.offer import offer
from dripcourse.services.parts import Parts
from dripcourse.services.whose import Opened, Owner

MOST_A_DAY = 5
"""Answers to one reader within a day; what they ask for is done all the same, and PEOPLE are always named."""
PEOPLE = frozenset({"support", "help"})
"""Mails that lead to people who answer today: they go as often as somebody asks, and do not count."""
_A_DAY = timedelta(days=1)
_MOST_REFERENCES = 4
_ID = re.compile(r"[!-;=?-~]{3,200}")
_PURPOSE = "answer"


@dataclass(frozen=True, slots=True)
class Answer:
    """What to write back: the mail's name among the engine's own, which of its words, and the facts to fill in."""

    says: str
    facts: Mapping[str, str] = field(default_factory=dict)
    mail: str = "answer"


@dataclass(frozen=True, slots=True)
class Written:
    """An answer as its row keeps it: with the subject and the ids of the thread it goes into."""

    mail: str
    says: str
    facts: Mapping[str, str]
    subject: str
    in_reply_to: str
    references: Sequence[str]


def answer(parts: Parts, session: Session, owner: Owner, opened: Opened, says: Answer, now: datetime) -> None:
    """Write back to a reader once for this message, in the caller's transaction; not more than five times a day, and the fifth says so."""
    if says.mail in PEOPLE:
        _offer(parts, session, owner, opened, says, people_key(opened.id), now)
        return
    sent = session.scalars(asked.answers_since(owner.delivery.recipient, now - _A_DAY)).one()
    if sent + 1 == MOST_A_DAY:
        says = replace(says, facts={**says.facts, "last_today": "yes"})
    if sent < MOST_A_DAY:
        _offer(parts, session, owner, opened, says, answer_key(opened.id), now)


def people(enrollment: Enrollment | None) -> Answer:
    """The list of people who answer today; those in the reader's own country first, if their zone tells it."""
    zone = enrollment.zone if enrollment else ""
    return Answer("", {"country": str(get_global("zone_territories").get(zone, ""))}, mail="support")


def tell(parts: Parts, session: Session, owner: Owner, opened: Opened, says: Answer, key: str, now: datetime) -> None:
    """Tell a reader something that `key` allows but once, in the caller's transaction."""
    _offer(parts, session, owner, opened, says, key, now)


def tell_of_end(parts: Parts, session: Session, owner: Owner, opened: Opened, now: datetime) -> None:
    """Somebody else's mail ended a course: its reader alone is told, once, with the way back. It may go although they have left."""
    enrollment = owner.enrollment
    course = parts.library.courses.get(enrollment.course) if enrollment else None
    if enrollment is None or course is None or whose.is_own(parts, owner, opened.mail.sender):
        return
    says = Answer("", {"start_url": f"{parts.rules.base_url}/c/{course.cover}"}, mail="stopped")
    key = rare_key("stopped", enrollment.id, now.date().isoformat())
    _offer(parts, session, owner, opened, says, key, now, kind=Kind.NOTICE)


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


def _offer(
    parts: Parts,
    session: Session,
    owner: Owner,
    opened: Opened,
    says: Answer,
    key: str,
    now: datetime,
    *,
    kind: Kind = Kind.RECEIPT,
) -> None:
    enrollment = owner.enrollment
    if enrollment is None or owner.subscriber is None:
        return
    lesson = whose.lesson_of(session, owner.delivery)
    offered = offer(
        session,
        kind,
        key,
        recipient=owner.subscriber.address_index,
        course=enrollment.course,
        now=now,
        enrollment=enrollment.id,
        lesson=lesson.lesson if lesson else None,
    )
    if offered is not None:
        put_in(parts, session, offered, _written(session, owner, opened, says))


def put_in(parts: Parts, session: Session, row: Delivery, written: Written) -> None:
    """Seal what a mail says, and to which thread it belongs, into its row, in the caller's transaction."""
    row.answer_sealed = parts.keys.seal(json.dumps(asdict(written)).encode(), _PURPOSE, row.id)
    session.flush()


def _written(session: Session, owner: Owner, opened: Opened, says: Answer) -> Written:
    """In the thread of the reader's own mail; never in that of somebody else's, which the reader has not got."""
    own = owner.is_reader
    mail, sent = opened.mail, whose.sent_to(session, owner.delivery)
    thread = [each for each in (*mail.references[-_MOST_REFERENCES:], mail.message_id) if _ID.fullmatch(each)]
    return Written(
        mail=says.mail,
        says=says.says,
        facts=dict(says.facts),
        subject=f"Re: {sent.subject}" if own and sent else "",
        in_reply_to=mail.message_id if own and _ID.fullmatch(mail.message_id) else "",
        references=thread if own else (),
    )
