"""Raw bytes on sockets, to the real server as `dripcourse web` runs it."""

from collections.abc import Iterator
from random import Random

import pytest

from tests.web.alike import served
from tests.web.fuzz.ground import Ground, ground
from tests.web.fuzz.wire import MAY_BE, say, try_out, wrong_with


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Ground]]:
    folder = tmp_path_factory.mktemp("served")
    with ground(folder) as at, served(folder) as port:
        yield port, at


def test_a_few_hundred_connections_that_mean_no_good_find_no_fault(asked: tuple[int, Ground]) -> None:
    port, at = asked
    statuses, found = try_out(port, at, Random(3), 300)
    assert found == {}
    assert {200, 400, 404, 405, 431} <= set(statuses)
    assert {status for status in statuses if status >= 500} <= set(MAY_BE)


@pytest.mark.parametrize(
    "said",
    [
        b"POST /support HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 40\r\n\r\n",
        b"POST /support HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /support HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
        b"POST /support HTTP/1.1\r\nHost: x\r\nContent-Length : 40\r\n\r\n",
        b"POST /support HTTP/1.1\r\nHost: x\r\nX: a\nContent-Length: 40\r\n\r\n",
    ],
)
def test_a_request_whose_end_is_in_doubt_hides_no_second_one(asked: tuple[int, Ground], said: bytes) -> None:
    heard = say(asked[0], said + b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert heard[9:12] in (b"400", b"501")
    assert heard.count(b"HTTP/1.") == 1
    assert b"ok\n" not in heard
    assert b"connection: close" in heard.lower()
    assert wrong_with(heard) == []


def test_the_server_does_not_say_what_it_is(asked: tuple[int, Ground]) -> None:
    for said in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"nonsense\r\n\r\n", b"GET /none HTTP/1.0\r\n\r\n"):
        assert not [word for word in (b"waitress/", b"werkzeug", b"python") if word in say(asked[0], said).lower()]


def test_the_judge_sees_each_fault() -> None:
    assert wrong_with(b"HTTP/1.1 500 Internal Server Error\r\ncontent-type: text/plain\r\n\r\n")[0] == "status 500"
    assert wrong_with(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n") == ["200 without headers of ours"]
    assert wrong_with(b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n")
