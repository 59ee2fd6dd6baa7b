"""Mails filled in: what is in them for whom, and what never is."""

import re
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dripcourse.content.files import course_directories
from dripcourse.content.load import load_library
from dripcourse.content.render import LessonFacts, Rendered, Renderer, TemplateFault
from dripcourse.domain.course import Course, Lesson
from dripcourse.domain.pacing import Pace
from tests.content.garden import FACTS, SLUG, garden, planted, renderer

PRIVATE = ("ME-TOKEN", "LEAVE-TOKEN", "ANSWER-TOKEN")
CONSTANT = (
    "If you are afraid of someone, of yourself, or of what you might do, this can wait;"
    " Support <https://notes.example.org/support> lists people who answer today."
)


@pytest.fixture(scope="module")
def shelf() -> tuple[Renderer, Course]:
    library, filled = garden()
    return filled, library.courses[SLUG]


@pytest.fixture(scope="module")
def built_in() -> tuple[Renderer, Course]:
    library = load_library(course_directories(None))
    return renderer(library), library.courses["rebuilding-trust"]


def letters(shelf: tuple[Renderer, Course], facts: LessonFacts = FACTS) -> list[tuple[Lesson, str, Rendered]]:
    """Every reading of every lesson."""
    filled, course = shelf
    return [
        (lesson, who, filled.lesson(course, lesson, who, facts)) for lesson in course.lessons for who in course.readings
    ]


def flat(text: str) -> str:
    """Without line ends."""
    return " ".join(text.split())


# -- what is in a mail --------------------------------------------------------------------------------------------------
def test_a_lesson_says_its_place_its_title_its_words_then_the_prompt_once_and_last(
    shelf: tuple[Renderer, Course],
) -> None:
    filled, course = shelf
    letter = filled.lesson(course, course.lessons[1], "sill", FACTS)
    order = [
        "A few minutes, whenever it suits you.",
        "1 of 2",
        "The first pot & its place",
        "Turn the pot",
        "A question for you",
    ]
    order += [
        "How much light is there at noon?",
        "To answer, just reply",
        "The next one comes on Thursday, 26 November.",
        "Support",
    ]
    order += ["\n-- \n", "clean copy", "slow down or pause", "you can leave\n", "Green Notes\n1 Hedge Lane"]
    places = [letter.text.index(words) for words in order]
    assert places == sorted(places)
    assert (
        letter.text.count("How much light is there at noon?")
        == letter.html.count("How much light is there at noon?")
        == 1
    )
    assert letter.said.endswith("A question for you\n\nHow much light is there at noon?\n")


def test_a_place_that_the_author_wrote_stands_above_the_title_and_is_not_said_twice(
    shelf: tuple[Renderer, Course],
) -> None:
    filled, course = shelf
    letter = filled.lesson(course, course.lessons[0], None, FACTS)
    assert letter.text.count("Before 1 of 1.") == letter.html.count("Before 1 of 1.") == 1
    assert letter.html.index("Before 1 of 1.") < letter.html.index("<h1")
    assert not re.search("0 of|of 2", letter.text)


def test_a_reader_who_did_not_say_or_has_an_unknown_perspective_gets_the_reading_for_it(
    shelf: tuple[Renderer, Course],
) -> None:
    filled, course = shelf
    pot = course.lessons[1]
    unsaid = filled.lesson(course, pot, "unsaid", FACTS)
    assert filled.lesson(course, pot, None, FACTS) == filled.lesson(course, pot, "cellar", FACTS) == unsaid
    assert "If you have a yard" in unsaid.text
    assert "If you have a window sill" in unsaid.text
    assert "If you have" not in filled.lesson(course, pot, "yard", FACTS).text


def test_text_and_html_say_the_same_words(built_in: tuple[Renderer, Course]) -> None:
    for _, _, letter in letters(built_in):
        shown = re.sub(r"<head>.*?</head>|<div class=\"preview\".*?</div>|<[^>]+>", " ", letter.html, flags=re.DOTALL)
        for entity, sign in (("&quot;", '"'), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " ")):
            shown = shown.replace(entity, sign)
        said = re.sub(r"\s<https?://[^>]*>|\*|^-- $", " ", letter.text, flags=re.MULTILINE)
        words = flat(said).split()[len(flat(letter.text.split("\n\n")[0]).split()) :]  # without the preview line
        assert re.findall(r"\w+", " ".join(words)) == re.findall(r"\w+", shown)


def test_what_is_said_stands_in_the_text_word_for_word(built_in: tuple[Renderer, Course]) -> None:
    for lesson, who, letter in letters(built_in):
        assert letter.said.strip() in letter.text
        assert letter.said.startswith(lesson.title)
        assert flat(lesson.prompts[who]) in flat(letter.said)


def test_what_is_said_and_what_a_page_shows_hold_no_private_link_and_no_foot(shelf: tuple[Renderer, Course]) -> None:
    filled, course = shelf
    for lesson, who, letter in letters(shelf):
        for shown in (letter.said, filled.page(course, lesson, who)):
            assert not any(token in shown for token in PRIVATE)
            assert "Hedge Lane" not in shown
            assert "just reply" not in shown


def test_the_constant_line_is_the_same_in_every_lesson(
    shelf: tuple[Renderer, Course], built_in: tuple[Renderer, Course]
) -> None:
    for _, _, letter in [*letters(shelf), *letters(built_in)]:
        assert flat(letter.text).count(CONSTANT) == 1
        assert letter.html.count("or of what you might do, this can wait; <a ") == 1


def test_every_mail_has_the_ways_out_and_the_postal_address(shelf: tuple[Renderer, Course]) -> None:
    for _, _, letter in letters(shelf):
        foot = letter.text.split("\n-- \n")[1]
        for part in (letter.html, foot):
            assert FACTS.me_url in part
            assert FACTS.leave_url in part
            assert FACTS.clean_copy_url in part
        assert foot.endswith("Green Notes\n1 Hedge Lane, Kew <UK>\n")
        assert "Green Notes<br>1 Hedge Lane, Kew &lt;UK&gt;" in letter.html


def test_without_a_postal_address_there_is_no_empty_line_for_it() -> None:
    library, _ = garden()
    filled = Renderer(library, base_url="http://localhost", postal_address="")
    letter = filled.system("confirm", "en", confirm_url="https://x.org")
    assert letter.text.endswith("never write here again.\n")
    assert "<p" not in letter.html.split('class="foot"')[1]


# -- dates --------------------------------------------------------------------------------------------------------------
def test_the_next_date_is_told_in_words(shelf: tuple[Renderer, Course]) -> None:
    filled, course = shelf
    letter = filled.lesson(course, course.lessons[0], None, FACTS)
    assert "The first note comes on *Thursday, 26 November*." in letter.text
    assert "The first note comes on <strong>Thursday, 26 November</strong>." in letter.html
    assert "The next one comes on Thursday, 26 November." in letter.text


def test_a_page_tells_nobodys_date(shelf: tuple[Renderer, Course]) -> None:
    filled, course = shelf
    assert "The first note comes on <strong>the day named in your own mail</strong>." in filled.page(
        course, course.lessons[0], None
    )
    last = filled.page(course, course.lessons[2], None)
    assert "Thank you for reading.</p>" in last
    assert 'href="https://notes.example.org/support"' in last


def test_the_last_lesson_says_that_it_is_the_last(shelf: tuple[Renderer, Course]) -> None:
    filled, course = shelf
    last, end = course.lessons[2], replace(FACTS, next_date=None)
    assert "This was the last one. Nothing more will come." in filled.lesson(course, last, None, end).text
    assert "The next one" not in filled.lesson(course, last, None, end).text
    # a lesson was added behind it since: the reader's course goes on
    assert "This was the last one" not in filled.lesson(course, last, None, FACTS).text
    # no date yet, and not the last: nothing is promised
    middle = filled.lesson(course, course.lessons[1], None, end).text
    assert "The next one" not in middle
    assert "the last one" not in middle


def test_a_late_lesson_says_so_in_one_calm_line_at_the_top(shelf: tuple[Renderer, Course]) -> None:
    filled, course = shelf
    letter = filled.lesson(course, course.lessons[1], "yard", replace(FACTS, promised=date(2026, 11, 19)))
    line = "This was promised for Thursday, 19 November. It comes late, and the delay was ours."
    assert flat(letter.text).count(line) == letter.html.count(line) == 1
    assert letter.html.index(line) < letter.html.index("<h1")
    assert line not in flat(letter.said)
    assert letter.said == filled.lesson(course, course.lessons[1], "yard", FACTS).said


def test_after_a_lesson_that_nobody_is_sure_of_the_next_says_how_to_ask_for_it(shelf: tuple[Renderer, Course]) -> None:
    filled, course = shelf
    letter = filled.lesson(course, course.lessons[1], "yard", replace(FACTS, after_unsure=True))
    assert f"ask for it again on your page <{FACTS.me_url}>" in flat(letter.text)


def test_a_lesson_that_asks_nothing_does_not_say_how_to_answer(shelf: tuple[Renderer, Course]) -> None:
    filled, course = shelf
    letter = filled.lesson(course, course.lessons[2], None, FACTS)
    for part in (letter.text, letter.html):
        assert "A question for you" not in part
        assert "just reply" not in part


@pytest.mark.parametrize(("language", "day"), [
    ("en", "Thursday, 26 November"), ("de", "Donnerstag, 26. November"), ("fr", "jeudi 26 novembre"), ("es", "jueves, 26 de noviembre"),
    ("de-AT", "Donnerstag, 26. November"), ("it", "giovedì 26 novembre 2026"), ("ar", "الخميس، 26 نوفمبر 2026"),
])  # fmt: skip
def test_days_are_written_in_the_language_of_the_course(tmp_path: Path, language: str, day: str) -> None:
    planted(tmp_path, ("course.toml", 'language = "en"', f'language = "{language}"'))
    library, filled = garden(tmp_path)
    letter = filled.lesson(library.courses[SLUG], library.courses[SLUG].lessons[0], None, FACTS)
    assert f"The first note comes on *{day}*." in flat(letter.text)


# -- HTML ---------------------------------------------------------------------------------------------------------------
def test_html_has_one_title_one_first_heading_a_language_and_a_direction(shelf: tuple[Renderer, Course]) -> None:
    for lesson, _, letter in letters(shelf):
        assert letter.html.startswith('<!DOCTYPE html><html lang="en" dir="ltr">')
        assert f"<title>{lesson.subject}</title>" in letter.html
        assert letter.html.count("<h1") == 1
        assert 'role="article"' in letter.html
        assert letter.html.index("charset") < 1024


def test_a_language_that_runs_the_other_way_does_so_and_english_words_are_marked(tmp_path: Path) -> None:
    planted(tmp_path, ("course.toml", 'language = "en"', 'language = "ar"'))
    library, filled = garden(tmp_path)
    letter = filled.lesson(library.courses[SLUG], library.courses[SLUG].lessons[1], None, FACTS)
    assert '<html lang="ar" dir="rtl">' in letter.html
    assert '<div class="below" lang="en">' in letter.html


def test_the_preview_is_followed_by_nothing_that_a_locked_screen_could_show(shelf: tuple[Renderer, Course]) -> None:
    for lesson, _, letter in letters(shelf):
        preview = re.search(r'<div class="preview"[^>]*>(.*?)</div>', letter.html)
        assert preview is not None
        words, unseen = preview[1][: len(lesson.preview)], preview[1][len(lesson.preview) :]
        assert words == lesson.preview
        assert set(unseen.replace("&nbsp;", " ")) == {"\u034f", "\u200c", " "}
        assert unseen.count("\u034f") >= 40


def test_dark_mode_survives_the_inlining_and_every_paragraph_has_its_style(shelf: tuple[Renderer, Course]) -> None:
    for _, _, letter in letters(shelf):
        style = re.findall(r"<style>(.*?)</style>", letter.html, re.DOTALL)
        assert len(style) == 1
        assert style[0].strip().startswith("@media (prefers-color-scheme: dark) {")
        assert "background: #1b1a18 !important" in style[0]
        assert not re.search(r"<(p|h1|h2|a)(?![^>]*style=)[\s>]", letter.html)
        assert '<meta name="color-scheme" content="light dark">' in letter.html


def test_nothing_remote_no_picture_and_no_tracking(
    shelf: tuple[Renderer, Course], built_in: tuple[Renderer, Course]
) -> None:
    for _, _, letter in [*letters(shelf), *letters(built_in)]:
        assert not re.search(
            r"<(img|script|link|iframe|object|form|input|svg|video|audio|base)\b|url\(|@import|src=|background=",
            letter.html,
        )
        links = set(re.findall(r'href="([^"]*)"', letter.html))
        ours = {
            getattr(FACTS, name).replace("&", "&amp;")
            for name in ("me_url", "leave_url", "support_url", "clean_copy_url")
        }
        assert links - ours <= {"https://example.org/seeds?kind=bean&amp;size=1", "https://example.org/swap"}


def test_facts_are_escaped_in_html_and_left_alone_in_text(shelf: tuple[Renderer, Course]) -> None:
    filled, course = shelf
    nasty = 'https://x.org/"><script>alert(1)</script>?a=1&b={{ 7 * 7 }}'
    letter = filled.lesson(course, course.lessons[2], None, replace(FACTS, support_url=nasty, me_url=nasty))
    assert "<script>" not in letter.html
    assert nasty in letter.text
    assert "49" not in letter.text


def test_braces_that_an_author_wrote_are_braces(shelf: tuple[Renderer, Course]) -> None:
    filled, course = shelf
    letter = filled.lesson(course, course.lessons[1], None, FACTS)
    assert "Say {{ it }} with {braces}, \\{ and <b>signs</b> & more." in flat(letter.text)
    assert "Say &#123;&#123; it }} with <code" in letter.html
    assert "&lt;b&gt;signs&lt;/b&gt;" in letter.html


# -- the engine's own mails ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_the_confirmation_names_neither_course_nor_perspective_and_asks_for_one_button(language: str) -> None:
    library = load_library(course_directories(None))
    filled, course = renderer(library), library.courses["rebuilding-trust"]
    letter = filled.system("confirm", language, confirm_url="https://x.org/confirm/TOKEN")
    assert filled.subject("confirm", language) == letter.subject
    for part in (letter.subject, letter.text, letter.html):
        for secret in (course.title, course.cover, course.from_name, *course.perspectives.values(), "trust", "Trust"):
            assert secret not in part
    assert letter.text.count("https://x.org/confirm/TOKEN") == letter.html.count("https://x.org/confirm/TOKEN") == 1
    assert f'<html lang="{language}"' in letter.html


def test_the_confirmation_says_how_often(shelf: tuple[Renderer, Course]) -> None:
    filled, _ = shelf
    assert filled.subject("confirm", "en") == "Please confirm: a weekly e-mail"
    assert filled.subject("confirm", "de", pace=Pace.FOUR_WEEKS) == "Bitte bestätigen: eine E-Mail alle vier Wochen"
    assert (
        "an e-mail every two weeks for this address"
        in filled.system("confirm", "xx", pace=Pace.TWO_WEEKS, confirm_url="x").text
    )


# -- faults -------------------------------------------------------------------------------------------------------------
def test_what_cannot_be_filled_in_is_a_named_fault_that_tells_no_reader(shelf: tuple[Renderer, Course]) -> None:
    filled, course = shelf
    with pytest.raises(TemplateFault, match=r"^The mail confirm could not be filled in \(UndefinedError\)\.$"):
        filled.system("confirm", "en", conform_url="https://x.org/SECRET")
    with pytest.raises(TemplateFault, match=r"^There is no mail named goodbye\.$"):
        filled.system("goodbye", "en")
    stranger = replace(course.lessons[0], slug="unread")
    for render in (lambda: filled.lesson(course, stranger, None, FACTS), lambda: filled.page(course, stranger, None)):
        with pytest.raises(TemplateFault, match="Lesson unread of quiet-garden is not among the lessons"):
            render()


# -- work ---------------------------------------------------------------------------------------------------------------
def calls(work: Callable[[], object]) -> set[str]:
    """Which files' functions and which C functions ran during some work."""
    seen: set[str] = set()

    def note(frame, event, arg) -> None:
        if event == "call":
            seen.add(frame.f_code.co_filename)
        elif event == "c_call":
            seen.add(f"{getattr(arg, '__module__', '') or ''}.{arg.__qualname__}")

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return seen


HEAVY = re.compile(
    r"markdown_it|jinja2.(lexer|parser|compiler|loaders)|yaml|tomllib|pydantic|builtins\.compile|CSSInliner|io\.open|sources\.py|press\.py"
)


def test_filling_in_compiles_inlines_parses_and_reads_nothing() -> None:
    library = load_library(course_directories(None))
    course = library.courses["rebuilding-trust"]
    made: list[Renderer] = []
    at_start = calls(lambda: made.append(renderer(library)))
    assert any(HEAVY.search(name) for name in at_start), "the counter must see the work at the start"

    def dispatch() -> None:
        for lesson, who in [(lesson, who) for lesson in course.lessons for who in course.readings]:
            made[0].lesson(course, lesson, who, FACTS)
            made[0].page(course, lesson, who)
        made[0].system("confirm", "de", confirm_url="https://x.org")

    assert [name for name in calls(dispatch) if HEAVY.search(name)] == []


def test_one_renderer_serves_many_threads(shelf: tuple[Renderer, Course]) -> None:
    filled, course = shelf

    def mine(number: int) -> str:
        url = f"https://x.org/me/{number}."
        return filled.lesson(course, course.lessons[number % 3], None, replace(FACTS, me_url=url)).text

    with ThreadPoolExecutor(8) as pool:
        for number, text in enumerate(pool.map(mine, range(300))):
            assert set(re.findall(r"https://x\.org/me/(\d+)\.", text)) == {str(number)}
