"""Courses from folders. Everything is checked here, so that nothing is found out when a lesson is due."""

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from dripcourse.content.files import shipped
from dripcourse.content.lessons import is_lesson, read_lesson
from dripcourse.content.library import Country, Library, Sheet, SheetKey
from dripcourse.content.schema import MAX_NAME, NAME, CourseFile, check
from dripcourse.content.sheets import Press, read_layout
from dripcourse.content.sources import Fields, read_text, read_toml
from dripcourse.content.suggestion import suggestion
from dripcourse.content.support import read_support
from dripcourse.content.translations import HOSTS_WORDS, read_words
from dripcourse.domain.course import Course, Lesson
from dripcourse.domain.errors import CourseError, Fault
from dripcourse.domain.pacing import Pace

COURSE_FILE = "course.toml"
MAX_MAIL = 90_000
"""Bytes of a mail's text and HTML together. Some mail programs cut a mail at about 102 kB and hide the rest, the way out included."""

_NO_COURSE = re.compile(r"[_.].*|system").fullmatch


def load_library(directories: Sequence[Path]) -> Library:
    """Every course directly below these folders. Raises CourseError with every fault of every file."""
    library, faults = read_library(directories)
    if faults or library is None:
        raise CourseError(faults)
    return library


def read_library(directories: Sequence[Path]) -> tuple[Library | None, list[Fault]]:
    """The courses that are sound, and every fault of the others; no library if the engine's own words are not sound."""
    faults: list[Fault] = []
    templates = shipped("templates")
    folders = [templates / "words", *(directory / HOSTS_WORDS for directory in directories)]
    words, layout = read_words(folders, faults), read_layout(templates / "emails", faults)
    if words is None or layout is None or faults:
        return None, faults
    press = Press(layout, words)
    courses: dict[str, Course] = {}
    countries: dict[str, Sequence[Country]] = {}
    folders_seen: set[str] = set()
    hosts: Sequence[Country] | None = None
    for directory in directories:
        for folder in _course_folders(directory, faults):
            course, lines = read_course(folder, faults)
            folders_seen.add(folder.name)
            countries[folder.name] = read_support(folder, faults) or ()
            faults += _clashes(folder, course, lines, courses)
            if course:
                courses.setdefault(course.slug, course)
        hosts = read_support(directory, faults) or hosts
    faults += _order(courses, folders_seen)
    sheets = {key: sheet for course in courses.values() for key, sheet in _sheets(press, course, faults)}
    system = {(name, each): press.system(name, each) for name in layout.system for each in words.languages}
    return Library(courses, words, sheets, system, countries, hosts), faults


def _course_folders(directory: Path, faults: list[Fault]) -> list[Path]:
    try:
        found = sorted(directory.iterdir())
    except OSError as error:
        says = f"cannot be read as a folder of courses ({error.strerror}); is COURSES_DIR right?"
        faults.append(Fault(str(directory), 0, says))
        return []
    return [each for each in found if not _NO_COURSE(each.name) and (each / COURSE_FILE).exists()]


def read_course(folder: Path, faults: list[Fault]) -> tuple[Course | None, Fields | None]:
    """The course in a folder (None and its faults if it has any), and what its course.toml says under which line."""
    before = len(faults)
    if not NAME.fullmatch(folder.name) or len(folder.name) > MAX_NAME:
        says = "a course's folder is named with small letters, digits and single hyphens"
        faults.append(Fault(str(folder), 0, f"{says}, at most {MAX_NAME} of them"))
    path = folder / COURSE_FILE
    text = read_text(path, faults)
    fields = read_toml(str(path), text, faults) if text is not None else None
    file = check(CourseFile, fields, faults) if fields else None
    if file and fields:
        for key in file.headings.keys() - file.perspectives.keys():
            says = f"`{key}` is not in [perspectives]; {suggestion(key, list(file.perspectives))}"
            faults.append(Fault(str(path), fields.line(("headings", key)), says))
    lessons = _lessons(folder, file, faults)
    if file is None or len(faults) > before:
        return None, fields
    course = Course(
        slug=folder.name,
        cover=file.cover,
        title=file.title,
        from_name=file.from_name,
        language=file.language,
        pace=Pace(file.pace),
        perspectives=file.perspectives,
        headings={**file.perspectives, **file.headings},
        lessons=lessons,
        summary=file.summary.strip(),
        credit=file.credit.strip(),
        after=file.after.strip(),
        folder=str(folder),
    )
    return course, fields


def _lessons(folder: Path, file: CourseFile | None, faults: list[Fault]) -> tuple[Lesson, ...]:
    keys = tuple(file.perspectives) if file else None
    try:
        paths = sorted(path for path in folder.iterdir() if is_lesson(path.name))
    except OSError as error:
        faults.append(Fault(str(folder), 0, f"cannot be read ({error.strerror}); look at its permissions"))
        return ()
    faults += _numbering(folder, [path.name for path in paths])
    return tuple(lesson for path in paths if (lesson := read_lesson(path, keys, faults)))


def _numbering(folder: Path, names: Sequence[str]) -> list[Fault]:
    """Numbers go from 00 without a gap, and no number or slug twice. Asked of the names: a lesson with faults has its place too."""
    found: list[Fault] = []
    numbered = [(int(name[:2]), name) for name in names if name[:2].isascii() and name[:2].isdigit()]
    slugs: dict[str, str] = {}
    for _, name in numbered:
        slug = name[3:].removesuffix(".md")
        if slug in slugs:
            says = f"has the same words in its name as {slugs[slug]}; they tell lessons apart, so choose others"
            found.append(Fault(str(folder / name), 0, says))
        slugs.setdefault(slug, name)
    for (one, name), (two, other) in pairwise(numbered):
        if one == two:
            found.append(Fault(str(folder / other), 0, f"has the same number as {name}"))
    present = {number for number, _ in numbered}
    for number in sorted(set(range(max(present, default=0) + 1)) - present):
        what = "lesson 00, the welcome," if number == 0 else f"lesson {number:02d}"
        found.append(Fault(str(folder), 0, f"{what} is missing: numbers begin at 00 and go on without a gap"))
    return found


def _clashes(folder: Path, course: Course | None, lines: Fields | None, courses: Mapping[str, Course]) -> list[Fault]:
    """Slugs and covers name a course in links and addresses, so no name may mean two."""
    found: list[Fault] = []
    if folder.name in courses:
        says = f"there is a course of that name already, in {courses[folder.name].folder}; rename this folder"
        found.append(Fault(str(folder), 0, says))
    if course is None or lines is None:
        return found
    for other in courses.values():
        if course.cover in (other.cover, other.slug) or course.slug == other.cover:
            says = f"cover and folder name must differ from those of every course; {other.folder} has this one"
            found.append(Fault(lines.file, lines.line(("cover",)), says))
    return found


def _order(courses: Mapping[str, Course], known: Collection[str]) -> list[Fault]:
    """What a course comes `after` is another course, and no two wait for each other: readers of both would wait for ever."""
    found: list[Fault] = []
    for course in courses.values():
        file = str(Path(course.folder) / COURSE_FILE)
        if course.after and course.after not in known:
            found.append(Fault(file, 0, f"`after` names no course here; {suggestion(course.after, sorted(known))}"))
        seen, each = {course.slug}, courses.get(course.after)
        while each is not None and each.slug not in seen:
            seen.add(each.slug)
            each = courses.get(each.after)
        if each is not None and each.slug == course.slug:
            found.append(Fault(file, 0, "`after` leads back to this course, so its readers would wait for ever"))
    return found


def _sheets(press: Press, course: Course, faults: list[Fault]) -> list[tuple[SheetKey, Sheet]]:
    found: list[tuple[SheetKey, Sheet]] = []
    for lesson in course.lessons:
        sheets = {who: press.lesson(course, lesson, who) for who in course.readings}
        who, largest = max(sheets.items(), key=lambda item: item[1].size)
        if largest.size > MAX_MAIL:
            size = f"makes a mail of {largest.size / 1000:.0f} kB (reading `{who}`)"
            says = f"{size}; mail programs cut long mails, so keep it under {MAX_MAIL // 1000} kB"
            faults.append(Fault(lesson.file, 0, says))
        found += [((course.slug, lesson.slug, who), sheet) for who, sheet in sheets.items()]
    return found
