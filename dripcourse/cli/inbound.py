"""`dripcourse inbound`."""

import sys
from pathlib import Path

import click

from dripcourse.cli.common import as_json


@click.group("inbound")
def group() -> None:
    """Mail that comes in."""


@group.command("read")
@click.option("--sent", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The plain text it answers.")
@click.option("--rcpt", metavar="ADDR", help="The address it was sent to; else what its headers say.")
def read(sent: Path | None, rcpt: str | None) -> None:
    """Read one raw message from stdin and print what it is, as JSON; nothing is stored.

    The object has verdict, text (the writer's own words), hidden (what was cut away from them), command and evidence. Needs no
    settings and no database; exits 0 on any bytes.
    """
    from dripcourse.inbound import read_mail

    lesson = sent.read_text(encoding="utf-8", errors="replace") if sent else None
    mail = read_mail(sys.stdin.buffer.read(), sent=lesson, rcpt=rcpt)
    shown = ("verdict", "text", "hidden", "command", "evidence")
    click.echo(as_json({name: getattr(mail, name) for name in shown}))
