"""What commands share: opening the parts, reading instants, printing."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from dripcourse.bootstrap import choose_clock, open_parts, refuse_false_future
from dripcourse.services.parts import Clock, Parts
from dripcourse.settings import Needs, Settings, ensure_secrets, key_files, load_settings


def settings_of(ctx: click.Context, needs: Needs = Needs.ALL) -> Settings:
    """The settings, from the environment and the file that `--config` names. Raises SettingsError with the whole list."""
    config = ctx.find_root().obj
    return load_settings(config=Path(config) if config else None, needs=needs)


def key_files_of(ctx: click.Context) -> set[Path]:
    """The files of settings that hold a key or a password."""
    config = ctx.find_root().obj
    return key_files(config=Path(config) if config else None)


_HARMLESS = "\n\u200c\u200d"
"""Line ends, and the two joiners that Persian and many emoji are written with."""


@contextmanager
def opened(ctx: click.Context, *, at: datetime | None = None, bring_up: bool = False) -> Iterator[tuple[Parts, Clock]]:
    """The parts and the clock, ready for work."""
    settings = ensure_secrets(settings_of(ctx))
    clock = choose_clock(settings, at)
    with open_parts(settings, bring_up=bring_up) as parts:
        refuse_false_future(parts.transport, clock)
        yield parts, clock


class Instant(click.ParamType[datetime]):
    """An instant on the command line: ISO 8601 with an offset, or `Z`."""

    name = "ISO"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ANN401
        """The instant in UTC; a text without an offset could mean any of 38 hours, so it is refused."""
        if isinstance(value, datetime):
            return value
        try:
            instant = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not an instant. Write it like 2026-03-02T09:00:00+01:00.", param, ctx)
        if instant.tzinfo is None:
            how = "Write it with a time of day and an offset: 2026-03-02T09:00:00+01:00, or Z at the end for UTC."
            self.fail(f"{value!r} has no offset. {how}", param, ctx)
        return instant.astimezone(UTC)


def iso(instant: datetime | None) -> str | None:
    """An instant as ISO 8601 in UTC, to the second; None stays None."""
    return instant.astimezone(UTC).isoformat(timespec="seconds") if instant else None


def as_json(value: Any) -> str:  # noqa: ANN401 - any dataclass of plain values, or what json takes
    """JSON on one line, instants as `iso` writes them."""
    plain = asdict(value) if hasattr(value, "__dataclass_fields__") else value
    return json.dumps(plain, default=iso, ensure_ascii=False)


def progress(what: str) -> Callable[[int], None]:
    """Says how far long work is, on a terminal only."""

    def say(count: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{count} {what} ...", err=True, nl=False)

    return say


def visible(text: str) -> str:
    """Somebody's words, fit for a terminal: lines as they are, and whatever could steer it (ESC, bidi controls) spelled out."""
    return "".join(sign if sign in _HARMLESS or sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def quiet_logs() -> None:
    """Our own warnings on stderr, one line each; the chatter of libraries not at all."""
    logging.basicConfig(level=logging.WARNING, format="dripcourse: %(message)s")
    for noisy in ("apscheduler", "waitress", "alembic", "sqlalchemy", "python_http_client"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
