"""Leaving, and the reader's own page."""

import re
from html import unescape

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

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
    assert "That is changed. The next letter comes on Thursday, 9 April" in html
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


# -------------------------------------------------------------------------------------- when and how they come


def pressed(site: Site, html: str, do: str) -> TestResponse:
    """Press the button that stands in a page, with all that its form holds."""
    form = next(form for form in re.findall(r"<form.*?</form>", html, re.DOTALL) if f'value="{do}"' in form)
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form))
    return site.post(site.link("me"), do=do, **{name: unescape(value) for name, value in fields.items()})


def test_each_change_is_confirmed_with_the_new_date_and_can_be_undone(site: Site) -> None:
    site.reading(zone="Europe/Berlin")
    path = site.link("me")
    first = "Thursday, 5 March, at 09:00"
    for fields, words in (
        ({"do": "pace", "pace": "ready", "asks-remind": "yes"}, "The next letter waits until you want it."),
        ({"do": "when", "weekday": "6", "hour": "20", "zone": "Asia/Tokyo"}, "comes on Sunday, 8 March, at 20:00."),
        ({"do": "stay", "due": "2026-03-05T08:00:00+00:00"}, "comes on Thursday, 12 March, at 09:00."),
        ({"do": "pause"}, "Nothing comes until you want it to."),
        ({"do": "pause-until", "day": "2026-04-01"}, "paused until Wednesday, 1 April 2026"),
        ({"do": "quiet", "day": "5.3.2026"}, "comes on Thursday, 12 March, at 09:00."),
        ({"do": "quiet", "day": "1999-03-05", "every-year": "yes"}, "comes on Thursday, 12 March, at 09:00."),
        ({"do": "perspective", "perspective": "betraying"}, f"comes on {first}"),
        ({"do": "language", "language": "de"}, "Der nächste Brief kommt am Donnerstag, 5. März, um 09:00."),
    ):
        before = site.dump()
        html = site.post(path, **fields).get_data(as_text=True)
        assert 'role="status"' in html
        assert words in html, fields
        assert site.dump() != before
        again = pressed(site, html, "undo").get_data(as_text=True)
        assert "It is as it was before." in again
        assert 'value="undo"' not in again
        assert first in again
        assert site.dump() == before, fields


def test_a_day_that_cannot_be_is_told_and_what_was_typed_is_still_there(site: Site) -> None:
    site.reading()
    path, before = site.link("me"), site.dump()
    for do in ("pause-until", "quiet"):
        for typed, words in (
            ("", "could not read this as a day"),
            ("soon", "could not read this as a day"),
            ("30.2.2027", "could not read this as a day"),
            ("1/2/2027", "could not read this as a day"),
            ("2026-03-02", "over already, or it is today"),
            ("2031-01-01", "more than two years away"),
        ):
            answer = site.post(path, do=do, day=typed)
            html = answer.get_data(as_text=True)
            assert answer.status_code == 400
            assert words in html, typed
            assert f'value="{typed}" aria-invalid="true"' in html
    assert site.dump() == before


def test_where_days_are_written_the_other_way_round_a_slash_is_read_so(site: Site) -> None:
    site.reading()
    path = site.link("me")
    site.post(path, do="language", language="fr")
    html = site.post(path, do="quiet", day="14/2/2027").get_data(as_text=True)
    assert "dimanche 14 février 2027" in html


def test_forms_that_nobody_made_change_nothing(site: Site) -> None:
    site.reading()
    path, before = site.link("me"), site.dump()
    for fields in (
        {"do": "stay"},
        {"do": "stay", "due": "2026-03-05"},
        {"do": "stay", "due": "2026-03-05T08:00:00+00:00x"},
        {"do": "unquiet", "day": "x"},
        {"do": "undo"},
        {"do": "ready"},
        {"do": "resume"},
    ):
        assert site.post(path, **fields).status_code == 200
    for fields in (
        {"do": "when", "weekday": "7", "hour": "9", "zone": "UTC"},
        {"do": "when", "weekday": "²", "hour": "9", "zone": "UTC"},
        {"do": "when", "weekday": "1", "hour": "9", "zone": "Atlantis/Gone"},
        {"do": "language", "language": "../en"},
        {"do": "undo", "was-pace": "hourly"},
    ):
        assert site.post(path, **fields).status_code == 400
    assert site.dump() == before


def test_who_waits_is_told_so_and_a_press_brings_the_next_one(site: Site) -> None:
    site.reading()
    path = site.link("me")
    html = site.post(path, do="pace", pace="ready").get_data(as_text=True)
    assert "It waits until you want it." in html
    assert "The next day it can come on is Thursday, 5 March." in html
    html = pressed(site, html, "ready").get_data(as_text=True)
    assert "Thursday, 5 March, at 09:00" in html
    site.house.turn(days=4)
    site.house.tick()
    assert subjects(site.house.mails())[2:] == ["Letter 1"]


def test_the_readers_language_is_that_of_every_page_behind_their_links_and_the_lessons_stay(site: Site) -> None:
    site.reading()
    path = site.link("me")
    site.post(path, do="language", language="es")
    assert "Dónde estás" in site.get(path).get_data(as_text=True)
    assert '<html lang="es"' in site.get(site.link("leave")).get_data(as_text=True)
    assert 'lang="en">Welcome, and when the first letter comes' in site.get(path).get_data(as_text=True)
    site.house.turn(days=4)
    site.house.tick()
    assert "The next one comes on" in site.house.mails()[-1].get_body(("plain",)).get_content()
    assert '<html lang="en"' in site.get("/support").get_data(as_text=True)


BEHIND = [
    ")",
    ").",
    ">",
    ">.",
    ",",
    "]",
    '"',
    "'",
    ')."',
    "%29",
    "%29.",
    "%3E",
    "%3e.",
    "%22",
    "%5D",
    "%2529",
    ");",
    "&gt;",
    "%E2%80%9D",
    "\u00bb",
    " ",
]


@pytest.mark.parametrize("behind", BEHIND)
def test_a_link_with_punctuation_behind_it_opens_every_page_that_it_opens_without(site: Site, behind: str) -> None:
    confirm = site.reading()
    me, leave = site.link("me"), site.link("leave")
    pages = [
        confirm,
        me,
        f"{me}/letters",
        f"{me}?a=1",
        leave,
        "/support",
        "/privacy",
        "/c/slow-letters",
        "/c/slow-letters/l/01",
    ]
    for path in pages:
        assert site.get(path + behind).status_code == site.get(path).status_code == 200, path
    assert site.get("/leave/x" + behind).status_code == 404


@pytest.mark.parametrize("behind", BEHIND)
def test_one_click_at_a_link_with_punctuation_behind_it_leaves(site: Site, behind: str) -> None:
    site.reading()
    assert site.client.post(site.link("leave") + behind, data=ONE_CLICK).status_code == 200
    assert state(site) is EnrollmentState.LEFT


def test_a_confirmation_whose_link_has_punctuation_behind_it_is_a_yes(site: Site) -> None:
    assert site.post(site.asked() + ").").status_code == 200
    assert state(site) is EnrollmentState.ACTIVE


def test_no_link_of_a_plain_text_ends_in_anything_that_a_mail_program_takes_for_a_part_of_it(site: Site) -> None:
    site.reading()
    texts = [body.get_content() for mail in site.house.mails() if (body := mail.get_body(("plain",)))]
    links = [found for text in texts for found in re.findall(r"(\S*)https?://\S+?(?=[>\s]|\Z)(\S*)", text)]
    assert links
    assert {(before, after[:1]) for before, after in links} <= {("<", ">"), ("", "")}


@pytest.mark.parametrize("path", ["/leave/x", "/leave/x.y.z", "/leave/", "/leave"])
def test_a_broken_link_for_leaving_says_how_to_leave(still_site: Site, path: str) -> None:
    answer = still_site.get(path)
    assert answer.status_code == 404
    assert "To leave, reply STOP to any letter" in answer.get_data(as_text=True)
