"""From a claimed delivery to a mail that is ready to go. Touches no database and no wire; the words come from `content`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from dripcourse.content.render import LessonFacts, Rendered
from dripcourse.db.models import Delivery, Enrollment, Signup, Subscriber
from dripcourse.domain.course import Course, Lesson, next_lesson
from dripcourse.domain.delivery import ASKED_BACK, Kind, confirm_key
from dripcourse.domain.errors import NotFound
from dripcourse.domain.mail import Outgoing
from dripcourse.domain.pacing import Pace, next_due
from dripcourse.services.enrollment import appearance, turns
from dripcourse.services.enrollment.enroll import Wish
from dripcourse.services.enrollment.missing_course import course_of
from dripcourse.services.enrollment.schedule import slot_of
from dripcourse.services.messages import alert, envelope, receipt
from dripcourse.services.parts import Parts
from dripcourse.services.replies import magic_link
from dripcourse.services.signup.request import read_wish

_NO_AUTOMATIC_ANSWERS = {"X-Auto-Response-Suppress": "OOF, AutoReply"}


@dataclass(frozen=True, slots=True)
class Past:
    """The slugs of the lessons that an enrollment has other deliveries for, and of those assumed sent; `in_hand` if one is open."""

    seen: frozenset[str] = frozenset()
    assumed: frozenset[str] = frozenset()
    in_hand: bool = False
    beside: turns.Beside = turns.NOTHING


NO_PAST = Past()


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery this process holds, with what is needed to write it."""

    delivery: Delivery
    enrollment: Enrollment | None = None
    subscriber: Subscriber | None = None
    signup: Signup | None = None
    past: Past = NO_PAST


@dataclass(frozen=True, slots=True)
class Said:
    """The words of a lesson as they went out, to be kept once."""

    hash: bytes
    course: str
    slug: str
    perspective: str
    language: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Ready:
    """A mail that can go; `said` is what to keep of a lesson's words. The delivery's `promise_at` is the next date it tells."""

    delivery: Delivery
    outgoing: Outgoing
    said: Said | None = None


def compose(parts: Parts, claimed: Claimed, now: datetime) -> Ready:
    """The mail for a claimed delivery. Raises DripError (a template's fault, a lesson or key that has gone): then it is held."""
    return _COMPOSERS[claimed.delivery.kind](parts, claimed, now)


def _lesson(parts: Parts, claimed: Claimed, now: datetime) -> Ready:
    delivery, enrollment, subscriber = claimed.delivery, claimed.enrollment, claimed.subscriber
    if enrollment is None or subscriber is None:
        raise NotFound("The enrollment of this lesson has gone.")
    course = parts.library.courses.get(delivery.course)
    lesson = course.lesson(delivery.lesson or "") if course else None
    if course is None or lesson is None:
        raise NotFound("This lesson is no longer in its course.")
    if delivery.kind is Kind.LESSON:
        delivery.promise_at = _promise(course, lesson, enrollment, claimed.past, now)
    else:
        delivery.promise_at = enrollment.due_at  # a copy repeats the promise that stands
    facts, past = facts_of(parts, delivery, enrollment, course, lesson, now), claimed.past
    facts = replace(facts, after_unsure=enrollment.last_lesson in past.assumed, behind=past.beside.behind)
    rendered = parts.renderer.lesson(course, lesson, enrollment.perspective, facts)
    said = _said(course, lesson, course.reading(enrollment.perspective), rendered)
    sender, rendered = appearance.dress(parts, enrollment, course, lesson, rendered)
    if enrollment.behind_link:
        rendered = appearance.behind_link(parts, rendered, facts, course.language)
    outgoing = envelope.outgoing(
        parts,
        delivery,
        rendered,
        sender=sender,
        to=envelope.address_of(parts, subscriber),
        reply_to=envelope.reply_to(parts, delivery),
        headers=envelope.list_headers(parts, delivery, course, facts.leave_url),
        now=now,
    )
    return Ready(delivery, outgoing, said)


def _said(course: Course, lesson: Lesson, reading: str, rendered: Rendered) -> Said:
    words = (course.slug, lesson.slug, reading, course.language, rendered.subject, rendered.said)
    return Said(sha256(repr(words).encode()).digest(), *words)


def _confirmation(parts: Parts, claimed: Claimed, now: datetime) -> Ready:
    delivery, signup = claimed.delivery, claimed.signup
    if signup is None:
        raise NotFound("The sign-up of this confirmation has gone.")
    wish = read_wish(parts, signup)
    course = parts.library.find(wish.course) or _moved(parts, wish)
    if course is None:
        raise NotFound("The course of this sign-up has gone.")
    url = f"{parts.rules.base_url}/confirm/{parts.keys.web_token(signup.id, 'confirm')}"
    name = "unclear" if delivery.key == confirm_key(signup.id, ASKED_BACK) else "confirm"
    rendered = parts.renderer.system(name, course.language, pace=course.pace, confirm_url=url)
    headers = {"Auto-Submitted": "auto-generated", **_NO_AUTOMATIC_ANSWERS}
    outgoing = envelope.outgoing(
        parts,
        delivery,
        rendered,
        sender=parts.rules.system_from,
        to=wish.address,
        reply_to=envelope.reply_to(parts, delivery),  # a reply to it says yes
        headers=headers,
        now=now,
    )
    return Ready(delivery, outgoing)


def _moved(parts: Parts, wish: Wish) -> Course | None:
    """What a reader moves with whose course is missing; None if nobody moves."""
    with parts.db.read() as session:
        enrollment = session.get(Enrollment, wish.moves) if wish.moves else None
    return course_of(parts, enrollment) if enrollment else None


def _alert(parts: Parts, claimed: Claimed, now: datetime) -> Ready:
    """To the host: what needs them, or that nothing does any more."""
    delivery, to = claimed.delivery, parts.rules.host_email
    if to is None:
        raise NotFound("There is no HOST_EMAIL any more.")
    rendered = alert.render(parts, delivery, now)
    headers = {"Auto-Submitted": "auto-generated"}
    sender = parts.rules.system_from
    outgoing = envelope.outgoing(
        parts, delivery, rendered, sender=sender, to=to, reply_to=None, headers=headers, now=now
    )
    return Ready(delivery, outgoing)


def _asked_for(parts: Parts, claimed: Claimed, now: datetime) -> Ready:
    """To a reader who wrote or pressed: an answer in the thread of their own mail, quoting nothing of it (RFC 3834), or a link."""
    delivery, enrollment, subscriber = claimed.delivery, claimed.enrollment, claimed.subscriber
    if enrollment is None or subscriber is None:
        raise NotFound("What this mail is about has gone.")
    course = course_of(parts, enrollment)
    write = magic_link.render if delivery.kind is Kind.OWN else receipt.render
    rendered, headers = write(parts, delivery, course, enrollment.language)
    sender, rendered = appearance.dress(parts, enrollment, course, course.lesson(delivery.lesson or ""), rendered)
    outgoing = envelope.outgoing(
        parts,
        delivery,
        rendered,
        sender=sender,
        to=envelope.address_of(parts, subscriber),
        reply_to=envelope.reply_to(parts, delivery),
        headers={"Auto-Submitted": "auto-replied", **_NO_AUTOMATIC_ANSWERS, **headers},
        now=now,
    )
    return Ready(delivery, outgoing)


def _reminder(parts: Parts, claimed: Claimed, now: datetime) -> Ready:
    """That the next lesson waits: in the thread of the last one, and like it in all that a mailbox shows."""
    delivery, enrollment, subscriber = claimed.delivery, claimed.enrollment, claimed.subscriber
    course = parts.library.courses.get(delivery.course)
    if enrollment is None or subscriber is None or course is None:
        raise NotFound("What this reminder is about has gone.")
    rendered, thread = receipt.render(parts, delivery, course, enrollment.language)
    sender, rendered = appearance.dress(parts, enrollment, course, course.lesson(delivery.lesson or ""), rendered)
    leave_url = f"{parts.rules.base_url}/leave/{parts.keys.web_token(delivery.id, 'leave')}"
    outgoing = envelope.outgoing(
        parts,
        delivery,
        rendered,
        sender=sender,
        to=envelope.address_of(parts, subscriber),
        reply_to=envelope.reply_to(parts, delivery),
        headers=envelope.list_headers(parts, delivery, course, leave_url) | thread,
        now=now,
    )
    return Ready(delivery, outgoing)


_COMPOSERS: dict[Kind, Callable[[Parts, Claimed, datetime], Ready]] = {
    Kind.LESSON: _lesson,
    Kind.COPY: _lesson,
    Kind.CONFIRM: _confirmation,
    Kind.ALERT: _alert,
    Kind.RECEIPT: _asked_for,
    Kind.NOTICE: _asked_for,
    Kind.OWN: _asked_for,
    Kind.REMINDER: _reminder,
}


def _promise(course: Course, lesson: Lesson, enrollment: Enrollment, past: Past, now: datetime) -> datetime | None:
    """When the lesson after this one comes if this one is accepted now, beside the reader's other courses.

    None if this is the last, or the next waits for the reader, or for the end of another course.
    """
    coming = next_lesson(course, last_slug=lesson.slug, last_number=lesson.number, seen=past.seen)
    if coming is None or enrollment.pace is Pace.READY or past.beside.behind:
        return None
    slot, welcome = slot_of(enrollment), lesson.number == 0
    due = next_due(slot, enrollment.pace, now, after_welcome=welcome)
    return turns.promise(past.beside, slot, due, now, welcome=welcome)


def facts_of(
    parts: Parts, delivery: Delivery, enrollment: Enrollment, course: Course, lesson: Lesson, now: datetime
) -> LessonFacts:
    """What is this reader's own in a mail; the delivery's `promise_at` is set."""
    tz, last = slot_of(enrollment).tz, lesson.number == course.lessons[-1].number
    waits = enrollment.waits if delivery.kind is Kind.COPY else enrollment.pace is Pace.READY
    promised = None
    if delivery.kind is Kind.LESSON and enrollment.promised_at is not None:
        promised = enrollment.promised_at.astimezone(tz).date()
    base = parts.rules.base_url
    me = f"{base}/me/{parts.keys.web_token(delivery.id, 'me')}"
    return LessonFacts(
        next_date=delivery.promise_at.astimezone(tz).date() if delivery.promise_at else None,
        waits=waits and delivery.promise_at is None and not last,
        promised=promised if promised and promised < now.astimezone(tz).date() else None,
        me_url=me,
        leave_url=f"{base}/leave/{parts.keys.web_token(delivery.id, 'leave')}",
        answer_url=me,
        support_url=f"{base}/support",
        clean_copy_url=f"{base}/c/{course.cover}/l/{lesson.number:02d}",
    )
