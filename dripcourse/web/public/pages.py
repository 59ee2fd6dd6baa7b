"""Pages that belong to nobody: a lesson's clean copy, who answers today, what is kept. No token leads here and none leads on."""

from datetime import date
from itertools import groupby

from flask import Blueprint, Response, request

from dripcourse.content.library import Country, HelpLine
from dripcourse.domain.course import UNSAID, Course
from dripcourse.domain.data_inventory import grouped
from dripcourse.domain.errors import NotFound
from dripcourse.web.context import only_course, page, shell

public = Blueprint("public", __name__)

WHOM = ("abuse", "despair", "talk", "harm", "children")
"""The order in which a country's help lines stand."""


@public.get("/c/<cover>/l/<number>")
def lesson(cover: str, number: str) -> Response:
    """A lesson to read or to show, in the reading that `?for=` names by its place: what stands in a browser's history tells no side."""
    parts = shell().parts
    course = parts.library.find(cover)
    found = (
        course.numbered(int(number)) if course and number.isascii() and number.isdigit() and len(number) < 4 else None
    )
    if course is None or found is None:
        raise NotFound("There is no lesson of that number.")
    reading = course.reading(_asked(course, request.args.get("for", "")))
    return page(
        "lesson.html",
        course,
        lesson=found,
        reading=reading,
        unsaid=UNSAID,
        body=parts.renderer.page(course, found, reading),
    )


@public.get("/support")
def support() -> Response:
    """Who answers today, country by country."""
    countries = _countries()
    return page("support.html", only_course(), index=True, countries=[(each, _by_whom(each)) for each in countries])


@public.get("/privacy")
def privacy() -> Response:
    """What is kept: in plain words, and every single thing, as `domain.kept` describes the schema."""
    rules = shell().parts.rules
    return page(
        "privacy.html",
        only_course(),
        index=True,
        groups=list(grouped()),
        postal_address=rules.postal_address,
        months=rules.replies_kept_months,
    )


def _asked(course: Course, word: str) -> str:
    """The perspective at that place, from 1 on; a key is understood too."""
    keys = dict(enumerate(course.perspectives, 1))
    return keys.get(int(word), "") if word.isascii() and word.isdigit() and len(word) < 3 else word


def _countries() -> list[Country]:
    """Every country that the courses' lists name; a country in two lists is told once, as the first tells it."""
    library = shell().parts.library
    found: dict[str, Country] = {}
    for course in library.courses.values():
        for country in library.support(course):
            found.setdefault(country.code, country)
    return list(found.values())


def _by_whom(country: Country) -> list[tuple[str, list[HelpLine]]]:
    lines = sorted(country.lines, key=lambda line: WHOM.index(line.whom))
    return [(whom, list(group)) for whom, group in groupby(lines, key=lambda line: line.whom)]


def checked(country: Country) -> date:
    """The day on which the oldest of a country's lines was checked."""
    return min(line.checked for line in country.lines)
