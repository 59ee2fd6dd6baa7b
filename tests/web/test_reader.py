"""Leaving, and the reader's own page."""

from sqlalchemy import select

from dripcourse.db.models import Enrollment
from dripcourse.domain.enrollment import EnrollmentState
from tests.support.house import subjects
from tests.web.conftest import Site

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def state(site: Site) -> EnrollmentState:
    with site.house.parts.db.read() as session:
        return session.scalars(select(Enrollment.state)).one()


def test_leaving_takes_one_press_and_is_met_with_silence(site: Site) -> None:
    site.reading()
    path = site.link("leave")
    assert "Leave these letters?" in site.get(path).get_data(as_text=True)
    for _ in range(2):
        assert "No more letters will come" in site.post(path).get_data(as_text=True)
    assert "No more letters will come" in site.get(path).get_data(as_text=True)
    for _ in range(20):
        site.house.turn(days=1)
        site.house.tick()
    assert len(site.house.mails()) == 2


def test_one_click_of_a_mail_program_leaves_without_cookie_token_or_redirect(site: Site) -> None:
    site.reading()
    (mail,) = [mail for mail in site.house.mails() if mail["List-Unsubscribe"]]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = "/leave/" + mail["List-Unsubscribe"].split("/leave/")[1].split(">")[0]
    answer = site.client.post(path, data=ONE_CLICK)
    assert answer.status_code == 200
    assert state(site) is EnrollmentState.LEFT


def test_one_click_as_multipart_and_with_no_body_at_all(site: Site) -> None:
    site.reading()
    path = site.link("leave")
    assert site.client.post(path, data=ONE_CLICK, content_type="multipart/form-data").status_code == 200
    assert site.client.post(path).status_code == 200
    assert state(site) is EnrollmentState.LEFT


def test_the_readers_page_says_what_went_and_when_the_next_one_comes_in_their_zone(site: Site) -> None:
    site.reading(zone="America/New_York")
    welcome = site.get(site.link("me")).get_data(as_text=True)
    assert "Welcome, and when the first letter comes" in welcome
    assert "Thursday, 5 March, at 09:00" in welcome
    assert "America/New_York" in welcome
    site.house.turn(days=4)
    site.house.tick()
    html = site.get(site.link("me")).get_data(as_text=True)
    assert "<dd" in html
    assert ">Letter 1<" in html
    assert "Thursday, 12 March, at 09:00" in html
    assert "reader@example.org" not in html


def test_a_pause_holds_until_the_reader_goes_on(site: Site) -> None:
    site.reading()
    path = site.link("me")
    assert "The letters are paused" in site.post(path, do="pause").get_data(as_text=True)
    assert "The letters are paused" in site.get(path).get_data(as_text=True)
    site.house.turn(days=30)
    site.house.tick()
    assert len(site.house.mails()) == 2
    assert "The next letter" in site.post(path, do="resume").get_data(as_text=True)
    site.house.turn(days=5)
    site.house.tick()
    assert subjects(site.house.mails())[2:] == ["Letter 1"]


def test_the_pace_can_be_slowed_and_the_page_says_when_the_next_one_comes(site: Site) -> None:
    site.reading()
    site.house.turn(days=4)
    site.house.tick()
    path = site.link("me")
    html = site.post(path, do="pace", pace="four-weeks").get_data(as_text=True)
    assert "That is changed." in html
    assert 'value="four-weeks" checked' in html
    assert "Thursday, 9 April, at 09:00" in html, (
        "the first Thursday at nine from 27 days after Friday, 6 March, at 10:01"
    )


def test_the_reading_can_be_changed_and_taken_back(site: Site) -> None:
    site.reading(perspective="betrayed")
    path = site.link("me")
    assert 'value="betraying" checked' in site.post(path, do="perspective", perspective="betraying").get_data(
        as_text=True
    )
    assert 'value="" checked' in site.post(path, do="perspective", perspective="").get_data(as_text=True)


def test_a_choice_that_there_is_not_changes_nothing(site: Site) -> None:
    site.reading()
    path, before = site.link("me"), site.dump()
    for fields in ({"do": "pace", "pace": "hourly"}, {"do": "pace"}, {"do": "perspective", "perspective": "onlooker"}):
        answer = site.post(path, **fields)
        assert answer.status_code == 400
        assert "Nothing was changed" in answer.get_data(as_text=True)
    assert site.dump() == before


def test_a_word_that_the_page_does_not_know_changes_nothing(site: Site) -> None:
    site.reading()
    path, before = site.link("me"), site.dump()
    assert site.post(path, do="explode").status_code == 200
    assert site.post(path).status_code == 200
    assert site.dump() == before


def test_a_copy_of_the_last_lesson_can_be_asked_for(site: Site) -> None:
    site.reading()
    path = site.link("me")
    site.house.turn(minutes=1)
    assert "A copy of it is on its way" in site.post(path, do="again").get_data(as_text=True)
    site.house.tick()
    assert subjects(site.house.mails())[1:] == ["Welcome, and when the first letter comes"] * 2


def test_after_leaving_the_page_offers_nothing_but_the_sign_up_page(site: Site) -> None:
    site.reading()
    site.post(site.link("leave"))
    html = site.get(site.link("me")).get_data(as_text=True)
    assert "These letters have ended for you" in html
    assert "<button" not in html
    assert 'href="/c/slow-letters"' in html


def test_at_the_end_it_says_that_every_lesson_has_come(site: Site) -> None:
    site.reading()
    for _ in range(20):
        site.house.turn(days=7)
        site.house.tick()
    assert state(site) is EnrollmentState.COMPLETED
    assert "You have had every letter" in site.get(site.link("me")).get_data(as_text=True)


def test_a_lesson_that_is_late_is_on_its_way(site: Site) -> None:
    site.reading()
    site.house.turn(days=20)
    assert "On its way" in site.get(site.link("me")).get_data(as_text=True)


def test_before_the_welcome_has_gone_there_is_no_page_to_open(site: Site) -> None:
    path = site.asked()
    site.post(path)
    assert len(site.house.mails()) == 1
