"""Coming back by one's own fresh yes, whatever suppressed an address; and what only the owner's own "never" and the host decide."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from dripcourse.db.models import Lift, Subscriber, Suppression
from dripcourse.domain.address import email_address
from dripcourse.domain.errors import SuppressedError
from dripcourse.services.enrollment import suppression
from dripcourse.services.privacy import erase
from dripcourse.services.recovery import adopt
from dripcourse.web.app import create_app
from tests.support.house import open_house, subjects, write_course
from tests.support.post import Reader
from tests.web.conftest import Site
from tests.web.test_confirm import enrollments

ME = "reader@example.org"


def suppress(site: Site, reason: str) -> None:
    parts = site.house.parts
    with parts.db.write() as session:
        suppression.suppress(parts, session, parts.keys.indexes(email_address(ME).normal), reason, site.house.now)


def rows(site: Site, model: type) -> list:
    with site.house.parts.db.read() as session:
        return list(session.scalars(select(model)))


@pytest.mark.parametrize("reason", ["bounced", "complaint", "asked"])
def test_a_fresh_yes_brings_a_reader_back_whatever_suppressed_them(site: Site, reason: str) -> None:
    site.reading()
    suppress(site, reason)
    site.house.turn(days=40)
    site.house.tick()
    assert len(site.house.mails()) == 2
    path = site.asked()
    assert "Go on where I was" in site.get(path).get_data(as_text=True)
    site.post(path, go="on")
    assert rows(site, Suppression) == []
    for _ in range(9):
        site.house.turn(days=1)
        site.house.tick()
    assert subjects(site.house.mails())[3:] == ["Letter 1"]
    [lift] = rows(site, Lift)
    assert (lift.reason, lift.by) == (reason, "reader")


def test_a_bounce_before_the_return_counts_no_more(site: Site) -> None:
    site.reading()
    with site.house.parts.db.write() as session:
        session.scalars(select(Subscriber)).one().bounce_score = 2
    suppress(site, "bounced")
    site.house.turn(days=3)
    site.post(site.asked())
    assert rows(site, Subscriber)[0].bounce_score == 0


def test_who_returned_stays_when_an_older_backup_is_adopted(site: Site) -> None:
    """The journal says both: suppressed, and back since."""
    site.reading()
    suppress(site, "bounced")
    site.house.turn(days=3)
    site.post(site.asked(), go="on")
    site.house.turn(days=1)
    adopt.adopt(site.house.parts, site.house.now)
    assert rows(site, Suppression) == []
    assert [row.state.value for row in enrollments(site)] == ["active"]


def test_a_never_of_ones_own_outlives_a_backup(site: Site) -> None:
    path = site.asked()
    site.post(path, never="yes")
    with site.house.parts.db.write() as session:
        session.delete(session.scalars(select(Suppression)).one())
    adopt.adopt(site.house.parts, site.house.now)
    assert [row.reason for row in rows(site, Suppression)] == ["never"]
    site.house.turn(days=2)
    site.sign_up()
    site.house.tick()
    assert len(site.house.mails()) == 1


def test_confirmations_to_a_suppressed_address_are_rationed_as_for_all(site: Site) -> None:
    site.reading()
    suppress(site, "complaint")
    before = len(site.house.mails())
    for _ in range(60):
        site.house.turn(hours=12)
        site.sign_up()
        site.house.tick()
    assert len(site.house.mails()) - before == 2, "with the first one, three in ninety days"


def test_after_an_erasure_whoever_bounced_before_can_sign_up_again(site: Site) -> None:
    site.reading()
    suppress(site, "bounced")
    erase.erase(site.house.parts, ME, site.house.now)
    assert [row.reason for row in rows(site, Suppression)] == ["erased"]
    site.house.turn(days=1)
    site.post(site.asked())
    site.house.tick()
    assert enrollments(site)[0].state.value == "active"
    assert rows(site, Lift) == [], "nothing of an erasure is kept"


@pytest.mark.parametrize(
    ("reason", "says"),
    [("bounced", "came back on 2026-03-02"), ("complaint", "unwanted mail on 2026-03-02"), ("asked", "no more mail on 2026-03-02")],
)  # fmt: skip
def test_the_host_is_told_the_true_reason_and_what_to_do(site: Site, reason: str, says: str) -> None:
    suppress(site, reason)
    with pytest.raises(SuppressedError) as raised:
        site.house.enroll(ME)
    assert says in str(raised.value)
    assert "subscriber unsuppress ADDRESS --why TEXT" in str(raised.value)
    assert "never" not in str(raised.value)


def test_an_expired_sign_up_that_nobody_confirmed_can_still_be_barred_by_its_owner(site: Site) -> None:
    path = site.asked()
    site.house.turn(days=9)
    assert "We will not write to this address again" in site.post(path, never="yes").get_data(as_text=True)


# --------------------------------------------------------------------------------------------- "only I read this mailbox"


def test_leaving_and_confirming_again_never_says_that_one_reads_alone(site: Site) -> None:
    site.reading()
    site.post(site.link("leave"))
    site.house.turn(days=2)
    path = site.asked()
    assert "I alone read this mailbox" not in site.get(path).get_data(as_text=True)
    site.post(path, go="on", alone="yes")
    site.house.tick()
    site.house.turn(days=6)
    site.house.tick()
    Reader(site.house).reply("What I noticed: a heronry.", site.house.mails(ME)[-1])
    assert not rows(site, Subscriber)[0].reads_alone
    assert no_link_shows_it(site)


def test_a_second_course_never_says_that_one_reads_alone(site_of_two: Site) -> None:
    site = site_of_two
    site.reading()
    assert site.post("/c/garden-letters", email=ME).status_code == 200
    site.house.turn(days=2)
    site.house.tick()
    path = site.link("confirm")
    assert "I alone read this mailbox" not in site.get(path).get_data(as_text=True)
    site.post(path, alone="yes")
    site.house.tick()
    Reader(site.house).reply("What I noticed: a heronry.", site.house.mails(ME)[-1])
    assert not rows(site, Subscriber)[0].reads_alone
    assert no_link_shows_it(site)


def test_a_second_yes_takes_it_back_while_nothing_was_written(site_of_two: Site) -> None:
    """Two open questions at once: the one that says it is not the last word."""
    site = site_of_two
    first = site.asked()
    site.post("/c/garden-letters", email=ME)
    site.house.turn(days=2)
    site.house.tick()
    second = site.link("confirm")
    site.post(first, alone="yes")
    assert rows(site, Subscriber)[0].reads_alone
    site.post(second, alone="yes")
    assert not rows(site, Subscriber)[0].reads_alone


def no_link_shows_it(site: Site) -> bool:
    me = site.link("me")
    site.post(f"{me}/own", do="send")
    site.house.tick()
    bodies = [part.get_content() for mail in site.house.mails(ME) for part in mail.walk() if not part.is_multipart()]
    links = {path for body in bodies for path in re.findall(r"https://letters\.example\.org(/own/[\w.-]*)", body)}
    said = [site.post(path, do="read").get_data(as_text=True) for path in links]
    return links == set() and not any("heronry" in each for each in said)


@pytest.fixture
def site_of_two(tmp_path: Path) -> Iterator[Site]:
    write_course(tmp_path / "courses", "garden")
    with open_house(tmp_path, COURSES_DIR=str(tmp_path / "courses")) as house:
        yield Site(house, create_app(house.parts, house.clock))
