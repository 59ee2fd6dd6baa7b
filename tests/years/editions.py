"""A course of tiny lessons in several editions: as it was, and with lessons put in, taken out and moved."""

import random
import tempfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from dripcourse.content.library import Library
from dripcourse.content.load import load_library
from dripcourse.content.render import Renderer
from tests.support.house import ENVIRONMENT, write_course

SLUG = "small"
LESSONS = 30
"""Of a course on real tables; by the rules alone it may be longer."""


@dataclass(frozen=True)
class Edition:
    """One state of the course: what the engine works with, and the order of its lessons."""

    library: Library
    renderer: Renderer
    lessons: tuple[str, ...]


@cache
def editions() -> tuple[Edition, ...]:
    """The editions; the first is what the course begins as. The words of every lesson are read and pressed once."""
    every = max(orders(LESSONS), key=len)
    library, renderer = _read(every)
    course = library.courses[SLUG]

    def edition(order: tuple[str, ...]) -> Edition:
        known = {lesson.slug: lesson for lesson in course.lessons}
        lessons = tuple(replace(known[slug], number=number) for number, slug in enumerate(order))
        return Edition(replace(library, courses={SLUG: replace(course, lessons=lessons)}), renderer, order)

    return tuple(edition(order) for order in orders(LESSONS))


def orders(lessons: int) -> list[tuple[str, ...]]:
    """The lessons of every edition, of which the first has so many; the welcome is always first."""
    chance = random.Random("editions")
    base = [f"lesson-{number}" for number in range(1, lessons + 1)]
    put_in = list(base)
    for number in range(lessons // 11):
        put_in.insert(chance.randint(0, len(put_in)), f"new-{number}")
    taken_out = [slug for slug in base if chance.random() > 0.1]
    moved = list(base)
    for _ in range(lessons // 7):
        moved.insert(chance.randint(0, len(moved) - 1), moved.pop(chance.randint(0, len(moved) - 1)))
    mixed = [slug for slug in put_in if chance.random() > 0.05]
    ninth = lessons // 9
    early, late = slice(2 * ninth, 3 * ninth), slice(6 * ninth, 7 * ninth)
    mixed[early], mixed[late] = mixed[late], mixed[early]
    return [("welcome", *slugs) for slugs in (base, put_in, taken_out, moved, mixed)]


def _read(lessons: tuple[str, ...]) -> tuple[Library, Renderer]:
    with tempfile.TemporaryDirectory(prefix="dripcourse-years-") as name:
        course = write_course(Path(name), SLUG, lessons=0)
        for number, slug in enumerate(lessons):
            (course / f"{number:02d}-{slug}.md").write_text(
                f"---\ntitle: {slug}\nsubject: {slug}\nsubject_plain: {slug}\npreview: A few lines.\n---\nA few words.\n",
                encoding="utf-8",
            )
        library = load_library([Path(name)])
    words = {"base_url": ENVIRONMENT["BASE_URL"], "postal_address": ENVIRONMENT["POSTAL_ADDRESS"]}
    return library, Renderer(library, **words)
