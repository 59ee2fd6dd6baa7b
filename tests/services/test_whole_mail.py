"""What extraction hides can be opened: by the reader with the words, by the host for a shared answer, by nobody else."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from dripcourse.db.models import Enrollment, Reply
from dripcourse.services.replies import store
from dripcourse.services.replies.shared import Shared, shared_with_host
from dripcourse.services.replies.whole_mail import beyond, without_links
from tests.support.house import House
from tests.support.post import Reader

HIDDEN = "goes into a drawer, unopened. You and your partner, or the one who was,"
"""Of the lesson: hidden from an answer that quotes it."""
QUOTED = "On Mon, 5 Jan 2026 at 09:00, Letters <letters@example.org> wrote:"


def answer_with_a_quote(house: House, own: str = "The mornings.") -> None:
    """A reply that quotes the whole lesson; what is quoted is hidden."""
    reader = Reader(house)
    house.enroll()
    house.tick()
    house.turn(days=7)
    house.tick()
    body = reader.mails[-1].get_body(("plain",))
    assert body is not None
    lesson = body.get_content()
    quoted = "\n".join(f"> {line}" for line in lesson.splitlines())
    reader.reply(f"{own}\n\n{QUOTED}\n{quoted}\n")


def shared(house: House) -> list[Shared]:
    with house.parts.db.read() as session:
        return shared_with_host(house.parts, session, session.scalars(select(Enrollment.id)).one())


def the_reply(house: House) -> Reply:
    with house.parts.db.read() as session:
        return session.scalars(select(Reply)).one()


def share(house: House) -> None:
    with house.parts.db.write() as session:
        store.share(house.parts, session, session.scalars(select(Reply)).one(), house.now)


def test_the_host_opens_the_whole_mail_of_a_shared_answer_without_its_private_links(house: House) -> None:
    answer_with_a_quote(house)
    assert shared(house) == [], "nothing of an answer that is not shared"
    share(house)
    (found,) = shared(house)
    assert HIDDEN not in found.text
    assert found.whole is not None
    assert HIDDEN in found.whole
    assert QUOTED in found.whole
    for private in ("/me/", "/leave/", "r+"):
        assert private not in found.whole
    assert "[private link]" in found.whole


def test_what_is_taken_back_is_taken_back_whole(house: House) -> None:
    answer_with_a_quote(house)
    share(house)
    assert the_reply(house).host_whole_sealed
    with house.parts.db.write() as session:
        store.take_back(session.scalars(select(Reply)).one())
    reply = the_reply(house)
    assert (reply.host_sealed, reply.host_whole_sealed) == (None, None)
    share(house)
    with house.parts.db.write() as session:
        store.delete_all(session, session.scalars(select(Enrollment.subscriber_id)).one(), house.now)
    assert the_reply(house).host_whole_sealed is None


@pytest.mark.parametrize(
    ("whole", "words", "more"),
    [
        ("The mornings.\n\n> What has it changed?\n", "The mornings.", True),
        ("  The\n> mornings. \n", "The mornings.", False),  # wrapped and marked, and not one word more
        ("The mornings.", "", True),
        ("", "", False),
    ],
)
def test_the_whole_is_shown_only_where_it_says_more(whole: str, words: str, *, more: bool) -> None:
    raw = f"From: a@example.org\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{whole}".encode()
    assert (beyond(raw, words) is not None) is more
    assert beyond(None, words) is None


def test_no_private_link_is_left_however_a_program_wrapped_it(house: House) -> None:
    rules = replace(house.parts.rules, base_url="https://letters.example.org", reply_domain="in.example.org")
    for link in (
        "https://letters.example.org/me/AB-cd_12",
        "https://letters.example.org/leave/\n> AB-cd_12",
        "https://letters.example.org/own/AB-cd_12?do=read",
        "mailto:leave+AB-cd_12@in.example.org",
        "R+AB-cd_12@IN.example.org",
    ):
        assert "AB-cd_12" not in without_links(rules, f"See {link} for more")
    kept = "https://letters.example.org/support and r@example.org"
    assert without_links(rules, kept) == kept
