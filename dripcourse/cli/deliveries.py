"""`dripcourse deliveries`."""

from dataclasses import asdict

import click

from dripcourse.cli.common import as_json, iso, opened
from dripcourse.services.delivery import settle
from dripcourse.services.host import overview

_SAYS_WHY = ("held", "bounced", "refused")


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
@click.option("--sent", "word", flag_value=settle.Word.SENT.value, help="It arrived.")
@click.option("--not-sent", "word", flag_value=settle.Word.NOT_SENT.value, help="It did not, and goes again.")
@click.option(
    "--again", "word", flag_value=settle.Word.AGAIN.value, help="It came back or was refused, and goes again."
)
@click.pass_context
def resolve(ctx: click.Context, ident: str, *, word: str | None) -> None:
    """Decide about a mail that is unsure, held, refused or came back."""
    if word is None:
        raise click.UsageError(
            "Say which: --sent (it arrived), --not-sent (it did not, and goes again) or --again (it came back, and goes again)."
        )
    with opened(ctx) as (parts, clock):
        delivery = settle.resolve(parts, ident, settle.Word(word), now=clock())
        click.echo(f"{delivery.id} is now {delivery.state.value}.")


def _print(ctx: click.Context, *, only_unsure: bool, in_json: bool) -> None:
    with opened(ctx) as (parts, _):
        views = overview.deliveries(parts, only_unsure=only_unsure)
        if in_json:
            rows = ({name: value for name, value in asdict(view).items() if name != "detail"} for view in views)
            click.echo("[" + ",\n ".join(map(as_json, rows)) + "]")
            return
        count = 0
        for view in views:
            count += 1
            reason = f" ({view.reason})" if view.reason else ""
            click.echo(f"{view.id}  {iso(view.at)}  {view.kind:<8} {view.lesson or '-':<24} {view.state}{reason}")
            if view.state in _SAYS_WHY:
                click.echo(f"    to {view.enrollment or 'nobody enrolled'}: {view.detail or 'no reason was given'}")
        if not count:
            click.echo("Nothing is unsure." if only_unsure else "No mail yet.")
