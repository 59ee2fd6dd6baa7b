"""Mail that comes back in the demo: answers, first lines that ask for something, and what is kept of it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dripcourse.demo.inbox import Mail
from dripcourse.demo.kept import Journal, journal_of
from dripcourse.demo.replying import SAYINGS, as_program
from dripcourse.inbound import read_mail
from dripcourse.services.host import overview
from tests.demo.player import Player, player
from tests.support.house import MONDAY

WORDS = "There was a heron by the bridge.\n\nI had not noticed."
ANA = "ana@example.org"


@pytest.fixture
def somebody(tmp_path: Path) -> Iterator[Player]:
    """Somebody who has had the first lesson."""
    with player(tmp_path) as found:
        found.sign_up()
        found.confirm()
        found.turn()
        yield found


def lesson(somebody: Player) -> Mail:
    (box,) = somebody.demo.stage.inbox.boxes()
    return next(mail for mail in box.mails if mail.subject == "Letter 1")


def reply(somebody: Player, **said: str) -> str:
    """Press "Send"; returns the page it leads to."""
    answer = somebody.client.post("/demo/reply", data={"box": "1", "mail": lesson(somebody).key} | said)
    assert answer.status_code == 303, answer.text
    return somebody.get(answer.location).text


def journal(somebody: Player) -> Journal:
    return journal_of(somebody.demo.stage.parts, ANA)


def state(somebody: Player) -> str:
    (view,) = overview.reader(somebody.demo.stage.parts, ANA)
    return view.state


def test_the_message_is_one_that_a_mail_program_would_write(somebody: Player) -> None:
    mail = lesson(somebody)
    raw = as_program(mail, WORDS, MONDAY)
    found = read_mail(raw)
    assert (found.verdict, found.text) == ("reply", WORDS)
    assert "Slow Letters" in found.hidden
    assert b"\r\nIn-Reply-To: " + mail.message_id.encode() in raw
    assert mail.reply_to.startswith("r+")
    again = as_program(replace(mail, subject="Re: Letter 1"), WORDS, MONDAY)
    assert b"\r\nSubject: Re: Letter 1\r\n" in again


@pytest.mark.parametrize("saying", SAYINGS)
def test_each_saying_is_understood_as_an_order(somebody: Player, saying: str) -> None:
    found = read_mail(as_program(lesson(somebody), saying, MONDAY))
    assert (found.verdict, found.command) == ("command", saying)


def test_an_answer_is_kept_sealed_and_the_page_shows_that_and_not_the_words(somebody: Player) -> None:
    page = reply(somebody, words=WORDS.replace("\n", "\r\n"))
    (kept,) = journal(somebody).sealed
    assert (kept.lesson, kept.by_mail, kept.shared) == ("Letter 1", True, None)
    assert kept.size == len(WORDS.encode()) + 48
    assert kept.glimpse in page
    assert "heron" not in page
    assert "Nothing: nothing is shared." in page
    assert [each.taken_for for each in journal(somebody).messages] == ["reply"]
    stored = b"".join(file.read_bytes() for file in somebody.demo.stage.inbox.path.parent.rglob("*") if file.is_file())
    assert b"heron" not in stored


def test_what_is_shared_is_what_the_host_reads(somebody: Player) -> None:
    reply(somebody, words=WORDS)
    page = reply(somebody, saying="share")
    assert "There was a heron by the bridge." in page
    assert [each.shared for each in journal(somebody).sealed] == [WORDS]


def test_a_first_line_pauses_goes_on_asks_and_stops(somebody: Player) -> None:
    assert state(somebody) == "active"
    reply(somebody, saying="pause")
    assert state(somebody) == "paused"
    reply(somebody, saying="resume")
    assert state(somebody) == "active"
    mails = len(somebody.subjects())
    reply(somebody, saying="where am I")
    assert len(somebody.subjects()) == mails + 1
    mails += 1
    reply(somebody, saying="stop")
    assert state(somebody) == "left"
    assert len(somebody.subjects()) == mails, "stop is met with silence"
    assert journal(somebody).sealed == (), "an order is no reply"


def test_what_is_written_on_the_page_is_seen_too_and_the_page_knows_that_it_changed(somebody: Player) -> None:
    before = somebody.get("/demo/pulse").json
    path = lesson(somebody).text.partition("/me/")[2].split(">")[0].split()[0]
    form = somebody.get(f"/me/{path}").text.partition('name="answer" value="')[2]
    fields = {"answer": form.split('"')[0], "token": form.partition('name="token" value="')[2].split('"')[0]}
    assert somebody.client.post(f"/me/{path}", data={"do": "write", "text": WORDS} | fields).status_code == 200
    (kept,) = journal(somebody).sealed
    assert not kept.by_mail
    assert somebody.get("/demo/pulse").json != before


@pytest.mark.parametrize("said", [{}, {"words": " \r\n"}, {"words": "x", "mail": "nothing"}])
def test_nothing_can_be_sent_without_words_or_a_mail_to_answer(somebody: Player, said: dict[str, str]) -> None:
    data = {"box": "1", "mail": lesson(somebody).key} | said
    assert somebody.client.post("/demo/reply", data=data).status_code == 400
    assert journal(somebody) == Journal()


def test_another_sites_page_cannot_send_a_reply(somebody: Player) -> None:
    data = {"mail": lesson(somebody).key, "words": "x"}
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert somebody.client.post("/demo/reply", data=data, headers=headers).status_code == 403
    assert journal(somebody) == Journal()
