"""`dripcourse keys`."""

import click

from dripcourse.settings import new_key


@click.group("keys")
def group() -> None:
    """Keys for REPLY_KEYS and SECRET_KEY."""


@group.command("new")
def new() -> None:
    """Print a fresh key, alone, for REPLY_KEYS (or SECRET_KEY)."""
    click.echo(new_key())
