"""Was that you?: what was written from another address, and the reader's own word on it."""

import re

from sqlalchemy import select

from dripcourse.db.models import Inbound, Reply
from dripcourse.services.replies import store
from tests.support.post import Reader
from tests.web.conftest import Site


def asked(site: Site) -> tuple[Reader, str]:
    """A reader who wrote from another address, and the path of the link they got."""
    site.reading()
    reader = Reader(site.house, str(site.house.mails()[-1]["To"]))
    reader.reply("Written at work.\n", sender="me.at.work@example.net")
    text = reader.mails[-1].get_body(("plain",)).get_content()
    found = re.search(r"https://[^/]+(/was-it-you/[\w.-]+)", text)
    assert found, text
    return reader, found[1]


def test_opening_shows_hour_and_first_letter_and_changes_nothing(site: Site) -> None:
    _, path = asked(site)
    for _ in range(3):
        html = site.get(path).get_data(as_text=True)
    assert "m…@example.net" in html
    assert "me.at.work" not in html
    assert "Written at work" not in html
    with site.house.parts.db.read() as session:
        assert session.scalars(select(Inbound.verdict)).all() == ["stranger"]
        assert session.scalars(select(Reply)).all() == []


def press(site: Site, path: str, was: str) -> str:
    found = re.search(r'name="id" value="(\w+)"', site.get(path).get_data(as_text=True))
    assert found
    for _ in range(2):
        html = site.client.post(path, data={"id": found[1], "was": was}).get_data(as_text=True)
    return html


def test_one_press_keeps_it_once_as_the_readers_own(site: Site) -> None:
    _, path = asked(site)
    assert "kept with what is yours" in press(site, path, "me")
    with site.house.parts.db.read() as session:
        [reply] = session.scalars(select(Reply))
        assert store.read(site.house.parts, session, reply) == "Written at work."
        assert reply.sender == "claimed"
        assert session.scalars(select(Inbound.raw_sealed)).all() == [None]


def test_it_was_not_me_throws_it_away(site: Site) -> None:
    _, path = asked(site)
    assert "thrown away" in press(site, path, "not")
    with site.house.parts.db.read() as session:
        assert session.scalars(select(Inbound.raw_sealed)).all() == [None]
        assert session.scalars(select(Reply)).all() == []


def test_a_link_that_is_not_ours_is_no_page(site: Site) -> None:
    assert site.client.get("/was-it-you/made-up.token").status_code == 404
