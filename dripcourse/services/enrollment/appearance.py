"""How a mail looks from outside: the one place that decides what a mailbox shows of a reader's mails, sender and subject."""

import json
from dataclasses import replace

from sqlalchemy.orm import Session

from dripcourse.content.render import LessonFacts, Rendered
from dripcourse.db import queries
from dripcourse.db.models import Enrollment
from dripcourse.domain.appearance import Cover, Style, style_of
from dripcourse.domain.course import Course, Lesson
from dripcourse.domain.mail import Mailbox
from dripcourse.services.crypto.keyring import Keyring, Unsealable
from dripcourse.services.parts import Parts

_IN_ANSWER = "Re: "
_PURPOSE = "cover"


def dress(
    parts: Parts, enrollment: Enrollment, course: Course, lesson: Lesson | None, rendered: Rendered
) -> tuple[Mailbox, Rendered]:
    """From whom a mail to this reader is, and the mail under the subject that they chose. Its words stay as they are.

    `rendered` has the discreet subject: the lesson's, or "Re: " and the lesson's in its thread, or one of the engine's own.
    """
    cover = of_enrollment(parts.keys, enrollment)
    sender = Mailbox(parts.rules.mail_from.address, cover.name or course.from_name)
    subject = _subject(cover, lesson, rendered.subject)
    return sender, rendered if subject == rendered.subject else replace(rendered, subject=subject)


def of_enrollment(keys: Keyring, enrollment: Enrollment) -> Cover:
    """What the reader of an enrollment chose. Raises Unsealable if the key to a cover of their own is gone."""
    style, behind = style_of(enrollment.subject_style), bool(enrollment.behind_link)
    if style is Style.OWN and enrollment.cover_sealed:
        name, subject = json.loads(keys.unseal(enrollment.cover_sealed, _PURPOSE, enrollment.id))
        return Cover(style, name, subject, behind)
    return Cover(Style.DISCREET if style is Style.OWN else style, behind_link=behind)


def known_of(keys: Keyring, enrollment: Enrollment) -> Cover:
    """The same wherever no mail is sent by it: a cover that cannot be opened any more counts as none.

    So its reader can still open their page and choose anew, leave, move and take a copy along. A mail under it is held meanwhile.
    """
    try:
        return of_enrollment(keys, enrollment)
    except Unsealable:
        return Cover(behind_link=bool(enrollment.behind_link))


def behind_link(parts: Parts, rendered: Rendered, facts: LessonFacts, language: str) -> Rendered:
    """In place of a lesson: that there is something to read, and where. What is kept of the lesson's words stays the same."""
    mail = parts.renderer.reading(language, facts, subject=rendered.subject, read_url=f"{facts.me_url}/letters/this")
    return replace(rendered, text=mail.text, html=mail.html)


def carry_over(keys: Keyring, session: Session, enrollment: Enrollment) -> None:
    """Whoever begins a course again is not shown to others by it: a new enrollment looks as the one before did, in the caller's transaction."""
    earlier = session.scalars(queries.enrollment.left_enrollment(enrollment.subscriber_id, enrollment.course)).first()
    if earlier is not None:
        wear(keys, enrollment, known_of(keys, earlier))


def wear(keys: Keyring, enrollment: Enrollment, cover: Cover) -> None:
    """Look so from now on, in the caller's transaction. Words of the reader's own are sealed, to this enrollment."""
    enrollment.subject_style, enrollment.behind_link = cover.style.value, cover.behind_link
    own = json.dumps([cover.name, cover.subject]).encode() if cover.style is Style.OWN else None
    enrollment.cover_sealed = own and keys.seal(own, _PURPOSE, enrollment.id)


def _subject(cover: Cover, lesson: Lesson | None, discreet: str) -> str:
    told = _IN_ANSWER if discreet.startswith(_IN_ANSWER) else ""
    if cover.style is Style.OWN:
        return told + cover.subject
    if cover.style is Style.PLAIN and lesson is not None and discreet == told + lesson.subject:
        return told + lesson.subject_plain
    return discreet
