"""`dripcourse demo`."""

import socket

import click

from dripcourse.cli.common import quiet_logs, settings_of
from dripcourse.cli.serve import listen
from dripcourse.demo import run_demo
from dripcourse.domain.errors import SettingsError, UsageError
from dripcourse.settings import Needs

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what the host may ask for, not what we choose


@click.command("demo")
@click.option("--port", type=click.IntRange(1, 65535), default=8025, envvar="PORT", show_default=True, show_envvar=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="The network address to listen at.")
@click.pass_context
def command(ctx: click.Context, port: int, host: str) -> None:
    """The whole product on one page, with a clock you can turn. Nothing has to be set, and nothing leaves this machine.

    COURSES_DIR adds your own courses. Whatever the demo keeps is in a temporary folder and is deleted at the end.
    """
    quiet_logs()
    chosen = settings_of(ctx, Needs.NOTHING)
    with _listener(host, port) as listener:
        run_demo(listener, _base_url(host, port), chosen, click.echo)


def _listener(host: str, port: int) -> socket.socket:
    try:
        return listen(host, port)
    except SettingsError as error:
        raise UsageError(f"The demo cannot start. {error} With make: PORT={port + 1} make demo") from None


def _base_url(host: str, port: int) -> str:
    """Where a browser on this machine finds what listens at `host`."""
    name = _EVERYWHERE.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
