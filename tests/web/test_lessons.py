"""Earlier lessons again, and how mails look from outside, on the reader's own page."""

import re
from html import unescape

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from dripcourse.db.models import Enrollment, LessonText
from tests.support.house import subjects
from tests.web.conftest import COVER, Site
from tests.web.test_answer import write
from tests.web.test_browser import DESK, PHONE, Served, does_not_scroll_sideways, is_accessible, served

__all__ = ["served"]

OWN = {"do": "cover", "style": "own", "name": "Garden club", "subject": "Minutes"}


def weeks(site: Site, number: int) -> None:
    """So many lessons more, each on its day."""
    for _ in range(number):
        for _ in range(10):
            site.house.turn(days=1)
            if site.house.tick().accepted:
                break


def read(site: Site, path: str) -> str:
    answer = site.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def words_of(html: str) -> str:
    """The words of a page, in one line."""
    return " ".join(unescape(re.sub("<[^>]+>", " ", html)).split())


# ------------------------------------------------------------------------------------------------------ earlier lessons


def test_every_lesson_that_went_can_be_read_again_as_it_was_sent(site: Site) -> None:
    site.reading(perspective="betrayed")
    weeks(site, 3)
    me = site.link("me")
    assert f'href="{me}/letters"' in read(site, me)
    listed = re.findall(r'href="(/me/[^"]+/letters/\d\d)"[^>]*>([^<]+)<', read(site, f"{me}/letters"))
    assert [(path.removeprefix(me), says) for path, says in listed] == [
        ("/letters/03", "Letter 3"),
        ("/letters/02", "Letter 2"),
        ("/letters/01", "Letter 1"),
        ("/letters/00", "Welcome, and when the first letter comes"),
    ]
    sent = [mail for mail in site.house.mails() if mail["List-Unsubscribe"]]
    for number, mail in enumerate(sent):
        html = read(site, f"{me}/letters/{number:02d}")
        page = words_of(html)
        body = " ".join(mail.get_body(("plain",)).get_content().split())
        for words in re.findall(r"[\w ,']{30,}", page.partition("What leaving quickly")[0])[4:]:
            if "As it was sent" not in words:
                assert words.strip() in body or number == 0 or "If you are afraid" in page
        assert "Letters by e-mail</title>" in html
    assert "What has it changed that nobody else can see?" in read(site, f"{me}/letters/01")
    assert "Thursday, 5 March" in read(site, f"{me}/letters/00"), "the date that this reader was told"


def test_what_was_said_stays_as_it_was_when_the_course_says_it_otherwise(site: Site) -> None:
    site.reading()
    weeks(site, 1)
    text = "An older title\n\nIt said <b>this</b> then,\nin two lines.\n\n- one\n- two\n  of them\n\n\nA heading\n\n    Quoted.\n\n* * *\n"
    with site.house.parts.db.write() as session:
        session.execute(update(LessonText).where(LessonText.slug == "acknowledgement").values(text=text))
    html = read(site, f"{site.link('me')}/letters/01")
    assert '<h1 class="title">An older title</h1>' in html
    assert "<p>It said &lt;b&gt;this&lt;/b&gt; then, in two lines.</p>" in html
    assert "<ul><li>one</li><li>two of them</li></ul>" in html
    assert "<h2>A heading</h2>" in html
    assert "<blockquote><p>Quoted.</p></blockquote>" in html
    assert "<hr>" in html


def test_no_word_of_the_readers_own_is_there_and_nothing_of_another_reader(site: Site) -> None:
    site.reading()
    site.reading("other@example.org")
    weeks(site, 1)
    me = site.link("me")
    write(site, me, "The kettle and the canary.")
    weeks(site, 1)
    for path in (f"{me}/letters", f"{me}/letters/00", f"{me}/letters/01", f"{me}/letters/this"):
        assert "canary" not in read(site, path)
    for which in ("02", "99", "-1", "x", "1.0", "٣", "this/that"):
        assert site.get(f"{me}/letters/{which}").status_code == (200 if which == "02" else 404)
    assert site.get("/me/nobody/letters").status_code == 404
    assert site.get("/me/nobody/letters/00").status_code == 404


def test_a_copy_of_any_of_them_comes_once_a_day(site: Site) -> None:
    site.reading()
    weeks(site, 2)
    me = site.link("me")
    before = len(site.house.mails())
    for _ in range(3):
        html = site.post(f"{me}/letters", do="again", lesson="welcome").get_data(as_text=True)
        assert html.count("A copy of it is on its way to you.") == 1
        site.house.turn(minutes=1)
        site.house.tick()
    assert subjects(site.house.mails())[before:] == ["Welcome, and when the first letter comes"]
    dump = site.dump()
    for lesson in ("slowly-not", "closing", "", "../etc"):  # not sent yet, or not there
        assert site.post(f"{me}/letters", do="again", lesson=lesson).status_code in (200, 404)
    assert site.post(f"{me}/letters", do="explode", lesson="welcome").status_code == 200
    assert site.dump() == dump


def test_after_leaving_they_can_be_read_and_no_copy_is_sent(site: Site) -> None:
    site.reading()
    me = site.link("me")
    site.post(site.link("leave"))
    html = read(site, f"{me}/letters")
    assert "Send me a copy" not in html
    before = site.dump()
    assert site.post(f"{me}/letters", do="again", lesson="welcome").status_code == 200
    assert site.dump() == before


def test_the_clean_copy_is_named_and_holds_no_token(site: Site) -> None:
    site.reading()
    weeks(site, 1)
    me = site.link("me")
    assert "To show a letter to somebody" in read(site, f"{me}/letters")
    (clean,) = re.findall(rf'href="(/c/{COVER}/l/01)"', read(site, f"{me}/letters/01"))
    html = read(site, clean)
    token = me.split("/")[-1]
    assert token not in html
    assert not re.search(r"/(me|leave|confirm|was-it-you)/", html)
    assert "There are no private links on it" in html


# --------------------------------------------------------------------------------------------------------------- covers


def test_a_cover_is_chosen_shown_and_changed_back(site: Site) -> None:
    site.reading()
    me = site.link("me")
    before = site.dump()
    html = site.post(me, **{**OWN, "do": "cover-look"}).get_data(as_text=True)
    assert "Nothing is changed yet." in html
    assert '<strong class="row-from">Garden club</strong>' in html
    assert '<span class="row-subject">Minutes</span>' in html
    assert site.dump() == before
    html = site.post(me, **OWN).get_data(as_text=True)
    assert "That is changed, from the next mail on." in html
    undo = dict(re.findall(r'<input type="hidden" name="(style|name|subject|behind)" value="([^"]*)">', html))
    assert undo == {"style": "discreet", "name": "", "subject": ""}
    weeks(site, 1)
    assert subjects(site.house.mails())[-1] == "Minutes"
    site.post(site.link("me"), do="cover", **undo)
    weeks(site, 1)
    assert subjects(site.house.mails())[-1] == "Letter 2"


def test_what_the_page_shows_is_what_the_mailbox_shows(site: Site) -> None:
    site.reading()
    for fields in (
        {"style": "discreet"},
        {"style": "plain"},
        {"style": "own", "name": 'The "Hill" & Sons', "subject": "Minutes, £3"},
        {"style": "own", "name": "Garden club", "subject": "Minutes", "behind": "yes"},
    ):
        html = site.post(site.link("me"), do="cover", **fields).get_data(as_text=True)
        rows = re.findall(
            r'row-from">(.*?)</strong>\s*<span class="row-subject">(.*?)</span> <span class="row-preview">(.*?)</span>',
            html,
        )
        row = rows[{"discreet": 0, "plain": 1, "own": 2}[fields["style"]]]
        weeks(site, 1)
        mail = site.house.mails()[-1]
        assert unescape(row[0]) == mail["From"].addresses[0].display_name
        assert unescape(row[1]) == mail["Subject"]
        assert mail.get_body(("plain",)).get_content().splitlines()[0] == unescape(row[2])


@pytest.mark.parametrize(
    ("name", "subject", "says"),
    [
        ("PayPal <security@paypal.com>", "Minutes", "This looks like an address or a web site"),
        ("a\r\nBcc: x@example.org", "Minutes", "line breaks or invisible characters"),
        ("Garden club", "x" * 10_000, "128 characters at most"),
        ("x" * 10_000, "Minutes", "64 characters at most"),
        ("Garden club", "a\u202eb", "line breaks or invisible characters"),
        ("", "", "Please write something here."),
    ],
)
def test_what_cannot_be_worn_is_said_in_words_and_nothing_typed_is_lost(
    site: Site, name: str, subject: str, says: str
) -> None:
    site.reading()
    me, before = site.link("me"), site.dump()
    for do in ("cover", "cover-look"):
        answer = site.post(me, do=do, style="own", name=name, subject=subject, behind="yes")
        html = answer.get_data(as_text=True)
        assert answer.status_code == 400
        assert says in html
        assert 'aria-invalid="true"' in html
        assert 'value="own" checked' in html
        assert 'name="behind" value="yes" checked' in html
        typed = dict(re.findall(r'<input id="cover-(\w+)"[^>]* value="([^"]*)"', html, re.DOTALL))
        assert unescape(typed["name"]).replace("\r\n", "\n") == name.replace("\r\n", "\n")
        assert unescape(typed["subject"]) == subject
    assert site.dump() == before


def test_behind_a_link_the_page_shows_the_lesson_with_its_prompt_and_the_way_to_answer(site: Site) -> None:
    site.reading(perspective="betraying")
    site.post(site.link("me"), do="cover", style="discreet", behind="yes")
    weeks(site, 1)
    text = site.house.mails()[-1].get_body(("plain",)).get_content()
    (path,) = re.findall(r"/me/\S+/letters/this", text)
    before = site.dump()
    html = read(site, path)
    assert "Not fully acknowledging what happened" in html
    assert "Which part of what it cost is the hardest for you to hear?" in html
    assert "The next one comes on" in html
    assert f'href="{path.removesuffix("/letters/this")}#answer"' in html
    assert "Which part of what it cost" in read(site, path.removesuffix("/letters/this"))
    assert site.dump() == before


def begin_again(site: Site) -> None:
    """Leave, sign up another day, and start over; the welcome has come."""
    site.post(site.link("leave"))
    site.house.turn(days=1)
    path = site.asked()
    site.house.turn(minutes=1)
    site.post(path, go="over")
    site.house.tick()


def test_who_begins_again_looks_as_before(site: Site) -> None:
    site.reading()
    site.post(site.link("me"), **OWN, behind="yes")
    begin_again(site)
    mail = site.house.mails()[-1]
    assert (mail["From"].addresses[0].display_name, mail["Subject"]) == ("Garden club", "Minutes")
    assert "Your reading is there" in mail.get_body(("plain",)).get_content()


def test_a_cover_that_no_key_opens_shuts_its_reader_out_of_nothing(site: Site) -> None:
    site.reading()
    me = site.link("me")
    site.post(me, **OWN)
    with site.house.parts.db.write() as session:
        session.execute(update(Enrollment).values(cover_sealed=b"not sealed by anybody"))
    assert 'value="discreet" checked' in read(site, me)
    assert site.post(f"{me}/take", **{"as": "json"}).status_code == 200
    begin_again(site)
    assert site.house.mails()[-1]["From"].addresses[0].display_name == "Slow Letters"
    assert site.post(site.link("me"), **OWN).status_code == 200
    weeks(site, 1)
    assert subjects(site.house.mails())[-1] == "Minutes"


# -------------------------------------------------------------------------------------------------------- in a browser


@pytest.mark.browser
@pytest.mark.parametrize(
    ("width", "script", "dark"),
    [(PHONE, True, True), (PHONE, False, False), (DESK, True, False), (DESK, False, True)],
)
def test_a_reader_rereads_and_puts_on_a_cover(served: Served, width: int, script: bool, dark: bool) -> None:
    site, who = served.site, f"cover-{width}-{script}@example.org".lower()
    site.reading(who, perspective="betrayed")
    with served.visit(width, dark=dark, script=script) as page:

        def looks_right() -> None:
            does_not_scroll_sideways(page)
            if script:
                is_accessible(page)

        page.goto(site.link("me", who))
        page.get_by_role("link", name="Read earlier letters again").click()
        expect(page.get_by_role("heading", name="Earlier letters")).to_be_visible()
        looks_right()
        page.get_by_role("button", name="Send me a copy").click()
        expect(page.get_by_text("A copy of it is on its way to you.")).to_be_visible()
        looks_right()
        page.get_by_role("link", name="Welcome, and when the first letter comes").click()
        expect(page.get_by_role("heading", name="What this is")).to_be_visible()
        looks_right()
        page.get_by_role("link", name="Your page").click()
        page.get_by_text("How they look in your mailbox").click()
        page.get_by_role("radio", name="A name and a subject of your own").check()
        page.get_by_role("textbox", name="From").fill("me@home")
        page.get_by_role("textbox", name="Subject").fill("Minutes")
        page.get_by_role("button", name="Use this").click()
        expect(page.get_by_text("This looks like an address")).to_be_visible()
        looks_right()
        expect(page.get_by_role("textbox", name="Subject")).to_have_value("Minutes")
        page.get_by_role("textbox", name="From").fill("Garden club")
        page.get_by_role("checkbox", name="Send no letter").check()
        page.get_by_role("button", name="Only show me").click()
        expect(page.get_by_text("Nothing is changed yet.")).to_be_in_viewport()
        expect(page.locator(".row-subject", has_text="Minutes")).to_be_visible()
        looks_right()
        page.get_by_role("button", name="Use this").click()
        expect(page.get_by_text("That is changed, from the next mail on.")).to_be_in_viewport()
        looks_right()
        page.get_by_role("button", name="Change it back").click()
        expect(page.get_by_role("radio", name="They say nothing")).to_be_checked()
        expect(page.get_by_role("checkbox", name="Send no letter")).not_to_be_checked()
    assert not served.elsewhere
    served.complaints[:] = [each for each in served.complaints if "400" not in each]
