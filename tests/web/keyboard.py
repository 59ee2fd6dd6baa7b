"""A reader without a mouse: what has the focus is always seen, whole, and covered by nothing; and what was pressed is noted."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from flask import Flask
from playwright.sync_api import Download, Page, Request, expect

from tests.web.conftest import Site
from tests.web.test_browser import does_not_scroll_sideways, is_accessible

MOST = 90
"""Far more presses of Tab than any page has places to go to: whoever pressed so often has been all round."""

NAMES = ("do", "as", "was", "never", "go")
"""What the buttons of our forms are called; one without a name is the only one of its form."""

Act = tuple[str, str]
"""A view that a form posts to, and the word on the button; '' if it needs none."""

FOCUS = """([selector, text]) => {
  const e = document.activeElement;
  if (!e || e === document.body || e === document.documentElement) return null;
  const shows = each => {
    const style = getComputedStyle(each);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && !/, 0\\)$/.test(style.outlineColor);
  };
  const marked = [e, e.closest(".choice")].filter(each => each && shows(each));
  const box = (e.closest(".choice") || e).getBoundingClientRect();
  const exit = document.querySelector("#exit").getBoundingClientRect();
  const strip = getComputedStyle(document.body, "::after");
  const floor = strip.position === "fixed" && e.id !== "exit" ? innerHeight - parseFloat(strip.height) : innerHeight;
  const under = e.id !== "exit" && box.left < exit.right && box.right > exit.left && box.top < exit.bottom && box.bottom > exit.top;
  const first = e.getClientRects()[0], at = document.elementFromPoint(first.left + first.width / 2, first.top + first.height / 2);
  const faults = [
    marked.length ? "" : "nothing shows that it has the focus",
    box.width && box.height ? "" : "it has no size",
    box.top >= -1 && box.bottom <= floor + 1 && box.left >= -1 && box.right <= innerWidth + 1 ? "" : "it is out of sight",
    under ? "the button to leave quickly lies on it" : "",
    at && (e.contains(at) || (e.labels || []).length && [...e.labels].some(each => each.contains(at))) ? "" : "something lies on it",
  ];
  const own = text ? e.textContent.trim() === text : true;
  return {here: e.matches(selector) && own, faults: faults.filter(Boolean), what: e.outerHTML.slice(0, 120)};
}"""

BUTTONS = """() => [
  document.querySelector("h1").innerText,
  [...document.querySelectorAll("form[method=post] button")].map(each => [each.form.action, each.name, each.value])]"""


@dataclass
class Walk:
    """Someone's way through the pages, by the keyboard alone."""

    site: Site
    page: Page
    base: str
    width: int
    script: bool
    offered: set[Act] = field(default_factory=set)
    """Every button that stood on a page they came to."""
    done: set[Act] = field(default_factory=set)
    """Every button that they pressed, as it came over the wire."""
    seen: set[str] = field(default_factory=set)
    """Every view that was opened."""
    looked_at: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.on("request", self._note)

    @property
    def app(self) -> Flask:
        """What is walked through."""
        return self.site.app

    def address(self, name: str) -> str:
        """Somebody of this walk's own."""
        return f"{name}-{self.width}-{self.script}@example.org".lower()

    def reader(self, name: str, **fields: str) -> str:
        """A reader who has the welcome; returns the path of their page."""
        self.site.reading(self.address(name), **fields)
        return self.link("me", name)

    def link(self, purpose: str, name: str) -> str:
        """The newest link of its kind in the mails to somebody of this walk's own."""
        return self.site.link(purpose, self.address(name))

    # ------------------------------------------------------------------------------------------------------- the keys

    def open(self, path: str) -> None:
        """Come by a link in a mail."""
        self.page.goto(path)
        self._arrived()

    def reach(self, selector: str, text: str = "", *, back: bool = False) -> int:
        """Go on (or back) by Tab until it has the focus; returns how many presses it took."""
        for presses in range(1, MOST):
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            found = self.page.evaluate(FOCUS, [selector, text])
            if found is None:  # between the end of a page and its beginning
                continue
            assert not found["faults"], f"{found['faults']} at {self.width}: {found['what']}"
            if found["here"]:
                return presses
        raise AssertionError(f"no press of Tab comes to {selector} {text}")

    def unfold(self, selector: str, text: str = "", *, key: str = "Enter", back: bool = False) -> None:
        """Open what is folded."""
        self.reach(f"{selector} > summary" if selector else "summary", text, back=back)
        self.page.keyboard.press(key)
        assert self.page.evaluate("document.activeElement.parentElement.open")

    def press(self, selector: str, words: str = "", *, key: str = "Enter", back: bool = False) -> int:
        """Press a button, and read on the page that comes what was done; returns how many presses of Tab it took to come to it."""
        presses = self.reach(selector, back=back)
        with self.page.expect_navigation(timeout=60_000):
            self.page.keyboard.press(key)
        self._arrived()
        if words:
            expect(self.page.locator("main")).to_contain_text(words)
        return presses

    def do(self, word: str, words: str = "", *, key: str = "Enter", back: bool = False) -> int:
        """Press the button that stands for an act."""
        return self.press(f'button[name="do"][value="{word}"]', words, key=key, back=back)

    def follow(self, end: str, words: str = "", *, back: bool = False) -> None:
        """Follow a link of a page's own text, by how its address ends."""
        self.press(f'main a[href$="{end}"]', words, back=back)

    def save(self, selector: str) -> Download:
        """Press a button that gives a file."""
        self.reach(selector)
        with self.page.expect_download(timeout=60_000) as given:
            self.page.keyboard.press("Enter")
        return given.value

    def write(self, selector: str, text: str) -> None:
        """Write into a field what is to stand there in the end."""
        self.reach(selector)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        assert self.page.evaluate("document.activeElement.value") == text

    def date(self, selector: str, day: str) -> None:
        """Write a day, part by part in the order that this browser asks for."""
        self.reach(selector)
        year, month, date = day.split("-")
        self.page.keyboard.type(month + date + year)
        assert self.page.evaluate("document.activeElement.value") == day

    def choose(self, selector: str, value: str) -> None:
        """One of several, by the arrows."""
        self.reach(f"{selector}:checked")
        for _ in range(10):
            if self.page.evaluate("document.activeElement.value") == value:
                return
            self.page.keyboard.press("ArrowDown")
            assert not self.page.evaluate(FOCUS, [selector, ""])["faults"]
        raise AssertionError(f"no arrow comes to {value}")

    def tick(self, selector: str, *, on: bool) -> None:
        """A box to be ticked or not."""
        self.reach(selector)
        if self.page.evaluate("document.activeElement.checked") != on:
            self.page.keyboard.press("Space")
        assert self.page.evaluate("document.activeElement.checked") is on

    def pick(self, selector: str, label: str) -> None:
        """One of a long list, by typing how it begins. Who types too slowly begins anew in it, so we may have to try again."""
        self.reach(selector)
        for _ in range(5):
            self.page.keyboard.press("Home")
            self.page.keyboard.type(label)
            if self.page.evaluate("document.activeElement.selectedOptions[0].label") == label:
                return
            self.page.keyboard.press("Escape")
        raise AssertionError(f"typing does not come to {label}")

    # ---------------------------------------------------------------------------------------------------- what is noted

    def _note(self, request: Request) -> None:
        url = urlsplit(request.url)
        if not request.is_navigation_request() or f"{url.scheme}://{url.netloc}" != self.base:
            return
        view = self._view(url.path, request.method)
        self.seen.add(view)
        if request.method == "POST":
            sent = dict(parse_qsl(request.post_data or "", keep_blank_values=True))
            self.done.add((view, next((sent[name] for name in NAMES if name in sent), "")))

    def _arrived(self) -> None:
        """Look round on a page: what can be pressed here, and, once for each kind of page, whether everybody can use it."""
        title, buttons = self.page.evaluate(BUTTONS)
        for action, name, value in buttons:
            assert name in ("", *NAMES), f"a button called {name}: is it a way to do something that this walk misses?"
            self.offered.add((self._view(urlsplit(action).path, "POST"), value if name else ""))
        kind = json.dumps([urlsplit(self.page.url).path.split("/")[1::2], title])
        if kind in self.looked_at:
            return
        self.looked_at.add(kind)
        does_not_scroll_sideways(self.page)
        if self.script:
            is_accessible(self.page)

    def _view(self, path: str, method: str) -> str:
        return str(self.app.url_map.bind("localhost").match(path, method)[0])


def views_of_a_reader(app: Flask, method: str, *, but: Collection[str] = ()) -> set[str]:
    """Every view that is opened, or posted to, by a link of a reader's."""
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "token" in rule.arguments and method in (rule.methods or ()) and rule.endpoint not in but
    }
