"""The pages that belong to nobody: clean copies, who answers today, what is kept, several courses."""

import re
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import inspect

from dripcourse.domain.data_inventory import KEPT, Form, Until, Who
from dripcourse.web.app import create_app
from tests.support.house import House, open_house, write_course
from tests.web.conftest import COVER, Site


def test_every_lesson_has_a_clean_copy_in_every_reading_without_a_private_link(still_site: Site) -> None:
    course = still_site.house.parts.library.find(COVER)
    assert course
    for lesson in course.lessons:
        for reading in course.readings:
            answer = still_site.get(f"/c/{COVER}/l/{lesson.number:02d}?for={reading}")
            html = answer.get_data(as_text=True)
            assert answer.status_code == 200
            assert lesson.title in html
            assert 'this can wait; <a href="/support">Support</a>' in html
            assert not re.search(r"/(me|leave|confirm)/", html)
            assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
            assert "<title>A letter · Letters by e-mail</title>" in html


def test_a_clean_copy_is_for_everyone_unless_a_reading_is_asked_for(still_site: Site) -> None:
    plain, hurt, strange = (
        still_site.get(f"/c/{COVER}/l/01{query}").get_data(as_text=True) for query in ("", "?for=betrayed", "?for=<b>")
    )
    assert "If you were hurt" in plain
    assert "If you were hurt" not in hurt
    assert strange == plain


def test_the_link_in_the_mail_leads_to_the_clean_copy(site: Site) -> None:
    site.reading()
    text = site.house.mails()[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    found = re.search(rf"/c/{COVER}/l/00", text)
    assert found
    assert site.get(found[0]).status_code == 200


@pytest.mark.parametrize("number", ["99", "x", "-1", "1e3", "٣", "0" * 50, "²", "1.0"])
def test_a_lesson_that_there_is_not_finds_no_page(still_site: Site, number: str) -> None:
    assert still_site.get(f"/c/{COVER}/l/{number}").status_code == 404
    assert still_site.get(f"/c/nothing/l/{number}").status_code == 404


def test_support_lists_every_line_of_the_file_with_links_that_a_phone_can_dial(still_site: Site) -> None:
    html = still_site.get("/support").get_data(as_text=True)
    library = still_site.house.parts.library
    countries = library.support(library.courses["rebuilding-trust"])
    assert len(countries) > 10
    for country in countries:
        assert f'id="{country.code}"' in html
        for line in country.lines:
            assert line.name.replace("'", "&#39;") in html
            if line.phone:
                assert f'href="tel:{re.sub("[^0-9+]", "", line.phone)}"' in html
            assert not line.note or line.note not in html, "a note is for the host"
    assert 'href="sms:85258"' in html, "Text SHOUT to 85258"
    assert "Checked 23 November 2026" in html


def test_privacy_names_who_is_responsible(still_site: Site) -> None:
    assert "1 Example Street, Sampletown" in still_site.get("/privacy").get_data(as_text=True)


@pytest.mark.parametrize("language", ["de", "en", "es", "fr"])
def test_privacy_names_every_column_of_the_real_schema_in_the_readers_words(tmp_path: Path, language: str) -> None:
    write_course(tmp_path / "courses", language=language)
    with open_house(tmp_path, COURSES_DIR=str(tmp_path / "courses")) as house:
        client = create_app(house.parts, house.clock).test_client()
        html = unescape(client.get("/privacy", headers={"Accept-Language": language}).get_data(as_text=True))
        words = house.parts.renderer.words(language)["pages"]
        with house.parts.db.read() as session:
            schema = inspect(session.connection())
            columns = {
                f"{table}.{column['name']}"
                for table in schema.get_table_names()
                for column in schema.get_columns(table)
            }
    assert set(re.findall(r"<code>(.*?)</code>", html)) == columns - {"alembic_version.version_num"}
    assert f'<html lang="{language}"' in html
    assert {each.name for each in KEPT} == words["privacy_things"].keys()
    for each in KEPT:
        assert f"<dt>{words['privacy_things'][each.name]}</dt>" in html
    for kinds, table in ((Form, "forms"), (Until, "until"), (Who, "who")):
        assert {*kinds} == words[f"privacy_{table}"].keys()


@pytest.fixture
def several(tmp_path) -> House:
    courses = tmp_path / "courses"
    write_course(courses, "kleiner-kurs", language="de", title="Ein <kleiner> Kurs", pace="four-weeks")
    with open_house(tmp_path, COURSES_DIR=str(courses)) as house:
        yield house


def test_several_courses_stand_in_a_list_at_the_root(several: House) -> None:
    html = create_app(several.parts, several.clock).test_client().get("/").get_data(as_text=True)
    assert 'href="/c/slow-letters"' in html
    assert 'href="/c/kleiner-kurs-letters"' in html
    assert "Ein &lt;kleiner&gt; Kurs" in html


def test_a_page_speaks_its_courses_language_and_its_pace(several: House) -> None:
    client = create_app(several.parts, several.clock).test_client()
    html = client.get("/c/kleiner-kurs-letters").get_data(as_text=True)
    assert '<html lang="de"' in html
    assert "höchstens einer alle vier Wochen" in html
    assert "etwa 12 Wochen" in html
    assert 'name="perspective"' not in html, "it has none to choose from"
    asked = client.post("/c/kleiner-kurs-letters", data={"email": "a@example.org"}).get_data(as_text=True)
    several.tick()
    (mail,) = several.mails()
    assert f"<strong>{mail['Subject']}</strong>" in asked
    assert "vier Wochen" in mail["Subject"]


def test_a_page_of_no_course_speaks_the_language_that_the_browser_asks_for(several: House) -> None:
    client = create_app(several.parts, several.clock).test_client()
    german = client.get("/privacy", headers={"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"})
    assert '<html lang="de"' in german.get_data(as_text=True)
    assert '<html lang="en"' in client.get("/privacy").get_data(as_text=True)
    assert "Seite" in client.get("/nichts", headers={"Accept-Language": "de"}).get_data(as_text=True)
