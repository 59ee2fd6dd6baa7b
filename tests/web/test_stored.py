"""What somebody stored never becomes part of a page, whatever door it came by: no script of theirs runs, in a real browser."""

from html import escape

import pytest
from playwright.sync_api import sync_playwright

from dripcourse.fakes.serve import Signer
from tests.support.pages import read_page
from tests.support.post import Reader
from tests.web.conftest import Site
from tests.web.following import opened_site
from tests.web.fuzz.ground import look_around

EVIL = "\"'><script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\"><svg onload=document.title='taken'>"
SENDER = f'"{EVIL}" <somebody.else@example.org>'


def store(site: Site) -> None:
    """A reader of ill will says it wherever something is kept."""
    site.reading()
    me = site.link("me")
    _, forms = read_page(site.get(me).get_data(as_text=True), me)
    for form in forms:
        for button in form.buttons or [("", "")]:
            if button[1] in ("pause", "delete", "delete-now", "leave"):
                continue
            fields = {
                name: EVIL[:60] if name in ("name", "subject") else EVIL for name, value in form.fields if not value
            }
            hidden = {name: value for name, value in form.fields if value}
            site.post(form.action, **{**hidden, **fields, button[0] or "x": button[1]})
    site.house.turn(days=7)
    site.house.tick()
    Reader(site.house).reply(EVIL)
    Reader(site.house).reply(EVIL, sender="somebody.else@example.org")


@pytest.mark.browser
def test_nothing_that_was_stored_runs_or_stands_in_a_page_as_it_is(chromium: str, tmp_path) -> None:
    with opened_site(tmp_path, chromium) as (site, browser, base):
        store(site)
        at = look_around(site, Signer())
        paths = [path for path in at.paths if path.split("/")[1] in ("me", "was-it-you", "leave", "confirm", "own")]
        assert len({path.split("/")[1] for path in paths}) >= 4
        context = browser.new_context(base_url=base)
        page = context.new_page()
        for path in paths:
            html = site.get(path).get_data(as_text=True)
            assert "document.title='taken'" not in html
            assert EVIL not in html
            page.goto(path)
            assert page.title() != "taken"
        refused = site.post(site.link("me"), do="write", text=EVIL, token="", answer="")
        assert escape(EVIL).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in refused.get_data(as_text=True)
        context.close()


def test_even_if_it_stood_there_the_policy_would_not_let_it_run(chromium: str, site: Site) -> None:
    """The second wall: a page with our headers and somebody's script in it."""
    policy = site.get("/").headers["Content-Security-Policy"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        headers = {"Content-Security-Policy": policy}
        body = f"<!doctype html><title>ours</title><p>{EVIL}</p><a href=\"javascript:document.title='taken'\">x</a>"
        page.route(
            "**/*", lambda route: route.fulfill(status=200, content_type="text/html", headers=headers, body=body)
        )
        page.goto("http://letters.example.org/")
        page.get_by_text("x", exact=True).click()
        assert page.title() == "ours"
        page.route("**/*", lambda route: route.fulfill(status=200, content_type="text/html", body=body))
        page.goto("http://letters.example.org/none")
        assert page.title() == "taken", "without the policy it would run"
        browser.close()
