"""`dripcourse inbound`: mail that comes in, as a mail server or a person hands it over on stdin."""

import sys
from pathlib import Path
from typing import BinaryIO

import click

from dripcourse.bootstrap import choose_clock, open_store
from dripcourse.cli.common import as_json, iso, opened, quiet_logs, settings_of
from dripcourse.domain.incoming import HEAD_BYTES, MOST_BYTES, Arrival, Door
from dripcourse.services.host import overview
from dripcourse.services.incoming import store
from dripcourse.settings import ensure_secrets

_PIECE = 2**16


@click.group("inbound")
def group() -> None:
    """Mail that comes in."""


@group.command("list")
@click.option("--json", "in_json", is_flag=True, help="As JSON.")
@click.pass_context
def list_(ctx: click.Context, *, in_json: bool) -> None:
    """What was set aside of the mail that came in, and why: how many of each, and none of its words.

    Each object has verdict, reason, count and newest.
    """
    with opened(ctx) as (parts, _):
        found = overview.set_aside(parts)
    if in_json:
        click.echo("[" + ",\n ".join(as_json(each) for each in found) + "]")
        return
    for each in found:
        click.echo(f"{each.count:>6}  {iso(each.newest)}  {each.verdict or '-':<10} {each.reason}")
    if not found:
        click.echo("Nothing was set aside.")


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


@group.command("receive")
@click.option("--rcpt", "rcpt", multiple=True, metavar="ADDR", help="Whom it was delivered to; may be given again.")
@click.option("--sender", metavar="ADDR", help="The return path; empty for a bounce.")
@click.pass_context
def receive(ctx: click.Context, rcpt: tuple[str, ...], sender: str | None) -> None:
    """Store one raw message from stdin, as if it had come by SMTP.

    For a mail server's pipe: exit 0 if it is stored, 75 if it is not, whatever the reason, so that the mail server keeps it
    and tries again. The next tick handles it.
    """
    quiet_logs()
    raw, size = read_message(sys.stdin.buffer)
    settings = ensure_secrets(settings_of(ctx))
    with open_store(settings) as parts:
        addresses = rcpt or store.named_recipients(parts.rules, raw)
        path = sender.strip("<>") if sender is not None else None
        store.store(parts, Arrival(Door.PIPE, raw, addresses, path, size=size), choose_clock(settings)())


def read_message(stream: BinaryIO) -> tuple[bytes, int]:
    """The message and its size; of one that is larger than we keep, the head. A mailbox's `From ` line before it is left out."""
    pieces: list[bytes] = []
    size = 0
    while piece := stream.read(_PIECE):
        size += len(piece)
        pieces.append(piece)
        if size > MOST_BYTES:
            del pieces[HEAD_BYTES // _PIECE :]
    raw = b"".join(pieces)
    cut = raw.find(b"\n") + 1 if raw.startswith(b"From ") else 0
    return raw[cut:], size - cut
