"""The whole story in a real browser: on a phone and on a desk, with and without script."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FrameLocator, Locator, Page, Route, expect, sync_playwright

from tests.demo.player import served
from tests.support.once import built_in

pytestmark = pytest.mark.browser

PHONE, DESK = (390, 844), (1280, 800)
LESSONS = built_in().courses["rebuilding-trust"].lessons


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])


@dataclass
class Stranger:
    """Somebody at a browser who has never seen the demo. Notes every request, every complaint and every refusal."""

    page: Page
    url: str
    script: bool
    scheme: Literal["light", "dark"]
    hosts: set[str] = field(default_factory=set)
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(10_000)
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname or ""))
        self.page.on("response", lambda answer: self._note(answer.status >= 400, f"{answer.status} {answer.url}"))
        self.page.on("console", lambda said: self._note(said.type in ("error", "warning"), said.text))
        self.page.on("pageerror", lambda error: self._note(True, str(error)))

    def _note(self, is_trouble: bool, what: str) -> None:
        if is_trouble:
            self.troubles.append(what)

    def come(self) -> None:
        self.page.goto(self.url)

    @property
    def reader(self) -> FrameLocator:
        return self.page.frame_locator("#reader")

    @property
    def mail(self) -> FrameLocator:
        return self.page.frame_locator("#body")

    @property
    def list(self) -> Locator:
        return self.page.locator("#list li a")

    def sign_up(self, email: str) -> None:
        self.reader.locator("#email").fill(email)
        self.reader.locator("#zone").select_option("Europe/Berlin")
        self.reader.locator("#ask form button").click()
        expect(self.reader.locator("#email")).to_have_count(0)

    def wait_for_mails(self, count: int) -> None:
        """With script they come by themselves; without, one looks for them."""
        if self.script:
            expect(self.list).to_have_count(count, timeout=5_000)
            return
        for _ in range(30):
            self.page.get_by_role("link", name="Look for new mail").click()
            if self.list.count() == count:
                return
            self.page.wait_for_timeout(200)
        raise AssertionError(f"{self.list.count()} mails, not {count}")

    def turn_a_week(self) -> None:
        before = self.page.locator("#time time").get_attribute("datetime") or ""
        self.page.get_by_role("button", name="A week on").click()
        expect(self.page.locator("#time time")).not_to_have_attribute("datetime", before)

    def assert_untroubled(self) -> None:
        assert self.hosts == {"127.0.0.1"}
        assert self.troubles == []


@pytest.fixture
def stranger(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Stranger]:
    (width, height), script, scheme = request.param
    with served(tmp_path) as url:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            color_scheme=scheme,
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
        )
        yield Stranger(context.new_page(), url, script, scheme)
        context.close()


def look_at(stranger: Stranger, seen: str) -> None:
    """axe finds nothing on the demo's page, and nothing is too wide. The pages it frames are looked at in tests of their own."""
    page = stranger.page if stranger.script else as_without_script(stranger)
    found = Axe().run(page, options={"iframes": False, "resultTypes": ["violations"]})
    said = [(each["id"], [node["html"][:160] for node in each["nodes"]]) for each in found.response["violations"]]
    assert said == [], seen
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), seen
    if page is not stranger.page:
        page.context.close()


def as_without_script(stranger: Stranger) -> Page:
    """What the stranger sees, in a window where axe can run: our script is left out, and <noscript> is shown."""
    browser, scheme = stranger.page.context.browser, stranger.scheme
    assert browser is not None
    page = browser.new_context(viewport=stranger.page.viewport_size, color_scheme=scheme).new_page()
    for left_out in ("**/demo.js", "**/c/*", "**/confirm/*", "**/demo/mail/*"):
        page.route(left_out, lambda route: route.fulfill(body=""))

    def show(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=re.sub("(</?)noscript>", r"\1span>", answer.text()))

    page.route(lambda url: urlsplit(url).path == "/", show)
    page.goto(stranger.page.url)
    return page


WAYS = [
    pytest.param((size, script, scheme), id=f"{size[0]}-{'script' if script else 'no-script'}-{scheme}")
    for size, script, scheme in (
        (PHONE, True, "light"),
        (PHONE, False, "dark"),
        (DESK, True, "dark"),
        (DESK, False, "light"),
    )
]


@pytest.mark.parametrize("stranger", WAYS, indirect=True)
def test_a_stranger_signs_up_says_yes_turns_ten_weeks_and_reads_nine_lessons(stranger: Stranger):
    page = stranger.page
    stranger.come()
    look_at(stranger, "the first sight")

    stranger.sign_up("ana@example.org")
    stranger.wait_for_mails(1)
    stranger.list.first.click()
    expect(page.locator("#open-title")).to_have_text("Please confirm: a weekly e-mail")
    if stranger.script:  # without it, only what <noscript> says is another page: the first and the last look see that
        look_at(stranger, "the confirmation mail")
    stranger.mail.get_by_role("link").first.click()  # opens where a reader's browser is
    stranger.reader.get_by_role("button").first.click()
    stranger.wait_for_mails(2)

    for _ in range(10):
        stranger.turn_a_week()
    stranger.wait_for_mails(10)
    expect(page.locator("#calendar li.went")).to_have_count(9)
    expect(page.locator("#calendar .says")).to_contain_text("The course is complete.")

    for lesson in LESSONS:
        stranger.list.filter(has_text=lesson.subject).click()
        expect(page.locator("#open-title")).to_have_text(lesson.subject)
        expect(stranger.mail.get_by_role("heading", level=1)).to_have_text(lesson.title)
        expect(stranger.mail.get_by_role("link", name=re.compile("leave", re.IGNORECASE)).last).to_be_visible()
    page.get_by_role("link", name="Plain text").click()
    expect(page.locator("pre.text")).to_contain_text("/leave/")
    if stranger.script:
        look_at(stranger, "plain text")
    page.get_by_role("link", name="Headers").click()
    expect(page.locator(".headers dt", has_text="List-Unsubscribe-Post")).to_be_visible()
    look_at(stranger, "headers")
    stranger.assert_untroubled()


@pytest.mark.parametrize("stranger", WAYS, indirect=True)
def test_a_lesson_is_answered_by_mail_and_on_the_page_and_one_sees_what_is_kept(stranger: Stranger):
    page, kept = stranger.page, stranger.page.locator("#kept")
    stranger.come()
    expect(kept).to_be_hidden()
    stranger.sign_up("ana@example.org")
    stranger.wait_for_mails(1)
    stranger.list.first.click()
    stranger.mail.get_by_role("link").first.click()
    stranger.reader.get_by_role("button").first.click()
    stranger.wait_for_mails(2)

    stranger.list.first.click()
    expect(page.locator("#open-title")).to_contain_text("Welcome")
    page.locator("#view-reply").click()
    expect(page.get_by_text("r+")).to_be_visible()
    look_at(stranger, "writing a reply")
    page.get_by_label("Your reply").fill("I do the shopping alone now.")
    page.get_by_role("button", name="Send").click()
    expect(kept).to_contain_text("sealed to this reader’s own key", timeout=20_000)
    expect(kept.locator(".verdict")).to_have_text("reply")
    expect(kept).not_to_contain_text("shopping")
    stranger.wait_for_mails(3)  # the receipt, once
    look_at(stranger, "what was kept")

    page.locator("#view-reply").click()
    page.get_by_role("button", name="share").click()
    expect(kept.locator("q")).to_have_text("I do the shopping alone now.")

    page.locator("#mail-2").click()  # the welcome
    stranger.mail.get_by_role("link", name="answer on your page").click()
    stranger.reader.get_by_label("Your words").fill("Nor do they know at work.")
    stranger.reader.get_by_role("button", name="Keep it").click()
    expect(stranger.reader.get_by_text("It is kept, and this page does not show it again.")).to_be_visible()
    if not stranger.script:
        page.get_by_role("link", name="Look for new mail").click()
    expect(kept).to_contain_text("on the page")
    stranger.assert_untroubled()


DESK_ONLY = [pytest.param((DESK, True, "light"), id="1280-script")]


@pytest.mark.parametrize("stranger", DESK_ONLY, indirect=True)
def test_the_clock_runs_by_itself_until_it_is_stopped_and_at_the_end_of_the_course(stranger: Stranger):
    page = stranger.page
    stranger.come()
    page.get_by_role("button", name="Let it run").click()
    expect(page.locator("#time .zone")).to_contain_text("2 days ahead")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Let it run")).to_be_visible()
    page.wait_for_timeout(1_500)
    stood = page.locator("#time .zone").inner_text()
    page.wait_for_timeout(1_500)
    assert page.locator("#time .zone").inner_text() == stood
    stranger.assert_untroubled()


@pytest.mark.parametrize("stranger", DESK_ONLY, indirect=True)
def test_another_address_opens_its_own_mailbox_and_the_sign_up_form_is_fresh_after_a_turn(stranger: Stranger):
    page = stranger.page
    stranger.come()
    stranger.sign_up("ana@example.org")
    stranger.wait_for_mails(1)
    stranger.list.first.click()  # a mailbox chosen by hand
    stranger.turn_a_week()  # a form that was open all week would be refused
    expect(stranger.reader.locator("#email")).to_be_visible()
    stranger.sign_up("ben@example.org")
    expect(page.locator("#boxes a[aria-current]")).to_have_text("ben@example.org")
    page.get_by_role("link", name="ana@example.org").click()
    expect(page.locator("#boxes a[aria-current]")).to_have_text("ana@example.org")
    page.go_back()
    expect(page.locator("#boxes a[aria-current]")).to_have_text("ben@example.org")
    stranger.assert_untroubled()


@pytest.mark.parametrize("stranger", DESK_ONLY, indirect=True)
def test_what_somebody_has_begun_to_type_survives_a_turn(stranger: Stranger):
    stranger.come()
    stranger.reader.locator("#email").fill("half@exam")
    stranger.turn_a_week()
    expect(stranger.reader.locator("#email")).to_have_value("half@exam")


@pytest.mark.parametrize("stranger", DESK_ONLY, indirect=True)
def test_a_demo_that_was_stopped_says_so(stranger: Stranger):
    stranger.come()
    stranger.page.route("**/demo/**", lambda route: route.abort())
    stranger.page.get_by_role("button", name="A day on").click()
    expect(stranger.page.get_by_role("status")).to_have_text("The demo does not answer. Is it still running?")


@pytest.mark.parametrize("stranger", WAYS[-1:], indirect=True)
def test_the_way_back_to_the_sign_up_page_needs_no_script(stranger: Stranger):
    stranger.page.goto(f"{stranger.url}/?page=/support")
    expect(stranger.reader.locator("#email")).to_have_count(0)
    stranger.page.get_by_role("link", name="Sign-up page").click()
    expect(stranger.reader.locator("#email")).to_be_visible()


@pytest.mark.parametrize("stranger", DESK_ONLY, indirect=True)
def test_nothing_in_a_mail_can_run(stranger: Stranger):
    page = stranger.page
    stranger.come()
    stranger.sign_up("ana@example.org")
    stranger.wait_for_mails(1)
    sandbox = page.locator("#body").get_attribute("sandbox") or ""
    assert "allow-scripts" not in sandbox
    assert "allow-forms" not in sandbox


@pytest.mark.parametrize("stranger", DESK_ONLY, indirect=True)
def test_new_mail_is_told_to_whoever_cannot_see_it_come(stranger: Stranger):
    stranger.come()
    stranger.sign_up("ana@example.org")
    expect(stranger.page.get_by_role("status")).to_have_text("New mail")


@pytest.mark.parametrize("stranger", [pytest.param((PHONE, True, "light"), id="390")], indirect=True)
def test_on_a_phone_a_mail_is_as_long_as_it_is_and_each_part_is_one_touch_away(stranger: Stranger):
    page = stranger.page
    stranger.come()
    stranger.sign_up("ana@example.org")
    stranger.wait_for_mails(1)
    stranger.list.first.click()
    expect(page.locator("#open-title")).to_be_in_viewport()
    page.locator("#body").evaluate("body => new Promise(done => setTimeout(done, 300))")
    inner = page.locator("#body").evaluate(
        "body => body.contentDocument.documentElement.scrollHeight - body.clientHeight"
    )
    assert inner <= 0
    for name, part in (("Page", "#page"), ("Mail", "#mail"), ("Calendar", "#calendar")):
        page.get_by_role("navigation", name="Parts of this page").get_by_role("link", name=name).click()
        expect(page.locator(part)).to_be_in_viewport()


@pytest.mark.parametrize("stranger", [pytest.param((DESK, True, "light"), id="1280-keys")], indirect=True)
def test_the_keyboard_keeps_its_place_when_the_page_moves_on(stranger: Stranger):
    page = stranger.page
    stranger.come()
    stranger.sign_up("ana@example.org")
    stranger.wait_for_mails(1)
    page.locator("#mail-1").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**mail=**")
    assert page.evaluate("document.activeElement.id") == "mail-1"
    page.locator("#turn-day").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#time .zone")).to_contain_text("1 day ahead")
    assert page.evaluate("document.activeElement.id") == "turn-day"
