"""House rules over every route: headers, no cookie, and a GET that changes nothing."""

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256

import pytest

from dripcourse.web.app import create_app
from tests.support.post import Reader
from tests.web.conftest import COVER, Site

EXAMPLES = {"cover": COVER, "number": "01", "filename": "pages.css", "secret": "sixteen-or-more-x"}

UNSET = ("health.readyz", "webhooks.sendgrid_events", "inbound.by_signature", "inbound.by_secret")
"""Nobody ticks here, and no key is set: a provider shall try again."""


@pytest.fixture
def paths(site: Site) -> dict[str, str]:
    """An address for every route there is, by endpoint. A new route without one fails here."""
    path = site.asked()
    site.house.turn(minutes=1)
    site.post(path, alone="yes")
    site.house.tick()
    site.post(site.link("me") + "/own", do="send")  # so that there is a link to own words
    site.house.tick()
    site.asked("fresh@example.org")
    Reader(site.house).reply("Some words.", sender="somebody.else@example.org")  # so that a mail asks: was that you?
    found = {}
    for rule in site.app.url_map.iter_rules():
        room = rule.rule.split("/")[1]
        if "token" in rule.arguments:
            path = site.link(room, "fresh@example.org" if room == "confirm" else "reader@example.org")
            found[rule.endpoint] = path + rule.rule.partition("<token>")[2].replace("<which>", "00")
        else:
            with site.app.test_request_context():
                found[rule.endpoint] = site.app.url_for(
                    rule.endpoint, **{name: EXAMPLES[name] for name in rule.arguments}
                )
    return found


def test_every_answer_has_the_headers_and_no_cookie(site: Site, paths: dict[str, str]) -> None:
    rules = {rule.endpoint: rule.methods or set() for rule in site.app.url_map.iter_rules()}
    for endpoint, path in [*paths.items(), ("nothing", "/nothing/here")]:
        for method in rules.get(endpoint, {"GET"}) | {"GET", "HEAD", "POST", "OPTIONS", "PATCH"}:
            answer = site.client.open(path, method=method)
            headers = answer.headers
            assert answer.status_code < 500 or endpoint in UNSET
            assert answer.status_code not in range(300, 400)
            assert "Set-Cookie" not in headers
            assert headers["Referrer-Policy"] == "no-referrer"
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Permissions-Policy"]
            policy = headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert "http" not in policy
            is_file = endpoint == "static" and answer.status_code == 200
            assert ("immutable" in headers["Cache-Control"]) is is_file
            assert (headers["Cache-Control"] == "no-store") is not is_file


def test_get_and_head_of_every_address_change_nothing(site: Site, paths: dict[str, str]) -> None:
    before = site.dump()
    for path in paths.values():
        for _ in range(3):
            site.client.get(path)
            site.client.head(path)
            site.client.open(path, method="OPTIONS")
    assert site.dump() == before
    assert not site.house.tick().accepted


def test_pages_with_a_token_are_kept_by_nobody(site: Site, paths: dict[str, str]) -> None:
    for endpoint, path in paths.items():
        robots = site.get(path).headers.get("X-Robots-Tag")
        public = endpoint in ("signup.home", "signup.show", "signup.ask", "public.support", "public.privacy")
        assert robots == (None if endpoint == "static" else "all" if public else "noindex, nofollow")


def test_only_our_own_scripts_may_run_and_no_style_stands_in_a_page(site: Site, paths: dict[str, str]) -> None:
    for endpoint, path in paths.items():
        answer = site.get(path)
        html = answer.get_data(as_text=True)
        for script in re.findall(r"<script>(.*?)</script>", html, re.DOTALL):
            digest = b64encode(sha256(script.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"]
        assert "<script " not in html
        if endpoint != "static":
            assert "style=" not in html
            assert "<style" not in html
            assert " on" + "click" not in html


def test_no_page_loads_anything_from_elsewhere(site: Site, paths: dict[str, str]) -> None:
    for path in paths.values():
        html = site.get(path).get_data(as_text=True)
        for address in re.findall(r'<(?:link|script|img|iframe|source|form)[^>]*(?:href|src|action)="([^"]*)"', html):
            assert address.startswith("/")
            assert not address.startswith("//")


def test_window_titles_say_nothing_of_the_subject(site: Site, paths: dict[str, str]) -> None:
    titles = [re.findall("<title>(.*?)</title>", site.get(path).get_data(as_text=True)) for path in paths.values()]
    assert sum(map(len, titles)) > 8
    for title in titles:
        assert all(words.endswith("Letters by e-mail") for words in title)
        assert not any(word in str(title).lower() for word in ("trust", "betray", "hurt", "repair"))


def test_who_may_frame_the_pages_is_for_the_caller_to_say(site: Site) -> None:
    app = create_app(site.house.parts, site.house.clock, frame_ancestors="'self'")
    policy = app.test_client().get("/").headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors 'self'")


def test_who_came_by_tls_once_never_comes_without_it(site: Site) -> None:
    assert site.get("/").headers["Strict-Transport-Security"] == "max-age=31536000"
    rules = replace(site.house.parts.rules, base_url="http://127.0.0.1:8000")
    plain = create_app(replace(site.house.parts, rules=rules), site.house.clock)
    assert "Strict-Transport-Security" not in plain.test_client().get("/").headers


def test_no_answer_repeats_the_host_that_was_sent(site: Site) -> None:
    for path in ("/", "//support", f"/c/{COVER}//", "/support/", "/static/../x"):
        answer = site.get(path, headers={"Host": "evil.example"})
        assert answer.status_code in (200, 404)
        assert b"evil.example" not in answer.data
        assert "evil.example" not in str(answer.headers)
