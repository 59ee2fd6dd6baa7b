"""Own words returned: by the phrase alone, or by a fresh link for who alone reads their mailbox; never by a link that lies there."""

import json
import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from dripcourse.db.models import ReaderKey, Reply, Subscriber
from dripcourse.services.crypto import passphrase
from dripcourse.services.crypto.keyring import Unsealable
from dripcourse.services.replies import reader_keys
from tests.support.post import Reader
from tests.web.conftest import Site
from tests.web.phrases import OTHER, PHRASE, hidden, own, read, set_phrase
from tests.web.test_answer import form_of, on_the_first_lesson, page_of, shared, the_reply, write, written

LATER = "A second heron came. <b>&"


def keys(site: Site) -> list[ReaderKey]:
    with site.house.parts.db.read() as session:
        return list(session.scalars(select(ReaderKey).order_by(ReaderKey.created_at)))


def with_a_phrase(site: Site) -> str:
    """A reader who wrote something, set a phrase, and wrote again; returns the link to their page."""
    path = on_the_first_lesson(site)
    write(site, path)
    site.house.turn(minutes=1)
    set_phrase(site, path)
    write(site, path, LATER)
    return path


def test_with_the_phrase_all_that_was_written_since_is_shown_lesson_by_lesson_with_its_prompt(site: Site) -> None:
    path = with_a_phrase(site)
    site.house.turn(days=14)
    site.house.tick()
    write(site, site.link("me"), "third")
    html = read(site, path)
    assert "A second heron came. &lt;b&gt;&amp;" in html
    assert "The heron stands in the reeds" not in html, "what was written before stays as it was"
    assert "One more was written before that" in html
    assert html.index("What has it changed that is easy to overlook?") < html.index("A second heron")
    assert html.index("A second heron") < html.index(">Letter 2<") < html.index("third")


def test_the_page_is_saved_as_a_page_that_needs_nothing_else_and_as_data(site: Site) -> None:
    path = with_a_phrase(site)
    saved = site.post(own(path), do="save", phrase=PHRASE)
    assert saved.headers["Content-Disposition"] == 'attachment; filename="notes-2026-03-06.html"'
    html = saved.get_data(as_text=True)
    assert "A second heron came. &lt;b&gt;&amp;" in html
    assert not re.search(r'\b(?:src|href|action)="', html)
    assert "trust" not in re.findall("<title>(.*?)</title>", html)[0].lower()
    data = site.post(own(path), do="data", phrase=PHRASE)
    assert data.headers["Content-Disposition"] == 'attachment; filename="notes-2026-03-06.json"'
    assert data.mimetype == "application/json"
    lesson = json.loads(data.data)["courses"][0]["lessons"][0]
    assert (lesson["prompt"], lesson["answers"][0]["text"]) == ("What has it changed that is easy to overlook?", LATER)
    for answer in (saved, data):
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "typed",
    ["  three   herons and a kettle ", "three\u00a0herons and a kettle", "\uff54hree herons and a kettle"],
)
def test_spaces_and_how_a_keyboard_makes_a_sign_do_not_matter(site: Site, typed: str) -> None:
    assert "A second heron" in read(site, with_a_phrase(site), typed)


@pytest.mark.parametrize(
    "phrase",
    [
        "Été à la mer, café",
        "ἀνδρα μοι ἔννεπε μοῦσα",
        "窓の外に鷺が立っていた朝のこと",
        "🙂🙃🐦🦆🐧🕊🦉🐓🦅🪿🦩🦜",
        "x7" * 400 + "abc",
    ],
)
def test_a_phrase_may_be_in_any_language_and_long(site: Site, phrase: str) -> None:
    path = on_the_first_lesson(site)
    set_phrase(site, path, phrase)
    write(site, path)
    assert "The heron stands" in read(site, path, phrase)
    assert "This phrase does not open it" in read(site, path, phrase[:-1])


def test_a_wrong_phrase_is_told_and_nothing_is_lost(site: Site) -> None:
    path = with_a_phrase(site)
    answer = site.post(own(path), do="read", phrase="Three herons and a kettle")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "This phrase does not open it. Nothing is lost" in html
    assert "hree herons" not in html, "what was typed is not repeated"
    assert "heron came" not in html
    assert "A second heron" in read(site, path)


def test_after_ten_wrong_ones_even_the_right_one_waits_and_is_told_until_when(site: Site) -> None:
    path = with_a_phrase(site)
    for _ in range(10):
        assert "does not open it" in read(site, path, "wrong wrong wrong")
    for phrase in ("wrong wrong wrong", PHRASE):
        answer = site.post(own(path), do="read", phrase=phrase)
        assert answer.status_code == 429
        assert re.search(
            r"The next one can be tried from \d\d:\d\d on\. Nothing is lost", answer.get_data(as_text=True)
        )
    site.house.turn(minutes=61)
    assert "A second heron" in read(site, path)
    assert keys(site)[-1].tries == 0, "a right one is no try"


def test_right_ones_are_not_counted_and_wrong_ones_in_any_form_are(site: Site) -> None:
    path = with_a_phrase(site)
    for _ in range(9):
        read(site, path, "wrong wrong wrong")
    for _ in range(3):
        assert "A second heron" in read(site, path)
    site.post(path, do="share-now", answer=newest_reply(site), phrase="wrong wrong wrong")
    assert "can be tried from" in site.post(path, do="share-now", answer=newest_reply(site), phrase=PHRASE).get_data(
        as_text=True
    )
    change = {"old": PHRASE, "phrase": OTHER, "phrase_again": OTHER}
    assert "can be tried from" in site.post(own(path), do="change", **change).get_data(as_text=True)


def newest_reply(site: Site) -> str:
    with site.house.parts.db.read() as session:
        return session.scalars(select(Reply.id).order_by(Reply.received_at.desc(), Reply.reader_key_id)).first() or ""


def test_guesses_that_come_at_once_are_counted_before_they_are_tried(site: Site) -> None:
    path = with_a_phrase(site)
    said: list[int] = []

    def guess() -> None:
        said.append(site.client.post(own(path), data={"do": "read", "phrase": "wrong wrong wrong"}).status_code)

    threads = [threading.Thread(target=guess) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 24
    assert set(said) <= {400, 429, 503}
    assert said.count(400) <= reader_keys.MOST_TRIES
    assert keys(site)[-1].tries == said.count(400), "who was asked to come again has lost no try"


def test_two_tabs_that_set_a_phrase_at_once_set_one_and_every_word_opens_with_it(site: Site) -> None:
    path = on_the_first_lesson(site)
    forms = [hidden(page_of(site, own(path)), "set") for _ in range(2)]
    said: dict[str, int] = {}

    def press(phrase: str, fields: dict[str, str]) -> None:
        data = {"do": "set", "phrase": phrase, "phrase_again": phrase, **fields}
        said[phrase] = site.client.post(own(path), data=data).status_code

    threads = [threading.Thread(target=press, args=pair) for pair in zip((PHRASE, OTHER), forms, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said.values()) == [200, 409]
    won = next(phrase for phrase, status in said.items() if status == 200)
    write(site, path)
    assert "The heron stands" in read(site, path, won)
    assert len([key for key in keys(site) if key.retired_at is None]) == 1


def test_one_press_that_comes_twice_or_at_once_sets_one_phrase(site: Site) -> None:
    path = on_the_first_lesson(site)
    fields = {"do": "set", "phrase": PHRASE, "phrase_again": PHRASE, **hidden(page_of(site, own(path)), "set")}
    said: list[int] = []
    threads = [
        threading.Thread(target=lambda: said.append(site.client.post(own(path), data=fields).status_code))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == [200, 200]
    assert site.post(own(path), **fields).status_code == 200
    changed = site.post(own(path), **fields | {"phrase": OTHER, "phrase_again": OTHER})
    assert changed.status_code == 409, "nobody is told that a phrase is set which is not"
    assert len(keys(site)) == 1


def test_a_phrase_is_set_while_writing_and_locks_that_answer_already(site: Site) -> None:
    path = on_the_first_lesson(site)
    fields = {"do": "write", "text": LATER, "phrase": PHRASE, "phrase_again": PHRASE, **form_of(page_of(site, path))}
    for _ in range(2):
        assert "It is kept" in site.post(path, **fields).get_data(as_text=True)
    assert "A second heron" in read(site, path)
    with pytest.raises(Unsealable):
        written(site)
    assert len(keys(site)) == 1


@pytest.mark.parametrize(
    ("phrase", "again", "says"),
    [
        ("short", "short", "Twelve characters or more"),
        ("a b c d e f", "a b c d e f", "Twelve characters or more"),
        (PHRASE, PHRASE + "s", "The two are not the same"),
        (PHRASE, "", "The two are not the same"),
        ("", PHRASE, "The two are not the same"),
        ("ababababababab", "ababababababab", "easy to guess"),
        ("abcde" * 1000, "abcde" * 1000, "longer than can be kept"),
    ],
)
def test_what_is_no_phrase_is_refused_and_the_words_come_back(site: Site, phrase: str, again: str, says: str) -> None:
    path = on_the_first_lesson(site)
    fields = form_of(page_of(site, path)) | {"phrase": phrase, "phrase_again": again}
    answer = site.post(path, do="write", text=LATER, share="yes", **fields)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert says in html
    assert "A second heron came. &lt;b&gt;&amp;" in html
    assert 'name="share" value="yes" checked' in html
    assert keys(site) == []
    form = hidden(page_of(site, own(path)), "set")
    refused = site.post(own(path), do="set", phrase=phrase, phrase_again=again, **form).get_data(as_text=True)
    assert says in refused
    assert keys(site) == []


def test_when_another_tab_set_a_phrase_meanwhile_the_words_come_back_with_the_day(site: Site) -> None:
    path = on_the_first_lesson(site)
    fields = form_of(page_of(site, path)) | {"phrase": OTHER, "phrase_again": OTHER}
    set_phrase(site, path)
    answer = site.post(path, do="write", text=LATER, **fields)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "A phrase was set already, on Friday, 6 March, and it is not this one" in html
    assert "A second heron came" in html
    assert site.post(path, do="write", text=LATER, **form_of(html)).status_code == 200
    assert "A second heron" in read(site, path)


def test_to_change_it_takes_the_old_one_and_the_words_stay(site: Site) -> None:
    path = with_a_phrase(site)
    fields = {"do": "change", "old": "wrong wrong wrong", "phrase": OTHER, "phrase_again": OTHER}
    assert "does not open it" in site.post(own(path), **fields).get_data(as_text=True)
    before = keys(site)[-1]
    for _ in range(2):
        assert "The phrase is changed" in site.post(own(path), **fields | {"old": PHRASE}).get_data(as_text=True)
    after = keys(site)[-1]
    assert "A second heron" in read(site, path, OTHER)
    assert "does not open it" in read(site, path, PHRASE)
    assert before.phrase_salt != after.phrase_salt
    assert before.wrapped_private != after.wrapped_private
    assert len(after.phrase_salt or b"") == 16


def test_what_is_locked_is_shared_with_the_phrase_only_and_taken_back_without(site: Site) -> None:
    path = with_a_phrase(site)
    ident = newest_reply(site)
    html = site.post(path, do="share", answer=ident).get_data(as_text=True)
    assert "It is locked with your phrase, so only you can share it" in html
    assert shared(site) == []
    assert "does not open it" in site.post(path, do="share-now", answer=ident, phrase=OTHER).get_data(as_text=True)
    assert shared(site) == []
    done = site.post(path, do="share-now", answer=ident, phrase=PHRASE).get_data(as_text=True)
    assert "can read it from now on" in done
    assert "heron" not in done
    assert shared(site) == [LATER]
    site.post(path, do="take-back", answer=ident)
    assert shared(site) == []


def test_an_answer_can_be_shared_as_it_is_written(site: Site) -> None:
    path = on_the_first_lesson(site)
    set_phrase(site, path)
    site.post(path, do="write", text=LATER, share="yes", **form_of(page_of(site, path)))
    write(site, path, "for nobody")
    assert shared(site) == [LATER]


def test_if_it_is_forgotten_all_can_be_deleted_without_it_and_another_one_set(site: Site) -> None:
    path = with_a_phrase(site)
    asks = site.post(path, do="delete", answer="all").get_data(as_text=True)
    assert "Delete all 2 answers?" in asks
    assert "The phrase goes with it" in asks
    site.post(path, do="delete-now", answer="all")
    assert "Set the phrase" in page_of(site, own(path))
    assert site.post(own(path), do="read", phrase=PHRASE).status_code == 404
    set_phrase(site, path, OTHER)
    write(site, path, "new")
    assert "new" in read(site, path, OTHER)
    site.house.turn(hours=24)
    site.house.tick()
    assert len(keys(site)) == 1


def test_the_page_says_on_which_day_it_was_set_and_what_to_do_if_it_was_somebody_else(site: Site) -> None:
    path = with_a_phrase(site)
    html = page_of(site, own(path))
    assert "locked with the phrase that was set on Friday, 6 March" in html
    assert "If you did not set it on that day, somebody else can open your mails" in html
    assert "Without the phrase nobody can open it" in page_of(site, path)


def test_opening_the_page_any_number_of_times_changes_nothing_and_shows_no_word(site: Site) -> None:
    path = with_a_phrase(site)
    before = site.dump()
    for _ in range(3):
        assert "heron" not in page_of(site, own(path) + f"?do=read&phrase={PHRASE}")
        site.client.head(own(path))
    assert site.dump() == before


# ---------------------------------------------------------------------------------------------------- the easy way


def alone(site: Site, email: str = "reader@example.org") -> str:
    """A reader who said at the confirmation that they alone read their mailbox, and wrote something; returns their link."""
    path = site.asked(email)
    assert "I alone read this mailbox" in page_of(site, path)
    site.house.turn(minutes=1)
    site.post(path, alone="yes")
    site.house.tick()
    me = site.link("me", email)
    write(site, me)
    return me


def link_for(site: Site, path: str, email: str = "reader@example.org") -> str:
    assert "A link is on its way" in site.post(own(path), do="send").get_data(as_text=True)
    site.house.tick()
    return site.link("own", email)


def test_who_alone_reads_their_mailbox_gets_a_fresh_link_that_shows_after_one_press(site: Site) -> None:
    link = link_for(site, alone(site))
    before = site.dump()
    assert "heron" not in page_of(site, link)
    assert site.dump() == before
    assert "The heron stands in the reeds" in site.post(link, do="read").get_data(as_text=True)
    assert "The heron" in site.post(link, do="save").get_data(as_text=True)
    assert "The heron" in json.loads(site.post(link, do="data").data)["courses"][0]["lessons"][0]["answers"][0]["text"]
    mail = next(each for each in site.house.mails() if each["Subject"] == "The link you asked for")
    assert "heron" not in mail.as_string()


def test_the_link_is_good_for_half_an_hour_from_when_it_left(site: Site) -> None:
    path = alone(site)
    site.post(own(path), do="send")
    site.house.turn(hours=5)
    site.house.tick()
    link = site.link("own")
    site.house.turn(minutes=29)
    assert "The heron" in site.post(link, do="read").get_data(as_text=True)
    site.house.turn(minutes=1)
    for answer in (site.get(link), site.post(link, do="read"), site.post(link, do="data")):
        assert answer.status_code == 410
        assert "This link has run out" in answer.get_data(as_text=True)
        assert b"heron" not in answer.data


def test_a_double_press_sends_one_link_and_a_day_has_five(site: Site) -> None:
    path = alone(site)
    for _ in range(3):
        site.post(own(path), do="send")
    assert site.house.tick().accepted == 1
    for _ in range(6):
        site.house.turn(minutes=10)
        site.post(own(path), do="send")
        site.house.tick()
    assert [str(mail["Subject"]) for mail in site.house.mails()].count("The link you asked for") == 5
    assert "there can be five in a day" in site.post(own(path), do="send").get_data(as_text=True)


def test_who_did_not_say_so_gets_no_link(site: Site) -> None:
    path = on_the_first_lesson(site)
    write(site, path)
    assert "Send me the link" not in page_of(site, own(path))
    site.post(own(path), do="send")
    site.house.tick()
    assert not [mail for mail in site.house.mails() if mail["Subject"] == "The link you asked for"]


def test_it_is_taken_back_on_the_page_at_once_and_not_set_there(site: Site) -> None:
    path = alone(site)
    link = link_for(site, path)
    assert "That is done. No link shows" in site.post(own(path), do="not-alone").get_data(as_text=True)
    assert site.post(link, do="read").status_code == 404
    for do in ("alone", "send"):
        site.post(own(path), do=do, alone="yes")
        site.post(path, do=do, alone="yes")
    site.house.tick()
    assert site.post(link, do="read").status_code == 404


def test_a_phrase_ends_the_easy_way_for_good(site: Site) -> None:
    path = alone(site)
    link = link_for(site, path)
    set_phrase(site, path)
    assert site.post(link, do="read").status_code == 404
    site.post(path, do="delete-now", answer="all")
    site.post(own(path), do="send")
    write(site, path, LATER)
    site.house.tick()
    for tried in (link, site.link("own")):
        assert b"heron" not in site.post(tried, do="read").data


def test_from_the_fresh_page_a_phrase_locks_what_was_written_before_as_well(site: Site) -> None:
    path = alone(site)
    link = link_for(site, path)
    fields = {"phrase": PHRASE, "phrase_again": PHRASE, **hidden(page_of(site, link), "set")}
    for _ in range(2):
        assert "All that you wrote opens with it alone" in site.post(link, do="set", **fields).get_data(as_text=True)
    assert site.post(link, do="read").status_code == 404
    assert "The heron stands in the reeds" in read(site, path)
    with pytest.raises(Unsealable):
        written(site)
    assert [passphrase.is_phrase(key.wrapped_by) for key in keys(site)] == [True], (
        "the key that REPLY_KEYS opened is gone"
    )


@pytest.mark.parametrize(("typed", "again"), [("short", "short"), (PHRASE, OTHER)])
def test_on_the_fresh_page_too_what_is_no_phrase_changes_nothing(site: Site, typed: str, again: str) -> None:
    link = link_for(site, alone(site))
    fields = hidden(page_of(site, link), "set")
    assert site.post(link, do="set", phrase=typed, phrase_again=again, **fields).status_code == 400
    assert "The heron" in site.post(link, do="read").get_data(as_text=True)


def test_signing_up_again_brings_no_old_word_to_light(site: Site) -> None:
    path = on_the_first_lesson(site)
    write(site, path)
    site.post(site.link("leave"))
    site.house.turn(days=40)
    again = site.asked()
    assert "I alone read" not in page_of(site, again)
    site.post(again, alone="yes", go="on")
    site.house.tick()
    site.post(own(site.link("me")), do="send")
    site.house.tick()
    assert not [mail for mail in site.house.mails() if mail["Subject"] == "The link you asked for"]
    with site.house.parts.db.read() as session:
        assert session.scalars(select(Subscriber.reads_alone)).all() == [False]


def test_after_leaving_no_link_is_sent(site: Site) -> None:
    path = alone(site)
    site.post(site.link("leave"))
    assert "You have left, so no mail is sent to you" in page_of(site, own(path))
    site.post(own(path), do="send")
    assert site.house.tick().accepted == 0


def test_at_the_end_of_the_course_own_words_come_first(site: Site) -> None:
    path = on_the_first_lesson(site)
    write(site, path)
    for _ in range(20):
        site.house.turn(days=7)
        site.house.tick()
    html = page_of(site, site.link("me"))
    assert html.index("Your own words") < html.index("The last letter that was sent to you")
    assert "You can share or delete what you wrote" in html
    assert the_reply(site)


def test_a_clock_that_was_set_back_makes_nobody_wait_for_ever(site: Site) -> None:
    path = with_a_phrase(site)
    for _ in range(10):
        read(site, path, "wrong wrong wrong")
    site.house.now -= timedelta(days=30)
    assert "A second heron" in read(site, path)


def test_the_whole_mail_of_an_answer_is_given_with_the_words_and_with_nothing_less(site: Site) -> None:
    path = on_the_first_lesson(site)
    set_phrase(site, path)
    reader = Reader(site.house)
    reader.reply("The mornings.\n\nOn Monday, Letters <l@example.org> wrote:\n> A line <b>that</b> was quoted\n")
    for opened in (site.get(path), site.get(own(path)), site.post(own(path), do="read", phrase="wrong words here")):
        assert "that was quoted" not in opened.get_data(as_text=True).replace("<b>", "")
    html = read(site, path)
    summary = "<summary>The whole mail it came in</summary>"
    assert html.count(summary) == 1
    assert "A line &lt;b&gt;that&lt;/b&gt; was quoted" in html.partition(summary)[2]
    assert summary in read(site, path, do="save")
    (course,) = json.loads(read(site, path, do="data"))["courses"]
    (kept,) = course["lessons"][0]["answers"]
    assert kept["text"] == "The mornings."
    assert "> A line <b>that</b> was quoted" in kept["whole_mail"]


def test_an_answer_that_hides_nothing_has_no_whole_mail_to_open(site: Site) -> None:
    path = with_a_phrase(site)
    assert "The whole mail" not in read(site, path)
    (course,) = json.loads(read(site, path, do="data"))["courses"]
    assert [each["whole_mail"] for each in course["lessons"][0]["answers"]] == [None]
