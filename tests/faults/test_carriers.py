"""What became of a mail is asked of the transport and the ledger that carried it, and of no other (FAULTS.md S33)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from dripcourse.services.delivery.claim import claim
from dripcourse.services.delivery.mark import mark
from dripcourse.services.host import overview
from dripcourse.services.messages.compose import compose
from tests.support.house import House, open_house, read_outbox
from tests.transports.test_smtp import free_port

READERS = [f"reader{number}@example.org" for number in range(3)]


class Deaf:
    """A mail server that takes each mail and is cut off before it can say so."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append(envelope.original_content or b"")
        assert server.transport is not None
        server.transport.abort()
        return "250 nobody hears this"


@pytest.fixture
def deaf() -> Iterator[tuple[Deaf, int]]:
    handler, port = Deaf(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


def send_and_die(house: House) -> None:
    """Mail goes, and the process ends before it can write down that it went."""
    batch, _ = claim(house.parts, house.now, any_hour=True)
    ready = mark(house.parts, [compose(house.parts, each, house.now) for each in batch], house.now, kept=set())
    for each in ready:
        house.parts.transport.send(each.outgoing, now=house.now)


def states(house: House) -> set[str]:
    return {view.state for view in overview.deliveries(house.parts)}


def test_what_a_mail_server_may_have_taken_is_not_sent_again_by_an_outbox(
    tmp_path: Path, database_url: str, deaf: tuple[Deaf, int]
) -> None:
    server, port = deaf
    with open_house(tmp_path, database_url, MAIL_URL=f"smtp://127.0.0.1:{port}") as house:
        for reader in READERS:
            house.enroll(reader)
        house.tick()
        assert states(house) == {"unsure"}
        now = house.now
    assert len(server.taken) == len(READERS)
    with open_house(tmp_path, database_url, now=now + timedelta(hours=2)) as house:
        for _ in range(3):
            house.tick()
            house.turn(hours=25)
        assert house.mails() == []
        assert states(house) == {"unsure"}


def test_an_outbox_at_another_path_knows_nothing_of_what_the_first_one_carried(
    tmp_path: Path, database_url: str
) -> None:
    with open_house(tmp_path, database_url) as house:
        for reader in READERS:
            house.enroll(reader)
        send_and_die(house)
        went, now = len(house.mails()), house.now
    assert went == len(READERS)
    elsewhere = tmp_path / "elsewhere"
    with open_house(tmp_path, database_url, now=now + timedelta(hours=2), MAIL_URL=f"outbox:{elsewhere}") as house:
        for _ in range(3):
            house.tick()
            house.turn(hours=25)
        assert read_outbox(elsewhere) == []
        assert states(house) == {"unsure"}
        house.turn(days=2)
        house.tick()  # four days after the mark it is assumed that they went, and the course goes on
        assert {(view.state, view.reason) for view in overview.deliveries(house.parts) if view.lesson == "welcome"} == {
            ("accepted", "assumed")
        }


def test_of_two_machines_with_an_outbox_each_neither_answers_for_the_other(tmp_path: Path, database_url: str) -> None:
    shared = {"JOURNAL_DIR": str(tmp_path / "journal")}
    one, other = tmp_path / "one", tmp_path / "other"
    with (
        open_house(tmp_path, database_url, MAIL_URL=f"outbox:{one}", **shared) as first,
        open_house(tmp_path, database_url, MAIL_URL=f"outbox:{other}", **shared) as second,
    ):
        for reader in READERS:
            first.enroll(reader)
        send_and_die(first)  # as if it were stopped past its lease
        second.turn(hours=2)
        second.tick()
        assert states(second) == {"unsure"}
        assert read_outbox(other) == []
        first.now = second.now + timedelta(hours=2)
        first.tick()  # it wakes up, and its own ledger says that they went
        assert {(view.state, view.reason) for view in overview.deliveries(first.parts)} == {("accepted", "evidence")}
        assert len(read_outbox(one)) == len(READERS)


def test_a_ledger_that_was_moved_with_its_outbox_still_answers(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.enroll()
        send_and_die(house)
        now = house.now
    moved = tmp_path / "moved"
    (tmp_path / "outbox").rename(moved)
    (tmp_path / "outbox.ledger").rename(tmp_path / "moved.ledger")
    with open_house(tmp_path, now=now + timedelta(hours=2), MAIL_URL=f"outbox:{moved}") as house:
        house.tick()
        assert states(house) == {"accepted"}
        assert len(read_outbox(moved)) == 1
