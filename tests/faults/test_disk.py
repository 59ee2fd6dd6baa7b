"""Disks that are full: what could not be written did not happen, and it goes on by itself when there is room."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from dripcourse.domain.errors import DatabaseAway
from dripcourse.services.diagnostics.health import readiness
from dripcourse.services.tick import Heart, Ticked
from tests.faults.conftest import Small, each_once, enroll_many
from tests.faults.site import Site, make_site
from tests.support.children import in_child
from tests.support.house import House, open_house, write_course

LIMIT = 2**21


def one_tick(site: Site) -> Ticked:
    """One tick in a process that opens everything anew."""
    with site.opened() as parts:
        return Heart(parts, site.clock).tick(any_hour=True)


def addresses(site: Site) -> list[str]:
    return sorted(str(mail["To"]) for mail in site.receiver.mails())


def nearly_full(file: Path, room: int) -> None:
    """Fill a file of lines with empty ones, so that only `room` bytes are left below LIMIT."""
    file.parent.mkdir(exist_ok=True)
    with file.open("ab") as growing:
        growing.write(b"\n" * (LIMIT - room - growing.tell()))


def test_an_outbox_that_fills_up_in_mid_batch_sends_the_rest_later_and_none_twice(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    site.enroll(20, 0)
    nearly_full(tmp_path / "outbox.ledger" / "sent", room=300)
    ticked = in_child(lambda: one_tick(site), file_bytes=LIMIT)
    assert 5 <= ticked.accepted <= 15
    assert ticked.deferred >= 1
    site.clock.set(site.clock().replace(hour=12))
    assert one_tick(site).accepted == 20 - ticked.accepted
    assert addresses(site) == sorted(f"g0r{number}@example.org" for number in range(20))
    assert site.standing()["open"] == 0


def test_a_journal_that_fills_up_keeps_the_fact_from_standing_and_none_is_sent_twice(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    site.enroll(20, 0)
    nearly_full(next_journal(site), room=700)  # what a first group marks is noted, and that it went is not
    with pytest.raises(DatabaseAway, match="journal cannot be written to"):
        in_child(lambda: one_tick(site), file_bytes=LIMIT)
    sent = addresses(site)
    assert sent
    assert "journal" in unready(site)
    site.clock.set(site.clock().replace(hour=12))
    one_tick(site)
    assert addresses(site) == sorted(f"g0r{number}@example.org" for number in range(20))
    assert site.standing()["open"] == 0
    assert "journal" not in unready(site)
    with site.opened() as parts:  # the line that was cut spoilt no other; one is of the reader who warmed the site up
        assert len({entry.digest for entry in parts.journal.replay()}) == 21


def unready(site: Site) -> list[str]:
    """What `/readyz` of another process calls wrong, without the name of a host."""
    with site.opened() as parts:
        checks = readiness(parts, site.clock(), beat_within=timedelta(days=1))
    return [check.name.partition(":")[0] for check in checks if not check.ok]


def next_journal(site: Site) -> Path:
    """The file that the journal writes to this month."""
    with site.opened() as parts:
        return parts.journal._file(site.clock())


def test_a_database_that_is_full_claims_nothing_and_goes_on_when_there_is_room(small: Small) -> None:
    house = small()
    readers = enroll_many(house, 60)
    engine = house.parts.db.engine
    house.parts.db.close()

    def no_more_pages(connection: object, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # type: ignore[attr-defined]

    event.listen(engine, "connect", no_more_pages)
    for _ in range(3):
        with pytest.raises(DatabaseAway, match="disk is full"):
            house.tick()
    assert house.mails() == []
    event.remove(engine, "connect", no_more_pages)
    house.parts.db.close()
    house.turn(minutes=2)
    house.tick()
    assert each_once(house, readers)


@pytest.fixture
def little_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own of sixteen megabytes, for those who may make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", disk], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("only root can make a disk")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def test_everything_on_one_full_disk_at_every_degree_of_full(little_disk: Path, tmp_path: Path) -> None:
    write_course(tmp_path / "courses", lessons=4)
    ballast = little_disk / "ballast"
    with open_house(little_disk, COURSES_DIR=str(tmp_path / "courses")) as house:
        readers = enroll_many(house, 12)
        for room in (0, 8, 16, 24, 32, 48, 64, 96, 128):
            fill(ballast, room * 1024)
            with suppress(DatabaseAway):
                house.tick()
            ballast.unlink()
            house.turn(minutes=2)
        settle_down(house)
        assert each_once(house, readers)


def fill(ballast: Path, room: int) -> None:
    """Take all but `room` bytes of a disk."""
    disk = os.statvfs(ballast.parent)
    with ballast.open("wb") as file, suppress(OSError):
        os.posix_fallocate(file.fileno(), 0, max(4096, disk.f_bavail * disk.f_frsize - room))


def settle_down(house: House) -> None:
    for _ in range(3):
        house.turn(hours=2)
        house.tick()
