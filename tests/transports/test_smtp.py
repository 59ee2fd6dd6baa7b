"""SMTP against a real server on loopback: what each refusal means, and the one answer that can be lost."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from dripcourse.domain.mail import Accepted, Later, Outcome, Refused, Transport, Unknown
from dripcourse.transports.smtp import Smtp
from tests.support.house import open_house
from tests.transports.contract import NOW, TransportContract, a_mail, read

DROP = "drop"
"""Said by a script: hang up without an answer."""


class Server:
    """A mail server that takes what it is given, unless its script says otherwise for a verb."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.senders: list[str] = []
        self.sessions: set[int] = set()
        self.says: dict[str, str] = {}

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802
        self.sessions.add(id(session))
        return await self._answer("MAIL", server) or self._ok(envelope, "mail_from", address)

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802
        if answer := await self._answer("RCPT", server):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.says.get("AFTER") != DROP and (answer := await self._answer("DATA", server)):
            return answer
        self.taken.append(envelope.original_content or b"")
        self.senders.append(envelope.mail_from or "")
        return await self._answer("AFTER", server) or "250 ok"

    async def _answer(self, verb: str, server: SMTP) -> str | None:
        says = self.says.get(verb)
        if says == DROP:
            assert server.transport is not None
            server.transport.abort()
            return "421 gone"
        return says

    @staticmethod
    def _ok(envelope: Envelope, name: str, value: str) -> str:
        setattr(envelope, name, value)
        return "250 ok"


@pytest.fixture
def server() -> Server:
    return Server()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def controller(server: Server) -> Iterator[Controller]:
    running = Controller(server, hostname="127.0.0.1", port=free_port())
    running.start()
    yield running
    running.stop()


def port_of(controller: Controller) -> int:
    return int(controller.port)


@pytest.fixture
def smtp(controller: Controller) -> Iterator[Smtp]:
    transport = Smtp("127.0.0.1", port_of(controller), tls="none")
    yield transport
    transport.close()


class TestSmtp(TransportContract):
    is_local = True
    remembers = forgets = False

    @pytest.fixture
    def transport(self, smtp: Smtp, server: Server) -> Transport:
        self.server = server
        return smtp

    def arrived(self) -> list[bytes]:
        return self.server.taken


def test_one_connection_carries_many_mails(smtp: Smtp, server: Server) -> None:
    for _ in range(50):
        smtp.send(a_mail(), now=NOW)
    assert len(server.taken) == 50
    assert len(server.sessions) == 1


def test_bounces_go_to_the_mails_own_reply_address(smtp: Smtp, server: Server) -> None:
    smtp.send(a_mail(reply_to="r+one@reply.example.org"), now=NOW)
    smtp.send(a_mail(reply_to=None), now=NOW)
    assert server.senders == ["r+one@reply.example.org", "letters@letters.example.org"]


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        ({"MAIL": "451 4.3.0 busy"}, Later("", everyone=True)),
        ({"MAIL": "550 5.7.1 you may not send"}, Later("", perhaps_us=True)),
        ({"MAIL": "530 5.7.0 log in first"}, Later("", everyone=True, needs_host=True)),
        ({"MAIL": "421 4.3.2 closing"}, Later("", everyone=True)),
        ({"RCPT": "450 4.2.1 greylisted"}, Later("")),
        ({"RCPT": "452 4.2.2 mailbox full"}, Later("")),
        ({"RCPT": "550 5.1.1 no such user"}, Refused("")),
        ({"RCPT": "550 no such user"}, Refused("")),
        ({"RCPT": "554 5.7.1 relay access denied"}, Refused("", perhaps_us=True)),
        ({"RCPT": "550 relay not permitted"}, Refused("", perhaps_us=True)),
        ({"RCPT": "554 5.1.8 sender address does not exist"}, Refused("", perhaps_us=True)),
        ({"RCPT": "530 5.7.0 log in first"}, Later("", everyone=True, needs_host=True)),
        ({"DATA": "451 4.7.1 come again"}, Later("")),
        ({"DATA": "554 5.6.0 not this"}, Refused("")),
        ({"DATA": "554 5.7.1 looks like spam"}, Refused("", perhaps_us=True)),
        ({"RCPT": DROP}, Later("", everyone=True)),
        ({"AFTER": DROP}, Unknown("")),
    ],
)
def test_what_a_refusal_means_depends_on_when_it_comes(
    smtp: Smtp, server: Server, says: dict[str, str], expected: Outcome
) -> None:
    server.says = says
    outcome = smtp.send(a_mail(), now=NOW)
    assert type(outcome) is type(expected)
    if isinstance(outcome, Later) and isinstance(expected, Later):
        assert outcome.everyone == expected.everyone
        assert outcome.needs_host == expected.needs_host
    assert getattr(outcome, "perhaps_us", False) == getattr(expected, "perhaps_us", False)
    server.says = {}
    assert isinstance(smtp.send(a_mail(), now=NOW), Accepted)


def test_a_kept_connection_that_died_is_made_anew_and_the_mail_goes_once(
    smtp: Smtp, server: Server, controller: Controller
) -> None:
    smtp.send(a_mail(), now=NOW)
    assert smtp._connection is not None
    assert smtp._connection.sock is not None
    smtp._connection.sock.shutdown(2)
    assert isinstance(smtp.send(a_mail(), now=NOW), Accepted)
    assert (len(server.taken), len(server.sessions)) == (2, 2)


def test_no_server_is_later_for_everyone() -> None:
    outcome = Smtp("127.0.0.1", 1, tls="none").send(a_mail(), now=NOW)
    assert outcome == Later("smtp: the server cannot be reached (ConnectionRefusedError)", everyone=True)


def test_only_loopback_is_local() -> None:
    for host, local in {"localhost": True, "127.0.0.1": True, "::1": True, "mail.example.org": False}.items():
        assert Smtp(host, 25).is_local is local


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for localhost, signed by itself, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "localhost.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def _login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"host", b"secret word")
    return AuthResult(success=good, handled=False)


@pytest.fixture
def guarded(server: Server, certificate: Path) -> Iterator[Controller]:
    """A server that wants STARTTLS and a log-in before it takes anything."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    running = Controller(
        server,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=_login,
    )
    running.start()
    yield running
    running.stop()


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate)


def test_starttls_and_a_log_in(guarded: Controller, server: Server, certificate: Path) -> None:
    smtp = Smtp("localhost", port_of(guarded), user="host", password="secret word", context=trusting(certificate))
    for _ in range(3):
        assert isinstance(smtp.send(a_mail(), now=NOW), Accepted)
    smtp.close()
    assert len(server.taken) == 3
    assert len(server.sessions) == 1
    assert read(server.taken[0])["Subject"] == "Letter 1"


def test_a_wrong_password_closes_the_wire_for_everyone_and_is_not_told(
    guarded: Controller, server: Server, certificate: Path
) -> None:
    smtp = Smtp("localhost", port_of(guarded), user="host", password="wrong word", context=trusting(certificate))
    outcome = smtp.send(a_mail(), now=NOW)
    assert outcome == Later("smtp: the server refuses our user or password (MAIL_URL)", everyone=True, needs_host=True)
    assert server.taken == []


def test_a_server_that_nobody_vouches_for_gets_nothing(guarded: Controller, server: Server) -> None:
    outcome = Smtp("localhost", port_of(guarded), user="host", password="secret word").send(a_mail(), now=NOW)
    assert outcome == Later("smtp: no encrypted connection could be agreed on", everyone=True)
    assert server.taken == []


def test_a_server_without_starttls_gets_nothing(controller: Controller, server: Server) -> None:
    outcome = Smtp("localhost", port_of(controller)).send(a_mail(), now=NOW)
    assert isinstance(outcome, Later)
    assert outcome.everyone
    assert server.taken == []


def test_a_whole_course_arrives_through_a_real_server(tmp_path: Path, controller: Controller, server: Server) -> None:
    with open_house(tmp_path, MAIL_URL=f"smtp://127.0.0.1:{port_of(controller)}") as house:
        house.enroll()
        for _ in range(80):
            house.tick()
            house.turn(days=1)
    subjects = [read(raw)["Subject"] for raw in server.taken]
    assert len(subjects) == len(set(subjects)) == 9
    assert all(not read(raw).defects for raw in server.taken)
