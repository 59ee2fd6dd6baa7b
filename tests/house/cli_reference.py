"""docs/cli.md, made from the commands themselves. `python -m tests.house.cli_reference` writes it anew."""

from collections.abc import Iterator

import click

from dripcourse.cli import dripcourse
from tests.house.rooms import ROOT

FILE = ROOT / "docs" / "cli.md"
WIDTH = 100

_HEAD = """\
# Commands

What `--help` says of every command. This page is made from the program (`python -m tests.house.cli_reference`), and a test fails where
the two differ.

Exit codes: 0 done; 1 could not; 2 asked for wrongly, or the settings do not allow it. What a command has to say goes to stdout, trouble to
stderr. Every command takes its settings from the environment or from `dripcourse.toml`: see [Settings](settings.md).
"""


def tree() -> Iterator[tuple[click.Context, click.Command]]:
    """Every command with a context of its own, in the order of `--help`."""
    top = click.Context(dripcourse, info_name="dripcourse", terminal_width=WIDTH, **dripcourse.context_settings)
    yield from _below(top, dripcourse)


def _below(context: click.Context, command: click.Command) -> Iterator[tuple[click.Context, click.Command]]:
    yield context, command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _below(click.Context(inner, info_name=name, parent=context, terminal_width=WIDTH), inner)


def render() -> str:
    """The whole page."""
    sections = []
    for context, command in tree():
        level = "#" * (2 + (context.command_path.count(" ") > 1))
        sections.append(f"{level} {context.command_path}\n\n```text\n{command.get_help(context).rstrip()}\n```\n")
    return "\n".join([_HEAD, *sections])


if __name__ == "__main__":
    FILE.write_text(render(), encoding="utf-8")
