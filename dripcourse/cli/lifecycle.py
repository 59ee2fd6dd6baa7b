"""`dripcourse subscriber pause`, `resume` and `leave`."""

import click

from dripcourse.cli.common import as_json, opened
from dripcourse.domain.enrollment import PauseReason
from dripcourse.domain.errors import NotFound
from dripcourse.services.enrollment import lifecycle
from dripcourse.services.host import overview
from dripcourse.services.host.overview import ReaderView
from dripcourse.services.incoming import commands
from dripcourse.services.parts import Parts


@click.command("pause")
@click.argument("reader", metavar="ID_OR_ADDRESS")
@click.pass_context
def pause(ctx: click.Context, reader: str) -> None:
    """Stand still until you say `resume`: nothing is sent to this reader. Repeating it is harmless."""
    with opened(ctx) as (parts, _):
        for view in _running(parts, reader):
            lifecycle.pause(parts, view.enrollment, PauseReason.HOST)
            click.echo(f"{view.email} is paused in {view.course}.")


@click.command("resume")
@click.argument("reader", metavar="ID_OR_ADDRESS")
@click.pass_context
def resume(ctx: click.Context, reader: str) -> None:
    """Go on after a pause, the reader's own included; the next lesson comes no sooner than the pace allows."""
    with opened(ctx) as (parts, clock):
        for view in _running(parts, reader):
            lifecycle.resume(parts, view.enrollment, clock())
            click.echo(f"{view.email} goes on in {view.course}.")


@click.command("leave")
@click.argument("reader", metavar="ID_OR_ADDRESS")
@click.option("--json", "in_json", is_flag=True, help="As JSON.")
@click.pass_context
def leave(ctx: click.Context, reader: str, *, in_json: bool) -> None:
    """End this reader's letters, as they asked you to. Nothing is erased; they can come back by signing up."""
    with opened(ctx) as (parts, clock):
        views = _running(parts, reader)
        for view in views:
            commands.stop_for(parts, view.enrollment, clock())
            if not in_json:
                click.echo(f"{view.email} has left {view.course}. Nothing more is sent.")
        if in_json:
            click.echo("[" + ",\n ".join(as_json(view.alone()) for view in overview.reader(parts, reader)) + "]")


def _running(parts: Parts, reader: str) -> list[ReaderView]:
    """The enrollments of a reader that can be paused or resumed. Raises NotFound if there is none."""
    running = [view for view in overview.reader(parts, reader) if view.state in ("active", "paused")]
    if not running:
        raise NotFound("This reader is in no running course, so there is nothing to change.")
    return running
