"""What takes a while and never changes, done once for all tests of a process: the built-in course, and the migrations."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import delete

from dripcourse import bootstrap
from dripcourse.content.files import OWN_COURSES
from dripcourse.content.library import Library
from dripcourse.content.render import Renderer
from dripcourse.db import schema
from dripcourse.db.models import Instance
from dripcourse.db.session import Database

_load, _made = bootstrap.load_courses, Renderer
_compiled = cache(lambda words: _made(built_in(), **dict(words)))


@cache
def built_in() -> Library:
    """The built-in course, as every installation without courses of its own reads it. No test can change it for the others."""
    library = _load(None)
    return replace(library, courses=MappingProxyType(library.courses))


@contextmanager
def read_once() -> Iterator[None]:
    """Until the end of the block, whoever opens an installation without courses of its own is given what was read before."""
    before = bootstrap.load_courses, bootstrap.Renderer
    bootstrap.load_courses, bootstrap.Renderer = _courses, _renderer  # type: ignore[misc, assignment]
    try:
        yield
    finally:
        bootstrap.load_courses, bootstrap.Renderer = before  # type: ignore[misc]


def _courses(courses_dir: Path | None) -> Library:
    return _load(courses_dir) if courses_dir or Path(OWN_COURSES).is_dir() else built_in()


def _renderer(library: Library, **words: str) -> Renderer:
    return _compiled(tuple(words.items())) if library is built_in() else _made(library, **words)


def migrate(db: Database) -> None:
    """Bring up a database that is to be copied: with every table, and no seal, so that each copy is sealed as its own."""
    schema.upgrade(db, now=datetime(2026, 1, 1, tzinfo=UTC))
    with db.write() as session:
        session.execute(delete(Instance))
    db.scrub()
    db.close()


@cache
def _tables() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="dripcourse-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    migrate(Database(f"sqlite:///{folder / 'truth.db'}"))
    return folder / "truth.db"


def with_tables(file: Path) -> str:
    """The URL of an embedded database, copied from one that was brought up if there is none there yet. Opening it seals it."""
    if not file.exists():
        shutil.copyfile(_tables(), file)
    return f"sqlite:///{file}"
