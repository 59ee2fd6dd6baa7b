"""`dripcourse db` and `dripcourse adopt`."""

import click

from dripcourse.bootstrap import migrate, schema_versions
from dripcourse.cli.common import opened, quiet_logs, settings_of
from dripcourse.services.recovery import adopt as recovery_adopt
from dripcourse.settings import Needs


@click.group("db")
def group() -> None:
    """The database's schema."""


@group.command("upgrade")
@click.pass_context
def upgrade(ctx: click.Context) -> None:
    """Bring the database to the schema that this version wants. Repeating it changes nothing."""
    quiet_logs()
    click.echo(f"The database is at {migrate(settings_of(ctx, Needs.DATABASE))}, as this version wants it.")


@group.command("current")
@click.pass_context
def current(ctx: click.Context) -> None:
    """Say which schema the database has, and which this version wants."""
    has, wants = schema_versions(settings_of(ctx, Needs.DATABASE))
    click.echo(f"has {has or 'none'}, wants {wants}")


@click.command("adopt")
@click.pass_context
def adopt(ctx: click.Context) -> None:
    """Let this database speak: it was restored, moved or cloned, and is now the real one.

    First replays the journal, so that nobody gets a lesson twice and nobody who left comes back. Make sure that the old one is off.
    """
    quiet_logs()
    with opened(ctx) as (parts, clock):
        done = recovery_adopt.adopt(parts, clock())
        click.echo(
            f"Adopted. From the journal: {done.accepted} lessons had gone, {done.stopped} readers had left."
            + (f" {done.erased} had had everything erased, and are erased again." if done.erased else "")
            + (f" {done.unsure} lessons are unsure: see dripcourse deliveries unsure." if done.unsure else "")
        )
