"""The demo put together: a throw-away installation in a folder of its own, its heart, its pages, and a server for one machine."""

import socket
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import waitress

from dripcourse.bootstrap import choose_clock, open_parts
from dripcourse.demo.clock import DemoHeart, TurnableClock
from dripcourse.demo.pages import create_demo
from dripcourse.demo.scene import Stage
from dripcourse.scheduler import Heartbeat, end_on_signals, leave
from dripcourse.services.parts import Clock
from dripcourse.settings import Settings, ensure_secrets, load_settings
from dripcourse.web.app import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_THREADS = 8
_BEAT_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that can be served: its whole web (a WSGI application), its heart and its clock."""

    web: "WSGIApplication"
    heart: DemoHeart
    clock: TurnableClock
    stage: Stage


def run_demo(listener: socket.socket, base_url: str, chosen: Settings, say: Callable[[str], None]) -> None:
    """Serve a fresh demo at `listener` until somebody stops it; then nothing is left of it. `say` tells the person at the terminal.

    Of the settings that the host has `chosen`, the demo honours COURSES_DIR and DRIPCOURSE_NOW.
    """
    end_on_signals(leave)
    with tempfile.TemporaryDirectory(prefix="dripcourse-demo-", ignore_cleanup_errors=True) as folder:
        settings = demo_settings(Path(folder), base_url, chosen.courses_dir)
        with open_demo(settings, choose_clock(chosen)) as demo:
            server = waitress.create_server(demo.web, sockets=[listener], threads=_THREADS, ident="")
            heartbeat = Heartbeat(demo.heart, _BEAT_SECONDS)
            heartbeat.start()
            say(f"The demo is ready. Open {base_url} in a browser; Ctrl-C ends it.")
            say(
                f"Nothing leaves this machine: every mail becomes a file in {demo.stage.inbox.path / 'new'}, until the demo ends."
            )
            try:
                server.run()  # returns on Ctrl-C
            finally:
                demo.heart.stop()
                heartbeat.stop()
                server.close()


def demo_settings(folder: Path, base_url: str, courses_dir: Path | None) -> Settings:
    """The settings of a demo that keeps everything in `folder`. Nothing has to be set, and the host's own settings are left alone."""
    given = {
        "DATA_DIR": str(folder),
        "BASE_URL": base_url,
        "MAIL_FROM": "letters@dripcourse.example",
        "SYSTEM_FROM": "Letters desk <desk@dripcourse.example>",
        "REPLY_DOMAIN": "reply.dripcourse.example",
        "AUTHSERV_ID": "mx.dripcourse.example",
        "POSTAL_ADDRESS": "1 Example Street, Sampletown (the demo's made-up address)",
    }
    if courses_dir is not None:
        given["COURSES_DIR"] = str(courses_dir)
    return ensure_secrets(load_settings(environ=given, cwd=folder))


@contextmanager
def open_demo(settings: Settings, machine: Clock) -> Iterator[Demo]:
    """A demo by these settings whose clock starts at `machine`'s now. Raises as `open_parts` does."""
    clock = TurnableClock(machine)
    with open_parts(settings) as parts:
        heart = DemoHeart(parts, clock)
        stage = Stage(parts, clock, settings.data_dir / "outbox")
        product = create_app(parts, clock, frame_ancestors="'self'")
        yield Demo(_side_by_side(create_demo(stage, heart), product), heart, clock, stage)


def _side_by_side(demo: "WSGIApplication", product: "WSGIApplication") -> "WSGIApplication":
    """The product's own web, with the demo's page in front of it and the rest of the demo under `/demo/`."""

    def web(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        # inside the demo's frame, `/` is what a reader would see there: the product's own first page
        in_front = path == "/" and environ.get("HTTP_SEC_FETCH_DEST") != "iframe"
        return (demo if in_front or path.startswith("/demo/") else product)(environ, start_response)

    return web
