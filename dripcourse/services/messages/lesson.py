"""A lesson, or a copy of one."""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from dripcourse.content.render import LessonFacts, Rendered
from dripcourse.db.models import Delivery, Enrollment
from dripcourse.domain.course import Course, Lesson, next_lesson
from dripcourse.domain.delivery import Kind
from dripcourse.domain.errors import NotFound
from dripcourse.domain.pacing import Pace, next_due
from dripcourse.services.enrollment import appearance, turns
from dripcourse.services.enrollment.schedule import slot_of
from dripcourse.services.messages import envelope
from dripcourse.services.messages.model import Claimed, Past, Ready, Said
from dripcourse.services.parts import Parts


def compose(parts: Parts, claimed: Claimed, now: datetime) -> Ready:
    """The lesson, with the date of the next one. Raises NotFound, Unsealable, TemplateFault."""
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
    headers = envelope.list_headers(parts, delivery, course, facts.leave_url)
    outgoing = envelope.to_reader(parts, delivery, subscriber, rendered, sender=sender, headers=headers, now=now)
    return Ready(delivery, outgoing, said)


def _said(course: Course, lesson: Lesson, reading: str, rendered: Rendered) -> Said:
    words = (course.slug, lesson.slug, reading, course.language, rendered.subject, rendered.said)
    return Said(sha256(repr(words).encode()).digest(), *words)


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
    pages = parts.rules.pages
    return LessonFacts(
        next_date=delivery.promise_at.astimezone(tz).date() if delivery.promise_at else None,
        waits=waits and delivery.promise_at is None and not last,
        promised=promised if promised and promised < now.astimezone(tz).date() else None,
        me_url=pages.me(parts.keys.web_token(delivery.id, "me")),
        leave_url=pages.leave(parts.keys.web_token(delivery.id, "leave")),
        support_url=pages.support,
        clean_copy_url=pages.clean_copy(course.cover, lesson.number),
    )
