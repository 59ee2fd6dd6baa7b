"""Mails, filled in: all the work that is left for one reader. Nothing is compiled, read or inlined here after the start."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from dripcourse.content.compiled import Compiled, Compiler
from dripcourse.content.jinja import READER
from dripcourse.content.library import SIGNATURE, Library, Table
from dripcourse.domain.course import Course, Lesson
from dripcourse.domain.errors import DripError
from dripcourse.domain.pacing import Pace
from dripcourse.domain.page_addresses import Pages

_ANSWER_FACTS = (
    "subject",
    "day",
    "state",
    "number",
    "total",
    "every",
    "me_url",
    "leave_url",
    "support_url",
    "accept_url",
    "start_url",
    "last_today",
)
_LINK = re.compile(r"\[([^\]]+)\]\((\S+)\)")


class TemplateFault(DripError):
    """A mail could not be filled in; the message names the mail, never the reader."""


@dataclass(frozen=True, slots=True)
class LessonFacts:
    """What is different in every reader's copy of a lesson."""

    next_date: date | None
    """The day of the next lesson in the reader's zone; None after the last."""
    promised: date | None
    """If this lesson is late: the day it was promised for."""
    me_url: str
    leave_url: str
    support_url: str
    clean_copy_url: str
    waits: bool = False
    """The next lesson has no day yet: it waits until this reader wants it."""
    behind: bool = False
    """The next lesson has no day yet: it waits for the end of another course of this reader's."""
    after_unsure: bool = False
    """Nobody knows whether the lesson before this one arrived: the mail says how to ask for it again."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail's words, ready to be addressed."""

    subject: str
    text: str
    html: str
    said: str
    """The lesson proper as plain text (title, words, prompt): what is kept, and what a reply is laid beside. No private link."""


class Renderer:
    """Fills in the mails of a library. Everything is compiled when it is made; it keeps no state after that and may be shared."""

    def __init__(self, library: Library, *, base_url: str, postal_address: str) -> None:
        self._library = library
        self._words = library.words
        self._pages = Pages(base_url.rstrip("/"))
        lines = [line.strip() for line in postal_address.strip().split("\n")]
        self._postal_text = "\n".join(lines)
        self._postal_html = Markup("<br>").join(lines)
        compile_ = Compiler()
        self._lessons = {key: compile_(sheet) for key, sheet in library.sheets.items()}
        self._system = {key: compile_(sheet) for key, sheet in library.system.items()}

    def lesson(self, course: Course, lesson: Lesson, perspective: str | None, facts: LessonFacts) -> Rendered:
        """The lesson as this reader gets it. Raises TemplateFault if it cannot be filled in."""
        who = course.reading(perspective)
        compiled = self._compiled(course, lesson, who)
        day = self._words.day
        mail = self.words(course.language)["mail"]
        undated = mail["your_day"] if facts.waits else mail["behind_day"] if facts.behind else ""
        values = {
            "next_date": day(facts.next_date, course.language) if facts.next_date else undated,
            "dated": facts.next_date is not None,
            "waits": facts.waits,
            "promised": day(facts.promised, course.language) if facts.promised else "",
            "me_url": facts.me_url,
            "leave_url": facts.leave_url,
            "support_url": facts.support_url,
            "clean_copy_url": facts.clean_copy_url,
            "after_unsure": facts.after_unsure,
            "asks": who in lesson.prompts,
            "last": facts.next_date is None
            and not (facts.waits or facts.behind)
            and lesson.number == course.lessons[-1].number,
        }
        return self._render(compiled, values, f"Lesson {lesson.slug} of {course.slug}")

    def system(self, name: str, language: str, *, pace: Pace = Pace.WEEKLY, **facts: str) -> Rendered:
        """One of the engine's own mails, such as `confirm`, in a language (English if it has no words)."""
        compiled = self._system.get((name, self._words.language(language)))
        if compiled is None:
            raise TemplateFault(f"There is no mail named {name}.")
        return self._render(
            compiled,
            {"every": self._every(language, pace), "support_url": self._pages.support, **facts},
            f"The mail {name}",
        )

    def reading(self, language: str, facts: LessonFacts, *, subject: str, read_url: str) -> Rendered:
        """The mail that says only that there is something to read, and where; and, if it is so, what a lesson says of a delay."""
        day = self._words.day
        return self.system(
            "reading",
            language,
            subject=subject,
            read_url=read_url,
            me_url=facts.me_url,
            leave_url=facts.leave_url,
            promised=day(facts.promised, language) if facts.promised else "",
            after_unsure="yes" if facts.after_unsure else "",
        )

    def answer(
        self,
        name: str,
        language: str,
        *,
        says: str = "",
        facts: Mapping[str, str],
        listed: Sequence[str] = (),
    ) -> Rendered:
        """What is written back to a reader: the mail `name`, with the words `says` of [mail.answers] if it is an `answer`.

        `facts` fill in the words, `listed` are lines for a mail that has a list. Raises TemplateFault if it cannot be filled in.
        """
        known = dict.fromkeys(_ANSWER_FACTS, "") | dict(facts)
        words = self.words(language)["mail"]["answers"].get(says, {})
        told = {part: _spoken(words.get(part, ""), known) for part in ("says", "undo")}
        compiled = self._system.get((name, self._words.language(language)))
        if compiled is None:
            raise TemplateFault(f"There is no mail named {name}.")
        as_html = Markup("<br>").join(listed)
        return self._render(compiled, known | told, f"The mail {name}", listed=("\n".join(listed), as_html))

    def consent(self, language: str, pace: Pace) -> str:
        """What somebody says who says yes to the confirmation mail, word for word: it is kept as evidence."""
        words = str(self.words(language)["mail"]["confirm"]["agree"])
        return READER.from_string(words).render(every=self._every(language, pace))

    def every(self, language: str, pace: Pace) -> str:
        """How often, as a thing that one gets: "a weekly e-mail"."""
        return self._every(language, pace)

    def day(self, day: date, language: str) -> str:
        """A day as people of that language write it."""
        return self._words.day(day, language)

    def subject(self, name: str, language: str, *, pace: Pace = Pace.WEEKLY) -> str:
        """The exact subject of one of the engine's own mails, to tell people what to look for."""
        return str(self._system[name, self._words.language(language)].subject.render(every=self._every(language, pace)))

    def page(self, course: Course, lesson: Lesson, perspective: str | None) -> Markup:
        """The lesson's words and prompt for a web page that anybody may see: no title, no token, nobody's date."""
        last = lesson.number == course.lessons[-1].number
        return self._page(course, lesson, perspective, "" if last else self.words(course.language)["mail"]["soon"])

    def reread(self, course: Course, lesson: Lesson, perspective: str | None, facts: LessonFacts) -> tuple[str, Markup]:
        """What a lesson says to one reader, as it is kept, and the same as a web page. Raises TemplateFault if it cannot be filled in."""
        said = self.lesson(course, lesson, perspective, facts).said
        day = self._words.day(facts.next_date, course.language) if facts.next_date else ""
        return said, self._page(course, lesson, perspective, day)

    def _page(self, course: Course, lesson: Lesson, perspective: str | None, next_date: str) -> Markup:
        compiled = self._compiled(course, lesson, course.reading(perspective))
        words = compiled.page.render(
            next_date=next_date,
            support_url=self._pages.support,
            clean_copy_url=self._pages.clean_copy(course.cover, lesson.number),
        )
        return Markup(words)  # noqa: S704 - made from Markdown without HTML, escaped by its template

    def words(self, language: str) -> Table:
        """What the engine says in a language, as tables by section; English where it has no words."""
        return self._words.of(language)

    def _compiled(self, course: Course, lesson: Lesson, who: str) -> Compiled:
        compiled = self._lessons.get((course.slug, lesson.slug, who))
        if compiled is None:
            what = f"Lesson {lesson.slug} of {course.slug}"
            raise TemplateFault(f"{what} is not among the lessons that were read at the start; start again.")
        return compiled

    def _every(self, language: str, pace: Pace) -> str:
        every: Mapping[str, str] = self.words(language)["mail"]["every"]
        return every.get(pace, every[Pace.WEEKLY])

    def _render(
        self, compiled: Compiled, values: Mapping[str, Any], what: str, listed: tuple[str, str] = ("", "")
    ) -> Rendered:
        try:
            return Rendered(
                subject=compiled.subject.render(values),
                text=_ended(compiled.text.render(values, postal_address=self._postal_text, listed=listed[0])),
                html=compiled.html.render(values, postal_address=self._postal_html, listed=listed[1]),
                said=_ended(compiled.said.render(values, listed=listed[0])),
            )
        except Exception as error:
            # the error's own words may hold a reader's link, so only its kind is told
            raise TemplateFault(f"{what} could not be filled in ({type(error).__name__}).") from error


def _spoken(words: str, facts: Mapping[str, str]) -> str:
    """Words of [mail.answers], filled in; they stand in a mail as plain text, so a link shows its address."""
    return _LINK.sub(r"\1: \2", READER.from_string(words).render(facts))


def _ended(text: str) -> str:
    """One line end at the end, and no signature mark with nothing below it."""
    return text.rstrip("\n").removesuffix(SIGNATURE.rstrip("\n")).rstrip("\n") + "\n"
