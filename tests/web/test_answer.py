"""Answering on the reader's own page: what is written is kept, once, and never shown by a link from a mail."""

import logging
import re

import pytest
from sqlalchemy import select

from dripcourse.db.models import Delivery, Enrollment, Reply
from dripcourse.services.replies import store
from dripcourse.services.replies.shared import shared_with_host
from dripcourse.services.replies.write import MOST_BYTES
from dripcourse.web.reader.routes import MOST_FORM_BYTES
from tests.web.conftest import Site

WORDS = "The heron stands in the reeds.\n\nIt waits."
WELCOMES_PROMPT = "How are you today, in a few words?"


def form_of(html: str) -> dict[str, str]:
    """The hidden fields of the form that an answer is written in."""
    form = html.partition('<form method="post" action=')[2].partition("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))


def page_of(site: Site, path: str) -> str:
    return site.get(path).get_data(as_text=True)


def write(site: Site, path: str, text: str = WORDS) -> str:
    answer = site.post(path, do="write", text=text, **form_of(page_of(site, path)))
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def written(site: Site) -> list[str]:
    """Every word that is kept, oldest first."""
    with site.house.parts.db.read() as session:
        rows = session.scalars(select(Reply).where(Reply.deleted_at.is_(None)).order_by(Reply.received_at))
        return [store.read(site.house.parts, session, row) for row in rows]


def shared(site: Site) -> list[str]:
    with site.house.parts.db.read() as session:
        enrollment = session.scalars(select(Enrollment.id)).one()
        return [each.text for each in shared_with_host(site.house.parts, session, enrollment)]


def the_reply(site: Site) -> str:
    with site.house.parts.db.read() as session:
        return session.scalars(select(Reply.id)).one()


def on_the_first_lesson(site: Site, **fields: str) -> str:
    site.reading(**fields)
    site.house.turn(days=4)
    site.house.tick()
    return site.link("me")


@pytest.mark.parametrize(
    ("perspective", "prompt"),
    [
        ("betrayed", "What has it changed that nobody else can see?"),
        ("betraying", "Which part of what it cost is the hardest for you to hear?"),
        ("", "What has it changed that is easy to overlook?"),
    ],
)
def test_the_page_asks_what_the_letter_asked_in_the_readers_own_reading(
    site: Site, perspective: str, prompt: str
) -> None:
    html = page_of(site, on_the_first_lesson(site, perspective=perspective))
    assert f">{prompt}<" in html
    assert "leaves no copy in a Sent folder" in html
    assert "it is a promise, and not a wall" in html


def test_it_asks_as_the_letter_did_even_when_the_reading_was_changed_since(site: Site) -> None:
    path = on_the_first_lesson(site, perspective="betrayed")
    html = site.post(path, do="perspective", perspective="betraying").get_data(as_text=True)
    assert "What has it changed that nobody else can see?" in html


def test_an_earlier_mail_asks_its_own_question_and_what_is_written_there_is_filed_under_it(site: Site) -> None:
    site.reading()
    welcome = site.link("me")
    site.house.turn(days=4)
    site.house.tick()
    assert "What has it changed" not in page_of(site, welcome)
    write(site, welcome)
    with site.house.parts.db.read() as session:
        delivery = session.scalars(select(Reply.delivery_id)).one()
        assert session.get_one(Delivery, delivery).lesson == "welcome"


def test_what_is_written_is_kept_to_the_last_sign_and_never_shown_again(site: Site) -> None:
    path = on_the_first_lesson(site)
    html = write(site, path, "Zeile\r\nund <b>& eine</b> zweite 🙂 \u202e")
    assert "It is kept, and this page does not show it again" in html
    assert written(site) == ["Zeile\nund <b>& eine</b> zweite 🙂 \u202e"]
    for shown in (html, page_of(site, path), page_of(site, site.link("me"))):
        assert "zweite" not in shown
        assert "One answer of yours is kept" in shown
        assert "Letter 1" in shown


def test_one_press_that_arrives_twice_is_one_answer_and_two_answers_are_two(site: Site) -> None:
    path = on_the_first_lesson(site)
    fields = form_of(page_of(site, path))
    for _ in range(3):
        assert "It is kept" in site.post(path, do="write", text=WORDS, **fields).get_data(as_text=True)
    assert written(site) == [WORDS]
    write(site, path)
    assert written(site) == [WORDS, WORDS]


def test_looking_at_the_page_keeps_nothing(site: Site) -> None:
    path = on_the_first_lesson(site)
    before = site.dump()
    for _ in range(3):
        assert site.get(path + "?do=write&text=x").headers["Cache-Control"] == "no-store"
        assert site.client.head(path).status_code == 200
    assert site.dump() == before


@pytest.mark.parametrize("missing", ["token", "answer"])
def test_without_the_forms_own_token_nothing_is_kept_and_nothing_is_lost(site: Site, missing: str) -> None:
    path = on_the_first_lesson(site)
    fields = form_of(page_of(site, path))
    del fields[missing]
    answer = site.post(path, do="write", text=WORDS, **fields)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert WORDS in html
    assert written(site) == []
    assert "It is kept" in site.post(path, do="write", text=WORDS, **form_of(html)).get_data(as_text=True)


def test_a_token_made_for_another_link_or_another_answer_keeps_nothing(site: Site) -> None:
    site.reading()
    welcome = site.link("me")
    site.house.turn(days=4)
    site.house.tick()
    path = site.link("me")
    theirs, mine = form_of(page_of(site, welcome)), form_of(page_of(site, path))
    for fields in (theirs, mine | {"answer": theirs["answer"]}, mine | {"answer": "x"}):
        assert site.post(path, do="write", text=WORDS, **fields).status_code == 400
    assert written(site) == []


def test_a_page_that_was_open_all_day_gives_the_words_back_to_be_kept_by_one_more_press(site: Site) -> None:
    path = on_the_first_lesson(site)
    fields = form_of(page_of(site, path))
    site.house.turn(hours=13)
    answer = site.post(path, do="write", text=WORDS, **fields)
    html = answer.get_data(as_text=True)
    assert "This page had been open for a long time" in html
    assert WORDS in html
    site.post(path, do="write", text=WORDS, **form_of(html))
    assert written(site) == [WORDS]


def test_an_empty_answer_is_none(site: Site) -> None:
    path = on_the_first_lesson(site)
    for text in ("", " \r\n\t"):
        answer = site.post(path, do="write", text=text, **form_of(page_of(site, path)))
        assert answer.status_code == 400
        assert "There are no words in it yet" in answer.get_data(as_text=True)
    assert written(site) == []


def test_as_much_as_a_person_writes_is_kept_in_any_alphabet(site: Site) -> None:
    path = on_the_first_lesson(site)
    for text in ("x" * MOST_BYTES, "ক" * (MOST_BYTES // 3)):
        assert "It is kept" in write(site, path, text)
        assert written(site)[-1] == text
        site.house.turn(minutes=1)


def test_what_is_too_long_comes_back_whole(site: Site) -> None:
    path = on_the_first_lesson(site)
    text = "x" * (MOST_BYTES + 1)
    answer = site.post(path, do="write", text=text, **form_of(page_of(site, path)))
    assert answer.status_code == 413
    html = answer.get_data(as_text=True)
    assert text in html
    assert "keep a first part of it, then the next" in html
    assert written(site) == []


def test_what_is_larger_than_any_form_is_refused_in_words_that_say_where_it_is(site: Site) -> None:
    path = on_the_first_lesson(site)
    answer = site.post(path, do="write", text="x" * MOST_FORM_BYTES, **form_of(page_of(site, path)))
    assert answer.status_code == 413
    assert "go back one page, and what you wrote should still be there" in answer.get_data(as_text=True)
    assert site.sign_up(remark="x" * 150_000).status_code == 413, "other forms are no larger than before"


def test_a_press_shares_one_answer_and_takes_it_back(site: Site) -> None:
    path = on_the_first_lesson(site)
    write(site, path)
    assert shared(site) == []
    ident = the_reply(site)
    html = site.post(path, do="share", answer=ident).get_data(as_text=True)
    assert "Whoever runs these letters can read it from now on" in html
    assert "heron" not in html
    assert shared(site) == [WORDS]
    assert "It is taken back" in site.post(path, do="take-back", answer=ident).get_data(as_text=True)
    assert shared(site) == []


def test_all_can_be_deleted_after_a_page_that_asks(site: Site) -> None:
    path = on_the_first_lesson(site)
    write(site, path)
    write(site, path, "more")
    before = site.dump()
    html = site.post(path, do="delete", answer="all").get_data(as_text=True)
    assert "Delete all 2 answers?" in html
    assert "hidden at once, and gone for good within a day" in html
    assert site.dump() == before
    for _ in range(2):
        gone = site.post(path, do="delete-now", answer="all").get_data(as_text=True)
        assert "It is hidden as of now" in gone
        assert "kept." not in gone.partition('id="kept"')[2].partition("</section>")[0]
    assert written(site) == []
    site.house.turn(hours=24)
    site.house.tick()
    assert 'INSERT INTO "reply"' not in site.dump()
    assert 'INSERT INTO "reader_key"' not in site.dump()
    assert "The next letter" in page_of(site, path), "the letters go on"


def test_one_can_be_deleted_and_the_other_stays(site: Site) -> None:
    path = on_the_first_lesson(site)
    write(site, path)
    ident = the_reply(site)
    site.house.turn(minutes=1)
    write(site, path, "stays")
    assert "Delete this answer?" in site.post(path, do="delete", answer=ident).get_data(as_text=True)
    assert "One answer of yours is kept" in site.post(path, do="delete-now", answer=ident).get_data(as_text=True)
    assert written(site) == ["stays"]


def test_nobody_reaches_an_answer_through_another_readers_link(site: Site) -> None:
    path = on_the_first_lesson(site)
    write(site, path)
    ident = the_reply(site)
    site.asked("other@example.org")
    site.post(site.link("confirm", "other@example.org"))
    site.house.tick()
    other = site.link("me", "other@example.org")
    assert 'id="kept"' not in page_of(site, other)
    before = site.dump()
    for do in ("share", "take-back"):
        assert site.post(other, do=do, answer=ident).status_code == 404
    for do in ("delete", "delete-now"):
        for which in (ident, "all", "", "x"):
            site.post(other, do=do, answer=which)
    site.post(path, do="delete-now")
    assert site.dump() == before
    assert written(site) == [WORDS]


def test_after_leaving_nothing_can_be_written_and_everything_can_be_deleted(site: Site) -> None:
    path = on_the_first_lesson(site)
    fields = form_of(page_of(site, path))
    write(site, path)
    site.post(site.link("leave"))
    html = page_of(site, path)
    assert "<textarea" not in html
    assert "One answer of yours is kept" in html
    assert site.post(path, do="write", text="late", **fields).status_code == 404
    site.post(path, do="delete-now", answer="all")
    assert written(site) == []


def test_the_last_letters_question_can_be_answered_when_the_course_is_complete(site: Site) -> None:
    site.reading()
    for _ in range(20):
        site.house.turn(days=7)
        site.house.tick()
    path = site.link("me")
    assert "You have had every letter" in page_of(site, path)
    write(site, path)
    assert written(site) == [WORDS]


def test_no_word_is_logged_or_stands_in_the_database(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    path = on_the_first_lesson(site)
    write(site, path)
    site.post(path, do="share", answer=the_reply(site))
    site.post(path, do="write", text="x heron " * MOST_FORM_BYTES)
    site.post(path, do="write", text="heron")
    site.post("/me/x", do="write", text="heron")
    site.house.tick()
    stored = b"".join(file.read_bytes() for file in site.house.folder.rglob("*") if file.is_file())
    assert b"rebuilding-trust" in stored
    assert b"heron" not in stored
    assert "heron" not in caplog.text
