"""The pages as readers reach them: over real TLS, on loopback."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from dripcourse.diagnostics.outside import judge_address, judge_clock, judge_large_post
from dripcourse.diagnostics.reach import LARGE_BYTES, post, reach
from dripcourse.domain.finding import Level
from tests.support.certificate import context_of, make_certificate

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


class _Page(BaseHTTPRequestHandler):
    says = b"ok\n"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.says)))
        self.end_headers()
        self.wfile.write(self.says)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet."""


class _Strange(_Page):
    says = b"<html>"


@contextmanager
def served(handler: type[_Page], certificate: Path | None = None) -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"{'https' if certificate else 'http'}://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(5)


def test_our_own_pages_behind_a_good_certificate_are_known_again(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    with served(_Page, certificate) as url:
        found = reach(url, context=context_of(certificate))
    assert (found.trouble, found.ours) == ("", True)
    assert found.date
    assert abs(found.date - datetime.now(UTC)) < timedelta(minutes=5)
    assert found.ends
    assert timedelta(0) < found.ends - datetime.now(UTC) < timedelta(days=1)
    (told,) = judge_address(url, trouble="", ours=True, ends=found.ends, now=datetime.now(UTC))
    assert told.level is Level.LOOK, "it ends tomorrow"


def test_a_certificate_that_nobody_trusts_is_a_fault(tmp_path: Path) -> None:
    with served(_Page, make_certificate(tmp_path)) as url:
        found = reach(url)
    assert "certificate" in found.trouble
    (told,) = judge_address(url, trouble=found.trouble, ours=found.ours, ends=found.ends, now=NOW)
    assert told.level is Level.WRONG


def test_other_pages_at_our_address_are_a_fault() -> None:
    with served(_Strange) as url:
        found = reach(url)
    assert (found.trouble, found.ours, found.ends) == ("", False, None)
    (told,) = judge_address(url, trouble="", ours=False, ends=None, now=NOW)
    assert told.level is Level.WRONG


def test_silence_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        found = reach(f"http://127.0.0.1:{deaf.getsockname()[1]}", seconds=0.2)
    assert found.trouble
    (told,) = judge_address("http://x", trouble=found.trouble, ours=False, ends=None, now=NOW)
    assert told.level is Level.UNSEEN


@pytest.mark.parametrize(
    ("apart", "level"), [(timedelta(minutes=4), Level.WELL), (timedelta(minutes=6), Level.WRONG), (None, Level.UNSEEN)]
)
def test_a_clock_is_right_if_the_others_say_so(apart: timedelta | None, level: Level) -> None:
    others = [] if apart is None else [("the database server's", NOW, NOW), ("the mail provider's", NOW, NOW - apart)]
    (told,) = judge_clock(others)
    assert told.level is level
    assert level is not Level.WRONG or "6 minutes ahead of the mail provider's" in told.says


class _Takes(_Page):
    """Takes what is posted and says 401, as our pages do to what is not signed."""

    most = 40 * 2**20

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        if size <= self.most:
            self.rfile.read(size)
        self.send_response(401 if size <= self.most else 413)
        self.send_header("Content-Length", "0")
        self.end_headers()


class _Refuses(_Takes):
    """As a proxy that was told nothing: 1 MB, and it hangs up."""

    most = 2**20


@pytest.mark.parametrize(("page", "level"), [(_Takes, Level.WELL), (_Refuses, Level.WRONG)])
def test_a_proxy_that_refuses_a_reply_with_a_photo_is_a_fault(page: type[_Takes], level: Level) -> None:
    with served(page) as url:
        told = judge_large_post(post(url, "/hooks/sendgrid/inbound", LARGE_BYTES))
    assert told.level is level
    assert judge_large_post(None).level is Level.UNSEEN
