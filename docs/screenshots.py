"""Makes the pictures in docs/pictures anew, from the product itself: `make screenshots`. Wants Chromium."""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from reader_pictures import take_reader

from tests.demo.player import served

PICTURES = ROOT / "docs" / "pictures"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 860}


def main() -> int:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("There is no Chromium on this machine, so no picture was made.")
        return 1
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        desk = window(browser, DESK)
        take_story(desk.new_page(), url)
        take_page(desk, f"{url}/c/slow-letters", "signup")
        phone = window(browser, PHONE)
        take_page(phone, f"{url}/c/slow-letters", "signup-phone")
        take_page(window(browser, PHONE, dark=True), f"{url}/?mail=#mail", "demo-phone-dark")
        take_page(phone, f"{url}/support", "support-phone")
        reader = Path(folder) / "reader"
        reader.mkdir()
        take_reader(browser, reader)
        browser.close()
    for picture in sorted(PICTURES.rglob("*.png")):
        print(f"{picture.relative_to(ROOT)}  {picture.stat().st_size // 1024} kB")
    return 0


def window(browser: Browser, size: dict[str, int], *, dark: bool = False) -> BrowserContext:
    scheme = "dark" if dark else "light"
    return browser.new_context(viewport=size, color_scheme=scheme, timezone_id="Europe/Berlin", reduced_motion="reduce")


def take_story(page: Page, url: str) -> None:
    """Somebody signs up, says yes and turns three weeks; the picture is of what they see then."""
    page.goto(url)
    reader, mails = page.frame_locator("#reader"), page.locator("#list li a")
    reader.locator("#email").fill("ana@example.org")
    reader.locator("#zone").select_option("Europe/Berlin")
    reader.locator("#ask form button").click()
    expect(mails).to_have_count(1, timeout=10_000)
    mails.first.click()
    page.frame_locator("#body").get_by_role("link").first.click()
    reader.get_by_role("button").first.click()
    expect(mails).to_have_count(2, timeout=10_000)
    for week in range(3):
        page.get_by_role("button", name="A week on").click()
        expect(mails).to_have_count(3 + week, timeout=10_000)
    mails.first.click()
    expect(page.locator("#open-title")).to_have_text("Letter 3")
    page.wait_for_timeout(500)
    page.screenshot(path=PICTURES / "demo.png")
    take_reply(page)


def take_reply(page: Page) -> None:
    """They answer the lesson; the picture is of what was kept."""
    page.get_by_role("link", name="Reply", exact=True).click()
    page.locator("#words").fill("The kettle, and for a while nothing at all.")
    page.get_by_role("button", name="Send").first.click()
    expect(page.locator("#list li a")).to_have_count(6, timeout=10_000)
    page.wait_for_timeout(500)
    page.screenshot(path=PICTURES / "demo-reply.png")


def take_page(context: BrowserContext, url: str, name: str) -> None:
    page = context.new_page()
    page.goto(url)
    page.wait_for_timeout(500)
    page.screenshot(path=PICTURES / f"{name}.png")
    page.close()


if __name__ == "__main__":
    sys.exit(main())
