"""The nine lessons in their three readings, as the engine makes them, against the rules that the course was written by."""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from dripcourse.content.library import Library
from dripcourse.content.load import MAX_MAIL
from dripcourse.content.render import LessonFacts, Rendered, Renderer
from dripcourse.domain.course import UNSAID, Course, Lesson
from tests.house.rooms import ROOT
from tests.support.once import built_in

HURT, BROKE = "betrayed", "betraying"
WRITTEN = date(2026, 11, 23)
"""The day on which the help lines were gathered."""

NEVER = (
    r"forgive|forgave|forgiven", r"(?:move|moved|moving) on", r"both (?:are|were) to blame", r"for a reason", r"stronger than (?:before|ever)",
    r"(?:you|who) chose (?:them|him|her)", r"real love", r"victims?", r"cheat\w*", r"addict\w*", r"narciss\w*", r"toxic",
    r"your trauma", r"abus\w*", r"sins?", r"scripture", r"god", r"within (?:weeks|months|a year)", r"soon be over",
)  # fmt: skip
GENDER = (
    r"he|she|him|her|hers|his|himself|herself|husbands?|wi(?:fe|ves)|boyfriends?|girlfriends?|spouses?|marri\w*|wedding"
)
TELLING = (
    r"betray\w*|trust\w*|affair|partner\w*|couples?|relationship|hurt\w*|heal\w*|repair\w*|boundar\w*|limits?|promis\w*|weapon|"
    r"acknowledg\w*|pain|shame|love|sex|support|divorce|recover\w*"
)
"""What a locked screen must not show."""
COURSE_WORDS = (
    "acknowledgement", "safety", "steadiness", "follow-through", "boundary", "repair", "attunement", "window of tolerance",
    "nervous system",
)  # fmt: skip
DANGER = {1, 3, 4, 6}
NUMBER = re.compile(r"\+?\d(?:[ ()/.-]{0,2}\d){5,}")
LINK = re.compile(r"https://\S+")

ARTICLE = "rebuilding trust after betrayal: 7 mistakes to avoid"

FACTS = LessonFacts(
    next_date=date(2026, 11, 26),
    promised=None,
    me_url="https://letters.example.org/me/TOKEN",
    leave_url="https://letters.example.org/leave/TOKEN",
    support_url="https://letters.example.org/support",
    clean_copy_url="https://letters.example.org/c/slow-letters/l/00",
)


@dataclass(frozen=True)
class Reading:
    """One lesson as one kind of reader gets it."""

    course: Course
    lesson: Lesson
    who: str
    letter: Rendered

    @property
    def words(self) -> str:
        """The lesson proper on one line, small letters."""
        return " ".join(self.letter.said.split()).casefold()

    @property
    def number(self) -> int:
        return self.lesson.number


def library() -> Library:
    return built_in()


@cache
def readings() -> tuple[Reading, ...]:
    course = library().courses["rebuilding-trust"]
    renderer = Renderer(
        library(), base_url="https://letters.example.org", postal_address="1 Example Street, Sampletown"
    )

    def made() -> Iterator[Reading]:
        for lesson in course.lessons:
            for who in course.readings:
                yield Reading(course, lesson, who, renderer.lesson(course, lesson, who, FACTS))

    return tuple(made())


each_reading = pytest.mark.parametrize("reading", readings(), ids=lambda each: f"{each.number}-{each.who}")


def found(pattern: str, text: str) -> list[str]:
    return re.findall(rf"(?<![\w-])(?:{pattern})(?![\w-])", text.casefold())


def test_a_welcome_seven_mistakes_and_a_closing_in_three_readings() -> None:
    course = library().courses["rebuilding-trust"]
    assert [lesson.number for lesson in course.lessons] == list(range(9))
    assert course.readings == (HURT, BROKE, UNSAID)
    assert course.cover == "slow-letters"
    assert len(readings()) == 27


@each_reading
def test_length(reading: Reading) -> None:
    count = len(reading.letter.said.split())
    if reading.who == UNSAID:
        assert count <= 800
    else:
        assert 350 <= count <= 650


@each_reading
def test_what_is_never_said(reading: Reading) -> None:
    for pattern in (*NEVER, GENDER):
        assert found(pattern, reading.letter.text) == []
    assert "!" not in reading.letter.text
    assert "!" not in reading.letter.subject


@each_reading
def test_the_other_person_is_named_so_that_it_fits_who_has_parted(reading: Reading) -> None:
    first = reading.words.index("partner")
    assert reading.words[first:].startswith("partner, or the one who was")


@each_reading
def test_what_a_locked_screen_shows_tells_nothing(reading: Reading) -> None:
    lines = [line for line in reading.letter.text.split("\n") if line]
    place = next(line for line in lines if re.search(r"\d of \d", line))
    preview, *opening = lines[: lines.index(place)]
    shown = (
        reading.letter.subject,
        reading.lesson.preview,
        reading.course.from_name,
        reading.course.cover,
        preview,
        *opening,
        place,
    )
    assert [word for text in shown for word in found(TELLING, text)] == []
    assert preview == reading.lesson.preview
    assert len(" ".join(opening)) >= 140  # a screen that leaves the preview out shows nothing of the lesson either


@each_reading
def test_it_says_where_we_are_and_that_not_doing_it_is_an_answer(reading: Reading) -> None:
    said = {0: "Before 1 of 7", 8: "After 7 of 7"}.get(reading.number, f"{reading.number} of 7")
    assert f"\n{said}" in reading.letter.text
    assert ("not doing it is also an answer" in reading.words) is (reading.number >= 2)


@each_reading
def test_the_prompt_comes_once_and_last(reading: Reading) -> None:
    prompt = reading.lesson.prompts[reading.who]
    assert prompt.endswith("?")
    assert " ".join(reading.letter.text.split()).count(prompt) == 1
    assert " ".join(reading.letter.said.split()).endswith(prompt)
    assert reading.letter.html.count('class="question"') == 1


@each_reading
def test_the_danger_passage_is_there_for_every_reader_of_those_lessons(reading: Reading) -> None:
    if reading.number not in DANGER:
        return
    section = reading.words.split("if there is fear", 1)[1]
    for pattern in (
        r"afraid|fear|scared|dread", r"watched", r"threatened", r"pushed into sex", r"money", r"people", r"not (?:looking at )?a trust problem",
        r"mend", r"at home|open the subject at home|raise it at home", r"talk first", r"a phone nobody else sees", r"someone who helps",
    ):  # fmt: skip
        assert found(pattern, section), pattern


@each_reading
def test_a_reader_gets_their_own_words_and_who_did_not_say_gets_both(reading: Reading) -> None:
    headings = [words.casefold() for words in reading.course.headings.values()]
    beside = [heading in reading.words for heading in headings]
    assert beside == ([True, True] if reading.who == UNSAID and reading.number else [False, False])


@each_reading
def test_a_mail_is_small_and_holds_no_number_to_call_and_nothing_remote(reading: Reading) -> None:
    assert library().sheets[reading.course.slug, reading.lesson.slug, reading.who].size < MAX_MAIL
    assert len((reading.letter.text + reading.letter.html).encode()) < 90_000
    assert NUMBER.findall(LINK.sub("", reading.letter.text)) == []
    assert re.findall(r"(?i)<img|<script|<link|\bsrc=|url\(|@import", reading.letter.html) == []
    assert all(link.startswith("https://letters.example.org/") for link in LINK.findall(reading.letter.text))


def test_the_constant_line_is_the_same_in_every_mail() -> None:
    lines = {
        match[0]
        for reading in readings()
        if (
            match := re.search(
                r"If you are afraid of someone, of yourself, .*? answer today\.", " ".join(reading.letter.text.split())
            )
        )
    }
    constant = (
        "If you are afraid of someone, of yourself, or of what you might do, this can wait; Support"
        " <https://letters.example.org/support> lists people who answer today."
    )
    assert lines == {constant}
    assert all("lists people who answer today." in reading.letter.html for reading in readings())


def test_every_word_of_the_course_is_there_whoever_reads() -> None:
    for who in (HURT, BROKE, UNSAID):
        whole = " ".join(reading.words for reading in readings() if reading.who == who)
        assert [word for word in COURSE_WORDS if word not in whole] == []


def test_the_welcome_tells_what_becomes_of_an_answer() -> None:
    for reading in readings()[:3]:
        for words in (
            "thursday, 26 november",
            "not therapy",
            "sent folder",
            "court case",
            "clean copy",
            "nobody will write",
            "window",
        ):
            assert words in reading.words


def test_the_closing_credits_the_article_and_claims_nothing_of_its_authors() -> None:
    course = library().courses["rebuilding-trust"]
    for text in (course.credit.casefold(), *(reading.words for reading in readings()[-3:])):
        for words in (
            ARTICLE,
            "31 march 2026",
            "resiliently rising",
            "neither made nor checked",
        ):
            assert words in text


def test_no_six_words_in_a_row_are_the_articles() -> None:
    """Digests of the article's runs of six words lie outside the repository, as the article does."""
    digests = Path(os.environ.get("DRIPCOURSE_SHARED", "")) / "checks" / "source-grams.txt"
    if not digests.is_file():
        pytest.skip("DRIPCOURSE_SHARED does not lead to the digests of the article")
    known = set(digests.read_text().split())
    for path in (file for file in (ROOT / "templates").rglob("*") if file.is_file()):
        text = path.read_text(encoding="utf-8").casefold().replace("\u2019", "'").replace(ARTICLE, "")
        words = re.findall(r"[a-z']+", text)
        for run in (" ".join(words[place : place + 6]) for place in range(len(words) - 5)):
            assert hashlib.sha256(run.encode()).hexdigest()[:12] not in known, (path.name, run)


def test_every_help_line_names_its_source_and_the_day_it_was_checked() -> None:
    countries = library().support(library().courses["rebuilding-trust"])
    assert len(countries) > 10
    for country in countries:
        for line in country.lines:
            assert line.source.startswith("http"), line.name
            assert line.checked <= WRITTEN, line.name
            assert line.phone is None or re.fullmatch(r"\+?[\d ()/-]+", line.phone), line.name


def test_every_country_has_somebody_for_fear_and_for_despair() -> None:
    for country in library().support(library().courses["rebuilding-trust"]):
        assert {"abuse", "despair"} <= {line.whom for line in country.lines} or country.code == "INT", country.name
        assert country.emergency or country.code == "INT", country.name
