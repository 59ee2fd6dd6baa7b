"""A library: what is in it, what stays out, and that no text whatever gets past the checks and breaks a mail."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dripcourse.content.files import course_directories, shipped
from dripcourse.content.load import MAX_MAIL, load_library, read_library
from dripcourse.domain.errors import CourseError
from dripcourse.domain.pacing import Pace
from tests.content.garden import FACTS, SLUG, garden, planted, renderer


def test_a_course_is_found_by_its_slug_and_by_its_cover() -> None:
    library, _ = garden()
    course = library.courses[SLUG]
    assert library.find(SLUG) is course is library.find("green-notes")
    assert library.find("Green-Notes") is None
    assert (course.pace, course.language, course.from_name) == (Pace.WEEKLY, "en", "Green Notes")
    assert course.readings == ("yard", "sill", "unsaid")
    assert [(lesson.number, lesson.slug, lesson.title) for lesson in course.lessons] == [
        (0, "welcome", "Good soil"),
        (1, "first-pot", "The first pot & its place"),
        (2, "last-word", "A last word"),
    ]


def test_a_heading_at_the_top_is_the_title_and_is_not_said_twice(tmp_path: Path) -> None:
    planted(
        tmp_path,
        ("02-last-word.md", "Thank", "# A last word\n\nThank"),
        ("00-welcome.md", "Before 1", "# Another\n\nBefore 1"),
    )
    library, filled = garden(tmp_path)
    course = library.courses[SLUG]
    assert course.lessons[1].body.lstrip().startswith("Everybody")
    assert course.lessons[2].body.lstrip().startswith("Thank")
    assert filled.lesson(course, course.lessons[2], None, FACTS).html.count("A last word</h1>") == 1
    # a heading that is not the title stays, one level down: a mail has one first heading
    welcome = filled.lesson(course, course.lessons[0], None, FACTS).html
    assert re.findall(r"<(h1|h2)[^>]*>([^<]+)", welcome)[:2] == [("h1", "Good soil"), ("h2", "Another")]


def test_a_lesson_without_title_and_heading_is_called_by_its_subject(tmp_path: Path) -> None:
    planted(tmp_path, ("02-last-word.md", "title: A last word\n", ""))
    assert garden(tmp_path)[0].courses[SLUG].lessons[2].title == "The last note"


def test_the_body_knows_its_line() -> None:
    lessons = garden()[0].courses[SLUG].lessons
    for lesson in lessons:
        lines = Path(lesson.file).read_text(encoding="utf-8").split("\n")
        assert "\n".join(lines[lesson.body_line - 1 :]) == lesson.body


def test_one_prompt_is_for_every_reading_and_no_prompt_for_none() -> None:
    welcome, pot, last = garden()[0].courses[SLUG].lessons
    assert set(welcome.prompts.values()) == {"What would you like to see grow?"}
    assert set(welcome.prompts) == set(pot.prompts) == {"yard", "sill", "unsaid"}
    assert last.prompts == {}


def test_a_heading_left_out_is_the_words_of_the_choice(tmp_path: Path) -> None:
    planted(tmp_path, ("course.toml", 'yard = "If you have a yard"\n', ""))
    assert garden(tmp_path)[0].courses[SLUG].headings == {"yard": "I have a yard", "sill": "If you have a window sill"}


@pytest.mark.parametrize("name", ["_draft", ".hidden", "system"])
def test_folders_that_are_no_courses_are_left_alone(tmp_path: Path, name: str) -> None:
    planted(tmp_path).rename(tmp_path / name)
    (tmp_path / "notes").mkdir()
    (tmp_path / "file.txt").write_text("x")
    assert load_library([tmp_path]).courses == {}


@pytest.mark.parametrize("name", ["_notes.md", ".03-x.md.swp", "03-rest.md~", "LICENSE", "plan.txt"])
def test_files_that_are_no_lessons_are_left_alone(tmp_path: Path, name: str) -> None:
    (planted(tmp_path) / name).write_text("not a lesson")
    assert len(load_library([tmp_path]).courses[SLUG].lessons) == 3


@pytest.mark.parametrize(("name", "cover", "place", "says"), [
    (SLUG, "other-notes", "", "there is a course of that name already, in {one}; rename this folder"),
    ("other", "green-notes", "/course.toml:2", "cover and folder name must differ from those of every course; {one} has this one"),
    ("other", SLUG, "/course.toml:2", "cover and folder name must differ from those of every course; {one} has this one"),
    ("green-notes", "other-notes", "/course.toml:2", "cover and folder name must differ from those of every course; {one} has this one"),
])  # fmt: skip
def test_no_two_courses_share_a_name_or_a_cover(tmp_path: Path, name: str, cover: str, place: str, says: str) -> None:
    one = planted(tmp_path / "one")
    two = planted(tmp_path / "two", ("course.toml", '"green-notes"', f'"{cover}"')).rename(tmp_path / "two" / name)
    with pytest.raises(CourseError) as caught:
        load_library([tmp_path / "one", tmp_path / "two"])
    assert [str(fault) for fault in caught.value.faults] == [f"{two}{place}: {says.format(one=one)}"]


def test_one_broken_course_leaves_the_others_to_be_looked_at(tmp_path: Path) -> None:
    planted(tmp_path, ("course.toml", "title", "titel"))
    planted(tmp_path / "x").rename(tmp_path / "sound")
    library, faults = read_library([tmp_path])
    assert library is not None
    assert list(library.courses) == ["sound"]
    assert len(faults) == 2


def test_people_who_answer_come_from_the_course_and_the_hosts_own_list_wins(tmp_path: Path) -> None:
    folder = planted(tmp_path / "a")
    library = load_library([tmp_path / "a"])
    course = library.courses[SLUG]
    assert [(country.code, country.lines[0].name, country.lines[0].whom) for country in library.support(course)] == [
        ("GB", "Garden Line", "talk"),
        ("INT", "A list of lists", "despair"),
    ]
    own = (folder / "support.toml").read_text(encoding="utf-8").replace('"Garden Line"', '"Our Line"')
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "support.toml").write_text(own, encoding="utf-8")
    library = load_library([tmp_path / "a", tmp_path / "b"])
    assert library.support(library.courses[SLUG])[0].lines[0].name == "Our Line"
    (folder / "support.toml").unlink()
    library = load_library([tmp_path / "a"])
    assert library.support(library.courses[SLUG]) == ()


def test_the_built_in_course_is_there_and_the_hosts_courses_come_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    built_in = shipped("templates") / "emails"
    assert course_directories(None) == [built_in]
    planted(tmp_path / "courses")
    assert course_directories(None) == [built_in, Path("courses")]
    assert course_directories(tmp_path) == [built_in, tmp_path]
    library = load_library(course_directories(None))
    assert set(library.courses) == {"rebuilding-trust", SLUG}
    assert library.find("slow-letters") is library.courses["rebuilding-trust"]


def test_every_mail_of_the_built_in_course_is_well_under_the_limit() -> None:
    library = load_library(course_directories(None))
    course, filled = library.courses["rebuilding-trust"], renderer(load_library(course_directories(None)))
    for lesson in course.lessons:
        for who in course.readings:
            letter = filled.lesson(course, lesson, who, FACTS)
            size = len(letter.html.encode()) + len(letter.text.encode())
            assert size <= library.sheets[course.slug, lesson.slug, who].size < MAX_MAIL / 3


# -- any text at all ----------------------------------------------------------------------------------------------------
class Tags(HTMLParser):
    """What a browser would see: every tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


ALLOWED = set(
    "html head style meta title body div p h1 h2 h3 h4 h5 h6 ul ol li a em strong code pre blockquote hr br".split()  # noqa: SIM905
)
SNIPPETS = [
    "::: yard\n", ":::\n", "::: unsaid\n", "\n\n", "# ", "- ", "1. ", "> ", "```\n", "{{ next_date }}", "{{ x }}", "{% if next_date %}",
    "{% endif %}", "{% raw %}", "{% endraw %}", "{#", "#}", "{{ '<img src=x>' }}", "<script>alert(1)</script>", "<img src=https://x.org/x.png>",
    "![a](https://x.org/a.png)", "[a](javascript:alert(1))", "[a]({{ support_url }})", "[a]({{ 'javascript:x' }})", "<https://{{ next_date }}>",
    "[b]: data:text/html,x\n[b]", "&lt;img&gt;", "&#60;script&#62;", "<style>*{}</style>", "@import url(https://x.org)", '" onload="x', "zqv0z", "zqs1z",
    "3 of 7.\n\n", "\u2028", "\u202e", "\x0b", "{{", "}}", "{%", "%}", "\\{{ 1 }}",
]  # fmt: skip


def fine(html: str) -> bool:
    """Nothing runs, nothing is fetched, nothing is left unfilled."""
    for tag, attrs in Tags(html).seen:
        assert tag in ALLOWED, tag
        assert not any(name.startswith("on") or name in ("src", "srcset", "background") for name in attrs)
        assert "url(" not in (attrs.get("style") or "")
        href = attrs.get("href") or ""
        assert not re.match(r"\s*(javascript|data|vbscript|file):", href, re.IGNORECASE), href
    return True


@pytest.fixture(scope="module")
def bed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planted(tmp_path_factory.mktemp("bed"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.sampled_from(SNIPPETS), st.text(max_size=12)), max_size=12).map("".join))
def test_whatever_stands_in_a_lesson_it_is_a_fault_or_a_mail_that_runs_and_fetches_nothing(
    bed: Path, body: str
) -> None:
    (bed / "02-last-word.md").write_bytes(
        f"---\nsubject: x\nprompt: {json.dumps(body[:40] or '?')}\n---\n{body}".encode("utf-8", "replace")
    )
    try:
        library, filled = garden(bed.parent)
    except CourseError:
        return
    course = library.courses[SLUG]
    for who in course.readings:
        letter = filled.lesson(course, course.lessons[2], who, FACTS)
        assert fine(letter.html)
        assert fine(filled.page(course, course.lessons[2], who))
        # stand-ins avoid every word of the author's, so one that is left over can be told from an author's look-alike
        left_over = re.compile(r"zqq+[vsb]\d" if "zq" in body.lower() else r"zq[vsb]\d")
        assert not left_over.search(letter.text + letter.html + letter.said)
