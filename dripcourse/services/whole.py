"""What a reply is laid beside: a lesson's words as they were said, in the frame that they went out in."""

from sqlalchemy.orm import Session

from dripcourse.content.render import TemplateFault
from dripcourse.db.models import Delivery, Enrollment, LessonText
from dripcourse.services.compose import facts_of
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
