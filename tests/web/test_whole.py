"""Taking everything along, moving to another address, erasing everything: on the reader's own page."""

import json
import re

from sqlalchemy import func, select

from dripcourse.db.models import Consent, Enrollment, Erasure, Reply, Signup, Subscriber, Suppression
from dripcourse.domain.enrollment import EnrollmentState
from tests.web.conftest import COVER, Site
from tests.web.phrases import OTHER, PHRASE, read, set_phrase
from tests.web.test_answer import write

SECRET = "the word that nobody shall read"


def text(answer: object) -> str:
    return str(answer.get_data(as_text=True))  # type: ignore[attr-defined]


def test_a_copy_holds_what_is_known_and_none_of_what_was_written(site: Site) -> None:
    site.reading(zone="Europe/Berlin", perspective="betrayed")
    me = site.link("me")
    write(site, me, SECRET)
    shared = re.findall(r'name="answer" value="(\w{26})"', text(site.get(me)))[-1]
    site.post(me, do="share", answer=shared)
    before = site.dump()
    told = site.post(f"{me}/take", **{"as": "json"})
    assert told.headers["Content-Disposition"] == "attachment; filename=letters-2026-03-02.json"
    assert told.headers["Cache-Control"] == "no-store"
    known = json.loads(told.data)
    assert known["address"] == "reader@example.org"
    [course] = known["enrollments"]
    assert (course["zone"], course["perspective"], course["state"]) == ("Europe/Berlin", "betrayed", "active")
    assert [each["how"] for each in course["consents"]] == ["page"]
    assert "18 or older" in course["consents"][0]["text"]
    assert [each["lesson"] for each in course["mails"]] == ["welcome"]
    [written] = known["written"]
    assert (written["by"], written["shared"]) == ("page", True)
    page = site.post(f"{me}/take", **{"as": "html"})
    assert page.headers["Content-Disposition"] == "attachment; filename=letters-2026-03-02.html"
    html = text(page)
    for words in ("reader@example.org", "Europe/Berlin", "I was hurt", "18 or older", "Welcome, and when", "on a page"):
        assert words in html
    assert not re.search(r"<(?:link|script|img)|url\(|https?://[^\s<]*\.(?:css|js)", html), "it stands alone"
    assert SECRET not in html + text(told)
    assert site.dump() == before


def test_a_copy_names_every_choice_that_there_is(site: Site) -> None:
    site.reading()
    known = json.loads(site.post(f"{site.link('me')}/take", **{"as": "json"}).data)
    [course] = known["enrollments"]
    inner = {"subscriber_id", "offset_minutes", "wake_at", "promised_at", "set_at", "last_number", "pause_reason"}
    columns = {column.key for column in Enrollment.__table__.columns} - inner
    assert columns - {"quiet", "cover_sealed"} | {"quiet_dates", "cover_name", "cover_subject"} <= course.keys()


def test_erasing_takes_one_button_and_leaves_a_digest(site: Site) -> None:
    site.reading("another@example.org")
    site.reading()
    me, leave = site.link("me"), site.link("leave")
    write(site, me, SECRET)
    asked = text(site.get(f"{me}/erase"))
    assert "It cannot be undone" in asked
    assert "A fingerprint of your address" in asked
    answer = site.post(f"{me}/erase")
    assert answer.status_code == 200
    assert "From now on nothing more is sent to you" in text(answer)
    for path in (me, f"{me}/take", f"{me}/move", f"{me}/erase"):  # at once, whatever is still to be done
        assert site.get(path).status_code == site.post(path, email="a@example.org").status_code == 410
    site.house.tick()
    with site.house.parts.db.read() as session:
        assert session.scalars(select(func.count()).select_from(Subscriber)).one() == 1
        assert session.scalars(select(Suppression.reason)).all() == ["erased"]
        assert session.scalars(select(Erasure)).all() == []
    assert site.house.mails("reader@example.org") == []
    page = site.get(me)
    assert page.status_code == 410
    assert "Nothing is kept here any more" in text(page)
    for gone in (site.get(leave), site.client.post(leave, data={"List-Unsubscribe": "One-Click"})):
        assert gone.status_code == 200
        assert "No more letters will come" in text(gone)


def test_links_that_we_never_made_are_told_nothing(site: Site) -> None:
    site.reading()
    me = site.link("me")
    assert site.get(me[:-3] + "abc").status_code == 404
    assert site.post(me[:-3] + "abc/erase").status_code == 404


def test_moving_is_asked_for_here_and_confirmed_there(site: Site) -> None:
    site.reading(perspective="betraying")
    me = site.link("me")
    assert "Ask there" in text(site.get(f"{me}/move"))
    answer = site.post(f"{me}/move", email="mine@example.com")
    assert answer.status_code == 200
    assert "mine@example.com" not in text(answer)
    assert "Now look in your mailbox" in text(answer)
    site.house.tick()
    path = site.link("confirm", "mine@example.com")
    [mail] = site.house.mails("mine@example.com")
    assert mail["Subject"] == "Please confirm: a weekly e-mail"
    before = site.dump()
    assert "Shall the letters come here?" in text(site.get(path))
    assert site.dump() == before
    for _ in range(2):
        assert "From now on the letters come here" in text(site.post(path))
    with site.house.parts.db.read() as session:
        rows = {row.state: row for row in session.scalars(select(Enrollment))}
        assert rows.keys() == {EnrollmentState.LEFT, EnrollmentState.ACTIVE}
        how = session.scalars(select(Consent.how).where(Consent.enrollment_id == rows[EnrollmentState.ACTIVE].id)).all()
    assert how == ["move"]
    assert rows[EnrollmentState.ACTIVE].perspective == "betraying"
    old = text(site.get(me))
    assert "These letters have ended for you" in old
    assert "mine@example.com" not in old + text(site.post(f"{me}/take", **{"as": "html"}))
    assert "there is nothing to move" in text(site.get(f"{me}/move"))


def test_a_move_can_be_confirmed_by_a_reply_from_the_new_address(site: Site) -> None:
    from tests.support.post import Reader

    site.reading()
    site.post(f"{site.link('me')}/move", email="mine@example.com")
    site.house.tick()
    Reader(site.house, "mine@example.com").reply("yes", to=site.house.mails("mine@example.com")[-1])
    site.house.tick()
    with site.house.parts.db.read() as session:
        states = session.scalars(select(Enrollment.state)).all()
    assert sorted(states) == [EnrollmentState.ACTIVE, EnrollmentState.LEFT]


def test_an_address_is_checked_as_sign_up_does_and_what_was_typed_stands_there_still(site: Site) -> None:
    site.reading()
    me = site.link("me")
    for typed, says in (("", "Please write your e-mail address"), ("nonsense", "does not look like an e-mail address")):
        answer = site.post(f"{me}/move", email=typed)
        assert answer.status_code == 400
        assert says in text(answer)
        assert f'value="{typed}"' in text(answer)
    with site.house.parts.db.read() as session:
        assert session.scalars(select(Signup).where(Signup.how == "move")).all() == []


def test_the_answer_is_the_same_whatever_the_address(site: Site) -> None:
    site.reading("known@example.org")
    site.asked("never@example.org")
    site.post(site.link("confirm", "never@example.org"), never="yes")
    site.reading()
    me = site.link("me")
    told = {
        text(site.post(f"{me}/move", email=each))
        for each in ("new@example.org", "known@example.org", "never@example.org", "reader@example.org")
    }
    assert len(told) == 1
    with site.house.parts.db.read() as session:
        assert len(session.scalars(select(Signup).where(Signup.how == "move")).all()) == 4


def test_who_asks_too_often_is_asked_to_wait_as_at_the_sign_up(site: Site) -> None:
    site.reading()
    path = f"{site.link('me')}/move"
    told = [
        site.client.post(
            path, data={"email": f"a{number}@example.org"}, environ_overrides={"REMOTE_ADDR": "10.9.9.9"}
        ).status_code
        for number in range(12)
    ]
    assert told[:10] == [200] * 10
    assert told[10:] == [429] * 2


def test_the_number_of_months_is_said_where_it_matters(site: Site) -> None:
    site.reading()
    me = site.link("me")
    for path in (me, f"{me}/move", "/privacy"):
        assert "12 months" in text(site.get(path))


def test_somebody_who_was_erased_can_come_back(site: Site) -> None:
    site.reading()
    me = site.link("me")
    site.post(f"{me}/erase")
    site.sign_up()  # within the same minute, before it is done
    site.house.turn(days=1)
    site.house.tick()
    site.house.turn(minutes=1)
    site.house.tick()
    assert site.post(site.link("confirm")).status_code == 200
    site.house.turn(minutes=1)
    site.house.tick()
    assert len(site.house.mails("reader@example.org")) == 2
    assert f"/c/{COVER}/l/00" in "".join(mail.as_string() for mail in site.house.mails("reader@example.org"))


def moved_with(site: Site, phrase: str) -> tuple[str, str, str]:
    """Something written under a phrase, a move asked for, and its button pressed with a phrase: the page, the old link, the confirmation's."""
    site.reading()
    old = site.link("me")
    write(site, old, "before there was a phrase")
    set_phrase(site, old)
    write(site, old, SECRET)
    site.post(f"{old}/move", email="mine@example.com")
    site.house.tick()
    path = site.link("confirm", "mine@example.com")
    assert "Your phrase, if you like" in text(site.get(path))
    return text(site.post(path, phrase=phrase)), old, path


def test_with_the_phrase_the_words_come_along_and_the_old_mailbox_has_them_no_more(site: Site) -> None:
    told, old, _ = moved_with(site, PHRASE)
    assert "From now on the letters come here" in told
    site.house.turn(days=4)
    site.house.tick()
    new = site.link("me", "mine@example.com")
    assert SECRET in read(site, new)
    assert SECRET not in read(site, old)
    assert "One answer of yours is kept" in text(site.get(new))
    site.post(old, do="delete-now", answer="all")
    site.house.turn(days=2)
    site.house.tick()
    assert SECRET in read(site, new)
    site.post(f"{new}/erase")
    site.house.tick()
    with site.house.parts.db.read() as session:
        assert session.scalars(select(Reply)).all() == []


def test_without_the_phrase_they_stay_and_with_a_wrong_one_nothing_is_moved(site: Site) -> None:
    told, old, path = moved_with(site, OTHER)
    assert "This phrase does not open it" in told
    assert OTHER not in told
    with site.house.parts.db.read() as session:
        assert session.scalars(select(Enrollment.state)).all() == [EnrollmentState.ACTIVE]
    assert "From now on the letters come here" in text(site.post(path))
    site.house.turn(days=4)
    site.house.tick()
    assert SECRET not in read(site, site.link("me", "mine@example.com"))
    assert SECRET in read(site, old)
