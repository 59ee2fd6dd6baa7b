"""A few thousand of the requests that nobody means well, and each that ever found something, by itself."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dripcourse.services.delivery.record import plain
from tests.web.conftest import COVER, Site
from tests.web.fuzz.__main__ import Findings, Run, try_out
from tests.web.fuzz.ground import BASE, CANARY, ground
from tests.web.fuzz.judging import Answer, ask, wrong_with
from tests.web.fuzz.making import Asked, make

QUERY = b"T\xf0\x93\xdb\xce=\xfc&for=betraying"


@pytest.mark.parametrize("proxies", [0, 1])
def test_a_few_thousand_requests_of_any_kind_find_no_fault(tmp_path: Path, proxies: int) -> None:
    run, found = Run(seed=proxies, database="sqlite"), Findings()
    with ground(tmp_path, proxies=proxies) as at:
        try_out(at, Random(proxies), 1_500, run, found)
    assert found.kinds == {}
    assert {"200", "204", "400", "401", "404", "405"} <= set(run.statuses), "it gets everywhere"


def test_the_requests_reach_every_rule_with_what_opens_it(tmp_path: Path) -> None:
    with ground(tmp_path) as at:
        rooms = {path.split("/")[1] for path in at.paths}
        asked = {rule.rule.split("/")[1] for rule in at.app.url_map.iter_rules() if "token" in rule.arguments}
        assert asked <= rooms, "each kind of link that a mail can hold is among them"
        chance = Random(7)
        fields = b"&".join(make(chance, at).body for _ in range(3_000))
        for act in at.acts:
            assert act.encode() in fields


def answer_to(site: Site, asked: Asked) -> Answer:
    return ask(site.app, asked.environ("10.9.9.9"))


# ------------------------------------------------------------------------------------------------------ what was found


@pytest.mark.parametrize("host", ["a b", "[::1", "", "evil.example:99999", "x" * 5000, "<zz>", "\u00e4", "a@b"])
def test_no_host_breaks_a_page_or_comes_back_in_one(still_site: Site, host: str) -> None:
    """It was a 500: a Host that is none left the page of the error without a way to make links."""
    for path in (b"/", b"/nothing", b"/support"):
        answer = answer_to(still_site, Asked("GET", path, headers={"Host": host}))
        assert answer.status == (404 if path == b"/nothing" else 200)
        assert wrong_with(answer) == []
        if len(host) > 3:
            assert host.encode() not in answer.body


def test_bytes_that_are_no_text_in_a_query_break_nothing(still_site: Site) -> None:
    """It was a 500: werkzeug reads a query strictly."""
    answer = answer_to(still_site, Asked("GET", f"/c/{COVER}/l/01".encode(), QUERY))
    assert answer.status == 200
    assert answer.body == answer_to(still_site, Asked("GET", f"/c/{COVER}/l/01".encode(), b"for=betraying")).body


@pytest.mark.postgres
def test_a_nul_in_a_form_reaches_no_database(tmp_path: Path, database_url: str) -> None:
    """It was a 500 on PostgreSQL, which takes no NUL in a text."""
    with ground(tmp_path, database_url) as at:
        me = at.site.link("me", "r0@example.org")
        for act in at.acts:
            answer = at.site.post(me, **{"do": act} | {name: "a\0b" for name in at.names if name != "do"})
            assert answer.status_code < 500, act


@given(st.text(max_size=50))
def test_a_nul_in_an_answer_is_kept_as_a_sign_that_stands_for_it(still_site: Site, text: str) -> None:
    with still_site.app.test_request_context("/", method="POST", data={"text": text + "\0", "a\0": "b"}) as asked:
        form = asked.request.form
        assert form["text"] == text.replace("\0", "\ufffd") + "\ufffd"
        assert form["a\ufffd"] == "b"


def test_a_field_without_a_name_is_none(still_site: Site) -> None:
    """It was a 500: a part of a form whose name cannot be read has none, and that is no text."""
    parts = (b"; name*=utf-8''%ff", b"", b'; name="email"')
    body = b"".join(b"--b\r\nContent-Disposition: form-data" + each + b"\r\n\r\n@\r\n" for each in parts) + b"--b--\r\n"
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = answer_to(still_site, Asked("POST", f"/c/{COVER}".encode(), b"", body, kind))
    assert answer.status == 400
    assert wrong_with(answer) == []


def test_another_machines_words_are_looked_at_no_longer_than_they_are_kept() -> None:
    """Each event with a reason of 70,000 signs took a fiftieth of a second: the search for addresses takes the square of them."""
    assert plain("x" * 10_000_000) == "", "this would take days, if it were looked through"
    told = plain("550 " + " ".join(f"{'n' * 60}{number}@example.org" for number in range(100)))
    assert told.startswith("550 (address) (address)")
    assert "nnn" not in told


# ------------------------------------------------------------------------------------------------------- the judge itself


def test_the_judge_sees_each_fault() -> None:
    headers = [
        ("Content-Security-Policy", "default-src 'none'"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
        ("Content-Type", "text/html; charset=utf-8"),
    ]
    assert wrong_with(Answer(200, headers, b"&lt;zz&gt; mkq&#34;")) == []
    for answer, wrong in (
        (Answer(500, headers, b""), "status 500"),
        (Answer(200, headers[1:], b""), "no policy"),
        (Answer(200, headers[:5], b""), "may be stored"),
        (Answer(200, [*headers, ("Set-Cookie", "a=b")], b""), "a cookie"),
        (Answer(302, [*headers, ("Location", f"{BASE}/x")], b""), "leads elsewhere"),
        (Answer(302, [*headers, ("Location", "//evil")], b""), "leads elsewhere"),
        (Answer(200, headers, b'<p>mkq"</p>'), "an echo that is not escaped"),
        (Answer(200, headers, b"Traceback (most recent call last)"), "shows Traceback (most"),
        (Answer(200, headers, CANARY.encode()), "shows what a reader wrote"),
    ):
        assert wrong in wrong_with(answer)
    assert wrong_with(Answer(200, headers, b""), [f"about {CANARY}"]) == [f"logs {CANARY}"]
