"""`dripcourse tick`."""

from datetime import datetime

import click

from dripcourse.bootstrap import is_real
from dripcourse.cli.common import Instant, as_json, opened, quiet_logs
from dripcourse.services.tick import Heart


@click.command("tick")
@click.option("--at", type=Instant(), help="The instant to act at, with its offset; else now.")
@click.pass_context
def command(ctx: click.Context, at: datetime | None) -> None:
    """Handle all that arrived, send all that is due, until nothing is left; print one line of JSON.

    Late lessons do not wait for the reader's morning: whoever calls this chose the hour.
    """
    quiet_logs()
    with opened(ctx, at=at) as (parts, clock):
        click.echo(as_json(Heart(parts, clock, real=is_real(clock)).tick(any_hour=True)))
