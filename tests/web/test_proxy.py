"""The proxy of docs/running-it.md, in a real nginx: no reply is too large for it, and no private link stands in its logs."""

import contextlib
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from time import monotonic, sleep

from tests.conftest import missing
from tests.house.rooms import ROOT
from tests.support.certificate import context_of, make_certificate
from tests.web.conftest import Site
from tests.web.test_guard import serving

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
AROUND = """
daemon off; pid {folder}/pid; error_log {folder}/main.log crit;
events {{}}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    access_log {folder}/access.log; error_log {folder}/error.log;
    {site}
}}
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextlib.contextmanager
def nginx(folder: Path, upstream: int) -> Iterator[tuple[int, int, ssl.SSLContext]]:
    """nginx with the block of the page; its ports for TLS and without, and what trusts its certificate."""
    if NGINX is None:
        missing("nginx")
    page = (ROOT / "docs" / "running-it.md").read_text(encoding="utf-8")
    [block] = re.findall(r"```nginx\n(.*?)```", page, re.DOTALL)
    certificate, secure, plain = make_certificate(folder), free_port(), free_port()
    site = re.sub(r"/etc/letsencrypt/\S+\.pem", str(certificate), block).replace(
        "127.0.0.1:8025", f"127.0.0.1:{upstream}"
    )
    site = re.sub(r" *listen \[::\]:.*\n", "", site)
    site = site.replace("listen 80;", f"listen 127.0.0.1:{plain};").replace("listen 443", f"listen 127.0.0.1:{secure}")
    config = folder / "nginx.conf"
    config.write_text(AROUND.format(folder=folder, site=site))
    with subprocess.Popen([str(NGINX), "-c", str(config), "-p", str(folder)]) as server:
        give_up = monotonic() + 60
        while socket.socket().connect_ex(("127.0.0.1", secure)):
            assert monotonic() < give_up
            assert server.poll() is None
            sleep(0.05)
        yield secure, plain, context_of(certificate)
        server.terminate()


def ask(port: int, context: ssl.SSLContext, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    with contextlib.closing(HTTPSConnection("localhost", port, timeout=60, context=context)) as wire:
        wire.request("POST" if body is not None else "GET", path, body, {"Accept-Encoding": "identity"})
        answer = wire.getresponse()
        return answer.status, answer.read()


def test_the_documented_proxy_takes_large_replies_and_writes_no_private_link_down(site: Site, tmp_path: Path) -> None:
    site.reading()
    me, leave = site.link("me"), site.link("leave")
    folder = tmp_path / "nginx"
    folder.mkdir()
    with contextlib.ExitStack() as stack:
        with serving(site) as (_, upstream):
            secure, plain, context = stack.enter_context(nginx(folder, upstream))
            assert ask(secure, context, me)[0] == 200
            for hook in ("/hooks/sendgrid/inbound", "/hooks/sendgrid/events"):
                assert ask(secure, context, hook, b"x" * 2_700_000)[0] not in (413, 502, 504)
            wire = HTTPConnection("localhost", plain, timeout=60)
            wire.request("GET", me)
            assert wire.getresponse().getheader("Location") == f"https://localhost{me}"
        for path in (me, leave):
            status, said = ask(secure, context, path)
            assert status == 503
            assert b"reply STOP to any letter" in said
        assert ask(secure, context, "/hooks/sendgrid/inbound", b"x")[0] >= 500, "the provider tries again"
    written = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    for path in (me, leave):
        assert path.rpartition("/")[2].encode() not in written
