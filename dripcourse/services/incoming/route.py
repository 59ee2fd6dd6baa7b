"""What one message means, and what is done about it: in the caller's transaction, and so that it could be done again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dripcourse.db.models import Delivery, Enrollment
from dripcourse.domain.delivery import Kind, rare_key
from dripcourse.domain.enrollment import LIVE, EnrollmentState
from dripcourse.domain.incoming import BY_WORDS, STRANGER
from dripcourse.inbound import Mail, Verdict
from dripcourse.inbound.commands.wishes import cries_for_help
from dripcourse.services.delivery import reports
from dripcourse.services.enrollment import schedule
from dripcourse.services.incoming import (
    automatic,
    bounces,
    commands,
    identify,
    intentions,
    receipts,
    subscribe,
    whose,
)
from dripcourse.services.incoming.commands import Order
from dripcourse.services.incoming.identify import Opened, Owner, Proof
from dripcourse.services.messages import sent as messages_sent
from dripcourse.services.messages.sent import whole
from dripcourse.services.parts import Parts
from dripcourse.services.replies import store

GRACE = timedelta(days=30)
"""For how long after a reader has left their words are still kept."""
WAITS = "from another address: waits for the reader's own word"


@dataclass(frozen=True, slots=True)
class Done:
    """What a message turned out to be, which delivery it answers, and why it was set aside if it was; `discard`: nothing of it is kept."""

    verdict: str
    reason: str = ""
    delivery: str | None = None
    discard: bool = False


def beside(
    parts: Parts, session: Session, addresses: Sequence[str], mail: Mail | None
) -> tuple[str | None, Sequence[str]]:
    """What a message is to be read beside: the mail it seems to answer, and the languages its commands may be in."""
    delivery = identify.guess(parts, session, addresses, mail)
    sent = messages_sent.sent_to(session, delivery)
    course = parts.library.courses.get(delivery.course) if delivery else None
    spoken = (
        [*_spoken(session, delivery), course.language]
        if course
        else [each.language for each in parts.library.courses.values()]
    )
    text = whole(parts, session, delivery, sent) if sent and delivery else None
    return text, tuple(dict.fromkeys([*spoken, "en"]))


def _spoken(session: Session, delivery: Delivery | None) -> list[str]:
    """The languages that a delivery's reader is spoken to in."""
    enrollment = session.get(Enrollment, delivery.enrollment_id) if delivery and delivery.enrollment_id else None
    return [enrollment.language] if enrollment else []


def handle(parts: Parts, session: Session, opened: Opened, now: datetime) -> Done:
    """Do all that a message asks for."""
    mail, addresses = opened.mail, identify.recipients(opened)
    if mail.by_words is not None and (owner := _who_may_have_written(parts, session, opened, now)):
        return handle_for(parts, session, opened, owner, now)
    if mail.verdict in (Verdict.BOUNCE, Verdict.COMPLAINT):
        ident = bounces.hear(parts, session, opened, now)
        return Done(mail.verdict, "" if ident else "about no mail of ours", ident)
    if ident := identify.token_of(parts, addresses, "leave"):
        return _leave(parts, session, opened, ident, now)
    ident = identify.token_of(parts, addresses, "reply")
    if ident and identify.of_delivery(session, ident) is None:
        return Done(STRANGER, "in answer to a mail that is no longer known: erased, or too old", discard=True)
    if mail.verdict is Verdict.AUTO_REPLY or (why := automatic.is_automatic(parts, opened)):
        return _automatic(parts, session, opened, why if mail.verdict is not Verdict.AUTO_REPLY else "", now)
    owner = None if subscribe.is_for_us(parts, opened) else identify.find(parts, session, opened)
    confirms = owner is not None and owner.delivery.kind is Kind.CONFIRM  # there "subscribe" says yes
    if subscribe.is_for_us(parts, opened) or (mail.verdict is Verdict.SUBSCRIBE and not confirms):
        course = parts.library.courses.get(owner.delivery.course) if owner else None
        return Done(Verdict.SUBSCRIBE, subscribe.subscribe(parts, session, opened, now, course), discard=True)
    if owner is None:
        return Done(STRANGER, "from nobody we know, in answer to nothing of ours")
    return handle_for(parts, session, opened, owner, now)


def handle_for(parts: Parts, session: Session, opened: Opened, owner: Owner, now: datetime) -> Done:
    """Do all that a person's message asks for, once it is known whose it is."""
    if opened.mail.by_words is not None:
        return _perhaps_automatic(parts, session, opened, owner, opened.mail.by_words, now)
    delivery, enrollment, command = owner.delivery, owner.enrollment, intentions.command(owner, opened, now)
    if delivery.kind is Kind.CONFIRM:
        return _confirming(parts, session, opened, owner, now)
    if enrollment is None or owner.subscriber is None:
        return Done(STRANGER, "in answer to a mail that is no longer known: erased, or too old", discard=True)
    if not owner.is_reader and not _by_token_alone(command):
        return _set_aside(parts, session, opened, owner, now)
    if enrollment.state is EnrollmentState.LEFT and not _in_grace(owner, now):
        return Done(opened.mail.verdict, "after the reader had left", delivery.id, discard=True)
    if commands.is_order(command) and (not opened.mail.is_automatic or _by_token_alone(command)):
        return _ordered(parts, session, opened, owner, command or "", now)
    return _written(parts, session, opened, owner, now)


def _confirming(parts: Parts, session: Session, opened: Opened, owner: Owner, now: datetime) -> Done:
    """A reply to a confirmation. What was written below the yes is the reader's first reply."""
    why, below = subscribe.say_yes(parts, session, owner, opened, now)
    found = identify.of_delivery(session, owner.delivery.id, owner.proof) if below else None
    if found is not None and found.enrollment is not None:
        opened = replace(opened, mail=replace(opened.mail, text=below))
        return _written(parts, session, opened, found, now)
    return Done(Verdict.REPLY, why, owner.delivery.id, discard=not why)


def _ordered(parts: Parts, session: Session, opened: Opened, owner: Owner, command: str, now: datetime) -> Done:
    """Carry out a command, and write back once. After leaving there is nothing to write to, and nothing to order but deletion."""
    enrollment, subscriber = owner.enrollment, owner.subscriber
    done = Done(Verdict.COMMAND, "", owner.delivery.id, discard=True)
    if enrollment is None or subscriber is None:
        return done
    if owner.is_reader:
        _is_there(session, opened, owner, now)
    gone = enrollment.state is EnrollmentState.LEFT
    if gone and command != "delete my replies":
        return done
    if (
        command in commands.NO_WAY_BACK
        and owner.proof is not Proof.PROVEN
        and not intentions.was_asked(owner, command, now)
    ):
        if _may_be_told(owner, opened):
            intentions.ask_back(parts, session, opened, owner, command, now)
        return done
    order = Order(parts, session, owner.delivery, enrollment, subscriber, command, now)
    says = commands.carry_out(order)
    if not gone and command == "stop" and not owner.is_reader:
        receipts.tell_of_end(parts, session, owner, opened, now)
    if says is not None and _may_be_told(owner, opened):
        receipts.answer(parts, session, owner, opened, says, now)
    return done


def _written(parts: Parts, session: Session, opened: Opened, owner: Owner, now: datetime) -> Done:
    """Keep what a reader wrote. Their first reply ever gets a receipt; a plain wish gets its answer."""
    _is_there(session, opened, owner, now)
    if owner.enrollment is not None:
        lesson = messages_sent.lesson_of(session, owner.delivery)
        if not opened.mail.is_automatic:
            schedule.answered(owner.enrollment, lesson, now)
        store.keep(
            parts,
            session,
            enrollment=owner.enrollment,
            delivery=lesson,
            text=opened.mail.text,
            raw=opened.arrival.raw,
            inbound_id=opened.id,
            sender=owner.proof.value,
            now=now,
        )
    if _may_be_told(owner, opened):
        intentions.tell(parts, session, opened, owner, now)
    return Done(Verdict.REPLY, "", owner.delivery.id, discard=True)


def _is_there(session: Session, opened: Opened, owner: Owner, now: datetime) -> None:
    """Whoever answers has got the mail, and reads their mailbox."""
    bounces.witness(session, opened, owner.delivery, now)
    if owner.subscriber is not None:
        owner.subscriber.bounce_score, owner.subscriber.bounced_on = 0, None
        reports.is_there(session, owner.enrollment, owner.subscriber.address_index, now)


def _leave(parts: Parts, session: Session, opened: Opened, ident: str, now: datetime) -> Done:
    """Mail to a lesson's address for leaving, whatever it says and whoever sends it: many mail programs send it by themselves."""
    owner = identify.of_delivery(session, ident)
    runs = owner is not None and owner.enrollment is not None and owner.enrollment.state in LIVE
    commands.stop(parts, session, owner.enrollment if owner else None, now)
    if owner is not None and runs:
        receipts.tell_of_end(parts, session, owner, opened, now)
    return Done(
        Verdict.COMMAND, "" if owner else "to leave what is erased already", ident if owner else None, discard=True
    )


def _automatic(parts: Parts, session: Session, opened: Opened, why: str, now: datetime) -> Done:
    """Nobody wrote it. It is never answered and changes nothing, but that a reader who is away is waited for."""
    owner = identify.find(parts, session, opened)
    if owner is not None and not why:
        automatic.hold(session, owner, opened, now)
    doubt = BY_WORDS if opened.mail.by_words is not None else ""
    return Done(Verdict.AUTO_REPLY, why or doubt, owner.delivery.id if owner else None)


def _who_may_have_written(parts: Parts, session: Session, opened: Opened, now: datetime) -> Owner | None:
    """The reader in a course from whose own address a mail comes that only its wording makes a machine's; None if nobody's."""
    if identify.token_of(parts, identify.recipients(opened), "leave") or automatic.is_automatic(parts, opened):
        return None
    owner = None if subscribe.is_for_us(parts, opened) else identify.find(parts, session, opened)
    if owner is None or owner.delivery.kind is Kind.CONFIRM or owner.subscriber is None or not owner.is_reader:
        return None
    has_left = owner.enrollment is None or owner.enrollment.state is EnrollmentState.LEFT
    return None if has_left and not _in_grace(owner, now) else owner


def _perhaps_automatic(parts: Parts, session: Session, opened: Opened, owner: Owner, words: str, now: datetime) -> Done:
    """It reads like a machine's, but a reader may have written it: kept as theirs, unanswered, and the next lesson waits all the same."""
    if opened.mail.verdict is Verdict.AUTO_REPLY:
        automatic.hold(session, owner, opened, now)
    is_here = owner.enrollment is not None and owner.enrollment.state is not EnrollmentState.LEFT
    if is_here and owner.subscriber and cries_for_help(words):  # once a day: a machine may answer this again
        key = rare_key("people", owner.subscriber.id, now.date().isoformat())
        receipts.tell(parts, session, owner, opened, receipts.people(owner.enrollment), key, now)
    return _written(parts, session, replace(opened, mail=replace(opened.mail, text=words)), owner, now)


def _set_aside(parts: Parts, session: Session, opened: Opened, owner: Owner, now: datetime) -> Done:
    """Words that may be somebody else's: locked away. The reader alone is asked, at most once a day; whoever wrote is told nothing."""
    if owner.enrollment is not None and _may_be_told(owner, opened):
        whose.ask(parts, session, owner.enrollment, opened.id, now, now)
    return Done(STRANGER, WAITS, owner.delivery.id)


def _by_token_alone(command: str | None) -> bool:
    return command is not None and command.split(" ")[0] in commands.BY_TOKEN_ALONE


def _in_grace(owner: Owner, now: datetime) -> bool:
    """Whether somebody who left did so a short while ago, and had said yes before."""
    row = owner.enrollment
    return row is not None and row.confirmed_at is not None and row.ended_at is not None and now <= row.ended_at + GRACE


def _may_be_told(owner: Owner, opened: Opened) -> bool:
    """Whether this reader may be written to because of this message: not after leaving, and nothing automatic ever causes a mail."""
    here = owner.enrollment is not None and owner.enrollment.state is not EnrollmentState.LEFT
    return here and not opened.mail.is_automatic
