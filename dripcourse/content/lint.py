"""Advice for authors: nothing here stops a course, all of it makes a better one."""

import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from dripcourse.content.library import Library
from dripcourse.content.load import COURSE_FILE
from dripcourse.content.markdown import parse
from dripcourse.content.sources import Fields, read_text, read_toml, read_yaml, split_front_matter
from dripcourse.content.translations import HOSTS_WORDS
from dripcourse.domain.course import Course, Lesson
from dripcourse.domain.errors import Fault

LONG_MAIL = 60_000
_LONGER = 2  # times the usual length, and at least so many words more:
_MUCH = 200
_TAG = re.compile(r"\{[{%].*?[%}]\}")
_WORD = re.compile(r"[^\W\d_]{4,}")
_COMMON = """
about after again also been before course dear does each every first from have here into last lesson lessons letter letters
mail more much note notes over same some than that their them then there these they this time very week weeks weekly welcome
what when where which will with without word words your
aber auch brief briefe dein deine deiner deinem deinen dich diese dieser eine einem einen einer erste kurs lektion letzte mein
nach nicht noch oder sich sind über unter willkommen woche wochen
avec bienvenue cette chez cours dans elle encore leçon lettre lettres même notre nous pour première plus sans semaine sont
tout tous vers votre vous
antes bienvenida bienvenido carta cartas como curso desde entre esta este hasta lección para pero primera semana sobre todo
última
"""
_SAYS_NOTHING = frozenset(_COMMON.split())
_HTML = re.compile(r"<(?:/?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>|!--)")
_LINK_TO_NOWHERE = re.compile(r"\]\((?!\s*<?(?:https?:|mailto:|tel:|\{\{))")
_SHOUT = re.compile(r"!(?!\[|=)")
_DISCREET = ("subject", "preview")


def advice(library: Library, course: Course) -> list[Fault]:
    """What an author may want to look at again, in the order of the files."""
    found = [*_about_course(library, course), *_lengths(library, course)]
    for lesson in course.lessons:
        found += _about_lesson(course, lesson)
    return sorted(found)


def words_in(library: Library, course: Course, lesson: Lesson, who: str) -> int:
    """How many words a reading of a lesson has, title and prompt included."""
    said = _TAG.sub(" ", library.sheets[course.slug, lesson.slug, who].said)
    return sum(any(map(str.isalnum, word)) for word in said.split())


def _about_course(library: Library, course: Course) -> Iterator[Fault]:
    file = Path(course.folder) / COURSE_FILE
    text = read_text(file, [])
    fields = read_toml(str(file), text or "", []) or Fields(str(file), {})
    # The slug is left out: it is never shown where a reader or a mailbox sees it.
    for key, shown in (("cover", course.cover), ("from_name", course.from_name)):
        yield from _telling(fields, key, shown, _words(course.title))
    if not library.words.knows(course.language):
        says = f"dripcourse has no words in `{course.language}`: what stands round the lessons will be English"
        yield Fault(
            str(file),
            fields.line(("language",)),
            f"{says}. To translate them: {HOSTS_WORDS}/{course.language}.toml beside your courses",
        )


def _lengths(library: Library, course: Course) -> Iterator[Fault]:
    most = [max((words_in(library, course, each, who), who) for who in course.readings) for each in course.lessons]
    usual = median(count for count, _ in most)
    for lesson, (count, who) in zip(course.lessons, most, strict=True):
        if count > _LONGER * usual and count > usual + _MUCH:
            says = f"has {count} words (reading `{who}`); the lessons of this course have about {usual:.0f}"
            yield Fault(lesson.file, 0, says)
        size = max(library.sheets[course.slug, lesson.slug, each].size for each in course.readings)
        if size > LONG_MAIL:
            yield Fault(lesson.file, 0, f"makes a mail of {size / 1000:.0f} kB; over 90 kB it would be refused")


def _about_lesson(course: Course, lesson: Lesson) -> Iterator[Fault]:
    fields = _front_matter(lesson.file)
    for key, why in (
        ("subject_plain", "for readers who want plain subjects"),
        ("preview", "what a mailbox shows beside the subject"),
    ):
        if key not in fields.values:
            yield Fault(lesson.file, 1, f"has no `{key}`: {why}")
    given_away = _words(course.title) | (_words(lesson.title) if lesson.title != lesson.subject else set())
    for key in _DISCREET:
        yield from _telling(fields, key, str(fields.values.get(key, "")), given_away)
    for key, value in fields.values.items():
        if _SHOUT.search(str(value)):
            yield Fault(
                lesson.file, fields.line((key,)), f"an exclamation mark in `{key}`: quiet words are heard better"
            )
    for number, line in enumerate(lesson.body.split("\n"), lesson.body_line):
        if _SHOUT.search(line.replace("<!--", "")):
            yield Fault(lesson.file, number, "an exclamation mark: quiet words are heard better")
        if _HTML.search(line):
            yield Fault(lesson.file, number, "HTML is shown to readers as it stands; use Markdown")
        if _LINK_TO_NOWHERE.search(line):
            yield Fault(lesson.file, number, "a link in a mail needs a whole address, such as https://example.org/page")
    yield from _headings(lesson)


def _headings(lesson: Lesson) -> Iterator[Fault]:
    above = 1  # the title
    for token in parse(lesson.body):
        if token.type != "heading_open" or token.map is None:
            continue
        level, line = int(token.tag[1]), lesson.body_line + token.map[0]
        if level == 1:
            yield Fault(lesson.file, line, "a second title: begin the headings inside a lesson with ##")
        elif level > above + 1:
            yield Fault(
                lesson.file,
                line,
                f"a heading jumps from level {above} to level {level}: begin it with {'#' * (above + 1)}",
            )
        above = max(level, 2)


def _telling(fields: Fields, key: str, shown: str, given_away: set[str]) -> Iterator[Fault]:
    for word in sorted(_words(shown) & given_away):
        says = f"`{key}` says “{word}”, as the title does; everybody who sees the mailbox can read it"
        yield Fault(fields.file, fields.line((key,)), says)


def _words(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.casefold()) if word not in _SAYS_NOTHING}


def _front_matter(file: str) -> Fields:
    text = read_text(Path(file), [])
    parts = split_front_matter(file, text, []) if text else None
    return (read_yaml(file, parts[0], 2, []) if parts else None) or Fields(file, {})
