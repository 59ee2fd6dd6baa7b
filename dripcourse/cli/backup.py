"""`dripcourse backup` and `dripcourse restore`."""

from pathlib import Path

import click

from dripcourse.bootstrap import back_up, restore_from
from dripcourse.cli.common import progress, quiet_logs, settings_of
from dripcourse.settings import Needs

_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.command("backup")
@_FILE
@click.pass_context
def backup(ctx: click.Context, file: Path) -> None:
    """Write everything to FILE while the work goes on; readers' private keys to a second file beside it.

    Of that second file only the newest is kept, so that what a reader erased is gone from all backups. Keep the two together, and
    the keys of DATA_DIR (or SECRET_KEY and REPLY_KEYS) elsewhere.
    """
    quiet_logs()
    done = back_up(settings_of(ctx, Needs.DATABASE), file, progress("rows"))
    click.echo(f"{done.rows} rows are in {file}; the readers' keys are in {file.with_name('reader-keys.backup')}.")


@click.command("restore")
@_FILE
@click.pass_context
def restore(ctx: click.Context, file: Path) -> None:
    """Fill an empty database from FILE. It sends nothing until you say `dripcourse adopt`."""
    quiet_logs()
    done = restore_from(settings_of(ctx, Needs.DATABASE), file, progress("rows"))
    lost = f" {done.lost_replies} replies stayed behind: their keys were destroyed." if done.lost_replies else ""
    click.echo(
        f"{done.rows} rows are back.{lost} This database is mute for now. If it is the real one and the old one is off, run:"
        " dripcourse adopt"
    )
