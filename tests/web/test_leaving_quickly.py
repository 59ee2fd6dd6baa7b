"""Leaving a page quickly: by a link, by three presses of Shift, and without a way back. On every page that a reader can come to."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest
from playwright.sync_api import Page, expect

from dripcourse.content.files import shipped
from tests.web.conftest import COVER, Site
from tests.web.test_browser import DESK, PHONE, Served, is_accessible, pages, served

__all__ = ["pages", "served"]

ELSEWHERE = "https://www.wikipedia.org/"
SAYS = "Leave this page quickly"


def exit_of(html: str) -> str:
    found = re.search(r'<a [^>]*id="exit"[^>]*>', html)
    assert found, html[:200]
    return found[0]


def test_every_page_of_a_readers_can_be_left_by_a_plain_link_that_says_nothing(site: Site) -> None:
    site.reading()
    me, leave = site.link("me"), site.link("leave")
    answers = [
        *(site.get(path) for path in ("/", f"/c/{COVER}", f"/c/{COVER}/l/01", "/support", "/privacy", "/nothing")),
        site.sign_up("fresh@example.org"),
        site.sign_up("no address"),
        site.get(me),
        site.post(me, do="pace", pace="hourly"),
        site.post(me, do="delete", answer="all"),
        site.post(me, do="pause"),
        site.get(leave),
        site.post(leave),
        site.get("/confirm/nothing"),
        site.get("/was-it-you/nothing"),
        site.client.open("/", method="PATCH"),
    ]
    for answer in answers:
        html = answer.get_data(as_text=True)
        assert f'href="{ELSEWHERE}"' in exit_of(html)
        assert 'rel="noreferrer nofollow"' in exit_of(html)
        assert html.count(f">{SAYS}</a>") == 1
        assert html.count("It does not clear your browser’s history") == 1
    for path in ("/healthz", "/readyz"):
        assert SAYS not in site.get(path).get_data(as_text=True), "the host's pages are none of it"


def test_the_link_and_the_script_lead_to_one_place_and_the_policy_allows_that_very_script(site: Site) -> None:
    script = (shipped("templates") / "pages" / "exit.js").read_text(encoding="utf-8").strip()
    assert script.count(ELSEWHERE) == 1
    answer = site.get("/support")
    assert f"<script>{script}</script>" in answer.get_data(as_text=True)
    allowed = re.findall(r"'sha256-([^']+)'", answer.headers["Content-Security-Policy"])
    files = [path.read_text(encoding="utf-8").strip() for path in (shipped("templates") / "pages").glob("*.js")]
    assert sorted(allowed) == sorted(b64encode(sha256(each.encode()).digest()).decode() for each in files)
    assert b64encode(sha256(script.encode()).digest()).decode() in allowed


def stays_away(page: Page) -> None:
    page.wait_for_url(ELSEWHERE)
    for _ in range(3):  # whatever lies behind, Back shows none of it
        page.go_back()
        page.wait_for_url(re.compile("^(https://www.wikipedia.org/|about:blank)"))


@pytest.mark.browser
@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("way", ["click", "shift"])
def test_with_script_no_page_comes_back(served: Served, pages: dict[str, str], width: int, way: str) -> None:
    for name in ("me", "missing"):
        with served.visit(width) as page:
            page.goto("/privacy")
            page.goto(pages["me"])
            page.goto(pages[name])
            if way == "click":
                page.get_by_role("link", name=SAYS).click()
            else:
                for _ in range(3):
                    page.keyboard.press("Shift")
            stays_away(page)
    served.elsewhere.clear()
    served.complaints.clear()


@pytest.mark.browser
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_after_a_press_on_the_page_no_page_comes_back_either(served: Served, width: int) -> None:
    site, who = served.site, f"quick-{width}@example.org"
    site.reading(who)
    with served.visit(width) as page:
        page.goto(site.link("me", who))
        page.get_by_label("Your words").fill("A line.")
        page.get_by_role("button", name="Keep it").click()
        expect(page.get_by_text("It is kept, and this page does not show it again.")).to_be_visible()
        page.get_by_role("link", name=SAYS).click()
        stays_away(page)
        page.goto(site.link("me", who))  # who comes again on purpose is let in
        expect(page.get_by_role("heading", name="Where you are")).to_be_visible()
        page.goto("/support")
        page.go_back()
        expect(page.get_by_role("heading", name="Where you are")).to_be_visible()
    served.elsewhere.clear()


@pytest.mark.browser
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_without_script_it_is_a_link(served: Served, pages: dict[str, str], width: int) -> None:
    with served.visit(width, script=False) as page:
        for path in pages.values():
            page.goto(path)
            page.get_by_role("link", name=SAYS).click()
            page.wait_for_url(ELSEWHERE)
    served.elsewhere.clear()
    served.complaints.clear()


@pytest.mark.browser
def test_who_writes_capitals_is_not_sent_away(served: Served) -> None:
    site = served.site
    site.reading("capitals@example.org")
    with served.visit(DESK) as page:
        page.goto(site.link("me", "capitals@example.org"))
        words = page.get_by_label("Your words")
        words.focus()
        for letter in "ABC":
            page.keyboard.press(f"Shift+{letter}")
        page.keyboard.type("NATO, and UN. OK?")
        page.keyboard.down("Shift")
        for _ in range(5):
            page.keyboard.down("Shift")  # held: it repeats
        page.keyboard.up("Shift")
        page.keyboard.press("Shift")
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Shift")
        words.click(modifiers=["Shift"])
        page.keyboard.press("Shift")
        page.keyboard.press("Shift")
        page.keyboard.press("Control+Shift")
        assert words.input_value() == "ABCNATO, and UN. OK?"
        assert "/me/" in page.url
        for _ in range(3):
            page.keyboard.press("Shift")
        page.wait_for_url(ELSEWHERE)
    served.elsewhere.clear()


@pytest.mark.browser
def test_three_presses_far_apart_are_no_wish_to_leave(served: Served) -> None:
    with served.visit(DESK) as page:
        page.goto("/support")
        later = "at => { for (const type of ['keydown', 'keyup']) { const event = new KeyboardEvent(type, {key: 'Shift', bubbles: true});"
        later += " Object.defineProperty(event, 'timeStamp', {value: at}); document.dispatchEvent(event); } }"
        for at in (0, 2000, 4000):
            page.evaluate(later, at)
        assert page.url.endswith("/support")
        page.evaluate(later, 4900)
        page.wait_for_url(ELSEWHERE)
    served.elsewhere.clear()


@pytest.mark.browser
def test_no_other_script_runs_on_a_page(served: Served) -> None:
    with served.visit() as page:
        page.goto("/support")
        page.evaluate(
            "(script => { script.textContent = 'window.other = 1'; document.body.append(script); })(document.createElement('script'))"
        )
        assert page.evaluate("window.other") is None
    assert any("Content Security Policy" in each for each in served.complaints)
    served.complaints.clear()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "dark"), [(PHONE, True), (DESK, False)])
def test_its_words_are_accessible_and_it_hides_nothing_that_has_the_focus(
    served: Served, pages: dict[str, str], width: int, dark: bool
) -> None:
    with served.visit(width, dark=dark) as page:
        page.goto(pages["me"])
        page.get_by_text("What leaving quickly does").click()
        expect(page.get_by_text("pressing Shift alone three times")).to_be_visible()
        is_accessible(page)
        hidden = "(() => { const e = document.activeElement.getBoundingClientRect(), x = document.querySelector('#exit').getBoundingClientRect();"
        hidden += " return document.activeElement.id !== 'exit' && e.top >= x.top && e.bottom <= x.bottom && e.left >= x.left && e.right <= x.right; })()"
        for _ in range(40):
            page.keyboard.press("Tab")
            assert not page.evaluate(hidden), page.evaluate("document.activeElement.outerHTML.slice(0, 80)")


LIES_ON_TEXT = """() => {
  const exit = document.querySelector("#exit").getBoundingClientRect(), page = document.querySelector("main").getBoundingClientRect();
  const style = getComputedStyle(document.body, "::after"), strip = style.position === "fixed" ? innerHeight - parseFloat(style.height) : innerHeight;
  return exit.top < strip && exit.left < page.right - parseFloat(getComputedStyle(document.querySelector("main")).paddingRight);
}"""


@pytest.mark.browser
def test_it_lies_on_no_text_at_any_width(served: Served, pages: dict[str, str]) -> None:
    served.site.reading("verlassen@example.org")
    german = served.site.link("me", "verlassen@example.org")
    served.site.post(german, do="language", language="de")
    with served.visit() as page:
        for path in ("/", "/support", "/privacy", pages["me"], pages["lesson"], german):
            page.goto(path)
            for width in (320, PHONE, 700, 1000, 1279, DESK, 1920):
                page.set_viewport_size({"width": width, "height": 800})
                assert not page.evaluate(LIES_ON_TEXT), f"{path.split('/')[1]} at {width}"
        expect(page.locator("#exit")).to_contain_text("verlassen")
