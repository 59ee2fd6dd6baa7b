"""A mail in a real browser: readable on a small screen, at 200 %, in the dark, and for a screen reader."""

from collections.abc import Iterator
from typing import Any

import pytest

pytestmark = pytest.mark.browser

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

from tests.content.golden import letters

LETTERS = {name: letter.html for name, letter in letters()}
SOME = ["01-first-pot.late", "01-first-pot.unsaid", "confirm.de"]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    with playwright.sync_playwright() as machine:
        running = machine.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", SOME)
def test_axe_finds_nothing_and_nothing_is_fetched(browser: Any, name: str, scheme: str) -> None:
    page = browser.new_page(color_scheme=scheme, viewport={"width": 390, "height": 800})
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.set_content(LETTERS[name])
    # a mail is shown inside a mail program's page: landmarks are that page's business
    found = axe.Axe().run(
        page, options={"rules": {"region": {"enabled": False}, "landmark-one-main": {"enabled": False}}}
    )
    assert found.response["violations"] == []
    assert found.response["incomplete"] == [] or all(
        each["id"] != "color-contrast" for each in found.response["incomplete"]
    )
    assert fetched == []
    page.close()


@pytest.mark.parametrize("name", ["01-first-pot.unsaid", "confirm.de"])
@pytest.mark.parametrize(("width", "zoom"), [(320, 1), (390, 1), (390, 2), (1280, 1), (1280, 2)])
def test_no_line_runs_off_the_screen(browser: Any, name: str, width: int, zoom: int) -> None:
    page = browser.new_page(viewport={"width": width // zoom if width > 640 else width, "height": 800})
    page.set_content(LETTERS[name].replace("ANSWER-TOKEN", "x" * 300))
    if zoom > 1 and width <= 640:  # larger letters, as a telephone's text size does it
        page.add_style_tag(content=".sheet { font-size: 34px !important }")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth")
    size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.sheet p')).fontSize)")
    assert size >= 16
    page.close()


def test_lines_are_no_longer_than_the_eye_likes(browser: Any) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_content(LETTERS["01-first-pot.yard"])
    assert page.evaluate("document.querySelector('.sheet > p:not(.place)').getBoundingClientRect().width") <= 34 * 17
    page.close()


def test_in_the_dark_the_page_is_dark(browser: Any) -> None:
    for scheme, dark in (("light", False), ("dark", True)):
        page = browser.new_page(color_scheme=scheme)
        page.set_content(LETTERS["01-first-pot.yard"])
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(int(part) for part in colour[4:-1].split(",")[:3]) < 3 * 80) is dark
        page.close()
