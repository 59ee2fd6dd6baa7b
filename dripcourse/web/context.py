"""What every view stands on: the parts, the clock, the words of a language, and one way to make a page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from babel import Locale
from flask import Response, current_app, g, make_response, render_template, request

from dripcourse.domain.course import Course
from dripcourse.services.parts import Clock, Parts
from dripcourse.web.form_tokens import FormTokens


@dataclass(frozen=True, slots=True)
class Shell:
    """What an app was made with."""

    parts: Parts
    clock: Clock
    form_tokens: FormTokens
    beat_within: timedelta
    trouble: Callable[[], str] = str
    """What keeps a scheduler in this very process from its work, as a sentence; '' if nothing does, or there is none."""

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.clock()


def shell() -> Shell:
    """The shell of the app that handles this request."""
    found: Shell = current_app.extensions["dripcourse"]
    return found


def page(
    template: str,
    course: Course | None = None,
    *,
    status: int = 200,
    index: bool = False,
    **context: Any,  # noqa: ANN401
) -> Response:
    """A page in the language of its reader if `speak` named one, else of its course. Search engines keep only those that say `index`."""
    parts = shell().parts
    asked = g.get("language") or (course.language if course else common_language())
    language = parts.library.words.language(asked)
    words = parts.renderer.words(language)
    html = render_template(
        template,
        course=course,
        language=language,
        direction=Locale.parse(language, sep="-").text_direction,
        w=words["pages"],
        constant=words["mail"]["constant"],
        **context,
    )
    response = make_response(html, status)
    if index:
        response.headers["X-Robots-Tag"] = "all"
    return response


def speak(language: str | None) -> None:
    """Answer this request in a language; None changes nothing."""
    if language:
        g.language = language


def common_language() -> str:
    """The language of a page that belongs to no course: the one that the browser likes best of those that the courses have."""
    courses = shell().parts.library.courses.values()
    spoken = list(dict.fromkeys(course.language for course in courses)) or ["en"]
    return request.accept_languages.best_match(spoken) or spoken[0]


def only_course() -> Course | None:
    """The course, if there is just one."""
    courses = list(shell().parts.library.courses.values())
    return courses[0] if len(courses) == 1 else None


def day(when: date, language: str) -> str:
    """A day as people of that language write it."""
    return shell().parts.library.words.day(when, language)
