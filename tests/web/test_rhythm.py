"""When and how lessons come, changed in a real browser: on a phone and on a desk, with script and without, by mouse and by keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dripcourse.db.models import Delivery, Enrollment
from dripcourse.services.enrollment.undo import values
from tests.web.test_browser import DESK, PHONE, Served, does_not_scroll_sideways, is_accessible, served

__all__ = ["served"]

pytestmark = pytest.mark.browser

UNDO = "It is as it was before."


def pace(page: Page) -> None:
    open_(page, "pace")
    page.get_by_label("Every two weeks").check()
    page.locator("#pace button").click()


def when(page: Page) -> None:
    open_(page, "when")
    page.get_by_label("Day of the week").select_option("Sunday")
    page.get_by_label("Hour").select_option("20:00")
    page.get_by_label("Where are you?").select_option("Asia/Tokyo")
    page.locator("#when button").click()


def stay(page: Page) -> None:
    open_(page, "stay")
    page.locator("#stay button").click()


def rest(page: Page) -> None:
    page.get_by_role("button", name="Pause the letters").click()


def rest_until(page: Page) -> None:
    open_(page, "until")
    page.get_by_label("Until which day?").fill("2026-04-01")
    page.locator("#until button").click()


def quiet(page: Page) -> None:
    open_(page, "quiet")
    page.get_by_label("Which day?", exact=True).fill("2026-03-05")
    page.get_by_label("Every year").check()
    page.get_by_role("button", name="Keep this day free").click()


def reading(page: Page) -> None:
    open_(page, "reading")
    page.get_by_label("I broke the trust").check()
    page.locator("#reading button").click()


def open_(page: Page, name: str) -> None:
    page.locator(f"#{name} > summary").click()


ACTS: dict[Callable[[Page], None], str] = {
    pace: "That is changed. The next letter comes on Thursday, 5 March",
    when: "Day and hour are changed. The next letter comes on Sunday, 8 March, at 20:00.",
    stay: "The next letter comes on Thursday, 12 March, at 09:00.",
    rest: "The letters are paused. Nothing comes until you want it to.",
    rest_until: "The letters are paused until Wednesday, 1 April 2026.",
    quiet: "That day stays free. The next letter comes on Thursday, 12 March",
    reading: "It holds from the next letter on.",
}


def standing(served: Served, address: str) -> dict[str, str]:
    site = served.site
    ident = site.house.parts.keys.read_web_token(site.link("me", address).rpartition("/")[2], "me")
    assert ident
    with site.house.parts.db.read() as session:
        return values(session.get_one(Enrollment, session.get_one(Delivery, ident).enrollment_id))


@pytest.mark.parametrize(("width", "script", "dark"), [(PHONE, False, True), (DESK, True, False)])
def test_every_act_is_confirmed_in_words_and_undone_by_one_press(
    served: Served, width: int, script: bool, dark: bool
) -> None:
    address = f"rhythm{width}@example.org"
    served.site.reading(address, zone="Europe/Berlin", perspective="betrayed")
    me, before = served.site.link("me", address), standing(served, address)
    with served.visit(width, script=script, dark=dark) as page:
        for act, words in ACTS.items():
            page.goto(me)
            act(page)
            expect(page.get_by_role("status")).to_contain_text(words)
            assert standing(served, address) != before
            if script:
                is_accessible(page)
            does_not_scroll_sideways(page)
            page.get_by_role("button", name="Undo").click()
            expect(page.get_by_role("status")).to_contain_text(UNDO)
            assert standing(served, address) == before, words
    assert not served.elsewhere


@pytest.mark.parametrize(("width", "script"), [(PHONE, True), (DESK, False)])
def test_waiting_a_language_and_a_day_that_is_over(served: Served, width: int, script: bool) -> None:
    address = f"waits{width}@example.org"
    served.site.reading(address, zone="Europe/Berlin")
    with served.visit(width, script=script) as page:
        page.goto(served.site.link("me", address))
        open_(page, "until")
        page.get_by_label("Until which day?").fill("2026-03-01")
        page.locator("#until button").click()
        expect(page.get_by_role("alert")).to_contain_text("Nothing was changed.")
        expect(page.get_by_label("Until which day?")).to_have_value("2026-03-01")
        if script:
            is_accessible(page)
        open_(page, "pace")
        page.get_by_label("When I am ready").check()
        page.get_by_label("When one waits").uncheck()
        page.locator("#pace button").click()
        expect(page.get_by_text("It waits until you want it.")).to_be_visible()
        assert standing(served, address)["reminders"] == ""
        if script:
            is_accessible(page)
        does_not_scroll_sideways(page)
        page.get_by_role("button", name="I am ready for the next one").click()
        expect(page.get_by_role("status")).to_contain_text("The next letter comes on Thursday, 5 March, at 09:00.")
        open_(page, "language")
        page.get_by_label("Deutsch").check()
        page.locator("#language button").click()
        expect(page.locator("h1")).to_have_text("Wo du bist")
        page.get_by_role("button", name="Rückgängig machen").click()
        expect(page.get_by_role("status")).to_contain_text(UNDO)


def test_with_the_keyboard_alone_a_day_is_kept_free_and_let_go_again(served: Served) -> None:
    served.site.reading("keys@example.org", zone="Europe/Berlin")
    with served.visit(DESK) as page:
        page.goto(served.site.link("me", "keys@example.org"))
        page.locator("#quiet > summary").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        for key in ("0", "3", "0", "5", "2", "0", "2", "6"):
            page.keyboard.press(key)
        focused(page, '[value="quiet"]')
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("That day stays free.")
        focused(page, '[value="unquiet"]')
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("On that day mail may come again.")
        focused(page, '[value="undo"]')
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text(UNDO)
        assert standing(served, "keys@example.org")["quiet"] == "2026-03-05"


def focused(page: Page, selector: str) -> None:
    """Tab on until it has the focus: everything must be reached so."""
    for _ in range(60):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by the keyboard")
