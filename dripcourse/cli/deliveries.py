"""`dripcourse deliveries`."""

import click

from dripcourse.cli.common import as_json, iso, opened
from dripcourse.services import overview, settle


@click.group("deliveries")
def group() -> None:
    """What was sent, what is unsure, and your word on it."""


@group.command("list")
@click.option("--json", "in_json", is_flag=True, help="As JSON.")
@click.pass_context
def list_(ctx: click.Context, *, in_json: bool) -> None:
    """Every mail, oldest first, and where it stands."""
    _print(ctx, only_unsure=False, in_json=in_json)


@group.command("unsure")
@click.option("--json", "in_json", is_flag=True, help="As JSON.")
@click.pass_context
def unsure(ctx: click.Context, *, in_json: bool) -> None:
    """Mails that may or may not have gone: nobody answered, and nothing has settled it for certain."""
    _print(ctx, only_unsure=True, in_json=in_json)


@group.command("resolve")
@click.argument("ident", metavar="ID")
@click.option("--sent/--not-sent", "sent", default=None, help="It arrived; or it did not, and goes again.")
@click.pass_context
def resolve(ctx: click.Context, ident: str, *, sent: bool | None) -> None:
    """Decide about a mail that is unsure or held."""
    if sent is None:
        raise click.UsageError("Say which: --sent (it arrived) or --not-sent (it did not, and goes again).")
    with opened(ctx) as (parts, clock):
        delivery = settle.resolve(parts, ident, sent=sent, now=clock())
        click.echo(f"{delivery.id} is now {delivery.state.value}.")


def _print(ctx: click.Context, *, only_unsure: bool, in_json: bool) -> None:
    with opened(ctx) as (parts, _):
        views = overview.deliveries(parts, only_unsure=only_unsure)
        if in_json:
            click.echo("[" + ",\n ".join(as_json(view) for view in views) + "]")
            return
        count = 0
        for view in views:
            count += 1
            reason = f" ({view.reason})" if view.reason else ""
            click.echo(f"{view.id}  {iso(view.at)}  {view.kind:<8} {view.lesson or '-':<24} {view.state}{reason}")
        if not count:
            click.echo("Nothing is unsure." if only_unsure else "No mail yet.")
