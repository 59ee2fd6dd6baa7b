"""`dripcourse doctor`, and `doctor privacy`."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import click

from dripcourse.bootstrap import (
    ask_provider,
    choose_clock,
    is_real,
    open_parts,
    open_to_look,
    provider_is_told,
    reach_pages,
)
from dripcourse.cli.common import as_json, key_files_of, quiet_logs, settings_of
from dripcourse.domain.finding import Finding, Level, by_weight, look, unseen, well
from dripcourse.domain.outside import judge_address, judge_clock, judge_large_post
from dripcourse.services.diagnostics.installation import examine, other_clocks
from dripcourse.services.diagnostics.privacy_database import examine_database
from dripcourse.services.diagnostics.privacy_mails import examine_lists, examine_mails
from dripcourse.services.diagnostics.privacy_traces import examine_backup, examine_traces
from dripcourse.services.parts import Clock, Parts
from dripcourse.settings import OutboxUrl, Settings, doubts, ensure_secrets, redacted
from dripcourse.settings.files import look_at_files
from dripcourse.settings.urls import is_loopback
from dripcourse.web.app import create_app
from dripcourse.web.evidence import examine_pages

_BEATS = 10
_PATIENCE = 25.0
"""How many seconds each look beyond this machine may take."""
_SIGNS = {Level.WELL: "  well ", Level.UNSEEN: "unseen ", Level.LOOK: "  LOOK ", Level.WRONG: " WRONG "}
Seek = Callable[[], Iterable[Finding]]
Other = tuple[str, datetime, datetime]
"""(whose clock, our time, theirs)."""


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
    found = by_weight([*files, *_within(settings, clock, offline=offline), *([] if offline else _beyond(settings))])
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


def _within(settings: Settings, clock: Clock, *, offline: bool) -> list[Finding]:
    """What can be seen from here."""
    found = [look("settings", doubt, "See docs/settings.md.") for doubt in doubts(settings)]
    outbox: dict[str, Path] = {"outbox": settings.mail_url.path} if isinstance(settings.mail_url, OutboxUrl) else {}
    with open_parts(settings) as parts:
        found += examine(
            parts,
            clock(),
            beat_within=timedelta(seconds=_BEATS * settings.tick_seconds),
            lately=timedelta(seconds=max(30, 3 * settings.tick_seconds)),
            folders=outbox,
        )
        if not offline:
            found += _outside(parts, settings, clock)
    return found


def _outside(parts: Parts, settings: Settings, clock: Clock) -> list[Finding]:
    """The pages as readers reach them, and what time the others have."""
    found: list[Finding] = []
    clocks: list[Other] = []
    base = urlsplit(settings.base_url)
    if base.scheme == "https" or not is_loopback(base.hostname or ""):
        found += in_time("address", lambda: _address(settings, clock, clocks))
    if is_real(clock):
        found += in_time("clock", lambda: judge_clock([*other_clocks(parts, clock), *clocks]))
    else:
        found.append(well("clock", "is driven (DRIPCOURSE_NOW), so nobody was asked"))
    return found


def _address(settings: Settings, clock: Clock, clocks: list[Other]) -> Iterable[Finding]:
    (reached, large), now = reach_pages(settings), clock()
    yield judge_large_post(large)
    if reached.date is not None:
        clocks.append(("that of BASE_URL", now, reached.date))
    yield from judge_address(settings.base_url, trouble=reached.trouble, ours=reached.ours, ends=reached.ends, now=now)


def _beyond(settings: Settings) -> list[Finding]:
    """What the world's name servers and the mail provider say."""
    # only now: asking name servers takes a library that nothing else of ours loads
    from dripcourse.settings.names import look_up

    found = in_time("names", lambda: look_up(settings))
    return found + in_time("SendGrid", lambda: ask_provider(settings))


def in_time(about: str, seek: Seek, seconds: float = _PATIENCE) -> list[Finding]:
    """What a look beyond this machine found; if it takes too long, that it could not be looked at: a system's own resolver may hang."""
    ended: Future[list[Finding]] = Future()

    def run() -> None:
        try:
            ended.set_result(list(seek()))
        except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
            ended.set_exception(error)

    threading.Thread(target=run, daemon=True).start()  # which keeps nobody from ending
    try:
        return ended.result(seconds)
    except TimeoutError:
        return [unseen(about, "could not look: no answer in time", "Run this again where the net can be reached.")]


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
