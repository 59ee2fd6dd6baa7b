"""A database file that is moved, deleted or replaced under a running process: nobody is told yes for what would be lost."""

import shutil
import smtplib
from collections.abc import Callable
from pathlib import Path

import pytest

from dripcourse.domain.errors import DatabaseAway
from dripcourse.web.app import create_app
from tests.doors.test_listener import RAW, READER, TOKEN, listening
from tests.support.house import House
from tests.web.conftest import Site


def moved(file: Path) -> None:
    file.rename(file.with_suffix(".elsewhere"))


def moved_with_its_log(file: Path) -> None:
    for part in file.parent.glob(f"{file.name}*"):
        part.rename(part.with_name(f"elsewhere-{part.name}"))


def deleted(file: Path) -> None:
    file.unlink()


def replaced(file: Path) -> None:
    shutil.copy(file, file.with_suffix(".copy"))
    file.with_suffix(".copy").rename(file)


@pytest.fixture
def site(small_house: House) -> Site:
    site = Site(small_house, create_app(small_house.parts, small_house.clock))
    small_house.enroll(READER)
    small_house.tick()
    return site


@pytest.mark.parametrize("away", [moved, moved_with_its_log, deleted, replaced])
def test_a_file_that_is_not_in_its_place_is_noticed_before_anybody_is_told_yes(
    site: Site, away: Callable[[Path], None]
) -> None:
    file = site.house.folder / "truth.db"
    leave = site.link("leave", READER)
    with listening(site.house) as listener, smtplib.SMTP("127.0.0.1", listener.port, "client.example") as client:
        away(file)
        for answer in (
            site.post("/c/slow-letters", email="new@example.org"),
            site.client.post(leave),
            site.get("/readyz"),
        ):
            assert answer.status_code == 503
        assert "moved, deleted or replaced" in site.get("/readyz").get_data(as_text=True)
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail(READER, [TOKEN], RAW)
        assert 400 <= refused.value.smtp_code < 500
    assert site.get("/healthz").status_code == 200
    assert file.exists() is (away is replaced), "no empty database is made in its place"


def test_it_goes_on_by_itself_when_the_file_is_put_back(site: Site) -> None:
    file = site.house.folder / "truth.db"
    moved(file)
    assert site.post("/c/slow-letters", email="new@example.org").status_code == 503
    file.with_suffix(".elsewhere").rename(file)
    assert site.post("/c/slow-letters", email="new@example.org").status_code == 200
    assert site.client.post(site.link("leave", READER)).status_code == 200
    site.house.tick()
    assert len(site.house.mails("new@example.org")) == 1


def test_a_file_that_is_moved_between_the_question_and_the_answer_is_noticed_too(site: Site) -> None:
    file = site.house.folder / "truth.db"

    def write() -> None:
        with site.house.parts.db.write() as session:
            session.connection()
            moved(file)

    with pytest.raises(DatabaseAway, match="moved, deleted or replaced"):
        write()
