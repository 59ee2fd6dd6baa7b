"""The sign-up page, and what comes of a form."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from dripcourse.db.models import ConsentText, Enrollment, Signup
from dripcourse.services.signup import request
from dripcourse.web.public.signup import consent_words
from tests.web.conftest import COVER, Site


def waiting(site: Site) -> list[Signup]:
    with site.house.parts.db.read() as session:
        return list(session.scalars(select(Signup)))


def token_in(html: str) -> str:
    return html.split('name="token" value="')[1].split('"')[0]


def test_the_page_says_what_this_is_and_shows_a_lesson_before_it_asks(still_site: Site) -> None:
    html = still_site.get("/").get_data(as_text=True)
    for words in (
        "Rebuilding trust after betrayal",
        "at most one a week",
        "A welcome and 8 letters",
        "Nobody reads what you write unless you choose to share it",
        "How to leave",
        "people of 18 and over",
        "It is not therapy",
        "Not fully acknowledging what happened",
        "What has it changed that is easy to overlook?",
        "A few minutes to read, whenever you have them.",
        "neither made nor checked this course",
    ):
        assert words in html
    assert "<title>Sign up · Letters by e-mail</title>" in html


def test_who_asks_again_on_the_same_day_gets_no_second_mail_and_the_page_says_so(site: Site) -> None:
    for _ in range(2):
        html = site.sign_up().get_data(as_text=True)
        assert "At most one such mail a day goes to an address" in html
        assert "If you asked earlier today, look for that one" in html
        site.house.tick()
        site.house.turn(hours=6)
    assert len(site.house.mails()) == 1


def test_one_course_stands_at_the_root_by_its_cover_and_by_its_slug(still_site: Site) -> None:
    pages = [
        still_site.get(path).get_data(as_text=True)
        for path in ("/", f"/c/{COVER}", "/c/rebuilding-trust", f"/c/{COVER}/")
    ]
    assert {html.replace(token_in(html), "") for html in pages} == {pages[0].replace(token_in(pages[0]), "")}
    assert f'action="/c/{COVER}"' in pages[0]
    assert "rebuilding-trust" not in pages[2]


def test_the_three_fields_are_enough_and_become_one_sealed_request(site: Site) -> None:
    answer = site.sign_up("Reader@Example.org", perspective="betrayed", zone="America/Chicago")
    assert answer.status_code == 200
    (asked,) = waiting(site)
    wish = request.read_wish(site.house.parts, asked)
    assert (wish.address, wish.perspective, wish.zone) == ("Reader@example.org", "betrayed", "America/Chicago")
    assert b"xample.org" not in asked.payload_sealed
    assert "eader@" not in site.dump()


def test_an_address_alone_is_enough(site: Site) -> None:
    assert site.sign_up().status_code == 200
    wish = request.read_wish(site.house.parts, waiting(site)[0])
    assert (wish.perspective, wish.zone) == (None, "Etc/UTC")


def test_the_answer_names_the_exact_subject_and_sender_and_not_the_address(site: Site) -> None:
    html = site.sign_up("somebody@example.org").get_data(as_text=True)
    site.house.tick()
    (mail,) = site.house.mails()
    assert f"<strong>{mail['Subject']}</strong>" in html
    assert mail["From"].addresses[0].addr_spec in html
    assert "junk" in html
    assert "somebody" not in html


def test_the_words_by_the_button_are_what_is_kept_as_consent(site: Site) -> None:
    html = site.get("/").get_data(as_text=True)
    site.reading()
    with site.house.parts.db.read() as session:
        kept = session.scalars(select(ConsentText.text)).one()
    assert f"<q>{kept}</q>" in html
    assert "18 or older" in kept
    assert "Rebuilding trust after betrayal" in kept


def test_new_known_left_and_suppressed_addresses_get_the_same_answer_for_the_same_work(site: Site) -> None:
    site.reading("known@example.org")
    site.reading("left@example.org")
    site.post(site.link("leave", "left@example.org"))
    site.post(site.asked("suppressed@example.org"), never="yes")
    site.asked("pending@example.org")
    statements: list[str] = []
    event.listen(site.house.parts.db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    seen = set()
    for who in ("new", "known", "left", "suppressed", "pending"):
        statements.clear()
        answer = site.sign_up(f"{who}@example.org", zone="Europe/Berlin")
        seen.add((answer.status_code, answer.data, str(answer.headers), tuple(statements)))
    assert len(seen) == 1
    (begin, insert) = next(iter(seen))[3]
    assert (begin, insert.split("(")[0]) == ("BEGIN IMMEDIATE", "INSERT INTO signup "), "no look at who this is"


def test_a_driven_browser_that_is_quick_is_no_robot(site: Site) -> None:
    """A frozen clock, a password manager, a test: all press within the second."""
    token = token_in(site.get("/").get_data(as_text=True))
    assert site.sign_up(token=token).status_code == 200
    assert len(waiting(site)) == 1


def test_a_filled_trap_gets_the_same_page_and_nothing_is_kept(site: Site) -> None:
    real, robot = site.sign_up("a@example.org"), site.sign_up("b@example.org", remark="http://spam.example")
    assert (robot.status_code, robot.data) == (real.status_code, real.data)
    assert len(waiting(site)) == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"email": ""}, "Please write your e-mail address"),
        ({}, "Please write your e-mail address"),
        ({"email": "name@"}, "does not look like an e-mail address"),
        ({"email": "a@example.org\r\nBcc: b@example.org"}, "cannot hold line breaks"),
        ({"email": "a\n@example.org"}, "cannot hold line breaks"),
        ({"email": "a@example.org\x00"}, "does not look like an e-mail address"),  # a NUL comes in as U+FFFD
        ({"email": '"a b"@example.org'}, "does not look like an e-mail address"),
        ({"email": "jörg@example.org"}, "with letters like ö or é before the @ yet"),
        ({"email": "a@[127.0.0.1]"}, "does not look like an e-mail address"),
        ({"email": "a%b@example.org"}, "does not look like an e-mail address"),
        ({"email": "x" * 300 + "@example.org"}, "does not look like an e-mail address"),
        ({"email": "a@example.org", "zone": "Moon/Crater"}, "do not know this time zone"),
        ({"email": "a@example.org", "zone": "../etc/passwd"}, "do not know this time zone"),
        ({"email": "a@example.org", "perspective": "onlooker"}, "choose one of these answers"),
        ({"email": "a@example.org", "perspective": "unsaid"}, "choose one of these answers"),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field_and_nothing_is_kept(
    still_site: Site, fields: dict[str, str], words: str
) -> None:
    before = still_site.dump()
    answer = still_site.post(f"/c/{COVER}", **fields)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert html.count(words) == 2, "once in the summary, once beside the field"
    assert 'role="alert"' in html
    assert "<title>Please look again" in html
    assert still_site.dump() == before


def test_what_was_typed_stands_there_again(still_site: Site) -> None:
    html = still_site.sign_up('na"me@', perspective="betraying", zone="Asia/Tokyo").get_data(as_text=True)
    assert 'value="na&#34;me@"' in html
    assert 'value="betraying" checked' in html
    assert '<option value="Asia/Tokyo" selected>' in html
    assert "Intl.DateTimeFormat" not in html, "the zone they chose is not guessed over"


def test_a_token_of_ours_is_good_for_twelve_hours_and_then_asks_for_one_more_press(site: Site) -> None:
    token = token_in(site.get("/").get_data(as_text=True))
    site.house.now += timedelta(hours=12)
    assert site.sign_up(token=token).status_code == 200
    site.house.now += timedelta(seconds=1)
    late = site.sign_up("late@example.org", token=token, perspective="betrayed")
    html = late.get_data(as_text=True)
    assert late.status_code == 400
    assert "press the button once more" in html
    assert 'value="late@example.org"' in html
    assert 'value="betrayed" checked' in html
    assert len(waiting(site)) == 1
    assert site.sign_up("late@example.org", token=token_in(html)).status_code == 200


@pytest.mark.parametrize("token", ["forged", "a.b.c", "..", "é", "x" * 5000, ".eJw", "\x00"])
def test_a_token_that_is_not_ours_stores_nothing(still_site: Site, token: str) -> None:
    assert still_site.sign_up(token=token).status_code == 400
    assert not waiting(still_site)


def test_a_token_for_another_purpose_stores_nothing(still_site: Site) -> None:
    token = still_site.app.extensions["dripcourse"].form_tokens.make("something else")
    assert still_site.sign_up(token=token).status_code == 400
    assert not waiting(still_site)


def test_asking_again_is_harmless(site: Site) -> None:
    for _ in range(3):
        assert site.sign_up().status_code == 200
    site.house.tick()
    assert len(site.house.mails()) == 1
    with site.house.parts.db.read() as session:
        assert len(session.scalars(select(Enrollment)).all()) == 1


def test_consent_words_name_the_course_in_its_own_pace(still_site: Site) -> None:
    course = still_site.house.parts.library.find(COVER)
    assert course
    with still_site.app.test_request_context():
        assert consent_words(course).startswith("I am 18 or older")
