"""What a course is: lessons in an order, each with its words for every reading."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from dripcourse.domain.pacing import Pace

UNSAID = "unsaid"
"""The reading of somebody who did not say which perspective is theirs."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One mail of a course as its author wrote it; `slug` is its identity, `number` only its place (0 is the welcome)."""

    slug: str
    number: int
    title: str
    subject: str
    subject_plain: str
    preview: str
    body: str
    """Markdown with `:::` passages and Jinja, as written."""
    prompts: Mapping[str, str]
    """One reflection prompt for each perspective's key and for `unsaid`; empty where the lesson asks nothing."""
    file: str = ""
    body_line: int = 1
    """Where the body begins in `file`, so that a fault in it can be pointed at."""


@dataclass(frozen=True, slots=True)
class Course:
    """A folder of lessons; `slug` is its identity, `cover` the discreet name that readers and mailboxes see."""

    slug: str
    cover: str
    title: str
    from_name: str
    language: str
    pace: Pace
    perspectives: Mapping[str, str]
    """Key to the words of the choice ("I was hurt"), in the author's order; may be empty."""
    headings: Mapping[str, str]
    """Key to the heading a passage gets when it stands beside the others ("If you were hurt")."""
    lessons: tuple[Lesson, ...]
    """In order of their numbers; the first is the welcome."""
    summary: str = ""
    credit: str = ""
    after: str = ""
    """The slug of the course whose end a reader of both waits for before this one goes on after its welcome."""
    folder: str = ""
    _by_slug: Mapping[str, Lesson] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_slug", {lesson.slug: lesson for lesson in self.lessons})

    def lesson(self, slug: str) -> Lesson | None:
        """The lesson of that slug, or None if the course no longer has it."""
        return self._by_slug.get(slug)

    def numbered(self, number: int) -> Lesson | None:
        """The lesson at that place, or None."""
        return next((lesson for lesson in self.lessons if lesson.number == number), None)

    def reading(self, perspective: str | None) -> str:
        """The reading that somebody of `perspective` gets: a key of this course, or `unsaid`."""
        return perspective if perspective is not None and perspective in self.perspectives else UNSAID

    @property
    def text_digest(self) -> str:
        """A short name for the course's present words: it changes when any of them does."""
        return sha256(repr((self.title, self.headings, self.lessons)).encode()).hexdigest()[:12]

    @property
    def readings(self) -> tuple[str, ...]:
        """Every reading this course has: its perspectives, then `unsaid`."""
        return (*self.perspectives, UNSAID)


def next_lesson(course: Course, *, last_slug: str | None, last_number: int, seen: frozenset[str]) -> Lesson | None:
    """The lesson that comes after the last accepted one, or None at the end of the course.

    Progress is by slug. A lesson put in before the reader's place is not sent after the fact; one that was `seen` (has a
    delivery already) is never sent twice, however lessons were moved. If the last one was taken out, the place is after what was seen
    up to there: the files may have new numbers since. Only if nothing is known to be seen, the number itself tells.
    """
    last = course.lesson(last_slug) if last_slug else None
    before = (lesson.number for lesson in course.lessons if lesson.slug in seen and lesson.number <= last_number)
    place = last.number if last else max(before, default=last_number)
    return next((lesson for lesson in course.lessons if lesson.number > place and lesson.slug not in seen), None)
