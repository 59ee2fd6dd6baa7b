"""Somebody who plays with the demo by its pages, without a browser; and a demo that a browser can reach."""

import html
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import waitress
from werkzeug.test import Client, TestResponse

from dripcourse.demo.serving import Demo, demo_settings, open_demo
from dripcourse.scheduler import Heartbeat
from tests.support.house import MONDAY
from tests.support.once import read_once

BASE = "http://127.0.0.1:8025"


@dataclass
class Player:
    """Signs up, looks into the mail, follows links and turns the clock, as a person would."""

    demo: Demo

    def __post_init__(self) -> None:
        self.client = Client(self.demo.web)

    def get(self, url: str) -> TestResponse:
        return self.client.get(url)

    def sign_up(
        self, email: str = "ana@example.org", zone: str = "Europe/Berlin", perspective: str = "betrayed"
    ) -> None:
        form = self.get("/c/slow-letters").text
        token = re.search(r'name="token" value="([^"]+)"', form)[1]
        said = {"email": email, "zone": zone, "perspective": perspective, "token": token}
        assert self.client.post("/c/slow-letters", data=said).status_code == 200
        self.demo.heart.tick()

    def confirm(self, perspective: str = "betrayed") -> None:
        link = re.search(r"/confirm/[\w.-]+", self.demo.stage.inbox.boxes()[-1].mails[-1].text)[0]
        assert self.client.post(link, data={"perspective": perspective}).status_code == 200
        self.demo.heart.tick()

    def turn(self, by: str = "week", **look: str) -> TestResponse:
        """Press a button of the clock; returns the page it leads to."""
        answer = self.client.post("/demo/turn", data={"by": by} | look)
        assert answer.status_code == 303, answer.text
        return self.get(answer.location)

    def subjects(self, **look: str) -> list[str]:
        """The subjects in the list of mails, as the page shows them, newest first."""
        page = self.client.get("/", query_string=look).text
        found = re.findall(r'<span class="subject">(.*?)</span>', page)
        return [html.unescape(re.sub(r"<.*?>", "", subject)).removesuffix(" new") for subject in found]

    def dates(self) -> list[tuple[str, str]]:
        """(what became of it, its instant) for each lesson in the calendar."""
        found = re.findall(r'<li class="(went|next|later)">\s*<time datetime="([^"]+)"', self.get("/").text)
        return [(when, instant) for when, instant in found]


@contextmanager
def player(folder: Path, now: datetime = MONDAY, courses_dir: Path | None = None) -> Iterator[Player]:
    """A demo whose machine's clock stands still at `now`, and somebody to play with it."""
    with ExitStack() as stack:
        with read_once():
            demo = stack.enter_context(open_demo(demo_settings(folder, BASE, courses_dir), lambda: now))
        yield Player(demo)


@contextmanager
def served(folder: Path, now: datetime = MONDAY) -> Iterator[str]:
    """The address of a demo that beats and listens on this machine."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with ExitStack() as stack:
        with read_once():
            demo = stack.enter_context(open_demo(demo_settings(folder, url, None), lambda: now))
        server = waitress.create_server(demo.web, sockets=[listener], threads=8)
        threading.Thread(target=server.run, daemon=True).start()
        heartbeat = Heartbeat(demo.heart, 1)
        heartbeat.start()
        try:
            yield url
        finally:
            demo.heart.stop()
            heartbeat.stop()
            server.close()
