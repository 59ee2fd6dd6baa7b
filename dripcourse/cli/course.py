"""`dripcourse course`: for authors. Needs no setting but COURSES_DIR, and that only for courses kept there."""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from dripcourse.content.files import OWN_COURSES, course_directories
from dripcourse.content.library import Library
from dripcourse.content.lint import advice, words_in
from dripcourse.content.load import COURSE_FILE, load_library, read_library
from dripcourse.content.skeleton import write_course
from dripcourse.domain.course import Course
from dripcourse.domain.errors import CourseError, Fault, UsageError
from dripcourse.settings import Needs, load_settings


@click.group("course")
def group() -> None:
    """List, start and check courses. A course is a folder of Markdown files."""


@group.command("list")
@click.option("--json", "in_json", is_flag=True, help="As JSON.")
@click.pass_context
def list_(ctx: click.Context, *, in_json: bool) -> None:
    """Every course there is."""
    library = load_library(_directories(ctx))
    if in_json:
        click.echo(
            "["
            + ",\n ".join(json.dumps(_as_plain(each), ensure_ascii=False) for each in library.courses.values())
            + "]"
        )
        return
    for course in library.courses.values():
        click.echo(
            f"{course.slug}  ({course.cover})  {len(course.lessons)} lessons, {course.pace.value}, {course.language}"
        )
        click.echo(f"    {course.title}")


@group.command("new")
@click.argument("slug")
@click.option("--title", help="What the course is called; the slug in words if it is left out.")
@click.option(
    "--in",
    "directory",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to put it in; else COURSES_DIR, else ./courses.",
)
@click.pass_context
def new(ctx: click.Context, slug: str, title: str | None, directory: Path | None) -> None:
    """Start a course: three lessons to write over. Never overwrites anything."""
    home = directory or _courses_dir(ctx) or Path(OWN_COURSES)
    files = write_course(home, slug, title=title)
    for file in files:
        click.echo(f"wrote {file}")
    click.echo(f"Open them in any editor, then try: dripcourse course check {_to_check(home, slug, _directories(ctx))}")


@group.command("check")
@click.argument("slug", required=False)
@click.pass_context
def check(ctx: click.Context, slug: str | None) -> None:
    """Say everything that is wrong with a course (a slug, or a folder), or with all of them; then some advice."""
    directories = list(_directories(ctx))
    if slug and (Path(slug) / COURSE_FILE).exists():
        folder = Path(slug)
        if folder.parent.resolve() not in [each.resolve() for each in directories]:
            directories.append(folder.parent)
        slug = folder.resolve().name
    library, faults = read_library(directories)
    mine = [fault for fault in faults if slug is None or _is_about(fault, slug, directories)]
    if mine or library is None:
        raise CourseError(mine or faults)
    for course in _chosen(library, slug):
        _report(library, course)


def _is_about(fault: Fault, slug: str, directories: Sequence[Path]) -> bool:
    return any(Path(fault.file).is_relative_to(each / slug) for each in directories)


def _chosen(library: Library, slug: str | None) -> list[Course]:
    if slug is None:
        return list(library.courses.values())
    course = library.find(slug)
    if course is None:
        known = ", ".join(library.courses)
        raise UsageError(
            f"There is no course {slug}. A course is a folder with a {COURSE_FILE} in it; there are: {known}."
        )
    return [course]


def _report(library: Library, course: Course) -> None:
    click.echo(f"{course.slug}: {len(course.lessons)} lessons, {course.pace.value}, {course.language}. No faults.")
    wide = max(len(lesson.slug) for lesson in course.lessons)
    for lesson in course.lessons:
        readings = [
            f"{who} {words_in(library, course, lesson, who)} words, {library.sheets[course.slug, lesson.slug, who].size / 1000:.0f} kB"
            for who in course.readings
        ]
        click.echo(f"  {lesson.number:02d} {lesson.slug:<{wide}}  {'; '.join(readings)}")
    found = advice(library, course)
    if found:
        click.echo("Some advice:")
    for each in found:
        click.echo(f"  {each}")


def _directories(ctx: click.Context) -> Sequence[Path]:
    return course_directories(_courses_dir(ctx))


def _courses_dir(ctx: click.Context) -> Path | None:
    """The one setting an author may have; read without the rest, so that nothing else is loaded or asked for."""
    config = ctx.find_root().obj
    return load_settings(config=Path(config) if config else None, needs=Needs.NOTHING).courses_dir


def _to_check(home: Path, slug: str, directories: Sequence[Path]) -> str:
    known = home.resolve() in [each.resolve() for each in directories]
    return slug if known else str(home / slug)


def _as_plain(course: Course) -> dict[str, object]:
    return {
        "slug": course.slug,
        "cover": course.cover,
        "title": course.title,
        "language": course.language,
        "pace": course.pace.value,
        "lessons": len(course.lessons),
        "perspectives": list(course.perspectives),
        "folder": course.folder,
    }
