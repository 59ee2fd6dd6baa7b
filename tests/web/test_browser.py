"""The pages in a real browser: on a phone and on a desk, with and without script, in light and in dark."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import waitress
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from dripcourse.services import links
from dripcourse.web.app import create_app
from dripcourse.web.reader.routes import MOST_FORM_BYTES
from tests.support.house import open_house
from tests.web.conftest import COVER, Site
from tests.web.test_answer import write

pytestmark = pytest.mark.browser

PHONE, DESK = 390, 1280


@dataclass
class Served:
    """A site that a browser can reach, and one that it starts."""

    site: Site
    browser: Browser
    base: str
    elsewhere: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @contextmanager
    def visit(self, width: int = PHONE, *, dark: bool = False, script: bool = True, **more: object) -> Iterator[Page]:
        """A page in a fresh browser. Whatever it asks of another machine is noted and not let out; so is what its console says."""
        context: BrowserContext = self.browser.new_context(
            base_url=self.base,
            viewport={"width": width, "height": 844},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            **more,
        )
        context.route(re.compile(f"^(?!{re.escape(self.base)}/)"), self._gate)
        page = context.new_page()
        page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None
        )
        yield page
        assert not context.cookies()
        context.close()

    def _gate(self, route: Route) -> None:
        self.elsewhere.append(route.request.url)
        route.fulfill(status=200, content_type="text/html", body="<title>Elsewhere</title>")


@pytest.fixture(scope="module")
def served(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with open_house(tmp_path_factory.mktemp("browser")) as house:
        site = Site(house, create_app(house.parts, house.clock))
        server = waitress.create_server(site.app, host="127.0.0.1", port=0, threads=4)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            yield Served(site, browser, f"http://127.0.0.1:{server.effective_port}")
            browser.close()
        server.close()
        thread.join(5)


@pytest.fixture(scope="module")
def pages(served: Served) -> dict[str, str]:
    """One address for every kind of page there is."""
    site = served.site
    site.reading("walker@example.org", perspective="betrayed", zone="Europe/Berlin")
    leave, me = site.link("leave", "walker@example.org"), site.link("me", "walker@example.org")
    site.reading("resting@example.org")
    resting = site.link("me", "resting@example.org")
    site.post(resting, do="pause")
    site.reading("writing@example.org")
    writing = site.link("me", "writing@example.org")
    for text in ("one", "two"):
        write(site, writing, text)
    site.reading("gone@example.org")
    gone = site.link("leave", "gone@example.org")
    site.post(gone)
    site.post(f"{me}/move", email="moving@example.org")
    site.house.tick()
    site.reading("erased@example.org")
    erased = site.link("me", "erased@example.org")
    site.post(f"{erased}/erase")
    site.house.tick()
    return {
        "signup": "/",
        "support": "/support",
        "privacy": "/privacy",
        "lesson": f"/c/{COVER}/l/01?for=betraying",
        "confirm": site.asked("asked@example.org", perspective="betraying"),
        "confirmed": site.link("confirm", "walker@example.org"),
        "leave": leave,
        "left": gone,
        "me": me,
        "resting": resting,
        "writing": writing,
        "ended": site.link("me", "gone@example.org"),
        "take": f"{me}/take",
        "move": f"{me}/move",
        "nothing to move": f"{site.link('me', 'gone@example.org')}/move",
        "moving": site.link("confirm", "moving@example.org"),
        "erase": f"{me}/erase",
        "erased": erased,
        "missing": "/nothing",
    }


def does_not_scroll_sideways(page: Page) -> None:
    wide, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= room, f"{page.url.split('/')[3]} is {wide} wide in {room}"


def is_accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize(("width", "dark"), [(PHONE, False), (DESK, True)])
def test_every_page_is_accessible_and_asks_nothing_of_anybody_else(
    served: Served, pages: dict[str, str], width: int, dark: bool
) -> None:
    before = served.site.dump()
    with served.visit(width, dark=dark) as page:
        for path in pages.values():
            page.goto(path)
            page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
            is_accessible(page)
            does_not_scroll_sideways(page)
    assert not served.elsewhere
    assert [each for each in served.complaints if "404" not in each and "410" not in each] == []
    assert served.site.dump() == before, "a scanner that runs scripts changes nothing"


@pytest.mark.parametrize(("width", "zoom"), [(PHONE, 2), (DESK, 2), (320, 1)])
def test_pages_fit_when_everything_is_twice_as_large(
    served: Served, pages: dict[str, str], width: int, zoom: int
) -> None:
    with served.visit(width if width < DESK else DESK // zoom, device_scale_factor=zoom) as page:
        for path in pages.values():
            page.goto(path)
            if width == PHONE:  # text alone, as a phone's own setting makes it larger
                page.evaluate("document.documentElement.style.fontSize = '200%'")
            does_not_scroll_sideways(page)


@pytest.mark.parametrize(
    ("width", "script", "dark"),
    [(PHONE, True, False), (PHONE, False, True), (DESK, True, True), (DESK, False, False)],
)
def test_a_reader_signs_up_confirms_and_leaves(served: Served, width: int, script: bool, dark: bool) -> None:
    site, who = served.site, f"reader-{width}-{script}@example.org".lower()
    with served.visit(width, dark=dark, script=script, timezone_id="Europe/Vienna") as page:
        page.goto("/")
        page.get_by_label("Your e-mail address").fill(who)
        page.get_by_label("I was hurt").check()
        if script:
            assert page.get_by_label("Where are you?").input_value() == "Europe/Vienna"
        else:
            page.get_by_label("Where are you?").select_option(label="Austria")
        page.get_by_role("button", name="Yes, send me the first mail").click()
        expect(page.get_by_role("heading", name="Now look in your mailbox")).to_be_visible()
        does_not_scroll_sideways(page)
        site.house.tick()
        (mail,) = site.house.mails(who)
        expect(page.get_by_text(str(mail["Subject"]), exact=True)).to_be_visible()

        page.goto(site.link("confirm", who))
        assert page.get_by_label("I was hurt").is_checked()
        page.get_by_label("I would rather not say").check()
        page.get_by_role("button", name="Yes, send me the letters").click()
        expect(page.get_by_role("heading", name="It is settled")).to_be_visible()
        site.house.tick()
        assert len(site.house.mails(who)) == 2

        page.goto(site.link("me", who))
        expect(page.get_by_text("Welcome, and when the first letter comes")).to_be_visible()
        page.get_by_role("button", name="Pause the letters").click()
        expect(page.get_by_text("The letters are paused.").first).to_be_visible()
        page.get_by_role("button", name="Go on with the letters").click()
        page.get_by_role("link", name="Leave for good").click()
        page.get_by_role("button", name="Leave").click()
        expect(page.get_by_role("heading", name="That is done")).to_be_visible()
    assert links.has_left(site.house.parts, site.link("leave", who).split("/")[-1])
    assert not served.elsewhere


@pytest.mark.parametrize(
    ("width", "script", "dark"),
    [(PHONE, True, True), (PHONE, False, False), (DESK, True, False), (DESK, False, True)],
)
def test_a_reader_answers_shares_and_deletes(served: Served, width: int, script: bool, dark: bool) -> None:
    site, who = served.site, f"answers-{width}-{script}@example.org".lower()
    site.reading(who, perspective="betrayed")
    with served.visit(width, dark=dark, script=script) as page:

        def looks_right() -> None:
            does_not_scroll_sideways(page)
            if script:
                is_accessible(page)

        page.goto(site.link("me", who))
        page.get_by_role("button", name="Keep it").click()
        expect(page.get_by_text("There are no words in it yet.")).to_be_in_viewport()
        looks_right()
        page.get_by_label("Your words").fill("I do the shopping alone now.\n\nI had not noticed.")
        page.get_by_role("button", name="Keep it").click()
        expect(page.get_by_text("It is kept, and this page does not show it again.")).to_be_in_viewport()
        looks_right()
        assert "shopping" not in page.content()
        page.reload()  # posts once more
        expect(page.get_by_text("One answer of yours is kept.")).to_be_visible()
        page.get_by_role("button", name="Share it").click()
        expect(page.get_by_text("Whoever runs these letters can read it from now on.")).to_be_in_viewport()
        looks_right()
        page.get_by_role("button", name="Take it back").click()
        expect(page.get_by_text("Private: nobody reads it.")).to_be_visible()
        page.get_by_label("Your words").fill("Something else.")
        page.get_by_role("button", name="Keep it").click()
        page.get_by_role("button", name="Delete all of them").click()
        expect(page.get_by_role("heading", name="Delete all 2 answers?")).to_be_visible()
        looks_right()
        page.get_by_role("button", name="Delete", exact=True).click()
        expect(page.get_by_text("It is hidden as of now")).to_be_in_viewport()
        looks_right()
        assert "kept." not in page.locator("#kept").inner_text()
    assert not served.elsewhere


def test_what_was_too_much_is_still_in_the_browser_one_page_back(served: Served) -> None:
    site = served.site
    site.reading("much@example.org")
    line = "As much as this nobody writes by hand.\n"
    lines = MOST_FORM_BYTES // len(line) + 1
    with served.visit() as page:
        page.goto(site.link("me", "much@example.org"))
        page.get_by_label("Your words").fill("x")
        page.evaluate("([line, times]) => { words.value = line.repeat(times); }", [line, lines])
        page.get_by_role("button", name="Keep it").click()
        expect(page.get_by_role("heading", name="That was too much at once")).to_be_visible()
        page.go_back()
        assert page.evaluate("words.value.length") == len(line) * lines
    served.complaints[:] = [each for each in served.complaints if "413" not in each]


def test_the_keyboard_alone_is_enough_and_always_seen(served: Served) -> None:
    with served.visit(DESK) as page:
        page.goto("/")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the text")).to_be_focused()
        page.keyboard.press("Enter")
        for _ in range(30):
            page.keyboard.press("Tab")
            outline = page.evaluate(
                "(e => [e, e.closest('.choice')].some(each => each && getComputedStyle(each).outlineStyle !== 'none'))"
                "(document.activeElement)"
            )
            assert outline, page.evaluate("document.activeElement.outerHTML.slice(0, 80)")
            if page.evaluate("document.activeElement.id") == "email":
                break
        page.keyboard.type("keys@example.org")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Now look in your mailbox")).to_be_visible()


def test_a_mistake_is_met_where_the_eye_is_and_what_was_typed_stays(served: Served) -> None:
    with served.visit() as page:
        page.goto("/")
        page.get_by_label("Your e-mail address").fill("name@")
        page.get_by_label("I broke the trust").check()
        page.get_by_role("button", name="Yes, send me the first mail").click()
        summary = page.get_by_role("alert")
        expect(summary).to_be_focused()
        expect(summary).to_be_in_viewport()
        is_accessible(page)
        assert page.get_by_label("I broke the trust").is_checked()
        summary.get_by_role("link").click()
        expect(page.get_by_label("Your e-mail address")).to_be_focused()
        expect(page.get_by_label("Your e-mail address")).to_have_value("name@")


@pytest.mark.parametrize(
    ("here", "chosen"),
    [("Asia/Calcutta", "Asia/Calcutta"), ("America/New_York", "America/New_York"), ("UTC", "Etc/UTC")],
)
def test_the_browser_guesses_the_zone_even_by_an_old_name(served: Served, here: str, chosen: str) -> None:
    with served.visit(timezone_id=here) as page:
        page.goto("/")
        assert page.get_by_label("Where are you?").input_value() == chosen
        page.get_by_label("Your e-mail address").fill(f"zone-{len(here)}@example.org")
        page.get_by_role("button", name="Yes, send me the first mail").click()
        expect(page.get_by_role("heading", name="Now look in your mailbox")).to_be_visible()


def test_the_trap_is_out_of_sight_and_out_of_the_way(served: Served) -> None:
    with served.visit() as page:
        page.goto("/")
        trap = page.locator("#remark")
        expect(trap).not_to_be_in_viewport()
        assert trap.get_attribute("tabindex") == "-1"
        assert page.get_by_role("textbox").count() == 1, "a screen reader meets one field to write in"
