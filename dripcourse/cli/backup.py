"""`dripcourse backup` and `dripcourse restore`."""

from pathlib import Path

import click

from dripcourse.bootstrap import back_up, restore_from
from dripcourse.cli.common import progress, quiet_logs, settings_of
from dripcourse.services.recovery.backup import keys_beside
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
@click.option("--without-replies", is_flag=True, help="Leave every reply behind if the readers' keys are lost.")
@click.pass_context
def restore(ctx: click.Context, file: Path, *, without_replies: bool) -> None:
    """Fill an empty database from FILE. It sends nothing until you say `dripcourse adopt`.

    The readers' keys are taken from `reader-keys.backup` beside FILE. Put the keys of DATA_DIR (`secret_key`, `reply_keys`) back, too.
    """
    quiet_logs()
    settings = settings_of(ctx, Needs.DATABASE)
    done = restore_from(settings, file, progress("rows"), without_replies=without_replies)
    lost = (
        f" {done.lost_replies} replies stayed behind: their keys are not in {keys_beside(file)} (readers destroyed them"
        " since, or that file is older than the backup)."
        if done.lost_replies
        else ""
    )
    click.echo(
        f"{done.rows} rows are back.{lost} This database is mute for now. If it is the real one and the old one is off, run:"
        " dripcourse adopt"
    )
