"""The course that the tests of this room use, and what a reader's copy of it needs."""

import shutil
from datetime import date
from pathlib import Path

from dripcourse.content.library import Library
from dripcourse.content.load import load_library
from dripcourse.content.render import LessonFacts, Renderer

COURSES = Path(__file__).parent / "courses"
SLUG = "quiet-garden"
ADDRESS = "Green Notes\n1 Hedge Lane, Kew <UK>"

FACTS = LessonFacts(
    next_date=date(2026, 11, 26),
    promised=None,
    me_url="https://notes.example.org/me/ME-TOKEN",
    leave_url="https://notes.example.org/leave/LEAVE-TOKEN",
    support_url="https://notes.example.org/support",
    clean_copy_url="https://notes.example.org/c/green-notes/l/01",
)


def planted(home: Path, *changes: tuple[str, str, str]) -> Path:
    """A copy of the garden below `home`, with (file, old text, new text) changed in it. An old text of "" writes the file anew."""
    folder = home / SLUG
    shutil.copytree(COURSES / SLUG, folder)
    for name, old, new in changes:
        file = folder / name
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        assert old in text, f"{old!r} is not in {name}"
        file.write_bytes((text.replace(old, new, 1) if old else new).encode("utf-8", "surrogateescape"))
    return folder


def renderer(library: Library) -> Renderer:
    """A renderer as the product makes it."""
    return Renderer(library, base_url="https://notes.example.org/", postal_address=ADDRESS)


def garden(home: Path = COURSES) -> tuple[Library, Renderer]:
    """The garden's library and its renderer."""
    library = load_library([home])
    return library, renderer(library)
