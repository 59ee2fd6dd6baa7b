"""What we write back to a reader's mail: seldom, in thread, to their own address only, and never to a machine.

An answer is offered like every other mail and goes the same way. What it says is sealed in its row until then.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from babel.core import get_global
from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Enrollment
from dripcourse.domain.delivery import Kind, answer_key, people_key, rare_key
from dripcourse.services.incoming import identify
from dripcourse.services.incoming.identify import Opened, Owner, Proof
from dripcourse.services.messages import sent as messages_sent
from dripcourse.services.messages.receipt import Written, put_in
from dripcourse.services.parts import Parts
from dripcourse.services.queue import offer

MOST_A_DAY = 5
"""Answers to one reader within a day; what they ask for is done all the same, and PEOPLE are always named."""
PEOPLE = frozenset({"support", "help"})
"""Mails that lead to people who answer today: they go as often as somebody asks, and do not count."""
_A_DAY = timedelta(days=1)
_MOST_REFERENCES = 4
_ID = re.compile(r"[!-;=?-~]{3,200}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What to write back: the mail's name among the engine's own, which of its words, and the facts to fill in."""

    says: str
    facts: Mapping[str, str] = field(default_factory=dict)
    mail: str = "answer"


def answer(parts: Parts, session: Session, owner: Owner, opened: Opened, says: Answer, now: datetime) -> None:
    """Write back to a reader once for this message, in the caller's transaction; not more than five times a day, and the fifth says so."""
    if says.mail in PEOPLE:
        _offer(parts, session, owner, opened, says, people_key(opened.id), now)
        return
    sent = session.scalars(queries.incoming.answers_since(owner.delivery.recipient, now - _A_DAY)).one()
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
    """Somebody else's mail ended a course, or one that our server says is not from the reader: they are told, once, with the way back.

    It may go although they have left.
    """
    enrollment = owner.enrollment
    course = parts.library.courses.get(enrollment.course) if enrollment else None
    if enrollment is None or course is None:
        return
    if identify.is_own(parts, owner, opened.mail.sender) and identify.evidence(parts, opened) is not Proof.REFUTED:
        return
    says = Answer("", {"start_url": parts.rules.pages.course(course.cover)}, mail="stopped")
    key = rare_key("stopped", enrollment.id, now.date().isoformat())
    _offer(parts, session, owner, opened, says, key, now, kind=Kind.NOTICE)


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
    lesson = messages_sent.lesson_of(session, owner.delivery)
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


def _written(session: Session, owner: Owner, opened: Opened, says: Answer) -> Written:
    """In the thread of the reader's own mail; never in that of somebody else's, which the reader has not got."""
    own = owner.is_reader
    mail, sent = opened.mail, messages_sent.sent_to(session, owner.delivery)
    thread = [each for each in (*mail.references[-_MOST_REFERENCES:], mail.message_id) if _ID.fullmatch(each)]
    return Written(
        mail=says.mail,
        says=says.says,
        facts=dict(says.facts),
        subject=f"Re: {sent.subject}" if own and sent else "",
        in_reply_to=mail.message_id if own and _ID.fullmatch(mail.message_id) else "",
        references=thread if own else (),
    )
