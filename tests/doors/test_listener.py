"""Mail from our own mail server: yes is said after the commit, no to what is not ours, and later when it is our fault."""

import logging
import smtplib
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from dripcourse.db.models import Inbound
from dripcourse.domain.errors import SettingsError
from dripcourse.domain.incoming import MOST_BYTES, Arrival, Door
from dripcourse.doors.listener import MOST_CONNECTIONS, MOST_HELD, MOST_RECIPIENTS, Listener
from dripcourse.services.incoming import store
from dripcourse.settings import HostPort, Listen
from tests.support.house import ENVIRONMENT, House

DOMAIN, OURS = ENVIRONMENT["REPLY_DOMAIN"], ENVIRONMENT["MAIL_FROM"]
TOKEN = f"r+{'a' * 42}@{DOMAIN}"
READER = "reader@example.org"
HERE = HostPort("127.0.0.1", 0)
RAW = b"From: reader@example.org\r\nMessage-ID: <one@example.org>\r\n\r\nIt was hard, and g\xf6\xf6d.\r\n.\r\nA dot was there.\r\n"


@contextmanager
def listening(house: House, protocol: str = "smtp", where: HostPort | Path = HERE) -> Iterator[Listener]:
    listener = Listener(Listen(protocol, where), house.parts, house.clock)  # type: ignore[arg-type]
    listener.start()
    yield listener
    listener.stop()


@pytest.fixture
def smtp(small_house: House) -> Iterator[smtplib.SMTP]:
    with listening(small_house) as listener, smtplib.SMTP("127.0.0.1", listener.port, "client.example") as client:
        yield client


@pytest.fixture
def lmtp(small_house: House) -> Iterator[smtplib.LMTP]:
    with (
        listening(small_house, "lmtp") as listener,
        smtplib.LMTP("127.0.0.1", listener.port, "client.example") as client,
    ):
        yield client


def kept(house: House) -> list[Arrival]:
    with house.parts.db.read() as session:
        return [store.read(house.parts, row) for row in session.scalars(select(Inbound).order_by(Inbound.size))]


@contextmanager
def database_away(house: House) -> Iterator[None]:
    house.parts.db.close()
    file = house.folder / "truth.db"
    file.rename(file.with_suffix(".away"))
    file.mkdir()
    yield
    file.rmdir()
    file.with_suffix(".away").rename(file)


# --------------------------------------------------------------------------------------------------------------------- SMTP


def test_what_is_handed_over_is_stored_byte_for_byte_with_its_envelope(small_house: House, smtp: smtplib.SMTP) -> None:
    assert smtp.sendmail(READER, [TOKEN, OURS], RAW, ["BODY=8BITMIME"]) == {}
    assert kept(small_house) == [Arrival(Door.SMTP, RAW, (TOKEN, OURS), READER)]


def test_a_bounce_has_no_sender(small_house: House, smtp: smtplib.SMTP) -> None:
    smtp.sendmail("", [TOKEN], RAW)
    assert kept(small_house)[0].sender == ""


def test_one_conversation_hands_over_many_messages_and_each_once(small_house: House, smtp: smtplib.SMTP) -> None:
    for number in (1, 2, 3, 1, 2, 3):
        smtp.sendmail(READER, [TOKEN], RAW + b"%d" % number)
    assert len(kept(small_house)) == 3


def test_nothing_is_relayed_and_no_token_is_told_from_another(small_house: House, smtp: smtplib.SMTP) -> None:
    smtp.ehlo()
    smtp.mail(READER)
    real = small_house.parts.keys.mail_token("a" * 26, "reply")
    ours = {smtp.rcpt(address) for address in (f"r+{real}@{DOMAIN}", TOKEN, f"nobody@{DOMAIN}", OURS, "postmaster")}
    assert ours == {(250, b"2.1.5 OK")}
    for other in (
        READER,
        f"x%example.org@elsewhere.{DOMAIN}",
        f"@{DOMAIN}:{READER}",
        "root",
        f"a@{DOMAIN}.example.org",
    ):
        assert smtp.rcpt(other)[0] in (550, 553), other
    assert kept(small_house) == []


def test_when_it_cannot_be_stored_the_mail_server_keeps_it(
    small_house: House, smtp: smtplib.SMTP, caplog: pytest.LogCaptureFixture
) -> None:
    with database_away(small_house), pytest.raises(smtplib.SMTPDataError) as refused:
        smtp.sendmail(READER, [TOKEN], RAW)
    assert refused.value.smtp_code == 451
    smtp.sendmail(READER, [TOKEN], RAW)
    assert len(kept(small_house)) == 1
    assert "could not be taken in" in caplog.text


def test_a_size_is_said_before_and_held_to(small_house: House, smtp: smtplib.SMTP) -> None:
    smtp.ehlo()
    assert smtp.esmtp_features["size"] == str(MOST_BYTES)
    assert smtp.mail(READER, [f"SIZE={MOST_BYTES + 1}"])[0] == 552
    for too_large in ((b"x" * 70 + b"\r\n") * (MOST_BYTES // 70), b"x" * MOST_BYTES):
        smtp.mail(READER)
        smtp.rcpt(TOKEN)
        assert smtp.data(RAW + too_large)[0] in (500, 552)
    smtp.sendmail(READER, [TOKEN], RAW)
    assert [arrival.raw for arrival in kept(small_house)] == [RAW], "the conversation goes on"


def test_a_line_of_a_megabyte_is_stored(small_house: House, smtp: smtplib.SMTP) -> None:
    raw = b"X-Long: " + b"x" * 2**20 + b"\r\n" + RAW
    smtp.sendmail(READER, [TOKEN], raw)
    assert kept(small_house)[0].raw == raw


def test_too_many_recipients_are_told_to_come_in_another_message(smtp: smtplib.SMTP) -> None:
    smtp.ehlo()
    smtp.mail(READER)
    answers = [smtp.rcpt(f"r{number}@{DOMAIN}")[0] for number in range(MOST_RECIPIENTS + 1)]
    assert answers == [250] * MOST_RECIPIENTS + [452]


def test_no_second_message_is_smuggled_in_within_a_first_one(small_house: House) -> None:
    inner = b"MAIL FROM:<evil@example.org>\r\nRCPT TO:<%s>\r\nDATA\r\nSubject: smuggled\r\n\r\nx" % OURS.encode()
    ends = [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r\r\n.\r\r\n", b"\n\r\n.\n", b"\r\n\x00.\r\n"]
    with listening(small_house) as listener:
        for number, end in enumerate(ends):
            words = [b"EHLO x", b"MAIL FROM:<%s>" % READER.encode(), b"RCPT TO:<%s>" % TOKEN.encode(), b"DATA"]
            with socket.create_connection(("127.0.0.1", listener.port), 30) as wire, wire.makefile("rb") as said:
                for word in words:
                    wire.sendall(word + b"\r\n")
                wire.sendall(b"Message-ID: <%d@x>\r\n\r\nfirst" % number + end + inner + b"\r\n.\r\nQUIT\r\n")
                answers = [line[:4] for line in said]
            assert answers.count(b"250 ") == 4, end  # EHLO's last line, MAIL, RCPT and one message
    assert len(kept(small_house)) == len(ends)
    assert all(arrival.sender == READER and b"smuggled" in arrival.raw for arrival in kept(small_house))


@pytest.mark.parametrize(
    "garbage",
    [
        b"\r\n" * 50,
        b"\xff\xfe\x00 hello\r\n",
        b"EHLO x\r\nMAIL FROM:<\xff\xfe@x>\r\nRCPT TO:<\xed\xa0\x80>\r\nVRFY \xff\r\n",
        b"A" * 5_000_000 + b"\r\n",
        b"EHLO x\r\nMAIL FROM:<" + b"(" * 400 + b">\r\n",
        b"DATA\r\nRCPT TO:<a@b>\r\nMAIL\r\nRCPT\r\nLHLO x\r\nAUTH PLAIN AAAA\r\nSTARTTLS\r\n",
    ],
)
def test_whatever_is_said_the_next_client_is_served_and_the_log_keeps_quiet(
    small_house: House, caplog: pytest.LogCaptureFixture, garbage: bytes
) -> None:
    caplog.set_level(logging.DEBUG)
    with listening(small_house) as listener:
        with socket.create_connection(("127.0.0.1", listener.port), 30) as wire:
            wire.sendall(garbage)
            wire.shutdown(socket.SHUT_WR)
            while wire.recv(65536):
                pass
        with smtplib.SMTP("127.0.0.1", listener.port, "client.example") as client:
            client.sendmail(READER, [TOKEN], RAW)
    assert len(kept(small_house)) == 1
    said = [record for record in caplog.records if record.name != "asyncio" or record.levelno > logging.DEBUG]
    assert not any("@" in record.getMessage() or record.exc_info for record in said)


def test_nothing_of_a_message_is_ever_logged(small_house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with listening(small_house) as listener, smtplib.SMTP("127.0.0.1", listener.port, "client.example") as client:
        client.sendmail(READER, [TOKEN], RAW)
        with database_away(small_house), pytest.raises(smtplib.SMTPDataError):
            client.sendmail(READER, [TOKEN], RAW + b"again")
    assert not any(word in caplog.text for word in (READER, TOKEN, "It was hard", "Traceback"))


def test_of_too_many_clients_the_last_is_asked_to_come_back(small_house: House) -> None:
    with listening(small_house) as listener:
        place = ("127.0.0.1", listener.port)
        wires = [socket.create_connection(place, 30) for _ in range(MOST_CONNECTIONS)]
        assert {wire.recv(4) for wire in wires} == {b"220 "}
        with socket.create_connection(place, 30) as late:
            assert late.recv(4) == b"421 "
        for wire in wires[1:]:
            wire.sendall(b"QUIT\r\n")
            while wire.recv(4096):
                pass
            wire.close()
        with smtplib.SMTP(*place, "client.example") as client:
            client.sendmail(READER, [TOKEN], RAW)
        wires[0].close()
    assert len(kept(small_house)) == 1


def test_what_many_clients_send_at_once_and_never_finish_is_bounded_over_all_of_them(small_house: House) -> None:
    chunk, answers = (b"x" * 76 + b"\r\n") * 10_000, []
    with listening(small_house) as listener:
        place = ("127.0.0.1", listener.port)
        clients = [smtplib.SMTP(*place, "client.example") for _ in range(6)]
        before = resident()
        for client in clients:
            client.ehlo()
            client.mail(READER)
            client.rcpt(TOKEN)
            assert client.docmd("DATA")[0] == 354
            try:
                for _ in range(38):
                    client.send(chunk)
                answers.append(0)
            except smtplib.SMTPException:
                answers.append(452)
        assert resident() - before < 4 * MOST_HELD
        assert answers[0] == 0
        assert 452 in answers or any(client.sock.recv(3) == b"452" for client in clients[2:])
        for client in clients:
            client.close()
        with smtplib.SMTP(*place, "client.example") as client:
            client.sendmail(READER, [TOKEN], RAW)
    assert len(kept(small_house)) == 1


def resident() -> int:
    """Bytes of memory that this process has, in which the listener runs."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


# --------------------------------------------------------------------------------------------------------------------- LMTP


def answers_to_data(client: smtplib.LMTP, raw: bytes, recipients: list[str]) -> list[int]:
    """What is answered for each recipient; smtplib itself would stop at the first failure."""
    client.ehlo_or_helo_if_needed()
    client.mail(READER)
    assert {client.rcpt(address)[0] for address in recipients} == {250}
    client.putcmd("data")
    assert client.getreply()[0] == 354
    client.send(smtplib._quote_periods(raw) + b".\r\n")  # type: ignore[attr-defined]
    return [client.getreply()[0] for _ in recipients]


def test_by_lmtp_each_recipient_is_answered_for(small_house: House, lmtp: smtplib.LMTP) -> None:
    assert answers_to_data(lmtp, RAW, [TOKEN, OURS, f"x@{DOMAIN}"]) == [250] * 3
    assert lmtp.noop()[0] == 250, "no answer is left over"
    assert [(arrival.door, arrival.raw) for arrival in kept(small_house)] == [(Door.LMTP, RAW)]


def test_by_lmtp_each_recipient_is_told_of_a_failure(small_house: House, lmtp: smtplib.LMTP) -> None:
    with database_away(small_house):
        assert answers_to_data(lmtp, RAW, [TOKEN, OURS]) == [451] * 2
    too_large = RAW + b"y" * 998 + b"\r\n" + (b"x" * 998 + b"\r\n") * (MOST_BYTES // 1000)
    assert answers_to_data(lmtp, too_large, [TOKEN, OURS]) == [552] * 2
    assert answers_to_data(lmtp, RAW, [TOKEN]) == [250]
    assert lmtp.noop()[0] == 250


def test_lmtp_is_no_smtp(lmtp: smtplib.LMTP) -> None:
    assert lmtp.docmd("EHLO x")[0] == 500
    assert lmtp.docmd("HELO x")[0] == 500


def test_it_listens_at_a_socket_in_the_file_system_too(small_house: House) -> None:
    path = small_house.folder / "lmtp"
    for _ in range(2):
        with listening(small_house, "lmtp", path), smtplib.LMTP(str(path), local_hostname="client.example") as client:
            assert stat.S_IMODE(path.stat().st_mode) == 0o666
            client.sendmail(READER, [TOKEN], RAW)
        assert not path.exists()
    assert len(kept(small_house)) == 1


def test_the_socket_of_a_process_that_was_killed_is_cleared_and_that_of_a_living_one_is_not(small_house: House) -> None:
    path = small_house.folder / "lmtp"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as dead:
        dead.bind(str(path))
    with listening(small_house, "lmtp", path):
        with pytest.raises(SettingsError, match="LMTP_LISTEN: cannot listen at"):
            Listener(Listen("lmtp", path), small_house.parts, small_house.clock)
        assert path.exists()
    path.write_text("a file of somebody's")
    with pytest.raises(SettingsError, match="cannot listen at"):
        Listener(Listen("lmtp", path), small_house.parts, small_house.clock)
    assert path.read_text() == "a file of somebody's"


def test_a_port_that_is_taken_is_named(small_house: House) -> None:
    with listening(small_house) as listener, pytest.raises(SettingsError, match=f"127.0.0.1:{listener.port}"):
        Listener(Listen("smtp", HostPort("127.0.0.1", listener.port)), small_house.parts, small_house.clock)
