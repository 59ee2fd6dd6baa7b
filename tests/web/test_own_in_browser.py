"""Own words returned, in a real browser: on a phone and on a desk, with and without script, by keyboard alone."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web.phrases import OTHER, PHRASE, own, set_phrase
from tests.web.test_answer import write
from tests.web.test_browser import DESK, PHONE, Served, does_not_scroll_sideways, is_accessible, served
from tests.web.test_own import LATER

pytestmark = pytest.mark.browser

__all__ = ["served"]


def reader(served: Served, email: str, **fields: str) -> str:
    served.site.reading(email, **fields)
    return served.site.link("me", email)


def looks_well(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    is_accessible(page)
    does_not_scroll_sideways(page)


@pytest.mark.parametrize(("width", "script", "dark"), [(PHONE, False, False), (PHONE, True, True), (DESK, True, False)])
def test_a_phrase_is_set_while_writing_and_opens_what_was_written(
    served: Served, width: int, script: bool, dark: bool
) -> None:
    path = reader(served, f"own{width}{script}@example.org")
    with served.visit(width, script=script, dark=dark) as page:
        page.goto(path)
        page.get_by_label("Your words").fill(LATER)
        page.get_by_text("Lock it with a phrase", exact=True).click()
        page.get_by_label("A new phrase").fill(PHRASE)
        page.get_by_label("The same phrase once more").fill(PHRASE)
        page.get_by_role("button", name="Keep it").dblclick(no_wait_after=True)
        expect(page.get_by_text("It is kept, and this page does not show it again")).to_be_visible(timeout=60_000)
        page.get_by_role("link", name="To what you wrote").click()
        page.get_by_label("Your phrase").fill(OTHER)
        page.get_by_role("button", name="Read", exact=True).click()
        expect(page.get_by_text("This phrase does not open it")).to_be_visible(timeout=60_000)
        expect(page.get_by_label("Your phrase")).to_have_value("")
        if script:
            looks_well(page)
        page.get_by_label("Your phrase").fill(PHRASE)
        page.get_by_role("button", name="Read", exact=True).click()
        expect(page.get_by_text("A second heron came. <b>&")).to_be_visible(timeout=60_000)
        if script:
            looks_well(page)


def test_by_keyboard_alone_it_is_read_and_saved(served: Served, tmp_path: Path) -> None:
    path = reader(served, "keys@example.org")
    set_phrase(served.site, path)
    write(served.site, path, LATER)
    with served.visit(DESK) as page:
        page.goto(own(path))
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.name") == "phrase":
                break
        page.keyboard.type(PHRASE)
        page.keyboard.press("Enter")  # the first button is the one that reads
        expect(page.get_by_text("A second heron came")).to_be_visible(timeout=60_000)
        page.goto(own(path))
        page.get_by_label("Your phrase").fill(PHRASE)
        page.get_by_role("button", name="Save as a page").focus()
        with page.expect_download(timeout=60_000) as saved:
            page.keyboard.press("Enter")
        file = tmp_path / saved.value.suggested_filename
        saved.value.save_as(file)
        assert file.name.startswith("notes-")
    with served.visit(PHONE) as page:
        page.set_content(file.read_text(encoding="utf-8"))
        expect(page.get_by_text("A second heron came")).to_be_visible()
        does_not_scroll_sideways(page)


@pytest.mark.parametrize(("width", "script"), [(PHONE, True), (DESK, False)])
def test_who_alone_reads_their_mailbox_asks_for_the_link_and_presses_once(
    served: Served, width: int, script: bool
) -> None:
    email = f"alone{width}@example.org"
    with served.visit(width, script=script) as page:
        page.goto(served.site.asked(email))
        expect(page.get_by_label("I alone read this mailbox")).not_to_be_checked()
        page.get_by_label("I alone read this mailbox").check()
        if script:
            looks_well(page)
        page.get_by_role("button", name="Yes, send me the letters").click()
        served.site.house.tick()
        path = served.site.link("me", email)
        write(served.site, path, LATER)
        page.goto(own(path))
        if script:
            looks_well(page)
            page.goto(own(path))
        page.get_by_role("button", name="Send me the link").click()
        expect(page.get_by_text("A link is on its way")).to_be_visible()
        served.site.house.tick()
        page.goto(served.site.link("own", email))
        expect(page.get_by_text("A second heron came")).not_to_be_visible()
        if script:
            looks_well(page)
        page.get_by_role("button", name="Read", exact=True).click()
        expect(page.get_by_text("A second heron came")).to_be_visible()
