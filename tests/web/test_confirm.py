"""The page behind the confirmation mail."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from dripcourse.db.models import Consent, Enrollment
from dripcourse.domain.enrollment import EnrollmentState
from tests.support.house import subjects
from tests.web.conftest import Site


def enrollments(site: Site) -> list[Enrollment]:
    with site.house.parts.db.read() as session:
        return list(session.scalars(select(Enrollment).order_by(Enrollment.created_at)))


def test_the_mail_does_not_name_the_course_and_the_page_behind_it_does(site: Site) -> None:
    path = site.asked(perspective="betrayed")
    (mail,) = site.house.mails()
    assert "betray" not in mail.as_string().lower()
    html = site.get(path).get_data(as_text=True)
    assert "Rebuilding trust after betrayal" in html
    assert 'value="betrayed" checked' in html
    assert "<title>Please confirm · Letters by e-mail</title>" in html


def test_one_press_starts_the_course_and_pressing_again_changes_nothing(site: Site) -> None:
    path = site.asked()
    assert "It is settled" in site.post(path, perspective="").get_data(as_text=True)
    site.house.tick()
    after = site.dump()
    for _ in range(3):
        again = site.post(path, perspective="betrayed")
        assert (again.status_code, "It is settled" in again.get_data(as_text=True)) == (200, True)
        assert "It is settled" in site.get(path).get_data(as_text=True)
    assert site.dump() == after
    assert len(site.house.mails()) == 2


def test_the_perspective_can_be_changed_here(site: Site) -> None:
    site.post(site.asked(perspective="betrayed"), perspective="betraying")
    assert enrollments(site)[0].perspective == "betraying"


def test_the_pages_say_that_the_host_and_the_mailbox_can_see_the_perspective(site: Site) -> None:
    site.reading(perspective="betrayed")
    asked = site.asked("other@example.org", perspective="betrayed")
    for path in (asked, site.link("me")):
        html = site.get(path).get_data(as_text=True)
        assert "The people who run these letters can see" in html
        assert "so can anyone who can open" in html
        assert "Nobody else sees" not in html


def test_it_can_be_taken_back_here(site: Site) -> None:
    site.post(site.asked(perspective="betrayed"), perspective="")
    assert enrollments(site)[0].perspective is None


def test_a_press_that_says_nothing_of_it_leaves_it_as_it_was(site: Site) -> None:
    site.post(site.asked(perspective="betrayed"))
    assert enrollments(site)[0].perspective == "betrayed"


def test_a_perspective_that_the_course_does_not_have_counts_as_unsaid(site: Site) -> None:
    assert site.post(site.asked(), perspective="onlooker").status_code == 200
    assert enrollments(site)[0].perspective is None


def test_never_again_is_kept_whatever_is_pressed_later(site: Site) -> None:
    path = site.asked()
    for _ in range(2):
        assert "We will not write to this address again" in site.post(path, never="yes").get_data(as_text=True)
    assert site.post(path).status_code == 200
    site.sign_up()
    site.house.turn(days=3)
    site.sign_up()
    site.house.tick()
    assert len(site.house.mails()) == 1
    assert enrollments(site)[0].state is EnrollmentState.LEFT


@pytest.mark.parametrize("days", [0, 3, 20])
def test_never_again_from_an_old_link_ends_nothing_and_the_page_says_so(site: Site, days: int) -> None:
    path = site.reading()
    site.house.turn(days=days)
    site.house.tick()
    html = site.post(path, never="yes").get_data(as_text=True)
    assert "Nothing was changed: this link is too old for that" in html
    assert "We will not write to this address again" not in html
    assert enrollments(site)[0].state is EnrollmentState.ACTIVE
    site.house.turn(days=60)
    site.house.tick()
    assert subjects(site.house.mails())[-1].startswith("Letter")


def test_after_a_week_the_link_has_run_out_and_says_how_to_ask_again(site: Site) -> None:
    path = site.asked()
    site.house.now += timedelta(days=7)
    assert "Shall the letters come?" in site.get(path).get_data(as_text=True)
    site.house.now += timedelta(seconds=1)
    for answer in (site.get(path), site.post(path)):
        assert answer.status_code == 200
        assert "This link has run out" in answer.get_data(as_text=True)
    assert enrollments(site)[0].state is EnrollmentState.PENDING


def test_a_sign_up_that_was_forgotten_leaves_a_page_in_plain_words(site: Site) -> None:
    path = site.asked()
    site.house.turn(days=15)
    site.house.tick()
    for answer in (site.get(path), site.post(path)):
        html = answer.get_data(as_text=True)
        assert answer.status_code == 410
        assert "We don&#39;t know this link any more" in html
        assert "deleted" not in html
        assert "will come" not in html


def test_the_old_link_of_a_reader_says_when_they_said_yes_and_how_to_stop(site: Site) -> None:
    path = site.reading()
    for days in (2, 30, 200):
        site.house.turn(days=days)
        site.house.tick()
        for answer in (site.get(path), site.post(path)):
            html = answer.get_data(as_text=True)
            assert answer.status_code == 200
            assert "You said yes on Monday, 2 March." in html
            assert "Your letters go on as you set them." in html
            assert "use the links in any letter, or reply STOP" in html
    site.post(site.link("leave"))
    assert "Those letters have ended since." in site.get(path).get_data(as_text=True)


@pytest.mark.parametrize(("go", "next_one"), [("on", "Letter 2"), ("over", "Welcome, and when the first letter comes")])
def test_who_comes_back_goes_on_or_begins_again(site: Site, go: str, next_one: str) -> None:
    site.reading()
    site.house.turn(days=7)
    site.house.tick()
    site.post(site.link("leave"))
    site.house.turn(days=100)
    path = site.asked()
    html = site.get(path).get_data(as_text=True)
    assert "Go on where I was" in html
    assert "Begin again" in html
    site.post(path, go=go, perspective="")
    for _ in range(8):
        site.house.turn(hours=23)
        site.house.tick()
    assert subjects(site.house.mails())[4] == next_one


def test_consent_is_kept_once_with_both_instants(site: Site) -> None:
    path = site.asked()
    site.house.turn(hours=5)
    site.post(path)
    site.post(path)
    with site.house.parts.db.read() as session:
        (consent,) = session.scalars(select(Consent)).all()
    assert consent.given_at - consent.asked_at == timedelta(hours=5)
    assert consent.how == "page"


@pytest.mark.parametrize("token", ["x", "a.b", "é", "%00", "..", "." * 300])
def test_a_token_that_is_not_ours_finds_no_page(still_site: Site, token: str) -> None:
    for room in ("confirm", "leave", "me"):
        for answer in (still_site.get(f"/{room}/{token}"), still_site.post(f"/{room}/{token}")):
            assert answer.status_code == 404
            words = "STOP" if room == "leave" else "There is no page here"
            assert words in answer.get_data(as_text=True)


def test_a_token_opens_only_the_door_it_was_made_for(site: Site) -> None:
    confirm = site.reading().split("/")[-1]
    tokens = {"confirm": confirm} | {room: site.link(room).split("/")[-1] for room in ("leave", "me")}
    for room in tokens:
        for other, token in tokens.items():
            assert site.get(f"/{room}/{token}").status_code == (200 if room == other else 404)
