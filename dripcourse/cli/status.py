"""`dripcourse status`."""

from datetime import datetime, timedelta

import click

from dripcourse.bootstrap import choose_clock, open_parts
from dripcourse.cli.common import as_json, iso, settings_of
from dripcourse.domain.errors import CourseError, DatabaseAway, SchemaError
from dripcourse.domain.need import Need
from dripcourse.services.diagnostics.needs import BEATS, cannot_look, needs
from dripcourse.settings import ensure_secrets


@click.command("status")
@click.option("--json", "in_json", is_flag=True, help="As JSON.")
@click.pass_context
def command(ctx: click.Context, *, in_json: bool) -> None:
    """What needs you now, each with the command that shows or settles it. Exit 1 if it cannot be found out."""
    settings = ensure_secrets(settings_of(ctx))
    clock = choose_clock(settings)
    try:
        with open_parts(settings) as parts:
            found, known = needs(parts, clock(), beat_within=timedelta(seconds=BEATS * settings.tick_seconds)), True
    except (DatabaseAway, SchemaError, CourseError) as error:
        found, known = [cannot_look(error)], False
    _print(found, clock(), in_json=in_json)
    ctx.exit(0 if known else 1)


def _print(found: list[Need], at: datetime, *, in_json: bool) -> None:
    if in_json:
        click.echo("{" + f'"at": {as_json(iso(at))}, "needs": [' + ",\n ".join(map(as_json, found)) + "]}")
        return
    for need in found:
        since = f" Since {need.since:%Y-%m-%d %H:%M} UTC." if need.since else ""
        command = f" -> {need.command}" if need.command else ""
        click.echo(f"{need.kind}: {need.reason}{since}{command}")
    if not found:
        click.echo("Quiet. Nothing needs you.")
