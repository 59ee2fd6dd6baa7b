"""SendGrid through the official library, against the stand-in that ships: what each answer means, and the one that can be lost."""

import contextlib
import json
import logging
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dripcourse.domain.errors import DripError
from dripcourse.domain.mail import Accepted, Later, Outcome, Outgoing, Refused, Transport, Unknown
from dripcourse.domain.refusal import About, refused
from dripcourse.fakes.script import scripted
from dripcourse.fakes.sendgrid import Account
from dripcourse.fakes.serve import FakeSendgrid
from dripcourse.transports import wire as wire_file
from dripcourse.transports.sendgrid.transport import LONGEST_WAIT, Sendgrid, request_body
from dripcourse.transports.wire import Wire
from tests.support.certificate import context_of, make_certificate
from tests.support.house import open_house
from tests.transports.contract import NOW, TransportContract, a_mail, read

KEY = "SG.a-key-that-must-not-leak"


@pytest.fixture
def fake() -> Iterator[FakeSendgrid]:
    running = FakeSendgrid(Account(), lambda: NOW)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def door(fake: FakeSendgrid) -> Iterator[Sendgrid]:
    transport = quick(fake.url)
    yield transport
    transport.close()


def quick(url: str, **more: Any) -> Sendgrid:
    """A transport that does not wait for long."""
    return Sendgrid(KEY, url, wire=Wire(url, timeout_seconds=0.3, **more))


def play(fake: FakeSendgrid, script: str) -> None:
    fake.account._steps = scripted(script)


def send(door: Sendgrid, mail: Outgoing | None = None) -> Outcome:
    return door.send(mail or a_mail(), now=NOW)


class TestSendgrid(TransportContract):
    is_local = True
    remembers = False

    @pytest.fixture
    def transport(self, door: Sendgrid, fake: FakeSendgrid) -> Transport:
        self.fake = fake
        return door

    def arrived(self) -> list[bytes]:
        return [taken.raw() for taken in self.fake.account.taken]


# ------------------------------------------------------------------------------------------------------- what is asked for


def asked(mail: Outgoing | None = None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(request_body(mail or a_mail()))
    return found


def test_nothing_is_tracked_and_the_provider_gets_one_opaque_argument() -> None:
    mail = a_mail()
    request = asked(mail)
    switches = request["tracking_settings"]
    assert set(switches) == {"click_tracking", "open_tracking", "subscription_tracking", "ganalytics"}
    assert not any(value for setting in switches.values() for value in setting.values())
    assert request["tracking_settings"]["click_tracking"] == {"enable": False, "enable_text": False}
    assert request["personalizations"][0]["custom_args"] == {"d": f"{mail.delivery}.1"}
    assert not {"categories", "asm", "send_at", "custom_args", "batch_id"} & request.keys()
    assert [part["type"] for part in request["content"]] == ["text/plain", "text/html"]


@pytest.fixture(scope="session")
def description() -> dict[str, Any]:
    """The provider's own description of its API, where this machine has one."""
    folder = os.environ.get("DRIPCOURSE_SHARED")
    if not folder:
        pytest.skip("DRIPCOURSE_SHARED does not say where the provider's description is")
    found: dict[str, Any] = json.loads((Path(folder) / "sendgrid" / "tsg_mail_v3.json").read_text())
    body = found["components"]["requestBodies"]["PostMailSend"]["content"]["application/json"]["schema"]
    body["properties"]["custom_args"] = {"type": "object"}  # typed string there, which is the description's own fault
    body["additionalProperties"] = body["properties"]["personalizations"]["items"]["additionalProperties"] = False
    for name in ("headers", "custom_args"):
        body["properties"]["personalizations"]["items"]["properties"][name]["additionalProperties"] = {"type": "string"}
    return {**body, "components": found["components"]}


def test_every_request_is_one_that_the_providers_own_description_allows(description: dict[str, Any]) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    checker = jsonschema.Draft202012Validator(description, format_checker=jsonschema.FormatChecker())
    for mail in (a_mail(), a_mail(html=None), a_mail(reply_to=None), a_mail(subject="Größe"), a_mail(headers={})):
        assert list(checker.iter_errors(asked(mail))) == []
    for spoilt in ({"from": {}}, {"categories": [1]}, {"custom_args": "x"}, {"colour": "red"}):
        assert list(checker.iter_errors(asked() | spoilt)) != []


@given(where=st.sampled_from(["to", "subject", "reply_to", "message_id"]), sign=st.sampled_from("\r\n\0\v\u2028"))
def test_a_line_break_never_reaches_a_header(where: str, sign: str) -> None:
    with pytest.raises(ValueError, match="cannot"):
        request_body(a_mail(**{where: f"a{sign}Bcc: everybody@example.org"}))


def test_a_no_break_space_is_no_line_break(door: Sendgrid, fake: FakeSendgrid) -> None:
    assert isinstance(send(door, a_mail(subject="10\u00a0000 words\u200b")), Accepted)
    assert read(fake.account.taken[0].raw())["Subject"] == "10\u00a0000 words\u200b"


# ----------------------------------------------------------------------------------------------------- what answers mean


@pytest.mark.parametrize(
    ("script", "expected", "taken"),
    [
        ("accept", Accepted(), 1),
        ("late=0.05", Accepted(), 1),
        ("400", Refused(""), 0),
        ("413", Refused(""), 0),
        ("401", Later("", everyone=True, needs_host=True), 0),
        ("403", Later("", everyone=True, needs_host=True), 0),
        ("429=30", Later("", everyone=True), 0),
        ("500", Later("", everyone=True), 0),
        ("503", Later("", everyone=True), 0),
        ("502", Unknown(""), 0),
        ("504", Unknown(""), 0),
        ("hang=1", Unknown(""), 1),
        ("drop", Unknown(""), 1),
        ("cut", Unknown(""), 1),
        ("deaf", Unknown(""), 0),
    ],
)
def test_what_an_answer_means(door: Sendgrid, fake: FakeSendgrid, script: str, expected: Outcome, taken: int) -> None:
    send(door)
    play(fake, script)
    outcome = send(door)
    assert type(outcome) is type(expected)
    assert not isinstance(outcome, Later) or outcome.everyone
    assert getattr(outcome, "needs_host", False) is getattr(expected, "needs_host", False)
    assert len(fake.account.taken) == 1 + taken
    play(fake, "")
    assert isinstance(door.send(a_mail(), now=NOW + timedelta(hours=2)), Accepted) or script.startswith("429")


def test_an_accepted_mail_has_the_providers_name_for_it(door: Sendgrid, fake: FakeSendgrid) -> None:
    assert send(door) == Accepted(fake.account.taken[0].name)
    assert len(fake.account.taken[0].name) == 22


def test_a_refusal_says_what_the_provider_said_and_nobodys_address(door: Sendgrid, fake: FakeSendgrid) -> None:
    assert send(door, a_mail(to="no address")) == Refused(
        "sendgrid: 400 personalizations.0.to.0.email Does not contain a valid address."
    )
    assert isinstance(send(door), Accepted)


class Canned:
    """A server that answers each connection's first request with the same bytes, then hangs up."""

    def __init__(self, answer: bytes) -> None:
        self.requests: list[bytes] = []
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self.requests.append(_one_request(connection))
                connection.sendall(self._answer)

    def close(self) -> None:
        self._listener.close()


def _one_request(connection: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got:
        got += connection.recv(65536)
    head, _, body = got.partition(b"\r\n\r\n")
    length = int(next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")).split()[1])
    while len(body) < length:
        body += connection.recv(65536)
    return head + body


@pytest.fixture
def canned() -> Iterator[Callable[[bytes], Canned]]:
    made: list[Canned] = []

    def make(answer: bytes) -> Canned:
        made.append(Canned(answer))
        return made[-1]

    yield make
    for each in made:
        each.close()


ERRORS = b'{"errors":[{"message":"<reader@example.org> was not liked","field":null}]}'


def http(status: bytes, body: bytes = b"", *headers: bytes, length: int | None = None) -> bytes:
    said = b"Content-Length: %d" % (len(body) if length is None else length)
    return b"\r\n".join([b"HTTP/1.1 " + status, said, *headers, b"", body])


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (http(b"202 Accepted", b"half", length=100), Accepted()),
        (http(b"503 Away", ERRORS), Later("", everyone=True)),
        (http(b"503 Away", ERRORS[:30], length=len(ERRORS)), Unknown("")),
        (http(b"503 Away", b"<html>upstream</html>"), Unknown("")),
        (http(b"500 Oops", b'{"errors":"all of them"}'), Unknown("")),
        (http(b"502 Gateway", ERRORS), Unknown("")),
        (http(b"408 Slow"), Unknown("")),
        (http(b"200 OK"), Unknown("")),
        (http(b"301 Moved", b"", b"Location: http://127.0.0.1:1/"), Later("", everyone=True)),
        (http(b"404 Nothing"), Later("", everyone=True)),
        (http(b"400 Bad", b""), Refused("")),
        (b"220 smtp.example.org ESMTP\r\n", Unknown("")),
        (b"", Unknown("")),
    ],
)
def test_an_answer_from_somebody_between_leaves_open_what_it_does_not_say(
    canned: Callable[[bytes], Canned], answer: bytes, expected: Outcome
) -> None:
    server = canned(answer)
    outcome = send(quick(server.url))
    assert type(outcome) is type(expected)
    assert "reader@" not in str(outcome)
    assert len(server.requests) == 1, "one request, never repeated"


UNVERIFIED = b'{"errors":[{"message":"The from address does not match a verified Sender Identity.","field":"from"}]}'
CREDITS = b'{"errors":[{"message":"Maximum credits exceeded","field":null}]}'


class InTwoPackets:
    """Answers each request with a head, and the body a moment later, and hangs up."""

    def __init__(self, head: bytes, body: bytes) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._head, self._body = head, body
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                peer, _ = self._listener.accept()
                with peer:
                    peer.recv(2**20)
                    peer.sendall(self._head)
                    time.sleep(0.2)
                    peer.sendall(self._body)

    def close(self) -> None:
        self._listener.close()


def test_a_body_that_comes_after_the_head_of_an_answer_that_closes_is_read() -> None:
    head = b"HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(UNVERIFIED)
    server = InTwoPackets(head, UNVERIFIED)
    try:
        outcome = send(Sendgrid(KEY, server.url, wire=Wire(server.url, timeout_seconds=5)))
    finally:
        server.close()
    assert isinstance(outcome, Later)
    assert outcome.perhaps_us, "it is about this sender address, and not about the account"


@pytest.mark.parametrize(
    ("answer", "about"),
    [
        (http(b"400 Bad", ERRORS), About.MAIL),
        (http(b"413 Large", ERRORS), About.MAIL),
        (http(b"415 Unsupported", ERRORS), About.POLICY),
        (http(b"406 Not acceptable", ERRORS), About.POLICY),
        (http(b"403 Forbidden", UNVERIFIED), About.SENDER),
        (http(b"400 Bad", UNVERIFIED), About.SENDER),
        (http(b"403 Forbidden", ERRORS), About.ACCOUNT),
        (http(b"401 Unauthorized", CREDITS), About.ACCOUNT),
        (http(b"404 Nothing"), About.ACCOUNT),
    ],
)
def test_a_refusal_is_judged_by_what_it_is_about(
    canned: Callable[[bytes], Canned], answer: bytes, about: About
) -> None:
    outcome = send(quick(canned(answer).url))
    expected = refused(about, getattr(outcome, "why", ""))
    assert outcome == expected


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ((b"X-RateLimit-Reset: 1772445720", b"Date: Mon, 02 Mar 2026 10:00:00 GMT"), timedelta(minutes=2)),
        ((b"X-RateLimit-Reset: 1772532120", b"Date: Tue, 03 Mar 2026 10:00:00 GMT"), timedelta(minutes=2)),
        ((b"X-RateLimit-Reset: 1772445720",), timedelta(minutes=2)),
        ((b"Retry-After: 45", b"X-RateLimit-Reset: 1772445720"), timedelta(seconds=45)),
        ((b"X-RateLimit-Reset: 99999999999",), LONGEST_WAIT),
        ((b"X-RateLimit-Reset: 12",), timedelta(0)),
        ((b"X-RateLimit-Reset: soon",), timedelta(minutes=1)),
        ((), timedelta(minutes=1)),
    ],
)
def test_a_rate_limit_is_waited_for_by_the_providers_own_clock(
    canned: Callable[[bytes], Canned], headers: tuple[bytes, ...], wait: timedelta
) -> None:
    server = canned(http(b"429 Slow down", b'{"errors":[{"message":"too many requests"}]}', *headers))
    mails = [a_mail() for _ in range(5)]
    outcomes = [send(quick(server.url), mail) for mail in mails]
    instants = [outcome.not_before for outcome in outcomes if isinstance(outcome, Later) and outcome.not_before]
    assert all(NOW + wait <= instant < NOW + wait + timedelta(seconds=10) for instant in instants)
    assert len(set(instants)) > 1, "not all at the same instant"
    again = send(quick(server.url), mails[0])
    assert isinstance(again, Later)
    assert again.not_before == instants[0]


# ------------------------------------------------------------------------------------------------------------ connections


def test_one_connection_carries_many_mails(door: Sendgrid, fake: FakeSendgrid) -> None:
    for _ in range(50):
        assert isinstance(send(door), Accepted)
    assert (len(fake.account.taken), fake.connections) == (50, 1)


def test_two_threads_never_share_a_connection_at_the_same_time(door: Sendgrid, fake: FakeSendgrid) -> None:
    outcomes: list[Outcome] = []
    threads = [
        threading.Thread(target=lambda: outcomes.extend(send(door) for _ in range(10)), daemon=True) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert len(fake.account.taken) == len(outcomes) == 40
    assert fake.connections <= 4


def test_a_kept_connection_that_was_closed_meanwhile_is_made_anew_and_the_mail_goes_once(
    canned: Callable[[bytes], Canned],
) -> None:
    server = canned(http(b"202 Accepted"))
    door = quick(server.url)
    for _ in range(5):
        outcome = send(door)
        assert isinstance(outcome, Accepted)
        threading.Event().wait(0.02)  # the server's end arrives
    assert len(server.requests) == 5


def test_a_connection_left_alone_is_not_trusted(
    door: Sendgrid, fake: FakeSendgrid, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(door)
    monkeypatch.setattr(wire_file, "monotonic", lambda now=wire_file.monotonic: now() + 4.1)
    send(door)
    assert fake.connections == 2


def test_no_server_is_later_for_everyone() -> None:
    assert send(quick("http://127.0.0.1:1")) == Later(
        "sendgrid: the server cannot be reached (ConnectionRefusedError)", everyone=True
    )
    unknown = send(quick("http://nobody.invalid"))
    assert isinstance(unknown, Later)
    assert unknown.everyone


def test_a_request_that_did_not_leave_whole_was_not_sent() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)

    def hang_up() -> None:
        connection, _ = listener.accept()
        connection.recv(100)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.close()

    threading.Thread(target=hang_up, daemon=True).start()
    outcome = send(quick(f"http://127.0.0.1:{listener.getsockname()[1]}"), a_mail(text="long " * 5_000_000))
    listener.close()
    assert isinstance(outcome, Later)
    assert "before the request was out" in outcome.why


def test_only_loopback_is_local() -> None:
    for url, local in {
        "http://127.0.0.1:4010": True,
        "http://localhost": True,
        "https://api.sendgrid.com": False,
    }.items():
        assert Sendgrid(KEY, url).is_local is local


# -------------------------------------------------------------------------------------------------------------------- TLS


@pytest.fixture
def encrypted(tmp_path: Path) -> Iterator[tuple[FakeSendgrid, ssl.SSLContext]]:
    certificate = make_certificate(tmp_path)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate)
    fake = FakeSendgrid(Account(), lambda: NOW)
    fake._server.socket = serving.wrap_socket(fake._server.socket, server_side=True)
    fake.start()
    yield fake, context_of(certificate)
    fake.stop()


def test_over_tls_one_context_and_one_connection_carry_many_mails(
    encrypted: tuple[FakeSendgrid, ssl.SSLContext],
) -> None:
    fake, context = encrypted
    door = quick(fake.url.replace("http://127.0.0.1", "https://localhost"), context=context)
    assert all(isinstance(send(door), Accepted) for _ in range(20))
    assert (len(fake.account.taken), fake.connections) == (20, 1)
    door.close()


def test_a_certificate_that_nobody_vouches_for_is_later_and_gets_nothing(
    encrypted: tuple[FakeSendgrid, ssl.SSLContext],
) -> None:
    fake, _ = encrypted
    door = quick(fake.url.replace("http://127.0.0.1", "https://localhost"))
    assert send(door) == Later("sendgrid: no encrypted connection could be agreed on", everyone=True)
    assert fake.account.taken == []


# ------------------------------------------------------------------------------------------------------------------- leaks


def test_neither_the_key_nor_an_address_is_logged_however_loud_the_log_is(
    door: Sendgrid, fake: FakeSendgrid, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        play(fake, "accept\n400\n401\n500\ndrop\n")
        for _ in range(6):
            send(door)
    assert KEY not in caplog.text
    assert "reader@example.org" not in caplog.text
    assert logging.getLogger("python_http_client.client").getEffectiveLevel() >= logging.WARNING


# --------------------------------------------------------------------------------------------------------------- the whole


def test_a_whole_course_arrives_through_the_api(tmp_path: Path, fake: FakeSendgrid) -> None:
    with open_house(tmp_path, MAIL_URL="sendgrid:", SENDGRID_API_KEY=KEY, SENDGRID_API_URL=fake.url) as house:
        house.enroll()
        for _ in range(80):
            house.tick()
            house.turn(days=1)
    subjects = [read(taken.raw())["Subject"] for taken in fake.account.taken]
    assert len(subjects) == len(set(subjects)) == 9
    assert all(not read(taken.raw()).defects for taken in fake.account.taken)


def test_a_revoked_key_loses_nothing_and_blames_no_reader(tmp_path: Path, fake: FakeSendgrid) -> None:
    with open_house(tmp_path, MAIL_URL="sendgrid:", SENDGRID_API_KEY=KEY, SENDGRID_API_URL=fake.url) as house:
        for number in range(10):
            house.enroll(f"reader{number}@example.org")
        play(fake, "401\n" * 3)
        ticked = house.tick()
        assert (ticked.accepted, ticked.refused, ticked.held, ticked.unsure) == (0, 0, 0, 0)
        assert len(fake.account.answered) == 1, "the wire is closed for everyone after the first"
        for _ in range(6):
            house.turn(hours=1)
            house.tick()
        assert len(fake.account.taken) == 10


# ------------------------------------------------------------------------------------------------------------- forgetting


def test_an_erasure_that_sendgrid_does_not_take_is_an_error_in_words(fake: FakeSendgrid, door: Sendgrid) -> None:
    with pytest.raises(DripError, match="says 400"):
        door.erase("x" * 300_000, [])  # more than a job may hold
    fake.stop()
    door.close()
    with pytest.raises(DripError, match="does not answer") as error:
        door.erase("reader@example.org", [])
    assert "reader@" not in str(error.value)
