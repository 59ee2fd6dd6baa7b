"""A small course in a house whose courses, wire and clock can be tampered with."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from dripcourse.bootstrap import open_database
from dripcourse.db import schema
from dripcourse.domain.mail import Transport
from dripcourse.services.journal import Journal
from dripcourse.services.parts import Parts
from dripcourse.transports.outbox import Outbox
from tests.support.house import MONDAY, House, open_house, settings_for, write_course
from tests.support.once import with_tables

Small = Callable[..., House]


@pytest.fixture(scope="session")
def pure_parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    """Everything that depends on no folder, loaded once: the courses, the renderer, the keys, the rules."""
    folder = tmp_path_factory.mktemp("pure")
    write_course(folder / "courses", lessons=4)
    with open_house(folder, COURSES_DIR=str(folder / "courses")) as house:
        return house.parts


@pytest.fixture
def small(tmp_path: Path, pure_parts: Parts) -> Iterator[Small]:
    """Opens a house with a course of four plain lessons; after the course was `edited`, as a restart would find it."""
    write_course(tmp_path / "courses", lessons=4)
    with ExitStack() as stack:

        def opened(
            database_url: str | None = None, *, transport: Transport | None = None, edited: bool = False
        ) -> House:
            if edited:
                return stack.enter_context(open_house(tmp_path, database_url, COURSES_DIR=str(tmp_path / "courses")))
            settings = settings_for(tmp_path, database_url or with_tables(tmp_path / "truth.db"))
            db = open_database(settings)
            stack.callback(db.close)
            schema.upgrade(db, now=MONDAY)
            journal = Journal(settings.journal_dir, pure_parts.keys)
            wire = transport or Outbox(tmp_path / "outbox")
            return House(replace(pure_parts, db=db, transport=wire, journal=journal), tmp_path)

        yield opened


def enroll_many(house: House, count: int) -> list[str]:
    """Readers of the small course; their addresses."""
    readers = [f"r{number}@example.org" for number in range(count)]
    for reader in readers:
        house.enroll(reader, course="small")
    return readers


def each_once(house: House, readers: list[str]) -> bool:
    """Whether the outbox holds one mail for each of these readers, and no other."""
    return sorted(str(mail["To"]) for mail in house.mails()) == sorted(readers)
