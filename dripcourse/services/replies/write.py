"""Answering on the reader's own page. A link from a mail can write, share and delete; it never shows what was written."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery, Enrollment, LessonText, Reply
from dripcourse.domain.delivery import Kind, lesson_key
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.domain.errors import NotFound, UsageError
from dripcourse.services.enrollment import schedule
from dripcourse.services.links import of_link
from dripcourse.services.parts import Parts
from dripcourse.services.replies import reader_keys, store
from dripcourse.services.replies.store import Kept

MOST_BYTES = 100_000
"""As much as a person writes at one time, in UTF-8: some twenty thousand words."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a reader is asked, as it was sent to them; `prompt` is empty if that lesson asked nothing."""

    subject: str
    prompt: str


@dataclass(frozen=True, slots=True)
class Answers:
    """What a reader's page says of answering: the question, if one can be answered, and that things were written, but no word of them."""

    question: Question | None
    kept: list[Kept]


def look(parts: Parts, token: str) -> Answers:
    """What can be answered from this link, and what was. Changes nothing. Raises NotFound."""
    with parts.db.read() as session:
        delivery, enrollment = of_link(parts, session, token)
        asked = _asked(session, delivery, enrollment)
        return Answers(
            question(parts, session, asked, enrollment) if asked else None,
            store.kept(session, enrollment.subscriber_id),
        )


def write(
    parts: Parts, token: str, text: str, ident: str, now: datetime, *, shared: bool = False, phrase: str = ""
) -> None:
    """Keep an answer under `ident`, a fresh id: once, however often this is called.

    With a `phrase`, that is set first and locks this answer already; `shared` lets the host read it. Raises NotFound, UsageError if it
    is too long, and with a phrase as `own_key.with_phrase` does: then nothing was kept.
    """
    if too_long(text):
        raise UsageError("That is more than can be kept at once.")

    def keep(session: Session, *_: object) -> None:
        delivery, enrollment = of_link(parts, session, token)
        asked = _must_ask(session, delivery, enrollment)
        store.keep(
            parts,
            session,
            enrollment=enrollment,
            delivery=asked,
            text=text,
            raw=None,
            inbound_id=None,
            sender=store.FROM_PAGE,
            now=now,
            ident=ident,
            shared=shared,
        )
        session.refresh(enrollment, with_for_update=True)
        schedule.answered(enrollment, asked, now)

    with parts.db.read() as session:
        delivery, enrollment = of_link(parts, session, token)
        _must_ask(session, delivery, enrollment)
    if phrase:
        reader_keys.with_phrase(parts, enrollment.subscriber_id, phrase, ident, now, keep)
        return
    with parts.db.write() as session:
        keep(session)


def _must_ask(session: Session, delivery: Delivery, enrollment: Enrollment) -> Delivery:
    asked = _asked(session, delivery, enrollment)
    if asked is None:
        raise NotFound("There is no lesson to answer.")
    return asked


def too_long(text: str) -> bool:
    """Whether a text is more than is kept at once."""
    return len(text.encode(errors="replace")) > MOST_BYTES


def share(parts: Parts, token: str, ident: str, now: datetime) -> None:
    """Let the host read one answer. Repeating it is harmless. Raises NotFound."""
    with parts.db.write() as session:
        store.share(parts, session, _own(parts, session, token, ident), now)


def take_back(parts: Parts, token: str, ident: str) -> None:
    """Let the host read it no more. Repeating it is harmless. Raises NotFound."""
    with parts.db.write() as session:
        store.take_back(_own(parts, session, token, ident))


def delete(parts: Parts, token: str, ident: str | None, now: datetime) -> None:
    """Delete one answer, or with None all that this reader ever wrote. Repeating it is harmless. Raises NotFound for a link of nobody's."""
    with parts.db.write() as session:
        subscriber = of_link(parts, session, token)[1].subscriber_id
        if ident is None:
            store.delete_all(session, subscriber, now)
        else:
            with suppress(NotFound):  # it was deleted before
                store.delete_one(store.find(session, subscriber, ident), now)


def _own(parts: Parts, session: Session, token: str, ident: str) -> Reply:
    return store.find(session, of_link(parts, session, token)[1].subscriber_id, ident)


def _asked(session: Session, delivery: Delivery, enrollment: Enrollment) -> Delivery | None:
    """The lesson that is answered: the one in the mail that holds the link; from any other mail, the last one that went."""
    if enrollment.state in (EnrollmentState.PENDING, EnrollmentState.LEFT):
        return None
    if delivery.lesson is not None:
        return delivery
    key = lesson_key(enrollment.id, enrollment.last_lesson or "")
    return session.scalars(queries.delivery.delivery_by_key(Kind.LESSON, key)).first()


def question(parts: Parts, session: Session, asked: Delivery, enrollment: Enrollment) -> Question | None:
    """What a mail asked: as it was sent, if the words that were sent are known; else as it would be asked today; None if neither is."""
    course = parts.library.courses.get(enrollment.course)
    lesson = course.lesson(asked.lesson or "") if course else None
    said = session.get(LessonText, asked.lesson_text) if asked.lesson_text else None
    if said is not None:
        heading = parts.renderer.words(said.language)["mail"]["question"]
        _, found, prompt = said.text.rpartition(f"\n{heading}\n")
        if found or lesson is None:
            return Question(said.subject, _unwrapped(prompt) if found else "")
    if course is None or lesson is None:
        return None
    return Question(lesson.subject, lesson.prompts.get(course.reading(enrollment.perspective), ""))


def _unwrapped(text: str) -> str:
    """Paragraphs without the line breaks that plain mail needs."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))
