"""A course: its readings, and which lesson comes next however the author moves them about."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dripcourse.domain.course import UNSAID, Course, Lesson, next_lesson
from dripcourse.domain.delivery import confirm_key, lesson_key
from dripcourse.domain.errors import CourseError, Fault, SettingsError, UsageError
from dripcourse.domain.pacing import Pace


def lesson(slug: str, number: int) -> Lesson:
    return Lesson(slug, number, slug, slug, slug, "", "Words.", {UNSAID: "What now?"})


def course(*slugs: str) -> Course:
    return Course(
        slug="rebuilding-trust",
        cover="slow-letters",
        title="Rebuilding trust",
        from_name="Slow Letters",
        language="en",
        pace=Pace.WEEKLY,
        perspectives={"betrayed": "I was hurt", "betraying": "I broke the trust"},
        headings={"betrayed": "If you were hurt", "betraying": "If you broke the trust"},
        lessons=tuple(lesson(slug, number) for number, slug in enumerate(slugs)),
    )


def coming(now: Course, last: str | None, number: int, seen: str) -> str | None:
    found = next_lesson(now, last_slug=last, last_number=number, seen=frozenset(seen))
    return found.slug if found else None


# -- readings ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "reading"),
    [
        ("betrayed", "betrayed"),
        ("betraying", "betraying"),
        (None, UNSAID),
        ("unsaid", UNSAID),
        ("gone", UNSAID),
        ("", UNSAID),
    ],
)
def test_everybody_has_a_reading(said: str | None, reading: str) -> None:
    assert course("w").reading(said) == reading
    assert reading in course("w").readings


def test_a_course_without_perspectives_has_one_reading() -> None:
    assert replace(course("w"), perspectives={}).readings == (UNSAID,)


def test_a_lesson_is_found_by_its_slug_and_by_its_place() -> None:
    abc = course("a", "b", "c")
    assert abc.lesson("b") is abc.numbered(1) is abc.lessons[1]
    assert abc.lesson("x") is abc.numbered(9) is None


def test_the_digest_of_a_course_changes_with_its_words_and_only_then() -> None:
    before = course("a", "b")
    assert before.text_digest == course("a", "b").text_digest == replace(before, folder="elsewhere").text_digest
    first, second = before.lessons
    for changed in (
        replace(second, slug="c"),
        replace(second, subject="Another subject"),
        replace(second, body="Other words."),
        replace(second, prompts={UNSAID: "And now?"}),
    ):
        assert replace(before, lessons=(first, changed)).text_digest != before.text_digest


# -- what comes next ---------------------------------------------------------------------------------------------------
def test_lessons_come_one_after_the_other_and_then_no_more() -> None:
    got, last, number = "", None, -1
    while (found := next_lesson(course(*"wabc"), last_slug=last, last_number=number, seen=frozenset(got))) is not None:
        got, last, number = got + found.slug, found.slug, found.number
    assert got == "wabc"


@pytest.mark.parametrize(
    ("now", "last", "number", "seen", "comes"),
    [
        pytest.param("wabc", None, -1, "", "w", id="the welcome comes first"),
        pytest.param("waxbc", "b", 2, "wab", "c", id="one put in before the reader's place is not sent after the fact"),
        pytest.param("wabxc", "b", 2, "wab", "x", id="one put in after it comes in its turn"),
        pytest.param(
            "wac", "b", 2, "wab", "c", id="the last was taken out and the others moved up: none is lost by it"
        ),
        pytest.param("waxc", "b", 2, "wab", "x", id="what stands in its place now comes"),
        pytest.param("wca", "b", 2, "wab", None, id="but not what moved before the reader's place"),
        pytest.param("wxy", "b", 1, "", "y", id="where nothing is known to be seen, the number tells the place"),
        pytest.param("wbac", "b", 2, "wab", "c", id="two that changed places are not repeated"),
        pytest.param("wcab", "b", 2, "wab", None, id="what moved before the reader's place is not sent after the fact"),
        pytest.param("bwac", "b", 2, "wab", "c", id="what was seen is skipped wherever it stands"),
        pytest.param("", "b", 2, "wab", None, id="an empty course has come to its end"),
    ],
)
def test_what_comes_next_when_the_author_has_been_busy(
    now: str, last: str | None, number: int, seen: str, comes: str | None
) -> None:
    assert coming(course(*now), last, number, seen) == comes


@given(
    st.lists(
        st.permutations("wabcdefg").map(lambda slugs: slugs[: len(slugs) - slugs.index("w") % 3]),
        min_size=1,
        max_size=12,
    )
)
def test_no_lesson_comes_twice_and_the_end_comes_whatever_the_author_does(versions: list[list[str]]) -> None:
    got: list[str] = []
    last, number = None, -1
    for version in [*versions, *[versions[-1]] * 8]:
        found = next_lesson(course(*version), last_slug=last, last_number=number, seen=frozenset(got))
        if found is not None:
            assert found.slug in version
            got.append(found.slug)
            last, number = found.slug, found.number
    assert len(got) == len(set(got))
    assert next_lesson(course(*versions[-1]), last_slug=last, last_number=number, seen=frozenset(got)) is None


# -- keys and errors -----------------------------------------------------------------------------------------------------
def test_a_lesson_has_one_key_for_each_enrollment_and_slug() -> None:
    keys = {lesson_key(enrollment, slug) for enrollment in ("e1", "e2") for slug in ("a", "b")}
    assert len(keys) == 4
    assert confirm_key("s", 1) != confirm_key("s", 2)


def test_faults_are_told_in_the_order_of_the_files() -> None:
    error = CourseError(
        [Fault("02-b.md", 3, "no prompt"), Fault("course.toml", 0, "no title"), Fault("01-a.md", 12, "no end")]
    )
    assert str(error).splitlines() == ["01-a.md:12: no end", "02-b.md:3: no prompt", "course.toml: no title"]


def test_a_settings_error_is_a_usage_error_with_the_whole_list() -> None:
    error = SettingsError(["PORT is odd.", "HOST is empty."])
    assert isinstance(error, UsageError)
    assert str(error).splitlines() == list(error.problems) == ["PORT is odd.", "HOST is empty."]
