"""Everything that goes wrong, as a page in plain words."""

import logging

import pytest

from dripcourse.web.app import FORM_BYTES
from tests.web.conftest import COVER, Site


def test_every_error_is_a_page_of_ours_that_leads_back(still_site: Site) -> None:
    site = still_site
    large = b"email=" + b"x" * 10_000_000
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answers = {
        404: [site.get("/nothing"), site.get("/c/nothing"), site.post("/c/nothing", email="a@example.org")],
        405: [site.post("/support"), site.client.put("/"), site.client.delete(f"/c/{COVER}"), site.post("/healthz")],
        413: [site.client.post(f"/c/{COVER}", data=large, headers=form)],
    }
    for status, found in answers.items():
        for answer in found:
            html = answer.get_data(as_text=True)
            assert answer.status_code == status
            assert "<h1>" in html
            assert "Letters by e-mail</title>" in html
            assert "Traceback" not in html
            assert 'href="/"' in html
    assert answers[405][1].headers["Allow"]
    assert "far larger" in answers[413][0].get_data(as_text=True)


def test_a_form_of_ten_megabytes_keeps_nothing(still_site: Site) -> None:
    before = still_site.dump()
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = still_site.client.post(f"/c/{COVER}", data=b"x" * 10_000_000, headers={"Content-Type": kind})
        assert answer.status_code == 413
    assert still_site.dump() == before


def test_a_form_just_small_enough_is_read(still_site: Site) -> None:
    answer = still_site.post(f"/c/{COVER}", email="a" * (FORM_BYTES - 20))
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "multipart/form-data; boundary=", "", "a/b; c=\x01"]
)
@pytest.mark.parametrize("body", [b"", b"[1]", b"\xff\xfe\x00", b"--x\r\n", b"email=%ff%00&zone=%C3"])
def test_no_body_of_any_kind_breaks_the_form(still_site: Site, kind: str, body: bytes) -> None:
    address = f"10.1.0.{next(still_site.visitors) % 256}"
    answer = still_site.client.post(
        f"/c/{COVER}", data=body, content_type=kind, environ_overrides={"REMOTE_ADDR": address}
    )
    assert answer.status_code == 400


def test_a_fault_of_ours_says_so_and_logs_no_value(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    @site.app.get("/broken/<token>")
    def broken(token: str) -> str:
        raise RuntimeError(f"something about {token}")

    with caplog.at_level(logging.DEBUG):
        answer = site.get("/broken/secret-token")
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.get_data(as_text=True)
    assert caplog.messages == ["RuntimeError at GET /broken/<token>"]
    assert not any(record.exc_info for record in caplog.records)


def test_a_database_that_is_away_is_a_calm_page_and_comes_back_by_itself(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    path = site.reading()
    site.house.parts.db.close()
    file = site.house.folder / "truth.db"
    file.rename(file.with_suffix(".away"))
    file.mkdir()
    for answer in (site.get(path), site.post(path), site.sign_up("canary@example.org")):
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "30"
        assert "Not just now" in answer.get_data(as_text=True)
    assert "canary" not in caplog.text
    assert path.split("/")[-1] not in caplog.text
    assert site.get("/").status_code == 200, "the page itself needs no database"
    file.rmdir()
    file.with_suffix(".away").rename(file)
    assert site.get(path).status_code == 200


def test_no_log_line_tells_an_address_or_a_token(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        path = site.reading("canary@example.org")
        for purpose in ("leave", "me"):
            site.get(site.link(purpose, "canary@example.org"))
            site.post(site.link(purpose, "canary@example.org"))
        site.sign_up("canary@")
    assert "canary" not in caplog.text
    assert path.split("/")[-1] not in caplog.text
