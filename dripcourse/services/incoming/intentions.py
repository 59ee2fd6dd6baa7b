"""Wishes that are no plain order: what is written back to them, and our questions whether an order was meant."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dripcourse.domain.delivery import Kind, rare_key
from dripcourse.inbound.commands.consent import Consent, consent_in
from dripcourse.inbound.commands.wishes import cries_for_help, pace_in, wishes_to_leave
from dripcourse.services.incoming import commands, receipts
from dripcourse.services.incoming.commands import Order
from dripcourse.services.incoming.identify import Opened, Owner
from dripcourse.services.incoming.receipts import Answer
from dripcourse.services.messages import sent
from dripcourse.services.parts import Parts

ANSWERED_WITHIN = timedelta(days=7)
"""For how long a yes to a question of ours counts."""
_QUESTIONS = {"leaving": "stop", "delete": "delete my replies", "share": "share"}
"""What we asked back whether it was meant, by the beginning of the question's key, and the command that a yes is then."""


def command(owner: Owner, opened: Opened, now: datetime) -> str | None:
    """What a message orders. A yes to a question of ours whether an order was meant is that order."""
    asked = _asked(owner, now)
    return asked if asked and consent_in(opened.mail.text).consent is Consent.YES else opened.mail.command


def was_asked(owner: Owner, command: str, now: datetime) -> bool:
    """Whether this answers the mail in which we asked whether that was meant: it went to the reader's own address alone."""
    return _asked(owner, now) == command


def _asked(owner: Owner, now: datetime) -> str | None:
    """The command that a mail of ours asked about, if that mail is answered now and in time."""
    delivery = owner.delivery
    in_time = delivery.kind is Kind.RECEIPT and now <= delivery.claimed_at + ANSWERED_WITHIN
    return _QUESTIONS.get(delivery.key.partition(":")[0]) if in_time else None


def ask_back(parts: Parts, session: Session, opened: Opened, owner: Owner, command: str, now: datetime) -> None:
    """Ask at the reader's own address whether they meant an order that cannot be undone, once a day."""
    says = next(each for each, meant in _QUESTIONS.items() if meant == command)
    ident = owner.subscriber.id if owner.subscriber else ""
    receipts.tell(parts, session, owner, opened, Answer(says), rare_key(says, ident, now.date().isoformat()), now)


def tell(parts: Parts, session: Session, opened: Opened, owner: Owner, now: datetime) -> None:
    """What is written back to words that were kept, if anything is."""
    enrollment, subscriber, text = owner.enrollment, owner.subscriber, opened.mail.text
    if enrollment is None or subscriber is None:
        return
    if cries_for_help(text):
        receipts.answer(parts, session, owner, opened, receipts.people(enrollment), now)
    elif wishes_to_leave(text):
        key = rare_key("leaving", enrollment.id, owner.delivery.id)
        receipts.tell(parts, session, owner, opened, Answer("leaving"), key, now)
    elif (pace := _pace(parts, session, owner, text)) is not None:
        order = Order(parts, session, owner.delivery, enrollment, subscriber, pace, now)
        if says := commands.carry_out(order):
            receipts.answer(parts, session, owner, opened, says, now)
    else:
        says_so = "unreadable" if _is_unreadable(opened) else "arrived" if text.strip() else "no_words"
        receipts.tell(parts, session, owner, opened, Answer(says_so), rare_key(says_so, subscriber.id), now)


def _pace(parts: Parts, session: Session, owner: Owner, text: str) -> str | None:
    """The pace that a reply to the welcome asks for: the welcome asks which would be bearable."""
    lesson, course = sent.lesson_of(session, owner.delivery), parts.library.courses.get(owner.delivery.course)
    answered = course.lesson(lesson.lesson or "") if course and lesson else None
    return pace_in(text) if answered is not None and answered.number == 0 else None


def _is_unreadable(opened: Opened) -> bool:
    """Whether a message holds words that we cannot get at: packed by Outlook, or encrypted."""
    return any(each.startswith("cannot read") for each in opened.mail.evidence)
