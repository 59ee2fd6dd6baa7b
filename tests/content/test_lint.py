"""Advice: what is not wrong and could be better."""

from pathlib import Path

import pytest

from dripcourse.content.files import course_directories
from dripcourse.content.lint import advice
from dripcourse.content.load import load_library
from tests.content.garden import SLUG, planted

TOML, WELCOME, POT, LAST = "course.toml", "00-welcome.md", "01-first-pot.md", "02-last-word.md"
SEEN = "as the title does; everybody who sees the mailbox can read it"
QUIET = "quiet words are heard better"


def told(home: Path) -> list[str]:
    """The advice about the garden, with files named from the course's folder."""
    library = load_library([home])
    return [str(each).replace(str(home / SLUG) + "/", "") for each in advice(library, library.courses[SLUG])]


CASES = {
    "nothing to say": (LAST, "reading", "reading", []),
    "the course's title in the subject": (LAST, "subject: The last note", "subject: The last garden note", [
        f"{LAST}:3: `subject` says “garden”, {SEEN}",
    ]),
    "the lesson's title in the preview": (POT, "preview: A few minutes, whenever it suits you.", "preview: Your FIRST pot and its place.", [
        f"{POT}:4: `preview` says “place”, {SEEN}",
    ]),
    "the title in the cover": (TOML, '"green-notes"', '"garden-notes"', [f"{TOML}:2: `cover` says “garden”, {SEEN}"]),
    "the title in the sender": (TOML, '"Green Notes"', '"Garden Notes"', [f"{TOML}:3: `from_name` says “garden”, {SEEN}"]),
    "no plain subject": (LAST, "subject_plain: A last word from the garden\n", "", [
        f"{LAST}:1: has no `subject_plain`: for readers who want plain subjects",
    ]),
    "no preview": (LAST, "preview: The last one.\n", "", [f"{LAST}:1: has no `preview`: what a mailbox shows beside the subject"]),
    "a loud subject": (LAST, "subject: The last note", "subject: The last note!", [f"{LAST}:3: an exclamation mark in `subject`: {QUIET}"]),
    "a loud prompt": (WELCOME, "grow?", "grow?!", [f"{WELCOME}:6: an exclamation mark in `prompt`: {QUIET}"]),
    "a loud line": (POT, "Water it.", "Water it.\nNow!", [f"{POT}:33: an exclamation mark: {QUIET}"]),
    "not equal is not loud": (LAST, "if next_date", "if next_date != 'x' and next_date", []),
    "a heading that jumps": (POT, "## What to do", "#### What to do", [
        f"{POT}:22: a heading jumps from level 1 to level 4: begin it with ##",
    ]),
    "a second title": (POT, "## What to do", "# What to do", [f"{POT}:22: a second title: begin the headings inside a lesson with ##"]),
    "HTML": (LAST, "Thank", "<em>Thank</em>", [f"{LAST}:7: HTML is shown to readers as it stands; use Markdown"]),
    "an HTML note": (LAST, "Thank", "<!-- later -->\nThank", [f"{LAST}:7: HTML is shown to readers as it stands; use Markdown"]),
    "a link is not HTML": (LAST, "Thank", "<https://example.org> <a@example.org> 1<2>1 Thank", []),
    "a link to nowhere": (LAST, "{{ support_url }}", "support.html", [
        f"{LAST}:9: a link in a mail needs a whole address, such as https://example.org/page",
    ]),
    "far longer than the others": (POT, "Water it.", "word " * 600, [
        f"{POT}: has 728 words (reading `unsaid`); the lessons of this course have about 28",
    ]),
    "a long mail": (LAST, "Thank", "word " * 6500 + "Thank", [
        f"{LAST}: has 6514 words (reading `yard`); the lessons of this course have about 130",
        f"{LAST}: makes a mail of 73 kB; over 90 kB it would be refused",
    ]),
    "a language without words": (TOML, '"en"', '"it"', [
        f"{TOML}:4: dripcourse has no words in `it`: what stands round the lessons will be English. To translate them: _words/it.toml beside your courses",
    ]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_advice_names_the_line_and_what_would_be_better(name: str, tmp_path: Path) -> None:
    file, old, new, expected = CASES[name]
    # the golden garden shows its HTML signs on purpose
    planted(tmp_path, (POT, "<b>signs</b>", "signs"), (file, old, new))
    assert told(tmp_path) == expected


def test_there_is_no_advice_left_for_the_built_in_course() -> None:
    library = load_library(course_directories(None))
    assert advice(library, library.courses["rebuilding-trust"]) == []
