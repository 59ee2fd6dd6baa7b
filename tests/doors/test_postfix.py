"""Through a real Postfix: what a reader's mail server hands to ours comes to us whole, and waits there while we are away."""

import smtplib
from collections.abc import Callable
from time import monotonic, sleep

import pytest
from sqlalchemy import func, select

from dripcourse.db.models import Inbound
from dripcourse.domain.incoming import Arrival
from dripcourse.services.incoming import store
from tests.doors.test_listener import DOMAIN, READER, TOKEN, database_away, listening
from tests.support.house import House
from tests.support.postfix import Postfix, postfix

RAW = (
    "From: reader@example.org\r\nDate: Mon, 2 Mar 2026 10:00:00 +0000\r\nMessage-ID: <one@example.org>\r\nContent-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: 8bit\r\n\r\nIt was hard, and g\u00f6\u00f6d.\r\n.\r\nA dot was there.\r\n"
).encode()
_PATIENCE = 90


def until(there: Callable[[], object], server: Postfix) -> None:
    """Wait for what a real mail server does in its own time. Nothing is measured by it."""
    give_up = monotonic() + _PATIENCE
    while not there():
        assert monotonic() < give_up, server.log()
        sleep(0.1)


def count(house: House) -> int:
    with house.parts.db.read() as session:
        return session.scalars(select(func.count()).select_from(Inbound)).one()


def kept(house: House) -> list[Arrival]:
    with house.parts.db.read() as session:
        return [store.read(house.parts, row) for row in session.scalars(select(Inbound))]


def hand_over(server: Postfix, raw: bytes, *rcpt: str, sender: str = READER) -> None:
    with smtplib.SMTP("127.0.0.1", server.port, "client.example", timeout=60) as client:
        assert client.sendmail(sender, list(rcpt), raw, ["BODY=8BITMIME"]) == {}


@pytest.mark.parametrize("protocol", ["lmtp", "smtp"])
def test_a_reply_comes_through_a_real_mail_server_and_waits_there_while_we_are_away(
    small_house: House, protocol: str
) -> None:
    with listening(small_house, protocol) as listener:
        here = f"inet:127.0.0.1:{listener.port}" if protocol == "lmtp" else f"[127.0.0.1]:{listener.port}"
        with postfix({DOMAIN: f"{protocol}:{here}"}) as server:
            hand_over(server, RAW, TOKEN, f"letters@{DOMAIN}")
            until(lambda: count(small_house) and not server.waiting(), server)
            [arrival] = kept(small_house)
            assert arrival.raw.endswith(RAW), "Postfix writes its own lines above and changes nothing below"
            assert (arrival.door, arrival.sender) == (protocol, READER)
            assert arrival.rcpt == (TOKEN, f"letters@{DOMAIN}")

            with database_away(small_house):
                hand_over(server, RAW.replace(b"<one", b"<two"), TOKEN, sender="")
                until(lambda: "451 4.3.0" in server.log(), server)
                assert server.waiting() == 1
            server.flush()
            until(lambda: count(small_house) == 2 and not server.waiting(), server)
    assert sorted(arrival.sender or "" for arrival in kept(small_house)) == ["", READER]


def test_mail_for_nobody_of_ours_is_refused_by_our_listener_and_bounced_by_postfix(small_house: House) -> None:
    with listening(small_house, "lmtp") as listener:
        here = f"lmtp:inet:127.0.0.1:{listener.port}"
        with postfix({DOMAIN: here, "other.example": here}) as server:
            hand_over(server, RAW, "somebody@other.example")
            until(lambda: "550 5.7.1" in server.log(), server)
            hand_over(server, RAW, TOKEN)
            until(lambda: count(small_house) == 1, server)
