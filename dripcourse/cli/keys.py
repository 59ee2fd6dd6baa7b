"""`dripcourse keys`."""

import click

from dripcourse.bootstrap import rotate_keys
from dripcourse.cli.common import progress, quiet_logs, settings_of
from dripcourse.domain.errors import DripError
from dripcourse.settings import Needs, ensure_secrets, new_key


@click.group("keys")
def group() -> None:
    """Keys for REPLY_KEYS and SECRET_KEY."""


@group.command("new")
def new() -> None:
    """Print a fresh key, alone, for REPLY_KEYS (or SECRET_KEY)."""
    click.echo(new_key())


@group.command("rotate")
@click.pass_context
def rotate(ctx: click.Context) -> None:
    """Seal everything anew with the newest of REPLY_KEYS, so that the older ones can go.

    First put the new key before the old ones (REPLY_KEYS=new,old) and restart every process. It can be stopped, and run again.
    """
    quiet_logs()
    done = rotate_keys(ensure_secrets(settings_of(ctx, Needs.DATABASE)), progress("things are sealed anew"))
    if done.lost:
        raise DripError(
            f"{done.anew} things are sealed anew, but {done.lost} were sealed with a key that is not among REPLY_KEYS. Put that"
            " key back behind the others, and run this again."
        )
    click.echo(
        f"{done.anew} things are sealed anew. Nothing needs the older keys of REPLY_KEYS now: take them out, and restart."
    )
