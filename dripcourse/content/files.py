"""Where the files are: those that ship with the program, and those of the host."""

from collections.abc import Sequence
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent

OWN_COURSES = "courses"
"""The folder beside you that is read when COURSES_DIR is not set, and where `course new` puts a course."""


def shipped(name: str) -> Path:
    """The shipped folder `name` (templates, migrations): inside the package in a wheel, at the top of a checkout."""
    packed = _PACKAGE / "_files" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name


def course_directories(courses_dir: Path | None) -> Sequence[Path]:
    """Where courses are looked for: the built-in ones, then the host's (COURSES_DIR, else `courses` if there is such a folder)."""
    own = courses_dir or Path(OWN_COURSES)
    built_in = shipped("templates") / "emails"
    return [built_in, own] if courses_dir or own.is_dir() else [built_in]
