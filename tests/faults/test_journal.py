"""While the journal cannot be written to nothing more goes, and `/readyz` of every process says so; then it goes on by itself."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dripcourse.domain.errors import JournalAway
from dripcourse.services.diagnostics.health import beats
from dripcourse.services.tick import Heart
from dripcourse.web.app import create_app
from tests.faults.conftest import each_once
from tests.faults.test_disk import fill, little_disk  # noqa: F401 - a fixture
from tests.faults.test_readyz import says
from tests.support.house import House, open_house

CANNOT = "journal cannot be written to"


def pages_elsewhere(house: House) -> FlaskClient:
    """The pages as another process serves them, that shares the database and nothing else."""
    return create_app(house.parts, house.clock).test_client(use_cookies=False)


def tick(house: House) -> None:
    """A tick that beats, however little time has really passed since the last one."""
    house.heart._beaten = None
    house.tick()


def blocked(house: House) -> Callable[[], None]:
    """A file where the journal's folder should be; returns what takes it away."""
    folder = house.parts.journal.folder
    folder.rename(folder.with_suffix(".away"))
    folder.write_text("in the way")

    def free() -> None:
        folder.unlink()
        folder.with_suffix(".away").rename(folder)

    return free


def test_a_full_disk_is_told_by_every_process_until_it_is_over(tmp_path: Path, little_disk: Path) -> None:  # noqa: F811
    journal = {"JOURNAL_DIR": str(little_disk)}
    with open_house(tmp_path, **journal) as house, open_house(tmp_path, **journal) as other:
        pages = pages_elsewhere(other)
        house.tick()
        readers = [f"r{number}@example.org" for number in range(30)]
        for reader in readers:
            house.enroll(reader)
        fill(little_disk / "ballast", 0)
        with pytest.raises(JournalAway):
            tick(house)
        went = len(house.mails())
        assert went < 30  # what cannot be noted beforehand is not even put on the wire
        for _ in range(5):
            house.turn(minutes=2)
            other.now = house.now
            with pytest.raises(JournalAway):
                tick(house)
            status, wrong = says(pages)
            assert status == 503
            assert CANNOT in wrong
            assert "disk of the journal is full" in wrong
            assert "@" not in wrong
        assert len(house.mails()) == went  # what cannot be noted is not sent
        (little_disk / "ballast").unlink()
        assert says(pages)[0] == 503  # until somebody has tried
        tick(house)
        assert says(pages) == (200, "")
        house.turn(minutes=2)
        tick(house)
        assert each_once(house, readers)


def test_a_page_that_cannot_note_says_so_and_a_scheduler_finds_out_when_it_is_over(small_house: House) -> None:
    small_house.enroll()
    small_house.tick()
    pages = pages_elsewhere(small_house)
    link = (
        str(small_house.mails()[0]["List-Unsubscribe"])
        .split("<")[1]
        .split(">")[0]
        .removeprefix("https://letters.example.org")
    )
    free = blocked(small_house)
    assert pages.post(link).status_code == 503
    assert CANNOT in says(pages)[1]
    heart = Heart(small_house.parts, small_house.clock)
    with pytest.raises(JournalAway):
        heart.tick()
    free()
    assert CANNOT in says(pages)[1]
    heart.tick()
    assert says(pages) == (200, "")
    assert pages.post(link).status_code == 200
    assert [each.fact.name for each in small_house.parts.journal.replay()] == ["MARKED", "ACCEPTED", "STOPPED"]


def test_two_schedulers_where_one_was_meant_are_counted_and_no_failure(small_house: House) -> None:
    pages = pages_elsewhere(small_house)
    hearts = [Heart(small_house.parts, small_house.clock) for _ in range(2)]
    for heart in hearts:
        heart.tick()
    assert "ok: beat somebody ticks\n" in pages.get("/readyz").get_data(as_text=True)  # once may have been by hand
    small_house.turn(seconds=10)
    for heart in hearts:
        heart._beaten = None
        heart.tick()
    answer = pages.get("/readyz")
    assert answer.status_code == 200
    assert "ok: beat somebody ticks: 2 schedulers, each lesson once\n" in answer.get_data(as_text=True)
    within = small_house.parts.rules.lease
    assert beats(small_house.parts, small_house.now, within) == 2
    small_house.turn(seconds=200)
    assert beats(small_house.parts, small_house.now, within) == 0
