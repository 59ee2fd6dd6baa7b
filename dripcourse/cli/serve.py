"""`dripcourse run`, `web` and `worker`: the processes that stay."""

import errno
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Protocol

import click
import waitress

from dripcourse.bootstrap import choose_clock, is_real, open_parts, refuse_false_future
from dripcourse.cli.common import quiet_logs, settings_of
from dripcourse.domain.errors import SettingsError
from dripcourse.scheduler import Heartbeat, end_on_signals, leave
from dripcourse.services.parts import Clock, Parts
from dripcourse.services.tick import Heart
from dripcourse.settings import Settings, ensure_secrets, imap_door
from dripcourse.web.app import create_app
from dripcourse.web.connection_guard import OPTIONS, guard

_THREADS = 8
_MOST_BYTES = 2**26
"""No request is larger; a post with mail in it is the largest, and a provider's mail has half of that."""


@click.command("run")
@click.pass_context
def run(ctx: click.Context) -> None:
    """Web and scheduler in one process: the embedded default. Sets up and migrates the database by itself."""
    _stay(ctx, web=True, beat=True)


@click.command("web")
@click.pass_context
def web(ctx: click.Context) -> None:
    """The pages only. Refuses an old schema; run `dripcourse db upgrade` first."""
    _stay(ctx, web=True, beat=False)


@click.command("worker")
@click.pass_context
def worker(ctx: click.Context) -> None:
    """The scheduler only; run as many as you like, on as many machines. Refuses an old schema."""
    _stay(ctx, web=False, beat=True)


def _stay(ctx: click.Context, *, web: bool, beat: bool) -> None:
    quiet_logs()
    end_on_signals(leave)
    settings = ensure_secrets(settings_of(ctx))
    clock = choose_clock(settings)
    listener = listen(settings.host, settings.port) if web else None
    with open_parts(settings, bring_up=web and beat) as parts:
        refuse_false_future(parts.transport, clock)
        heartbeat = _heartbeat(parts, clock, settings) if beat else None
        stays: list[Stays] = [*_doors(parts, clock, settings), heartbeat] if heartbeat else []
        with ExitStack() as stack:
            for each in stays:
                each.start()
                stack.callback(each.stop)
            _serve(parts, clock, settings, listener, heartbeat) if listener else _wait()


class Stays(Protocol):
    """Something with a thread of its own."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End, and wait for that."""


def _heartbeat(parts: Parts, clock: Clock, settings: Settings) -> Heartbeat:
    return Heartbeat(Heart(parts, clock, real=is_real(clock)), settings.tick_seconds)


def _doors(parts: Parts, clock: Clock, settings: Settings) -> Iterator[Stays]:
    """Where mail comes in, of what the settings name."""
    if settings.lmtp_listen:
        from dripcourse.doors.listener import Listener

        yield Listener(settings.lmtp_listen, parts, clock)
    if settings.imap_url:
        from dripcourse.doors.mailbox import MailboxPoll

        yield MailboxPoll(imap_door(settings.imap_url), parts, clock, settings.tick_seconds)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises SettingsError if the port is taken or not ours to take."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        why = (
            "is in use by another program" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        )
        raise SettingsError(
            [f"PORT: port {port} on {host} {why}. Choose another, for example PORT={port + 1}."]
        ) from None
    return listener


def _serve(
    parts: Parts, clock: Clock, settings: Settings, listener: socket.socket, heartbeat: Heartbeat | None
) -> None:
    app = create_app(
        parts,
        clock,
        trusted_proxies=settings.trusted_proxies,
        tick_seconds=settings.tick_seconds,
        trouble=heartbeat.trouble if heartbeat else str,
    )
    server = waitress.create_server(
        app,
        sockets=[listener],
        threads=_THREADS,
        ident="",
        max_request_body_size=_MOST_BYTES,
        clear_untrusted_proxy_headers=settings.trusted_proxies == 0,
        **OPTIONS,
    )
    guard(server)
    click.echo(f"dripcourse listens on http://{settings.host}:{settings.port} - readers see {settings.base_url}")
    try:
        server.run()
    finally:
        server.close()


def _wait() -> None:
    """Until told to stop."""
    told = threading.Event()
    end_on_signals(told.set)
    click.echo("dripcourse worker ticks; stop it with Ctrl-C.")
    told.wait()
