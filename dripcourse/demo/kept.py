"""What became of the messages that readers sent back: what each was taken for, what is kept of it, and who can read that."""

from dataclasses import dataclass
from datetime import datetime

from dripcourse.domain.course import Course
from dripcourse.domain.errors import NotFound
from dripcourse.services.host import overview
from dripcourse.services.host.overview import ReaderView
from dripcourse.services.parts import Parts
from dripcourse.services.replies import store

_GLIMPSE = 24
"""How many bytes of what is sealed are shown: enough to see that there is nothing to read."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message that came back; `taken_for` is the verdict, `reason` what the host is told of it."""

    at: datetime
    taken_for: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """One reply as the database holds it: `glimpse` is how its sealed words begin, in hexadecimal, of `size` bytes."""

    lesson: str
    at: datetime
    by_mail: bool
    glimpse: str
    size: int
    shared: str | None
    """Its words if the reader shares them with the host."""


@dataclass(frozen=True, slots=True)
class Journal:
    """All that came back from one mailbox, newest first."""

    messages: tuple[Message, ...] = ()
    sealed: tuple[Sealed, ...] = ()

    @property
    def shared(self) -> int:
        """How many of the replies the host can read."""
        return sum(each.shared is not None for each in self.sealed)


def journal_of(parts: Parts, address: str) -> Journal:
    """What came back from whoever has this address; nothing if it was never enrolled."""
    try:
        views = overview.reader(parts, address)
    except NotFound:
        return Journal()
    messages = [
        Message(each.at, each.verdict, each.reason) for view in views for each in overview.heard(parts, view.enrollment)
    ]
    messages.sort(key=lambda each: each.at, reverse=True)
    return Journal(tuple(messages), tuple(_sealed(parts, views)))


def _sealed(parts: Parts, views: list[ReaderView]) -> list[Sealed]:
    words = {reply.id: reply.text for view in views for reply in view.shared}
    found = []
    for kept, stored in store.as_stored(parts, views[0].id):
        course = parts.library.courses.get(kept.course)
        found.append(
            Sealed(
                lesson=_subject(course, kept.lesson),
                at=kept.at,
                by_mail=kept.sender != store.FROM_PAGE,
                glimpse=stored[:_GLIMPSE].hex(" ", 4),
                size=len(stored),
                shared=words.get(kept.id),
            )
        )
    return found


def _subject(course: Course | None, slug: str | None) -> str:
    lesson = course.lesson(slug or "") if course else None
    return lesson.subject if lesson else "a mail"
