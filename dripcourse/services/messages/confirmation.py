"""The confirmation mail of a sign-up, and the question that is asked back once."""

from datetime import datetime

from dripcourse.db.models import Enrollment
from dripcourse.domain.course import Course
from dripcourse.domain.delivery import ASKED_BACK, confirm_key
from dripcourse.domain.errors import NotFound
from dripcourse.services.enrollment.enroll import Wish
from dripcourse.services.enrollment.missing_course import course_of
from dripcourse.services.messages import envelope
from dripcourse.services.messages.model import NO_AUTOMATIC_ANSWERS, Claimed, Ready
from dripcourse.services.parts import Parts
from dripcourse.services.signup.request import read_wish


def compose(parts: Parts, claimed: Claimed, now: datetime) -> Ready:
    """The mail that a reader confirms by its link, or by a reply that says yes. Raises NotFound, TemplateFault."""
    delivery, signup = claimed.delivery, claimed.signup
    if signup is None:
        raise NotFound("The sign-up of this confirmation has gone.")
    wish = read_wish(parts, signup)
    course = parts.library.find(wish.course) or _moved(parts, wish)
    if course is None:
        raise NotFound("The course of this sign-up has gone.")
    url = parts.rules.pages.confirm(parts.keys.web_token(signup.id, "confirm"))
    name = "unclear" if delivery.key == confirm_key(signup.id, ASKED_BACK) else "confirm"
    rendered = parts.renderer.system(name, course.language, pace=course.pace, confirm_url=url)
    headers = {"Auto-Submitted": "auto-generated", **NO_AUTOMATIC_ANSWERS}
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
