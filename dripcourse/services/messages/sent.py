"""The words of a sent lesson: what a reply is laid beside, and what a mail in answer to it quotes."""

from sqlalchemy.orm import Session

from dripcourse.content.render import TemplateFault
from dripcourse.db import queries
from dripcourse.db.models import Delivery, Enrollment, LessonText
from dripcourse.services.messages.lesson import facts_of
from dripcourse.services.parts import Parts


def whole(parts: Parts, session: Session, delivery: Delivery, said: LessonText) -> str:
    """The plain text of the mail that carried a lesson: its words are what was kept, what stands round them is written again.

    Only the words if the lesson is no longer in its course, or its reader is gone.
    """
    course = parts.library.courses.get(delivery.course)
    lesson = course.lesson(delivery.lesson or "") if course else None
    enrollment = session.get(Enrollment, delivery.enrollment_id) if delivery.enrollment_id else None
    if course is None or lesson is None or enrollment is None or delivery.due_at is None:
        return said.text
    facts = facts_of(parts, delivery, enrollment, course, lesson, delivery.due_at)
    try:
        now = parts.renderer.lesson(course, lesson, enrollment.perspective, facts)
    except TemplateFault:
        return said.text
    above, found, below = now.text.partition(now.said.rstrip("\n"))
    return f"{above}{said.text.rstrip(chr(10))}{below}" if found else said.text


def sent_to(session: Session, delivery: Delivery | None) -> LessonText | None:
    """The words of the lesson that a delivery carried, or that it was about."""
    lesson = lesson_of(session, delivery)
    return session.get(LessonText, lesson.lesson_text) if lesson is not None and lesson.lesson_text else None


def lesson_of(session: Session, delivery: Delivery | None) -> Delivery | None:
    """The delivery itself if it carried a lesson's words, else that of the lesson it was about."""
    if delivery is None or delivery.lesson_text is not None or delivery.enrollment_id is None:
        return delivery
    return session.scalars(queries.incoming.newest_lesson(delivery.enrollment_id, delivery.lesson)).first()
