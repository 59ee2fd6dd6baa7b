"""`dripcourse subscriber`."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from textwrap import indent
from typing import Any

import click

from dripcourse.cli import lifecycle, personal
from dripcourse.cli.common import as_json, iso, opened, visible
from dripcourse.domain.errors import DripError, NotFound, SuppressedError, UsageError
from dripcourse.domain.pacing import WEEKDAYS
from dripcourse.services.enrollment import enroll
from dripcourse.services.enrollment.enroll import HOST_VOUCHES, How, Wish
from dripcourse.services.host import overview
from dripcourse.services.host.overview import ReaderView
from dripcourse.services.parts import Clock, Parts
from dripcourse.services.replies.shared import note_read
from dripcourse.services.signup import request

COLUMNS = ("email", "zone", "perspective", "day", "hour")


@click.group("subscriber")
def group() -> None:
    """Add, import, list, look at, pause and resume readers; give them what is known of them, and erase it."""


@group.command("add")
@click.argument("email")
@click.option("--course", required=True, help="The course's slug, as `dripcourse course list` shows it.")
@click.option("--perspective", help="A key of the course's perspectives; left out for who did not say.")
@click.option("--zone", default="UTC", show_default=True, help="The reader's time zone, for example Europe/Berlin.")
@click.option("--day", type=click.Choice(WEEKDAYS), help="Their weekday; else the day three days from now.")
@click.option("--hour", type=click.IntRange(0, 23), help="Their hour; else 9.")
@click.option("--ask", is_flag=True, help="Start the double opt-in instead of vouching for their consent.")
@click.option("--json", "in_json", is_flag=True, help="As JSON.")
@click.pass_context
def add(ctx: click.Context, /, email: str, *, ask: bool, in_json: bool, **words: Any) -> None:  # noqa: ANN401
    """Enroll EMAIL on your word that they agreed; the next tick sends the welcome. Adding somebody again changes nothing."""
    with opened(ctx) as (parts, clock):
        wish = _wish(email, **words)
        ident, new = (request.ask if ask else enroll.vouch)(parts, wish, clock())
        view = next(each for each in overview.reader(parts, ident) if each.enrollment == ident)
        click.echo(as_json(view) if in_json else _sentence(view, new=new))


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--course", required=True, help="The course's slug.")
@click.option("--yes", is_flag=True, help="Do it; without this, only say what would be done.")
@click.pass_context
def import_(ctx: click.Context, file: Path, *, course: str, yes: bool) -> None:
    """Enroll everybody in a CSV file on your word that they agreed. Columns: email (required), zone, perspective, day, hour.

    Without --yes nothing is changed. It may be stopped and run again: who is in already stays as they are.
    """
    with opened(ctx) as (parts, clock):
        if parts.library.find(course) is None:  # said once, not for every line
            raise _no_course(parts, course)
        rows = list(_rows(file))
        faults = [fault for number, row in rows if (fault := _fault(parts, number, row, course))]
        for fault in faults:
            click.echo(fault, err=True)
        if faults:
            raise UsageError(
                f"{len(faults)} of {len(rows)} rows cannot be used, so nothing was changed. Put them right and try again."
            )
        if not yes:
            click.echo(f"{len(rows)} readers would be enrolled in {course}. Nothing was changed; add --yes to do it.")
            return
        _enroll_all(parts, clock, rows, course)


def _enroll_all(parts: Parts, clock: Clock, rows: list[tuple[int, dict[str, str]]], course: str) -> None:
    added = known = suppressed = 0
    with click.progressbar(rows, label="Enrolling", show_pos=True) as bar:
        for _, row in bar:
            try:
                _, new = enroll.vouch(parts, _wish_of(row, course), clock())
            except SuppressedError:
                suppressed += 1
                continue
            added, known = added + new, known + (not new)
    click.echo(f"{added} enrolled, {known} were in already, {suppressed} are suppressed.")


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, cells by column) of a CSV file. Raises UsageError if it has no `email` column or is not UTF-8."""
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.DictReader(lines)
            columns = [name.strip().lower() for name in reader.fieldnames or ()]
            unknown = [name for name in columns if name not in COLUMNS]
            if "email" not in columns or unknown:
                what = f"does not know the column {unknown[0]!r}" if unknown else "needs a column named email"
                raise UsageError(f"{file.name}: the import {what}. Columns are: {', '.join(COLUMNS)}.")
            for cells in reader:
                yield (
                    reader.line_num,
                    dict(zip(columns, ((cell or "").strip() for cell in cells.values()), strict=False)),
                )
    except (UnicodeDecodeError, csv.Error):
        raise UsageError(f"{file.name} is not a CSV file in UTF-8. Save it as CSV (UTF-8) and try again.") from None


def _fault(parts: Parts, number: int, row: dict[str, str], course: str) -> str | None:
    try:
        enroll.check(parts, _wish_of(row, course))
    except DripError as error:
        return f"line {number}: {error}"
    return None


def _wish_of(row: dict[str, str], course: str) -> Wish:
    hour = row.get("hour") or None
    if hour is not None and not (hour.isdecimal() and int(hour) < 24):
        raise UsageError(f"the hour {hour!r} is not a number from 0 to 23.")
    day = (row.get("day") or "").lower() or None
    if day is not None and day not in WEEKDAYS:
        raise UsageError(f"the day {day!r} is not one of {', '.join(WEEKDAYS)}.")
    wish = _wish(
        row.get("email", ""),
        course=course,
        perspective=row.get("perspective") or None,
        zone=row.get("zone") or "UTC",
        day=day,
        hour=None if hour is None else int(hour),
    )
    return replace(wish, how=How.IMPORT)


def _wish(email: str, *, course: str, perspective: str | None, zone: str, day: str | None, hour: int | None) -> Wish:
    weekday = WEEKDAYS.index(day) if day else None
    return Wish(email, course, perspective, zone, weekday, hour, How.HOST, HOST_VOUCHES)


def _no_course(parts: Parts, course: str) -> NotFound:
    return NotFound(f"There is no course called {course!r}. There is: {', '.join(sorted(parts.library.courses))}.")


@group.command("list")
@click.option("--course", help="Only this course.")
@click.option("--shared", is_flag=True, help="Only readers who share an answer that you have not seen.")
@click.option("--json", "in_json", is_flag=True, help="As JSON.")
@click.pass_context
def list_(ctx: click.Context, *, course: str | None, shared: bool, in_json: bool) -> None:
    """Every reader and where they stand, oldest first."""
    with opened(ctx) as (parts, _):
        known = parts.library.find(course) if course else None
        # a course that has gone keeps its readers, so a slug that names no course may still name some of them
        views = overview.readers(parts, known.slug if known else course, unread=shared)
        if in_json:
            click.echo("[" + ",\n ".join(as_json(view.alone()) for view in views) + "]")
            return
        count = 0
        for view in views:
            count += 1
            click.echo(f"{view.enrollment}  {view.email:<32} {view.course:<20} {view.state:<10} {_next(view)}")
        if not count and course and not known:
            raise _no_course(parts, course)
        if not count:
            none = (
                "No shared answer waits for you."
                if shared
                else "No readers yet. Add one: dripcourse subscriber add EMAIL --course SLUG"
            )
            click.echo(none)


@group.command("show")
@click.argument("reader", metavar="ID_OR_ADDRESS")
@click.option("--whole", is_flag=True, help="Show the whole mail of each shared reply, too, with what it quotes.")
@click.option("--json", "in_json", is_flag=True, help="As JSON.")
@click.pass_context
def show(ctx: click.Context, reader: str, *, whole: bool, in_json: bool) -> None:
    """One reader: their enrollments, every mail they were sent, and the replies they share with you. No others are shown."""
    with opened(ctx) as (parts, clock):
        views = overview.reader(parts, reader)
        if in_json:
            click.echo(as_json(views[0]) if len(views) == 1 else "[" + ",\n ".join(map(as_json, views)) + "]")
        else:
            for view in views:
                _show(view, whole=whole)
        note_read(parts, [each.id for view in views for each in view.shared], clock())


def _show(view: ReaderView, *, whole: bool) -> None:
    click.echo(f"{view.email}  (reader {view.id}, enrollment {view.enrollment})")
    click.echo(f"  course       {view.course}, {view.state}" + (f" ({view.reason})" if view.reason else ""))
    click.echo(f"  perspective  {view.perspective or 'did not say'}")
    click.echo(
        f"  slot         {view.day or '-'} {view.hour if view.hour is not None else 9:02d}:00, {view.zone}, {view.pace}"
    )
    click.echo(f"  next         {_next(view)}")
    for each in view.deliveries:
        click.echo(f"    {iso(each.at)}  {each.kind:<8} {each.lesson or '-':<24} {each.state}")
    for lift in view.lifted:
        click.echo(
            f"  suppressed   {iso(lift.since)}, {lift.reason}; lifted {iso(lift.at)} by the {lift.by}: {visible(lift.why)}"
        )
    for reply in view.shared:
        click.echo(f"  shared with you, {iso(reply.at)}, on {reply.lesson or 'no lesson we know'}:")
        click.echo(indent(visible(reply.text), "    | ", lambda _: True))
        if whole and reply.whole:
            click.echo("  the whole mail:")
            click.echo(indent(visible(reply.whole), "    : ", lambda _: True))
        elif reply.whole:
            click.echo("  (the mail says more: --whole)")


def _next(view: ReaderView) -> str:
    if view.lesson is None:
        return "nothing to come"
    if view.waits:
        return f"{view.lesson}, waits for the reader"
    return f"{view.lesson}, due {iso(view.due)}" if view.due else f"{view.lesson}, in hand"


def _sentence(view: ReaderView, *, new: bool) -> str:
    if not new:
        return f"{view.email} is in {view.course} already ({view.state}); nothing was changed."
    if view.state == "pending":
        return f"{view.email} will be asked by mail, with the next tick, whether they want {view.course}."
    return (
        f"{view.email} is enrolled in {view.course}; the welcome goes with the next tick. Enrollment: {view.enrollment}"
    )


group.add_command(personal.export)
group.add_command(personal.erase)
group.add_command(personal.unsuppress)
for each in (lifecycle.pause, lifecycle.resume, lifecycle.leave):
    group.add_command(each)
