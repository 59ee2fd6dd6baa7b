"""Everything that a reader can do on their own pages, by the keyboard alone: on a phone and on a desk, with script and without."""

import json
import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from dripcourse.db.models import Delivery, Enrollment, Reply, Subscriber
from dripcourse.domain.appearance import Cover, Style
from dripcourse.domain.pacing import Pace
from dripcourse.services.crypto import passphrase
from dripcourse.services.enrollment.undo import values
from dripcourse.services.reader import appearance
from dripcourse.services.replies import magic_link, reader_keys
from dripcourse.web.reader import diary, routes
from tests.support.house import subjects
from tests.support.post import Reader
from tests.web.keyboard import Act, Walk, views_of_a_reader
from tests.web.phrases import OTHER, PHRASE, set_phrase
from tests.web.test_browser import DESK, PHONE, Served, served
from tests.web.test_leaving_quickly import ELSEWHERE

pytestmark = pytest.mark.browser

__all__ = ["served"]

NEAR = 8
"""What was just said, and the way to undo it, is as near as this to the beginning of the page, in presses of Tab."""

WELCOME = "Welcome, and when the first letter comes"
UNDONE = "It is as it was before."


def enrollment(walk: Walk, path: str) -> Enrollment:
    """Whose page it is."""
    parts = walk.site.house.parts
    ident = parts.keys.read_web_token(path.rpartition("/")[2], "me")
    assert ident
    with parts.db.read() as session:
        return session.get_one(Enrollment, session.get_one(Delivery, ident).enrollment_id)


def standing(walk: Walk, path: str) -> dict[str, str]:
    """All that can be chosen, and what is due; not when that was set."""
    return {name: text for name, text in values(enrollment(walk, path)).items() if name != "set"}


def worn(walk: Walk, path: str) -> Cover:
    return appearance.look(walk.site.house.parts, path.rpartition("/")[2]).chosen


def answers(walk: Walk, path: str) -> list[Reply]:
    with walk.site.house.parts.db.read() as session:
        whose = Reply.enrollment_id == enrollment(walk, path).id
        return list(session.scalars(select(Reply).where(whose, Reply.deleted_at.is_(None))))


def in_days(walk: Walk, days: int) -> str:
    return (walk.site.house.now + timedelta(days=days)).date().isoformat()


def undo(walk: Walk, path: str, before: dict[str, str]) -> None:
    assert standing(walk, path) != before
    assert walk.do("undo", UNDONE) <= NEAR
    assert standing(walk, path) == before


# --------------------------------------------------------------------------------------------------- how letters come


def chooses_a_pace(walk: Walk) -> None:
    path = walk.reader("pace", zone="Europe/Berlin")
    walk.open(path)
    before = standing(walk, path)
    for pace, remind in ((Pace.TWO_WEEKS, True), (Pace.FOUR_WEEKS, True), (Pace.READY, True), (Pace.READY, False)):
        walk.unfold("#pace")
        walk.choose("#pace [name=pace]", pace)
        walk.tick("#pace [name=remind]", on=remind)
        walk.do("pace", "That is changed.", key="Space")
        assert (standing(walk, path)["pace"], standing(walk, path)["reminders"]) == (pace, "yes" if remind else "")
    walk.do("ready", "The next letter comes on")
    assert not standing(walk, path)["waits"]
    assert walk.do("undo", "The next letter waits until you want it.") <= NEAR
    walk.unfold("#pace", key="Space")
    walk.choose("#pace [name=pace]", Pace.WEEKLY)
    walk.tick("#pace [name=remind]", on=True)
    walk.do("pace", "That is changed.")
    assert standing(walk, path) == before | {"promised": ""}


def chooses_a_slot_a_reading_and_a_language(walk: Walk) -> None:
    path = walk.reader("slot", zone="Europe/Berlin", perspective="betrayed")
    walk.open(path)
    before = standing(walk, path)
    walk.unfold("#when")
    walk.pick("#weekday", "Sunday")
    walk.pick("#hour", "20:00")
    walk.pick("#zone", "Japan")
    walk.do("when", "Day and hour are changed.")
    assert {"weekday": "6", "hour": "20", "zone": "Asia/Tokyo"}.items() <= standing(walk, path).items()
    undo(walk, path, before)
    walk.unfold("#reading", back=True)
    walk.choose("#reading [name=perspective]", "betraying")
    walk.do("perspective", "It holds from the next letter on.")
    assert standing(walk, path)["perspective"] == "betraying"
    undo(walk, path, before)
    walk.unfold("#language", key="Space", back=True)
    walk.choose("#language [name=language]", "de")
    walk.do("language", "Diese Seite und unsere kurzen Mails")
    assert standing(walk, path)["language"] == "de"
    undo(walk, path, before)


def waits_and_rests(walk: Walk) -> None:
    path = walk.reader("rests", zone="Europe/Berlin")
    walk.open(path)
    before = standing(walk, path)
    walk.unfold("#stay")
    walk.do("stay", "This letter stays with you for another week.")
    undo(walk, path, before)
    walk.do("pause", "Nothing comes until you want it to.")
    undo(walk, path, before)
    walk.unfold("#until")
    walk.date("#until-day", in_days(walk, -1))
    walk.do("pause-until", "Please choose a later one. Nothing was changed.")
    walk.date("#until-day", in_days(walk, 30))
    walk.do("pause-until", "The letters are paused until")
    assert standing(walk, path)["until"]
    walk.do("resume", "The letters go on.")
    walk.do("pause", "The letters are paused.", key="Space")
    assert standing(walk, path)["state"] == "paused"
    walk.do("resume", "The letters go on.", key="Space")
    assert standing(walk, path) == before | {"promised": ""}


def keeps_days_free(walk: Walk) -> None:
    path = walk.reader("quiet", zone="Europe/Berlin")
    walk.open(path)
    once, yearly = in_days(walk, 3), in_days(walk, 40)
    walk.unfold("#quiet")
    walk.date("#quiet-day", once)
    walk.do("quiet", "That day stays free.")
    assert standing(walk, path)["quiet"] == once
    walk.date("#quiet-day", yearly)
    walk.tick("[name=every-year]", on=True)
    walk.do("quiet", "every year")
    assert yearly[4:] in standing(walk, path)["quiet"]
    before = standing(walk, path)
    walk.do("unquiet", "On that day mail may come again.")
    undo(walk, path, before)
    walk.unfold("#quiet", key="Space")
    for _ in range(2):
        walk.do("unquiet", "On that day mail may come again.")
    assert standing(walk, path)["quiet"] == ""


# ------------------------------------------------------------------------------------------------------ what came, and how


def reads_again_and_has_a_copy_sent(walk: Walk) -> None:
    path = walk.reader("again", perspective="betrayed")
    walk.open(path)
    walk.do("again", "A copy of it is on its way to you.")
    walk.follow("/letters", "Each one is here as it was sent to you.")
    walk.follow("/letters/00", "As it was sent to you on")
    walk.follow("/letters")
    walk.do("again", "A copy of it is on its way to you.")
    walk.site.house.tick()
    assert len(walk.site.house.mails(walk.address("again"))) == 3, "the question, the welcome, and a copy a day of it"
    walk.follow(path, "Where you are", back=True)


def puts_on_a_cover(walk: Walk) -> None:
    path = walk.reader("cover")
    walk.open(path)
    walk.unfold("#cover")
    walk.choose("#cover [name=style]", "own")
    walk.write("#cover-name", "Garden club")
    walk.write("#cover-subject", "Minutes")
    walk.do("cover-look", "Nothing is changed yet.")
    walk.tick("#cover [name=behind]", on=True)
    walk.do("cover", "That is changed, from the next mail on.", back=True)
    assert worn(walk, path) == Cover(Style.OWN, "Garden club", "Minutes", behind_link=True)
    assert walk.do("cover", "They say nothing of what they are about") <= NEAR, "to change it back is nearest"
    assert worn(walk, path) == Cover()
    for style in (Style.PLAIN, Style.DISCREET):
        walk.choose("#cover [name=style]", style)
        walk.tick("#cover [name=behind]", on=False)
        walk.do("cover", "That is changed, from the next mail on.")
        assert worn(walk, path) == Cover(style)


# -------------------------------------------------------------------------------------------------------------- own words


def writes_shares_and_deletes(walk: Walk) -> None:
    path = walk.reader("writes")
    walk.open(path)
    for number, words in enumerate(("I do the shopping alone now.", "I had not noticed."), 1):
        walk.write("#words", words)
        walk.do("write", "It is kept, and this page does not show it again.")
        assert len(answers(walk, path)) == number
        walk.follow("#answer")
    walk.unfold("#kept details")
    walk.do("share", "It is shared.")
    assert [each.shared_at is not None for each in answers(walk, path)].count(True) == 1
    walk.do("take-back", "It is taken back.")
    walk.do("delete", "Delete this answer?")
    walk.do("delete-now", "It is hidden as of now")
    assert len(answers(walk, path)) == 1
    walk.write("#words", "A line more.")
    walk.tick("[name=share]", on=True)
    walk.do("write", "It is kept")
    walk.press('#kept > form [value="delete"]', "Delete all 2 answers?", key="Space")
    walk.do("delete-now", "It is hidden as of now")
    assert answers(walk, path) == []


def locks_what_is_written(walk: Walk) -> None:
    path = walk.reader("locks")
    walk.open(path)
    walk.write("#words", "A heron.")
    walk.unfold("", "Lock it with a phrase")
    walk.write("[name=phrase]", PHRASE)
    walk.write("[name=phrase_again]", PHRASE)
    walk.do("write", "It is kept")
    walk.follow("/own", "One answer opens with it.")
    path = walk.reader("sets")
    walk.open(path + "/own")
    walk.write("[name=phrase]", PHRASE)
    walk.write("[name=phrase_again]", PHRASE)
    walk.do("set", "The phrase is set.")


def opens_what_was_locked(walk: Walk) -> None:
    path = walk.reader("opens")
    set_phrase(walk.site, path)
    walk.open(path)
    walk.write("#words", "A second heron.")
    walk.do("write", "It is kept")
    walk.follow("/own", "One answer opens with it.")
    walk.write("[name=phrase]", PHRASE)
    assert walk.save('[value="save"]').suggested_filename.startswith("notes-")
    walk.write("[name=phrase]", PHRASE)
    saved = walk.save('[value="data"]')
    assert "A second heron." in saved.path().read_text(encoding="utf-8")
    walk.write("[name=phrase]", PHRASE)
    walk.do("read", "A second heron.")
    walk.follow("/own", "One answer opens with it.")
    walk.follow(path)
    walk.do("share", "It is locked with your phrase")
    walk.write("[name=phrase]", PHRASE)
    walk.do("share-now", "It is shared.")
    walk.open(path + "/own")
    walk.unfold("", "Change the phrase")
    walk.write("[name=old]", PHRASE)
    walk.write("[name=phrase]", OTHER)
    walk.write("[name=phrase_again]", OTHER)
    walk.do("change", "The phrase is changed.")
    walk.do("delete", "The phrase goes with it.")
    walk.do("delete-now", "It is hidden as of now")
    assert answers(walk, path) == []


def asks_for_the_fresh_link(walk: Walk) -> None:
    """Who said that they alone read their mailbox."""
    who = walk.address("alone")
    walk.open(walk.site.asked(who))
    walk.tick("[name=alone]", on=True)
    walk.press("form.card .button", "The letters come to your mailbox")
    walk.site.house.tick()
    path = walk.site.link("me", who)
    walk.open(path)
    walk.write("#words", "A third heron.")
    walk.do("write", "It is kept")
    walk.follow("/own", "by a fresh link in a mail")
    for _ in range(2):
        walk.do("send", "A link is on its way")
        walk.site.house.tick()
    link = walk.site.link("own", who)
    walk.open(link)
    walk.do("read", "A third heron.")
    walk.follow(link, "One press shows all")
    for word in ("save", "data"):
        assert "A third heron." in walk.save(f'[value="{word}"]').path().read_text(encoding="utf-8")
    walk.open(path + "/own")
    walk.unfold("", "Somebody else may read this mailbox")
    walk.do("not-alone", "No link shows what you wrote any more.")


def locks_all_behind_the_fresh_link(walk: Walk) -> None:
    who = walk.address("hermit")
    walk.site.post(walk.site.asked(who), alone="yes")
    walk.site.house.tick()
    walk.open(walk.site.link("me", who) + "/own")
    walk.do("send", "A link is on its way")
    walk.site.house.tick()
    walk.open(walk.site.link("own", who))
    walk.unfold("", "Lock it with a phrase")
    walk.write("[name=phrase]", PHRASE)
    walk.write("[name=phrase_again]", PHRASE)
    walk.do("set", "All that you wrote opens with it alone")


def says_who_wrote_from_elsewhere(walk: Walk) -> None:
    walk.reader("elsewhere")
    mailbox = Reader(walk.site.house, walk.address("elsewhere"))
    for word, words in (("me", "It is kept with what is yours."), ("not", "It is thrown away, unread.")):
        mailbox.reply("Written at work.\n", to=mailbox.mails[1], sender="me.at.work@example.net")
        walk.open(walk.link("was-it-you", "elsewhere"))
        walk.press(f'[name=was][value="{word}"]', words)


# --------------------------------------------------------------------------------------------------- the whole, and its end


def takes_everything_along(walk: Walk) -> None:
    path = walk.reader("takes")
    walk.open(path)
    walk.unfold("", "Everything that is kept of you", back=True)
    walk.follow("/take", "A file with all that is kept of you")
    html = walk.save("[name=as][value=html]")
    assert html.suggested_filename.startswith("letters-20")
    assert walk.address("takes") in html.path().read_text(encoding="utf-8")
    told = json.loads(walk.save("[name=as][value=json]").path().read_text(encoding="utf-8"))
    assert told["address"] == walk.address("takes")
    walk.follow("/own")


def moves(walk: Walk) -> None:
    path, new = walk.reader("moves"), walk.address("moved")
    walk.open(path)
    for word, words in (
        ("never", "We will not write to this address again."),
        ("", "From now on the letters come here"),
    ):
        walk.open(path)
        walk.unfold("", "Everything that is kept of you", key="Space")
        walk.follow("/move", "One mail goes to the new address")
        walk.write("#email", "nonsense")
        walk.press("form.card .button", "Something needs another look")
        walk.write("#email", word + new)
        walk.press("form.card .button", "Now look in your mailbox")
        walk.site.house.tick()
        walk.open(walk.site.link("confirm", word + new))
        walk.press("[name=never]" if word else "form.card .button", words)
    assert standing(walk, path)["state"] == "left"


def leaves(walk: Walk) -> None:
    path = walk.reader("leaves")
    walk.open(path)
    walk.press('main a[href^="/leave/"]', "No more of them will come.", back=True)
    walk.press("main form .button", "No more letters will come")
    assert standing(walk, path)["state"] == "left"


def erases(walk: Walk) -> None:
    path = walk.reader("erases")
    kept = select(func.count()).select_from(Subscriber)
    walk.site.house.tick()
    with walk.site.house.parts.db.read() as session:
        before = session.scalars(kept).one()
    walk.open(path)
    walk.unfold("", "Everything that is kept of you", back=True)
    walk.follow("/erase", "It cannot be undone.")
    walk.press("main form .button", "From now on nothing more is sent to you.")
    walk.site.house.tick()
    with walk.site.house.parts.db.read() as session:
        assert session.scalars(kept).one() == before - 1
    walk.open(path)
    expect(walk.page.locator("h1")).to_have_text("Nothing is kept here any more")


def leaves_quickly(walk: Walk) -> None:
    """From the middle of a page, where a reader may be: it is the third place from its beginning, or by three presses of Shift."""
    path = walk.reader("quickly")
    walk.open(path)
    assert walk.reach("#exit") == 3
    walk.page.keyboard.press("Enter")
    walk.page.wait_for_url(ELSEWHERE)
    if walk.script:
        walk.page.go_back()
        walk.page.wait_for_url(re.compile("^(https://www.wikipedia.org/|about:blank)"))
        walk.open(path)
        walk.reach("#pace > summary")
        for _ in range(3):
            walk.page.keyboard.press("Shift")
        walk.page.wait_for_url(ELSEWHERE)


def comes_back(walk: Walk) -> None:
    """Who left and signs up again goes on, or begins again, in another reading if they like."""
    ways = {"on": ("back", "Go on where I was"), "over": ("anew", "Begin again")}
    for name, _ in ways.values():
        walk.reader(name, perspective="betrayed")
    walk.site.house.turn(days=7)
    walk.site.house.tick()
    for go, (name, words) in ways.items():
        walk.site.post(walk.link("leave", name))
        walk.open(walk.site.asked(walk.address(name)))
        expect(walk.page.locator("main")).to_contain_text(words)
        walk.choose("[name=perspective]", "betraying")
        walk.press(f"[name=go][value={go}]", "The letters come to your mailbox")
    walk.site.house.tick()
    welcomes = {name: subjects(walk.site.house.mails(walk.address(name))).count(WELCOME) for name, _ in ways.values()}
    assert welcomes == {"back": 1, "anew": 2}


# ----------------------------------------------------------------------------------------------------------- all of them

STORIES = [
    chooses_a_pace,
    chooses_a_slot_a_reading_and_a_language,
    waits_and_rests,
    keeps_days_free,
    reads_again_and_has_a_copy_sent,
    puts_on_a_cover,
    writes_shares_and_deletes,
    locks_what_is_written,
    opens_what_was_locked,
    asks_for_the_fresh_link,
    locks_all_behind_the_fresh_link,
    says_who_wrote_from_elsewhere,
    takes_everything_along,
    moves,
    leaves,
    erases,
    leaves_quickly,
    comes_back,
]


@pytest.fixture(autouse=True)
def a_try_is_cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a phrase takes is not what is looked at here: tests/web/test_own_in_browser.py waits for it in full."""
    for each in (reader_keys.with_phrase, magic_link.lock_everything, passphrase.lock):
        monkeypatch.setattr(each, "__defaults__", (passphrase.Cost(passes=1, mebibytes=1),))


def every_act(walk: Walk) -> set[Act]:
    """What the app can do for a reader: each view that a form of theirs posts to, and each word that it knows."""
    known = {"reader.change": routes._ACTS, "own.act": diary._ACTS}
    return {(view, word) for view in views_of_a_reader(walk.app, "POST") for word in known.get(view, ("",))}


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_every_act_there_is_is_done_by_the_keyboard_alone(served: Served, width: int, script: bool) -> None:
    with served.visit(width, script=script, accept_downloads=True) as page:
        walk = Walk(served.site, page, served.base, width, script)
        for story in STORIES:
            story(walk)
    by_view = {view for view, _ in walk.done}
    missed = {
        (view, word)
        for view, word in every_act(walk)
        if (view, word) not in walk.done and (word or view not in by_view)
    }
    assert not missed, "there is an act that nobody did by keyboard"
    assert walk.offered <= walk.done, f"there is a button that nobody pressed: {walk.offered - walk.done}"
    assert views_of_a_reader(walk.app, "GET") <= walk.seen
    served.elsewhere.clear()
    served.complaints.clear()
