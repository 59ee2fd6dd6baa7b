"""Own words returned: what a reader wrote, given back to them by their phrase, or by a fresh link if they alone read their mailbox.

No link that lies in a mailbox shows a word to whoever merely holds it. With a phrase the server itself cannot read. Without one, and
only for a reader who said at the confirmation that nobody else reads their mailbox, a link that is asked for is good for half an hour.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import groupby

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Delivery, Enrollment, Reply, Subscriber
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.domain.errors import NotFound
from dripcourse.services.crypto.keyring import Unsealable
from dripcourse.services.enrollment import schedule
from dripcourse.services.links import of_link
from dripcourse.services.parts import Parts
from dripcourse.services.replies import reader_keys, store
from dripcourse.services.replies.store import FROM_PAGE
from dripcourse.services.replies.whole_mail import beyond
from dripcourse.services.replies.write import Question, question

Found = tuple[Reply, Enrollment, Delivery | None]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a reader can come to their own words: by the phrase that was set at `phrase_since`, by a fresh link (`alone`), or not at all.

    `opens` is how many answers that shows, `locked` how many more are kept. `left` if no mail goes to them any more.
    """

    phrase_since: datetime | None
    alone: bool
    opens: int
    locked: int
    left: bool
    tz: tzinfo


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was written; `text` is None if it cannot be opened."""

    at: datetime
    by_mail: bool
    shared: bool
    text: str | None
    whole: str | None = None
    """The whole text of the mail that it came in, if that says more."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A lesson with its prompt as it was sent, and what was written about it, oldest first. `asked` is None if it is not known any more."""

    asked: Question | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class OfCourse:
    """What was written in one course, lesson by lesson."""

    title: str
    language: str
    lessons: tuple[Answered, ...]


@dataclass(frozen=True, slots=True)
class OwnWords:
    """All that opens of what a reader wrote, and how much is kept besides."""

    courses: tuple[OfCourse, ...]
    locked: int
    tz: tzinfo


def look(parts: Parts, token: str) -> Standing:
    """How the reader of this link can come to their own words. Changes nothing. Raises NotFound."""
    with parts.db.read() as session:
        enrollment = of_link(parts, session, token)[1]
        reader = session.get_one(Subscriber, enrollment.subscriber_id)
        key = reader_keys.in_use(session, reader.id)
        total = store.count(session, reader.id)
        alone = may_read_by_link(reader)
        opens = total if alone else 0
        if key is not None:
            opens = total - len(session.scalars(queries.replies.not_sealed_to(reader.id, key.id)).all())
        return Standing(
            phrase_since=key.created_at if key else None,
            alone=alone,
            opens=opens,
            locked=total - opens,
            left=enrollment.state is EnrollmentState.LEFT,
            tz=schedule.slot_of(enrollment).tz,
        )


def may_read_by_link(reader: Subscriber) -> bool:
    """Whether a fresh link shows this reader their words: they said that they alone read their mailbox, and never set a phrase."""
    return reader.reads_alone and reader.phrase_since is None


def take_back_alone(parts: Parts, token: str) -> None:
    """Somebody else may read this mailbox after all: from now on no link shows a word. Repeating it is harmless. Raises NotFound."""
    with parts.db.write() as session:
        enrollment = of_link(parts, session, token)[1]
        session.get_one(Subscriber, enrollment.subscriber_id, with_for_update=True).reads_alone = False


# -------------------------------------------------------------------------------------------------------- by the phrase


def read(parts: Parts, token: str, phrase: str, now: datetime) -> OwnWords:
    """All that a reader wrote since they set their phrase. Slow by intent.

    Raises NotFound if there is no phrase, WrongPhrase, TooManyTries, Busy.
    """
    enrollment, ident = _phrase_of(parts, token)
    private = reader_keys.open_key(parts, ident, phrase, now)
    with parts.db.read() as session:
        return returned(parts, session, enrollment, {ident: private})


def change_phrase(parts: Parts, token: str, old: str, phrase: str, now: datetime) -> None:
    """Another phrase opens the same words. Raises as `read` does: then nothing was changed."""
    reader_keys.change(parts, _phrase_of(parts, token)[1], old, phrase, now)


def set_phrase(parts: Parts, token: str, phrase: str, ident: str, now: datetime) -> None:
    """From now on what this reader writes opens with a phrase alone. Raises NotFound, and as `own_key.with_phrase` does."""
    with parts.db.read() as session:
        subscriber = of_link(parts, session, token)[1].subscriber_id
    reader_keys.with_phrase(parts, subscriber, phrase, ident, now, lambda *_: None)


def share(parts: Parts, token: str, answer: str, phrase: str, now: datetime) -> None:
    """Let the host read one answer that a phrase locks: their copy is made here. Raises as `read` does."""
    _, ident = _phrase_of(parts, token)
    private = reader_keys.open_key(parts, ident, phrase, now)
    with parts.db.write() as session:
        reply = store.find(session, of_link(parts, session, token)[1].subscriber_id, answer)
        if reply.reader_key_id != ident:
            raise NotFound("This was locked in another way.")
        words, raw = store.read_with(private, reply), store.read_raw_with(private, reply)
        store.share_words(parts, reply, words, raw, now)


def _phrase_of(parts: Parts, token: str) -> tuple[Enrollment, str]:
    """Whose link this is, and the key that their phrase opens. Raises NotFound."""
    with parts.db.read() as session:
        enrollment = of_link(parts, session, token)[1]
        key = reader_keys.in_use(session, enrollment.subscriber_id)
        if key is None:
            raise NotFound("There is no phrase.")
        return enrollment, key.id


# ----------------------------------------------------------------------------------------------------------- in order


def returned(parts: Parts, session: Session, enrollment: Enrollment, privates: Mapping[str, bytes]) -> OwnWords:
    """What a reader wrote in all their courses, as far as these private keys, by their ids, open it."""
    rows: list[Found] = [
        (row[0], row[1], row[2]) for row in session.execute(queries.replies.own_words(enrollment.subscriber_id))
    ]
    opens = [row for row in rows if row[0].reader_key_id in privates]
    courses = tuple(
        _of_course(parts, session, list(mine), privates) for _, mine in groupby(opens, key=lambda row: row[1].id)
    )
    return OwnWords(courses, len(rows) - len(opens), schedule.slot_of(enrollment).tz)


def _of_course(parts: Parts, session: Session, rows: Sequence[Found], privates: Mapping[str, bytes]) -> OfCourse:
    enrollment = rows[0][1]
    course = parts.library.courses.get(enrollment.course)
    by_lesson: dict[str, list[Found]] = {}
    for row in rows:
        by_lesson.setdefault((row[2].lesson if row[2] else None) or "", []).append(row)
    places = {lesson.slug: place for place, lesson in enumerate(course.lessons)} if course else {}
    in_order = sorted(by_lesson.items(), key=lambda each: places.get(each[0], len(places)))
    answered = tuple(_answered(parts, session, mine, privates) for _, mine in in_order)
    return OfCourse(course.title if course else "", enrollment.language, answered)


def _answered(parts: Parts, session: Session, rows: Sequence[Found], privates: Mapping[str, bytes]) -> Answered:
    _, enrollment, delivery = rows[0]
    entries = tuple(_entry(session, reply, privates[reply.reader_key_id]) for reply, _, _ in rows)
    return Answered(question(parts, session, delivery, enrollment) if delivery else None, entries)


def _entry(session: Session, reply: Reply, private: bytes) -> Entry:
    text = whole = None
    with suppress(Unsealable):  # one that was damaged hides no other
        text = store.read_with(private, reply)
        whole = beyond(store.read_raw_with(private, reply), text)
        session.expire(reply, ["raw_sealed"])  # a message may have 30 MB
    by_mail, shared = reply.sender != FROM_PAGE, reply.shared_at is not None
    return Entry(reply.received_at, by_mail=by_mail, shared=shared, text=text, whole=whole)
