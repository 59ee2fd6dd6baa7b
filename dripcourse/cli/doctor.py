"""`dripcourse doctor`, and `doctor privacy`."""

from collections.abc import Iterable
from pathlib import Path

import click

from dripcourse.bootstrap import choose_clock, open_to_look, provider_is_told
from dripcourse.cli.common import as_json, key_files_of, quiet_logs, settings_of
from dripcourse.diagnostics.files import look_at_files
from dripcourse.diagnostics.pages import examine_pages
from dripcourse.diagnostics.run import look_beyond, look_within
from dripcourse.domain.finding import Finding, Level, by_weight, unseen
from dripcourse.services.diagnostics.privacy_database import examine_database
from dripcourse.services.diagnostics.privacy_mails import examine_lists, examine_mails
from dripcourse.services.diagnostics.privacy_traces import examine_backup, examine_traces
from dripcourse.settings import ensure_secrets, redacted
from dripcourse.web.app import create_app

_SIGNS = {Level.WELL: "  well ", Level.UNSEEN: "unseen ", Level.LOOK: "  LOOK ", Level.WRONG: " WRONG "}


@click.group("doctor", invoke_without_command=True)
@click.option("--offline", is_flag=True, help="Ask nobody beyond this machine and the database.")
@click.option("--json", "in_json", is_flag=True, help="The findings as JSON, and nothing else.")
@click.pass_context
def command(ctx: click.Context, *, offline: bool, in_json: bool) -> None:
    """Say what is missing or unsafe, before a reader finds out. Changes and sends nothing; exit 1 if something is wrong."""
    if ctx.invoked_subcommand is not None:
        return
    quiet_logs()
    settings = ensure_secrets(settings_of(ctx))
    clock = choose_clock(settings)
    files = look_at_files(settings, key_files_of(ctx))
    found = by_weight(
        [*files, *look_within(settings, clock, offline=offline), *([] if offline else look_beyond(settings))]
    )
    if in_json:
        click.echo("[" + ",\n ".join(as_json(each) for each in found) + "]")
    else:
        _print(redacted(settings), found)
    ctx.exit(1 if any(each.level is Level.WRONG for each in found) else 0)


@command.command("privacy")
@click.option(
    "--backup", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A backup to look at, too."
)
@click.option("--json", "in_json", is_flag=True, help="The claims as JSON, and nothing else.")
@click.pass_context
def privacy(ctx: click.Context, *, backup: Path | None, in_json: bool) -> None:
    """Show the evidence for every claim of docs/privacy.md, on this installation. Only looks; exit 1 if a claim fails."""
    quiet_logs()
    settings = settings_of(ctx)
    clock = choose_clock(settings)
    with open_to_look(settings) as parts:
        courses = list(parts.library.courses.values())
        found = [
            *examine_database(parts, clock()),
            *examine_traces(parts),
            *look_at_files(settings, key_files_of(ctx)),
            *(examine_backup(backup) if backup else [_no_backup()]),
            examine_lists(parts),
            examine_mails(parts),
            provider_is_told(settings),
            *examine_pages(create_app(parts, clock), settings.base_url, courses),
        ]
    if in_json:
        click.echo("[" + ",\n ".join(as_json(each) for each in found) + "]")
    else:
        show(found, {Level.WELL: " holds ", Level.UNSEEN: "unseen ", Level.LOOK: "  LOOK ", Level.WRONG: " FAILS "})
    ctx.exit(1 if any(each.level is Level.WRONG for each in found) else 0)


def _no_backup() -> Finding:
    return unseen("A backup holds no reader's key", "no backup was named", "dripcourse doctor privacy --backup FILE")


def _print(settings: list[tuple[str, str]], found: list[Finding]) -> None:
    width = max(len(name) for name, _ in settings)
    click.echo("Settings:")
    for name, value in settings:
        click.echo(f"  {name:<{width}}  {value}")
    click.echo("\nFindings:")
    show(found)


def show(found: Iterable[Finding], signs: dict[Level, str] = _SIGNS) -> None:
    """Each finding on a line, with why it matters and what to do below it."""
    for each in found:
        click.echo(f"{signs[each.level]}{each.about}: {each.says}")
        for more in (each.why, each.do):
            if more:
                click.echo(f"        {more}")
