"""`dripcourse doctor`."""

from datetime import timedelta

import click

from dripcourse.bootstrap import choose_clock, open_parts
from dripcourse.cli.common import as_json, quiet_logs, settings_of
from dripcourse.domain.finding import Finding, Level, look
from dripcourse.services.doctor import examine
from dripcourse.settings import doubts, ensure_secrets, redacted

_BEATS = 10
_SIGNS = {Level.WELL: "  well ", Level.LOOK: "  LOOK ", Level.WRONG: " WRONG "}


@click.command("doctor")
@click.option("--offline", is_flag=True, help="Ask no name server.")
@click.option("--json", "in_json", is_flag=True, help="The findings as JSON, and nothing else.")
@click.pass_context
def command(ctx: click.Context, *, offline: bool, in_json: bool) -> None:
    """Say what is missing or unsafe, before a reader finds out. Changes nothing; exit 1 if something is wrong."""
    quiet_logs()
    settings = ensure_secrets(settings_of(ctx))
    clock = choose_clock(settings)
    found = [look("settings", doubt, "See docs/settings.md.") for doubt in doubts(settings)]
    with open_parts(settings) as parts:
        found += examine(parts, clock(), beat_within=timedelta(seconds=_BEATS * settings.tick_seconds))
    if not offline:
        # only now: asking name servers takes a library that nothing else of ours loads
        from dripcourse.settings.names import look_up

        found += look_up(settings)
    if in_json:
        click.echo("[" + ",\n ".join(as_json(each) for each in found) + "]")
    else:
        _print(redacted(settings), found)
    ctx.exit(1 if any(each.level is Level.WRONG for each in found) else 0)


def _print(settings: list[tuple[str, str]], found: list[Finding]) -> None:
    width = max(len(name) for name, _ in settings)
    click.echo("Settings:")
    for name, value in settings:
        click.echo(f"  {name:<{width}}  {value}")
    click.echo("\nFindings:")
    for each in found:
        click.echo(f"{_SIGNS[each.level]}{each.about}: {each.says}")
        if each.do:
            click.echo(f"        {each.do}")
