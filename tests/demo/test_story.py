"""The demo as it is played: sign up, say yes, turn ten weeks; by its pages alone."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dripcourse.demo.look import View
from tests.demo.player import Player, player
from tests.support.house import MONDAY, write_course

BERLIN = ZoneInfo("Europe/Berlin")


def test_ten_weeks_bring_nine_lessons_each_once_each_at_its_hour_and_every_mail_opens_in_every_view(tmp_path: Path):
    with player(tmp_path) as somebody:
        somebody.sign_up()
        assert somebody.subjects() == ["Please confirm: a weekly e-mail"]
        somebody.confirm()
        promised = somebody.dates()
        assert [when for when, _ in promised] == ["went", "next", *["later"] * 7]
        for _ in range(10):
            somebody.turn()

        course = somebody.demo.stage.parts.library.courses["rebuilding-trust"]
        lessons = [lesson.subject for lesson in course.lessons]
        assert somebody.subjects() == [*reversed(lessons), "Please confirm: a weekly e-mail"]

        thursday = datetime(2026, 3, 5, 9, tzinfo=BERLIN)
        expected = [MONDAY.astimezone(BERLIN), *(thursday + timedelta(weeks=n) for n in range(8))]
        assert somebody.dates() == [("went", at.isoformat(timespec="minutes")) for at in expected]
        assert somebody.dates() == [("went", instant) for _, instant in promised]  # every promise was kept
        assert "The course is complete." in somebody.get("/").text
        every_mail_opens_in_every_view(somebody)


def every_mail_opens_in_every_view(somebody: Player) -> None:
    (box,) = somebody.demo.stage.inbox.boxes()
    for mail in box.mails:
        pages = {view: somebody.get(f"/?box=1&mail={mail.key}&view={view.value}").text for view in View}
        assert f'src="/demo/mail/{mail.key}?box=1" sandbox=' in pages[View.RENDERED]
        assert " ".join(mail.text.split()[:6]) in " ".join(pages[View.TEXT].split())
        assert mail.key.partition(".")[0] in pages[View.HEADERS]  # the delivery's id, in the Message-ID
        rendered = somebody.get(f"/demo/mail/{mail.key}")
        assert "</html>" in rendered.text
        assert "allow-scripts" not in rendered.headers["Content-Security-Policy"]


@pytest.fixture
def somebody(tmp_path: Path):
    with player(tmp_path) as found:
        yield found


def test_the_first_page_says_what_to_do_and_that_nothing_leaves_the_machine(somebody: Player):
    page = somebody.get("/").text
    assert "<form" in page
    assert "Nothing leaves this machine." in page
    assert f"{somebody.demo.stage.inbox.path}/new" in page
    assert "No mail yet." in page
    assert 'src="/c/slow-letters"' in page


def test_the_hints_are_ticked_off_one_by_one_and_then_make_room(somebody: Player):
    def done() -> tuple[int, bool]:
        page = somebody.get("/").text
        return page.count('<li class="done">'), 'aria-label="How to begin" hidden' in page

    assert done() == (0, False)
    somebody.sign_up()
    assert done() == (1, False)
    somebody.confirm()
    assert done() == (2, False)
    somebody.turn("day")
    assert done() == (3, True)


def test_a_turn_says_how_many_mails_it_brought_and_marks_them(somebody: Player):
    somebody.sign_up()
    somebody.confirm()
    page = somebody.turn("week").text
    assert "1 new mail" in page
    assert page.count("<b>new</b>") == 1
    assert "No new mails" in somebody.turn("day").text


def test_a_turn_opens_what_it_brought_and_otherwise_leaves_open_what_was_open(somebody: Player):
    somebody.sign_up()
    somebody.confirm()
    (box,) = somebody.demo.stage.inbox.boxes()
    old = box.mails[-1].key
    assert '<h3 id="open-title">Please confirm' in somebody.turn("day", box="1", mail=old).text
    assert '<h3 id="open-title">Letter 1<' in somebody.turn("week", box="1", mail=old).text


def test_a_second_address_has_a_mailbox_of_its_own_and_the_newest_is_shown_first(somebody: Player):
    somebody.sign_up("ana@example.org")
    somebody.turn("day")
    somebody.sign_up("ben@example.org", zone="America/New_York")
    page = somebody.get("/").text
    assert 'aria-current="true">ben@example.org</a>' in page
    assert "America/New_York" in page
    assert 'aria-current="true">ana@example.org</a>' in somebody.get("/?box=1").text


def test_looking_for_new_mail_loads_the_page_anew_and_shows_the_newest(somebody: Player):
    answer = somebody.get("/demo/look")
    assert (answer.status_code, answer.location) == (303, "/#mail")


def test_whatever_an_address_names_that_is_not_there_gives_way_to_the_newest(somebody: Player):
    somebody.sign_up()
    assert "Please confirm" in somebody.get("/?box=7&mail=gone.1").text


def test_somebody_who_left_gets_nothing_more_and_the_calendar_says_so(somebody: Player):
    somebody.sign_up()
    somebody.confirm()
    (box,) = somebody.demo.stage.inbox.boxes()
    link = re.search(r"/leave/[\w.-]+", box.mails[0].text)[0]
    somebody.client.post(link)
    page = somebody.turn("week").text
    assert "The reader has left." in page
    assert len(somebody.subjects()) == 2


def test_an_address_that_nobody_said_yes_for_is_forgotten_after_two_weeks(somebody: Player):
    somebody.sign_up()
    for _ in range(3):
        page = somebody.turn("week").text
    assert "Nobody is enrolled at this address." in page
    assert somebody.subjects() == ["Please confirm: a weekly e-mail"]


def test_the_reader_sees_the_products_own_first_page_inside_the_frame(somebody: Player):
    framed = somebody.client.get("/", headers={"Sec-Fetch-Dest": "iframe"})
    assert 'name="email"' in framed.text
    assert "frame-ancestors 'self'" in framed.headers["Content-Security-Policy"]


def test_an_author_sees_their_own_course(tmp_path: Path):
    courses = tmp_path / "courses"
    write_course(courses)
    with player(tmp_path / "data", courses_dir=courses) as author:
        assert 'src="/"' in author.get("/").text  # two courses: the reader's browser shows both
        assert author.get("/c/small-letters").status_code == 200


def test_a_demo_in_which_nobody_signed_up_can_be_turned_too(somebody: Player):
    assert "1 day ahead" in somebody.turn("day").text


def test_nothing_but_a_press_of_a_button_turns_the_clock(somebody: Player):
    assert somebody.get("/demo/turn").status_code == 405
    assert somebody.client.post("/demo/turn", data={"by": "century"}).status_code == 400
    elsewhere = somebody.client.post("/demo/turn", data={"by": "day"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code == 403
    assert somebody.demo.clock() == MONDAY


@pytest.mark.parametrize("url", ["/demo/mail/gone.1", "/demo/nowhere", "/demo/static/nothing.css"])
def test_what_is_not_there_is_said_in_plain_words(somebody: Player, url: str):
    answer = somebody.get(url)
    assert answer.status_code == 404
    assert "There is no such thing in this demo." in answer.text


def test_a_database_in_trouble_is_told_in_its_own_words(somebody: Player):
    (somebody.demo.stage.parts.db.path or Path()).unlink()
    somebody.demo.stage.parts.db.close()
    answer = somebody.client.post("/demo/turn", data={"by": "day"})
    assert answer.status_code == 503
    assert "That was not possible" in answer.text


def test_the_page_allows_nothing_from_elsewhere_and_keeps_no_cookie(somebody: Player):
    answer = somebody.get("/")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    assert "http" not in answer.text.replace(str(somebody.demo.stage.inbox.path), "")


def test_the_pulse_changes_when_there_is_something_to_show_and_only_then(somebody: Player):
    def pulse() -> object:
        return somebody.get("/demo/pulse").json["pulse"]

    first = pulse()
    assert pulse() == first
    somebody.sign_up()
    asked = pulse()
    somebody.confirm()
    assert len({first, asked, pulse()}) == 3
