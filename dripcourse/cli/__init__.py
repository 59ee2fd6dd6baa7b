"""The command line: what a host types. Commands load when they are called, so that `--help` is quick.

Exit codes: 0 done; 1 could not; 2 asked for wrongly, or the settings do not allow it. But what a mail server pipes a message
into ends with 0 or 75 (EX_TEMPFAIL in sysexits.h): on anything else it would send the reader's words back to them.
"""

import os
import sys
from importlib import import_module
from typing import NoReturn

import click

from dripcourse import __version__
from dripcourse.domain.errors import CourseError, DripError, SettingsError, UsageError

COMMANDS = {
    "demo": ("dripcourse.cli.demo", "command", "the whole product on one page, with a clock you can turn"),
    "run": ("dripcourse.cli.serve", "run", "web and scheduler in one process; sets up and migrates by itself"),
    "web": ("dripcourse.cli.serve", "web", "the pages only, for several machines"),
    "worker": ("dripcourse.cli.serve", "worker", "the scheduler only, for several machines"),
    "tick": ("dripcourse.cli.tick", "command", "do everything that is due at an instant, once"),
    "course": ("dripcourse.cli.course", "group", "list, start and check courses"),
    "subscriber": ("dripcourse.cli.subscriber", "group", "add, import, list, look at, pause and resume readers"),
    "inbound": ("dripcourse.cli.inbound", "group", "take in a message that a mail server pipes to us, or only read it"),
    "deliveries": ("dripcourse.cli.deliveries", "group", "what was sent, what is unsure, and your word on it"),
    "db": ("dripcourse.cli.database", "group", "the database's schema"),
    "status": ("dripcourse.cli.status", "command", "what needs you now"),
    "doctor": ("dripcourse.cli.doctor", "command", "what is missing or unsafe, before a reader finds out"),
    "backup": ("dripcourse.cli.backup", "backup", "write everything to a file"),
    "restore": ("dripcourse.cli.backup", "restore", "fill an empty database from a backup"),
    "adopt": ("dripcourse.cli.database", "adopt", "let a restored or moved database speak again"),
    "keys": ("dripcourse.cli.keys", "group", "make a new key, and change to it"),
    "fake-sendgrid": ("dripcourse.cli.fake_sendgrid", "command", "a stand-in for SendGrid on this machine, for trials"),
}


class _Lazy(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, name, _ = COMMANDS[cmd_name]
        found = getattr(import_module(module), name)
        assert isinstance(found, click.Command)  # noqa: S101 - a fault of ours, not a user's
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_, _, says) in COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config", type=click.Path(dir_okay=False), help="A settings file; else ./dripcourse.toml if there is one."
)
@click.version_option(__version__, prog_name="dripcourse")
@click.pass_context
def dripcourse(ctx: click.Context, config: str | None) -> None:
    """E-mail courses that keep their promises: one lesson a week, at the reader's own hour, replies kept private.

    Settings come from the environment or from dripcourse.toml; docs/settings.md lists them.
    """
    ctx.obj = config


KEEP_IT = 75
"""To a mail server: not stored, keep the message and try again."""


def main() -> None:
    """Run the command line and exit; a failure is a sentence on stderr, never a traceback."""
    os.umask(0o077)  # whatever we make, database and mails and keys, is its owner's alone
    if not {"inbound", "receive"} <= set(sys.argv[1:]):
        _run()
    try:
        _run()
    except SystemExit as end:
        sys.exit(KEEP_IT if end.code else 0)
    except BaseException as error:  # noqa: BLE001 - whatever it is, the message must not be sent back
        click.echo(f"dripcourse: the message was not stored ({type(error).__name__})", err=True)
        sys.exit(KEEP_IT)


def _run() -> NoReturn:
    try:
        sys.exit(dripcourse.main(standalone_mode=False))  # a code if click itself ends, as --help does; else None
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except DripError as error:
        click.echo(_in_words(error), err=True)
        sys.exit(2 if isinstance(error, UsageError) else 1)
    except BrokenPipeError:
        sys.exit(1)  # whoever read our output has had enough
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        click.echo(f"dripcourse: {error.strerror or 'the system refused'}{where}", err=True)
        sys.exit(1)


def _in_words(error: DripError) -> str:
    match error:
        case SettingsError(problems=problems):
            heading = "dripcourse cannot start. Please put this right in the environment or in dripcourse.toml:"
            return "\n".join([heading, *(f"  - {problem}" for problem in problems)])
        case CourseError(faults=faults):
            return "\n".join(["The course has faults:", *(f"  {fault}" for fault in faults)])
    return f"dripcourse: {error}"
