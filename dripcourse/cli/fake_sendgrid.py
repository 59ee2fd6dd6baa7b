"""`dripcourse fake-sendgrid`."""

import threading
from pathlib import Path

import click

from dripcourse.bootstrap import choose_clock
from dripcourse.cli.common import settings_of
from dripcourse.domain.errors import UsageError
from dripcourse.fakes.script import always_accepting, drawn, scripted
from dripcourse.fakes.sendgrid import Account
from dripcourse.fakes.serve import FakeSendgrid
from dripcourse.scheduler import end_on_signals
from dripcourse.settings import Needs


@click.command("fake-sendgrid")
@click.option("--port", type=click.IntRange(0, 65535), default=4010, show_default=True, help="0 takes any free port.")
@click.option(
    "--seed", type=int, help="Draw faults by chance, the same for the same seed; events late, doubled, shuffled."
)
@click.option(
    "--script", type=click.Path(exists=True, dir_okay=False), help="What becomes of each request, a line each."
)
@click.option("--events-url", help="Where to post signed events, such as http://127.0.0.1:8025/hooks/sendgrid/events.")
@click.option(
    "--key-out", type=click.Path(dir_okay=False), help="A file for the public key that events are signed for."
)
@click.pass_context
def command(
    ctx: click.Context,
    port: int,
    seed: int | None,
    script: str | None,
    events_url: str | None,
    key_out: str | None,
) -> None:
    """A stand-in for SendGrid on this machine: its API, its signed events, its bad days. Look at what came at its page.

    A reader's name says what becomes of mail to them: nobody@, bounce@, blocked@, deferred@, dropped@, spamreport@. A script's
    lines are described in docs/sendgrid.md.
    """
    if seed is not None and script:
        raise UsageError("Either --seed or --script: a script says all that happens, a seed draws it.")
    steps = drawn(seed) if seed is not None else always_accepting()
    if script:
        steps = scripted(Path(script).read_text(encoding="utf-8"))
    clock = choose_clock(settings_of(ctx, Needs.NOTHING))
    try:
        fake = FakeSendgrid(Account(steps, seed=seed or 0), clock, port=port, events_url=events_url)
    except OSError as error:
        raise UsageError(f"Port {port} cannot be used ({error.strerror}). Choose another with --port.") from None
    if key_out:
        Path(key_out).write_text(f"{fake.signer.public_key}\n", encoding="ascii")
    _stay(fake)


def _stay(fake: FakeSendgrid) -> None:
    fake.start()
    click.echo(f"fake-sendgrid listens on {fake.url}; stop it with Ctrl-C. To use it, set:")
    click.echo(f"  MAIL_URL=sendgrid:\n  SENDGRID_API_KEY=SG.fake\n  SENDGRID_API_URL={fake.url}")
    click.echo(f"  SENDGRID_EVENT_PUBLIC_KEY={fake.signer.public_key}")
    told = threading.Event()
    end_on_signals(told.set)
    try:
        told.wait()
    finally:
        fake.stop()
