"""`dripcourse subscriber export`, `erase` and `unsuppress`: what is known of a reader, given to them or destroyed; and writing to them again."""

import json
import sys

import click

from dripcourse.cli.common import as_json, iso, opened
from dripcourse.services.enrollment import suppression
from dripcourse.services.host.overview import LiftView
from dripcourse.services.privacy import erase as privacy_erase
from dripcourse.services.privacy import export as privacy_export


@click.command("export")
@click.argument("ident", metavar="ID|ADDRESS")
@click.option("--json", "_in_json", is_flag=True, help="As JSON, which it is anyway.")
@click.pass_context
def export(ctx: click.Context, ident: str, *, _in_json: bool) -> None:
    """Everything known of a reader, as JSON, to give to them.

    Of their replies only those that they share with you; the others are theirs alone.
    """
    with opened(ctx) as (parts, _):
        click.echo(json.dumps(privacy_export.export(parts, ident), default=iso, ensure_ascii=False, indent=1))


@click.command("erase")
@click.argument("ident", metavar="ID|ADDRESS")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@click.option("--json", "in_json", is_flag=True, help="As JSON.")
@click.pass_context
def erase(ctx: click.Context, ident: str, *, yes: bool, in_json: bool) -> None:
    """Destroy everything known of a reader. It cannot be undone. At a terminal you are asked first; to end their letters only: leave.

    Rows and keys go, their mails in the outbox, and what SendGrid keeps. A keyed digest of the address stays, so that no list brings
    them back; they themselves can, by signing up.
    """
    if sys.stdin.isatty() and not yes:
        typed = click.prompt(
            "This destroys everything known of this reader. Type the id or address once more", err=True
        )
        if typed.strip() != ident:
            raise click.ClickException("That is not the same, so nothing was erased.")
    with opened(ctx) as (parts, clock):
        gone = privacy_erase.erase(parts, ident, clock())
        said = f"Erased: {gone.enrollments} enrollments, {gone.deliveries} mails, {gone.replies} replies."
        click.echo(as_json(gone) if in_json else said)


@click.command("unsuppress")
@click.argument("address", metavar="ADDRESS")
@click.option("--why", required=True, help="Why it may be written to again: kept, and shown by `subscriber show`.")
@click.option("--json", "in_json", is_flag=True, help="As JSON.")
@click.pass_context
def unsuppress(ctx: click.Context, address: str, *, why: str, in_json: bool) -> None:
    """Lift the suppression of ADDRESS: it bounced, complained, or asked for no more mail.

    Sends nothing and enrolls nobody. Afterwards `subscriber add` works, and so does signing up.
    """
    with opened(ctx) as (parts, clock):
        lifted = LiftView.of(suppression.unsuppress(parts, address, why, clock()))
        said = f"Lifted: this address was suppressed since {iso(lifted.since)} ({lifted.reason}). Nothing was sent."
        click.echo(as_json(lifted) if in_json else said)
