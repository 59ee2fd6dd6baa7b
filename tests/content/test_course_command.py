"""`dripcourse course`: what an author types and reads."""

import json
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from dripcourse.cli import main
from tests.content.garden import SLUG, planted


class Ran:
    """What a command printed and how it ended. It runs in this process, with a working directory and settings of its own."""

    def __init__(self, *words: str, cwd: Path, **settings: str) -> None:
        out, err = StringIO(), StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.chdir(cwd)
            patch.delenv("COURSES_DIR", raising=False)
            for name, value in settings.items():
                patch.setenv(name, value)
            patch.setattr("sys.argv", ["dripcourse", "course", *words])
            try:
                main()
                self.code: object = 0
            except SystemExit as end:
                self.code = end.code or 0
        self.out, self.err = out.getvalue(), err.getvalue()


def test_a_course_that_was_started_is_sound_at_once_and_is_checked_without_any_setting(tmp_path: Path) -> None:
    new = Ran("new", "quiet-mornings", "--title", 'Mornings, "slowly"', cwd=tmp_path)
    assert (new.code, new.err) == (0, "")
    assert new.out.endswith("then try: dripcourse course check quiet-mornings\n")
    checked = Ran("check", "quiet-mornings", cwd=tmp_path)
    assert (checked.code, checked.err) == (0, "")
    assert checked.out.startswith("quiet-mornings: 3 lessons, weekly, en. No faults.\n  00 welcome     unsaid 5")
    assert "advice" not in checked.out
    (listed,) = [
        each for each in json.loads(Ran("list", "--json", cwd=tmp_path).out) if each["slug"] == "quiet-mornings"
    ]
    assert listed == {
        "slug": "quiet-mornings", "cover": listed["cover"], "title": 'Mornings, "slowly"', "language": "en", "pace": "weekly",
        "lessons": 3, "perspectives": [], "folder": listed["folder"],
    }  # fmt: skip
    assert (tmp_path / listed["folder"]).samefile(tmp_path / "courses" / "quiet-mornings")


def test_two_courses_that_were_started_do_not_clash(tmp_path: Path) -> None:
    for slug in ("one", "two"):
        assert Ran("new", slug, "--in", "shelf", cwd=tmp_path).code == 0
    assert Ran("check", cwd=tmp_path, COURSES_DIR="shelf").code == 0


def test_starting_a_course_overwrites_nothing(tmp_path: Path) -> None:
    folder = planted(tmp_path / "courses")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    again = Ran("new", SLUG, cwd=tmp_path)
    assert (again.code, again.out) == (1, "")
    assert (
        again.err
        == f"dripcourse: courses/{SLUG} is there already, and nothing in it was touched. Choose another name.\n"
    )
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_folder_that_cannot_be_written_leaves_nothing_half_written(tmp_path: Path) -> None:
    (tmp_path / "courses").write_text("a file, not a folder")
    new = Ran("new", "quiet-mornings", cwd=tmp_path)
    assert new.code == 1
    assert (
        new.err
        == "dripcourse: courses/quiet-mornings cannot be written (File exists). Choose another folder with --in.\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["courses"]


@pytest.mark.parametrize(("words", "says"), [
    (("new", "Quiet Mornings"), "dripcourse: Quiet Mornings cannot name a course: use small letters, digits and hyphens, such as quiet-mornings.\n"),
    (("new", "../x"), "dripcourse: ../x cannot name a course"),
    (("new", "x", "--title", "a\nb"), "dripcourse: The title holds a line break; write it on one line.\n"),
    (("check", "nowhere"), "dripcourse: There is no course nowhere. A course is a folder with a course.toml in it; there are: rebuilding-trust.\n"),
])  # fmt: skip
def test_what_cannot_be_meant_is_a_sentence_and_exit_2(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    ran = Ran(*words, cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(says)
    assert list(tmp_path.iterdir()) == []


def test_faults_are_listed_with_file_and_line_and_exit_1(tmp_path: Path) -> None:
    folder = planted(
        tmp_path, ("01-first-pot.md", "Water it.", "Water {{ it }}."), ("02-last-word.md", "subject:", "subjekt:")
    )
    ran = Ran("check", SLUG, cwd=tmp_path, COURSES_DIR=str(tmp_path))
    assert (ran.code, ran.out) == (1, "")
    assert f"{folder}/01-first-pot.md:32: `it` is not a name that a lesson can use" in ran.err
    assert f"{folder}/02-last-word.md:1: `subject` is missing" in ran.err
    assert f"{folder}/02-last-word.md:3: `subjekt` is not a key here; did you mean `subject`?" in ran.err
    assert ran.err.count("\n") == 4


def test_one_course_is_checked_by_its_folder_its_slug_or_its_cover_whatever_is_wrong_with_others(
    tmp_path: Path,
) -> None:
    planted(tmp_path)
    planted(tmp_path / "x", ("course.toml", "title", "titel")).rename(tmp_path / "broken")
    for settings, word in (
        ({}, str(tmp_path / SLUG)),
        ({"COURSES_DIR": str(tmp_path)}, SLUG),
        ({"COURSES_DIR": str(tmp_path)}, "green-notes"),
    ):
        ran = Ran("check", word, cwd=Path("/"), **settings)
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.startswith(f"{SLUG}: 3 lessons, weekly, en. No faults.\n  00 welcome")
        assert "; sill 106 words, 10 kB" in ran.out
    assert Ran("check", cwd=tmp_path, COURSES_DIR=str(tmp_path)).code == 1
    assert Ran("check", "broken", cwd=tmp_path, COURSES_DIR=str(tmp_path)).code == 1


def test_advice_comes_after_the_sizes_and_is_no_failure(tmp_path: Path) -> None:
    planted(tmp_path, ("02-last-word.md", "Thank you for reading.", "Thank you for reading!"))
    ran = Ran("check", SLUG, cwd=tmp_path, COURSES_DIR=str(tmp_path))
    assert ran.code == 0
    assert "Some advice:\n" in ran.out
    assert ran.out.rstrip().endswith("02-last-word.md:7: an exclamation mark: quiet words are heard better")


def test_a_list_for_people_names_slug_cover_and_title(tmp_path: Path) -> None:
    ran = Ran("list", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(
        "rebuilding-trust  (slow-letters)  9 lessons, weekly, en\n    Rebuilding trust after betrayal\n"
    )
