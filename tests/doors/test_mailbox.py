"""A mailbox that is read: stored first and marked afterwards, whatever breaks in between."""

import logging
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from dripcourse.db.models import Inbound
from dripcourse.domain.errors import DatabaseAway
from dripcourse.domain.incoming import HEAD_BYTES, MOST_BYTES, Arrival, Door
from dripcourse.doors.mailbox import MARK, MailboxAway, MailboxPoll
from dripcourse.services import incidents
from dripcourse.services.incoming import store
from dripcourse.settings import ImapUrl, imap_door
from tests.doors.test_listener import RAW, TOKEN, database_away
from tests.support.certificate import context_of, make_certificate
from tests.support.house import House
from tests.support.imap import Letterbox, imap_server


@pytest.fixture
def box() -> Iterator[Letterbox]:
    with imap_server(Letterbox()) as running:
        yield running


def url_of(box: Letterbox, scheme: str = "imap", password: str = "p%40ss%20word", folder: str = "/Replies") -> ImapUrl:
    return imap_door(SecretStr(f"{scheme}://replies%40example.org:{password}@localhost:{box.port}{folder}"))


def poll_of(house: House, box: Letterbox, **more: str) -> MailboxPoll:
    return MailboxPoll(url_of(box, **more), house.parts, house.clock, 0.05)


def kept(house: House) -> list[Arrival]:
    with house.parts.db.read() as session:
        return [store.read(house.parts, row) for row in session.scalars(select(Inbound).order_by(Inbound.size))]


def count(house: House) -> int:
    with house.parts.db.read() as session:
        return session.scalars(select(func.count()).select_from(Inbound)).one()


def message(number: int) -> bytes:
    return RAW.replace(b"<one", b"<%d" % number)


def until(there: Callable[[], object]) -> None:
    give_up = monotonic() + 60
    while not there():
        assert monotonic() < give_up
        sleep(0.02)


@pytest.mark.parametrize("keywords", [True, False])
def test_what_is_there_is_stored_byte_for_byte_once_and_marked(
    small_house: House, box: Letterbox, keywords: bool
) -> None:
    box.keywords = keywords
    box.put(f"X-Original-To: {TOKEN}\r\nDelivered-To: all@elsewhere.example\r\n".encode() + RAW)
    box.put(message(2))
    poll = poll_of(small_house, box)
    assert [poll.poll(), poll.poll()] == [2, 0]
    box.put(message(3))
    assert poll.poll() == 1
    assert {arrival.raw for arrival in kept(small_house)} == set(box.messages.values())
    assert {(arrival.door, arrival.rcpt, arrival.sender) for arrival in kept(small_house)} == {
        (Door.MAILBOX, (TOKEN,), None),
        (Door.MAILBOX, (), None),
    }
    assert all(flags == ({"\\Seen", MARK} if keywords else {"\\Seen"}) for flags in box.flags.values())
    assert box.commands.count("LOGIN") == 1, "the connection is kept"
    assert not any(word.startswith(("EXPUNGE", "UID EXPUNGE", "UID MOVE")) for word in box.commands)


def test_a_message_that_somebody_has_read_in_the_mailbox_is_taken_all_the_same(
    small_house: House, box: Letterbox
) -> None:
    box.flags[box.put(RAW)].add("\\Seen")
    assert poll_of(small_house, box).poll() == 1


@pytest.mark.parametrize("place", ["UID FETCH", "UID STORE", "UID SEARCH", "NOOP", "SELECT"])
def test_a_connection_that_breaks_anywhere_costs_no_message_and_doubles_none(
    small_house: House, box: Letterbox, place: str
) -> None:
    for number in range(3):
        box.put(message(number))
    box.hang_up_at = place
    poll = poll_of(small_house, box)
    with pytest.raises(MailboxAway):
        poll.poll()
    poll.poll()
    assert sorted(arrival.raw for arrival in kept(small_house)) == sorted(box.messages.values())
    assert all(MARK in flags for flags in box.flags.values())


def test_a_mailbox_made_anew_brings_nothing_twice(small_house: House, box: Letterbox) -> None:
    for number in range(3):
        box.put(message(number))
    assert poll_of(small_house, box).poll() == 3
    box.made_anew()
    assert poll_of(small_house, box).poll() == 0
    assert count(small_house) == 3
    assert all(MARK in flags for flags in box.flags.values())


def test_while_the_database_is_away_nothing_is_marked_and_nothing_lost(small_house: House, box: Letterbox) -> None:
    box.put(RAW)
    poll = poll_of(small_house, box)
    with database_away(small_house), pytest.raises(DatabaseAway):
        poll.poll()
    assert box.flags == {1: set()}
    assert poll.poll() == 1


def test_of_a_message_that_is_too_large_the_head_is_fetched(small_house: House, box: Letterbox) -> None:
    box.put(RAW + b"x" * MOST_BYTES)
    assert poll_of(small_house, box).poll() == 1
    [arrival] = kept(small_house)
    assert (len(arrival.raw), arrival.size) == (HEAD_BYTES, len(RAW) + MOST_BYTES)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"password": "wrong"}, "refuses the user or the password"),
        ({"folder": "/Elsewhere"}, "has no folder of the name"),
    ],
)
def test_what_is_wrong_is_said_in_our_words(
    small_house: House, box: Letterbox, more: dict[str, str], says: str
) -> None:
    with pytest.raises(MailboxAway, match=says):
        poll_of(small_house, box, **more).poll()


def test_a_server_that_is_not_there_is_said(small_house: House) -> None:
    with imap_server(Letterbox()) as gone:
        pass
    with pytest.raises(MailboxAway, match="does not answer"):
        poll_of(small_house, gone).poll()


def test_under_tls_with_a_certificate_and_not_without(small_house: House, tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    with imap_server(Letterbox(), server) as box:
        box.put(RAW)
        url = url_of(box, "imaps")
        with pytest.raises(MailboxAway, match="certificate"):
            MailboxPoll(url, small_house.parts, small_house.clock, 1).poll()
        assert MailboxPoll(url, small_house.parts, small_house.clock, 1, context=context_of(certificate)).poll() == 1


def test_it_polls_by_itself_and_a_trouble_is_said_once_and_told_until_it_is_over(
    small_house: House, caplog: pytest.LogCaptureFixture
) -> None:
    def troubles() -> list[str]:
        with small_house.parts.db.read() as session:
            return [name for name, *_ in incidents.told(session, small_house.now)]

    caplog.set_level(logging.WARNING)
    with imap_server(Letterbox(password="another")) as box:
        box.put(RAW)
        poll = poll_of(small_house, box)
        poll.start()
        until(lambda: box.commands.count("LOGIN") >= 3)
        assert troubles() == ["mailbox"]
        box.password = "p@ss word"
        until(lambda: count(small_house) == 1 and not troubles())
        poll.stop()
    assert [record.getMessage() for record in caplog.records] == [
        "the mailbox refuses the user or the password in IMAP_URL"
    ]


def said_of_messages(house: House) -> list[str]:
    with house.parts.db.read() as session:
        return [says for name, says, _ in incidents.told(session, house.now) if name == "mailbox:message"]


WITHHELD = ["|OK done", "|NO [SERVERBUG] Internal error", "NIL|OK done", "|BAD System Error", None]


@pytest.mark.parametrize("answer", WITHHELD)
def test_a_message_that_the_server_withholds_is_named_and_blocks_nobody_and_comes_when_it_can_be_had(
    small_house: House, box: Letterbox, answer: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(4):
        box.put(message(number))
    box.withheld[2] = answer
    poll = poll_of(small_house, box)
    poll.start()
    until(lambda: count(small_house) == 3 and said_of_messages(small_house))
    assert "UID 2" in said_of_messages(small_house)[0]
    assert "UID 2" in caplog.text
    assert "example" not in caplog.text
    until(lambda: box.commands.count("UID SEARCH") > 8)
    assert box.commands.count("UID FETCH") <= 2 * 4 + 4, "it is not asked for with every poll"
    small_house.turn(hours=1)
    box.withheld.clear()
    until(lambda: count(small_house) == 4 and not said_of_messages(small_house))
    poll.stop()


@pytest.mark.parametrize("answer", WITHHELD)
def test_a_message_that_was_withheld_and_has_left_the_mailbox_is_no_trouble_any_more(
    small_house: House, box: Letterbox, answer: str | None
) -> None:
    box.put(message(1))
    box.withheld[1] = answer
    poll = poll_of(small_house, box)
    poll.start()
    until(lambda: said_of_messages(small_house))
    del box.messages[1], box.flags[1]
    until(lambda: not said_of_messages(small_house))
    poll.stop()


def test_a_trouble_of_an_earlier_process_is_over_when_every_message_can_be_fetched(
    small_house: House, box: Letterbox
) -> None:
    incidents.note(small_house.parts, "mailbox:message", "could not be fetched", small_house.now)
    poll = poll_of(small_house, box)
    poll.start()
    until(lambda: not said_of_messages(small_house))
    poll.stop()


def test_a_message_in_a_quoted_string_is_read(small_house: House, box: Letterbox) -> None:
    box.put(RAW)
    box.withheld[1] = r'"Subject: a \"quoted\" \\ word"|OK done'
    assert poll_of(small_house, box).poll() == 1
    assert [arrival.raw for arrival in kept(small_house)] == [rb'Subject: a "quoted" \ word']


@pytest.mark.parametrize(
    ("url", "door"),
    [
        ("imaps://u:p@mail.example.org", ("mail.example.org", 993, "u", "p", "INBOX", True)),
        ("imap://a%40b:p%2Fq@localhost:1143/Re%20plies/in", ("localhost", 1143, "a@b", "p/q", "Re plies/in", False)),
    ],
)
def test_what_an_url_of_a_mailbox_means(url: str, door: tuple[object, ...]) -> None:
    found = imap_door(SecretStr(url))
    assert (found.host, found.port, found.user, found.password.get_secret_value(), found.folder, found.tls) == door


@pytest.mark.parametrize(
    "at", ["greeting", "LOGIN", "SELECT", "NOOP", "UID SEARCH", "RFC822.SIZE", "BODY.PEEK", "UID STORE"]
)
def test_a_server_that_drips_is_left_at_the_deadline_and_what_it_holds_comes_later(
    small_house: House, box: Letterbox, at: str
) -> None:
    box.put(message(1))
    box.drips_at = at
    poll = MailboxPoll(url_of(box), small_house.parts, small_house.clock, 0.05, exchange_seconds=1.0)
    begun = monotonic()
    with pytest.raises(MailboxAway, match=r"does not answer|broke off"):
        poll.poll()
    assert 0.5 < monotonic() - begun < 4
    box.drips_at = ""
    poll.poll()
    assert count(small_house) == 1
    assert MARK in box.flags[1]


def test_a_large_message_on_a_slow_line_has_longer_than_a_small_one(small_house: House, box: Letterbox) -> None:
    box.put(message(1) + b"x" * (2 * 2**20))
    box.seconds_a_megabyte = 1.0
    poll = MailboxPoll(url_of(box), small_house.parts, small_house.clock, 0.05, exchange_seconds=0.5)
    assert poll.poll() == 1
