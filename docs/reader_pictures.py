"""Pictures of the reader's own pages, each act done in Chromium as its reader does it: part of `make screenshots`."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import waitress
from playwright.sync_api import Browser, BrowserContext, Page
from smaller import smaller

from dripcourse.web.app import create_app
from tests.support.house import open_house
from tests.web.conftest import Site
from tests.web.phrases import PHRASE, set_phrase
from tests.web.test_answer import write

PICTURES = Path(__file__).resolve().parent / "pictures" / "reader"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 860}
TALLEST = 1200
"""Pixels. What is longer is cut: a picture is to be looked at, not scrolled."""

BOX = """at => {
  scrollTo(0, 0);
  const box = (at ? document.querySelector(at) : document.body).getBoundingClientRect();
  return at ? [Math.max(0, Math.floor(box.top - 12)), Math.ceil(box.bottom + 12)] : [0, Math.ceil(box.bottom)];
}"""


@dataclass
class Studio:
    """A house with readers in it, a browser that looks at it, and the links of one reader."""

    site: Site
    phone: BrowserContext
    desk: BrowserContext
    dark: BrowserContext

    def look(
        self, name: str, path: str, *, act: Callable[[Page], object] | None = None, at: str = "", **how: str
    ) -> None:
        """Picture what stands at `path` after `act`, from the element `at` on. `how` says on="desk" or on="dark"."""
        page = getattr(self, how.get("on", "phone")).new_page()
        page.goto(path)
        if act:
            act(page)
        snap(page, name, at)
        page.close()

    def letters(self, number: int, *, days: int = 7) -> None:
        """So many letters more reach everybody who gets them."""
        for _ in range(number):
            self.site.house.turn(days=days)
            self.site.house.tick()

    def reader(self, who: str, letters: int = 0, **fields: str) -> str:
        """Somebody signs up, says yes, and gets letters; returns the path of their page."""
        self.site.reading(who, perspective="betrayed", zone="Europe/Berlin", **fields)
        self.letters(letters)
        return self.site.link("me", who)


def snap(page: Page, name: str, at: str = "") -> None:
    """Save what the page shows, from an element on, without the room below it."""
    page.wait_for_load_state()
    top, end = page.evaluate(BOX, at)
    if at:  # a part of a page: the way out, which stays at the foot of the window, would lie upon it
        page.evaluate("document.querySelector('#exit').remove()")
    width, height = page.viewport_size["width"], min(end - top, TALLEST)
    page.set_viewport_size({"width": width, "height": top + height})
    page.evaluate("document.activeElement?.blur(); scrollTo(0, 0)")
    clip = {"x": 0, "y": top, "width": width, "height": height}
    picture = page.screenshot(clip=clip, animations="disabled")
    (PICTURES / f"{name}.png").write_bytes(smaller(picture))


def take_reader(browser: Browser, folder: Path) -> None:
    """Every picture of the reader's pages."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with studio(browser, folder) as look:
        for take in (_coming, _where, _answering, _own_words, _rhythm, _letters, _whole, _end):
            take(look)


@contextmanager
def studio(browser: Browser, folder: Path) -> Iterator[Studio]:
    """A house of its own that the browser can reach; nothing else can."""
    with open_house(folder) as house:
        site = Site(house, create_app(house.parts, house.clock))
        server = waitress.create_server(site.app, host="127.0.0.1", port=0, threads=4)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        base = f"http://127.0.0.1:{server.effective_port}"

        def window(size: dict[str, int], scheme: str = "light") -> BrowserContext:
            context = browser.new_context(base_url=base, viewport=size, color_scheme=scheme, reduced_motion="reduce")
            context.set_default_timeout(60_000)
            return context

        yield Studio(site, window(PHONE), window(DESK), window(PHONE, "dark"))
        server.close()
        thread.join(5)


def press(name: str) -> Callable[[Page], object]:
    """Press the first button of that name."""
    return lambda page: page.get_by_role("button", name=name).first.click()


def unfold(name: str) -> Callable[[Page], object]:
    """Open what is folded under that name."""
    return lambda page: page.locator("summary", has_text=name).first.click()


def then(*acts: Callable[[Page], object]) -> Callable[[Page], object]:
    """One after the other."""
    return lambda page: [act(page) for act in acts]


def fill(label: str, text: str, nth: int = 0) -> Callable[[Page], object]:
    """Type into a field."""
    return lambda page: page.get_by_label(label).nth(nth).fill(text)


def _coming(look: Studio) -> None:
    asked = look.site.asked("asked@example.org", perspective="betrayed", zone="Europe/Berlin")
    look.look("confirm", asked, act=lambda page: page.get_by_label("I alone read this mailbox").check())
    look.look("privacy", "/privacy")
    look.look("support", "/support")


def _where(look: Studio) -> None:
    me = look.reader("where@example.org", 2)
    look.look("where", me)
    look.look("where-dark", me, on="dark")
    look.look("where-desk", me, on="desk")
    look.look("exit", me, act=unfold("What leaving quickly does"), at=".foot")


def _answering(look: Studio) -> None:
    me = look.reader("answer@example.org", 2)
    words = fill("Your words", "I drive the long way home now, so that I am alone for ten minutes.")
    look.look("answer", me, act=words, at="#answer")
    look.look("answer-kept", me, act=then(words, press("Keep it")), at="#answer")
    look.look("answer-phrase", me, act=then(words, unfold("Lock it with a phrase")), at="#answer")
    write(look.site, me, "And the radio stays off.")
    look.look("kept", me, act=unfold("Share or delete a single one"), at="#kept")


def _own_words(look: Studio) -> None:
    me = look.reader("own@example.org", 1)
    own = f"{me}/own"
    write(look.site, me, "I set one cup out and put it back.")
    look.look("own-set", own)
    set_phrase(look.site, me)
    look.site.house.turn(minutes=1)
    write(look.site, me, "It was quiet, and I did not mind the quiet.\n\nThat is new.")
    look.letters(1)
    write(look.site, look.site.link("me", "own@example.org"), "I said less than I wanted, and it was enough.")
    look.look("own-ask", own)
    look.look("own-read", own, act=then(fill("Your phrase", PHRASE), press("Read")))
    look.look("burn", own, act=press("Delete all of it"))
    alone = look.site.asked("alone@example.org", perspective="betrayed")
    look.site.post(alone, alone="yes", perspective="betrayed")
    look.letters(1)
    me = look.site.link("me", "alone@example.org")
    write(look.site, me, "A line.")
    look.look("own-alone", f"{me}/own", act=press("Send me the link"))
    look.site.house.tick()
    look.look("own-link", look.site.link("own", "alone@example.org"))


def _rhythm(look: Studio) -> None:
    me = look.reader("rhythm@example.org", 2)
    look.look(
        "until", me, act=then(unfold("Pause until a certain day"), fill("Until which day?", "2026-08-03")), at="#until"
    )
    look.look("stay", me, act=unfold("Another week with this letter"), at="#stay")
    look.look("pace", me, act=unfold("How often they come"), at="#pace")
    look.look("when", me, act=unfold("Day, hour and place"), at="#when")
    day = then(unfold("Days without mail"), lambda page: page.locator("#quiet-day").fill("2027-02-14"))
    year = then(
        day, lambda page: page.locator("#quiet").get_by_label("Every year").check(), press("Keep this day free")
    )
    look.look("quiet", me, act=year, at="#quiet")
    look.look("undo", me, act=then(unfold("Another week with this letter"), press("Stay with this one")), at=".told")
    until = then(unfold("Pause until a certain day"), fill("Until which day?", "2026-08-03"))
    look.look("paused-until", me, act=then(until, press("Pause until this day")), at=".told")
    look.look("paused-dark", me, on="dark")
    ready = look.reader("ready@example.org", 2)
    choose = then(unfold("How often they come"), lambda page: page.get_by_label("When I am ready").check())
    look.look("ready", ready, act=then(choose, press("Change how often")), at=".told")
    look.letters(1, days=14)
    look.look("ready-waits", ready, at=".rhythm")


def _letters(look: Studio) -> None:
    me = look.reader("letters@example.org", 3)
    look.look("letters", f"{me}/letters", act=press("Send me a copy"))
    one = then(lambda page: page.locator(".earlier a").nth(1).click())
    look.look("letter-again", f"{me}/letters", act=one)
    look.look("letter-again-dark", f"{me}/letters", act=one, on="dark")
    cover = then(
        unfold("How they look in your mailbox"),
        lambda page: page.get_by_role("radio", name="A name and a subject of your own").check(),
        lambda page: page.get_by_role("textbox", name="From").fill("Garden club"),
        lambda page: page.get_by_role("textbox", name="Subject").fill("Minutes"),
        lambda page: page.get_by_role("checkbox", name="Send no letter").check(),
    )
    look.look("cover", me, act=then(cover, press("Only show me")), at="#cover")
    look.look("cover-changed", me, act=then(cover, press("Use this")), at="#cover .told")
    look.letters(1)
    _mail(look, "letters@example.org", "behind-mail")
    look.look("behind-page", f"{look.site.link('me', 'letters@example.org')}/letters/this")


def _mail(look: Studio, who: str, name: str) -> None:
    """The newest mail to somebody, as a mail program shows its HTML."""
    body = look.site.house.mails(who)[-1].get_body(("html",))
    assert body is not None
    page = look.phone.new_page()
    page.set_content(body.get_content())
    snap(page, name)
    page.close()


def _whole(look: Studio) -> None:
    me = look.reader("whole@example.org", 1)
    write(look.site, me, "A line.")
    set_phrase(look.site, me)
    write(look.site, me, "Another.")
    look.look("whole", me, act=unfold("Everything that is kept of you"), at="details:has(.ways-out)")
    look.look("take", f"{me}/take")
    ask = then(fill("The new address", "elsewhere@example.org"), press("Ask there"))
    look.look("move", f"{me}/move", act=fill("The new address", "elsewhere@example.org"))
    look.look("move-asked", f"{me}/move", act=ask)
    look.site.house.tick()
    moving = look.site.link("confirm", "elsewhere@example.org")
    look.look("moving", moving)
    me = look.reader("erase@example.org", 1)
    look.look("erase", f"{me}/erase")
    look.look("erased", f"{me}/erase", act=press("Erase everything"))
    look.site.house.tick()


def _end(look: Studio) -> None:
    me = look.reader("end@example.org", 1)
    write(look.site, me, "The first thing I wrote.")
    leave = look.site.link("leave", "end@example.org")
    look.look("leave", leave)
    look.look("left", leave, act=press("Leave"))
    last = look.reader("last@example.org", 1)
    write(look.site, last, "The first thing I wrote.")
    look.letters(16)
    look.look("last", look.site.link("me", "last@example.org"))
