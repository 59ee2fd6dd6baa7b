"""Taking mail in: how many posts a second are stored, and what a message of 30 MB costs in memory. Each in a process of its own."""

import json
import resource
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from dripcourse.domain.incoming import Arrival, Door
from dripcourse.fakes.serve import Signer
from dripcourse.services.incoming import store
from dripcourse.web.app import create_app
from tests.support.children import in_child
from tests.support.house import ENVIRONMENT, House, open_house

_FORM = "multipart/form-data; boundary=xYzZY"
_THREADS = 8


@contextmanager
def _open(signer: Signer) -> Iterator[House]:
    with (
        tempfile.TemporaryDirectory() as name,
        open_house(Path(name), SENDGRID_INBOUND_PUBLIC_KEY=signer.public_key) as house,
    ):
        yield house


def _form(raw: bytes) -> bytes:
    envelope = json.dumps(
        {"to": [f"r+{'a' * 42}@{ENVIRONMENT['REPLY_DOMAIN']}"], "from": "reader@example.org"}
    ).encode()
    parts = ((b"email", raw), (b"envelope", envelope))
    body = b"".join(b'--xYzZY\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % part for part in parts)
    return body + b"--xYzZY--\r\n"


def _message(number: int, size: int) -> bytes:
    words = b"These are the words of a reader.\r\n" * (size // 34)
    return b"From: reader@example.org\r\nMessage-ID: <%d@example.org>\r\n\r\n%s" % (number, words)


def _posts(count: int) -> float:
    signer = Signer()
    with _open(signer) as house:
        client = create_app(house.parts, house.clock)
        bodies = [_form(_message(number, 20_000)) for number in range(count)]
        signed = [(body, signer.headers(body, 1)) for body in bodies]

        def post(each: tuple[bytes, dict[str, str]]) -> int:
            with client.test_client() as caller:
                answer = caller.post("/hooks/sendgrid/inbound", data=each[0], headers=each[1], content_type=_FORM)
                return answer.status_code

        began = perf_counter()
        with ThreadPoolExecutor(_THREADS) as pool:
            statuses = set(pool.map(post, signed))
        took = perf_counter() - began
    assert statuses == {200}, statuses
    return count / took


def _peak_by_post(size: int) -> int:
    signer = Signer()
    with _open(signer) as house:
        app = create_app(house.parts, house.clock)
        path = house.folder / "post"
        path.write_bytes(_form(_message(1, size)))
        body = path.read_bytes()
        headers = signer.headers(body, 1)
        del body
        before = _peak()
        with path.open("rb") as stream, app.test_client() as caller:
            length = str(path.stat().st_size)
            answer = caller.post(
                "/hooks/sendgrid/inbound",
                input_stream=stream,
                headers=headers | {"Content-Length": length},
                content_type=_FORM,
            )
        assert answer.status_code == 200, answer.status_code
    return max(before, _peak())


def _peak_of_store(size: int) -> int:
    with _open(Signer()) as house:
        assert store.store(house.parts, Arrival(Door.PIPE, _message(1, size)), house.now)
    return _peak()


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def arriving(posts: int = 500) -> None:
    """Print how many signed posts a second are stored, and the peak of memory of a process that stores 30 MB."""
    print(f"  posts of 20 kB taken in      {in_child(lambda: _posts(posts)):8.0f} posts/s")
    for name, work in (("stored", _peak_of_store), ("posted", _peak_by_post)):
        print(
            f"  a message of 30 MB, {name}   peak of its process {in_child(lambda work=work: work(30_000_000)) / 1e6:.0f} MB"
        )  # type: ignore[misc]
