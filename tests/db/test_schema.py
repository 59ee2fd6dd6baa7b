"""The schema: migrations lead to what the models say, up, down and up again, and an unfit schema is named in words."""

import re
from datetime import timedelta
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import ProgrammingError

from dripcourse.db import schema
from dripcourse.db.models import Base, Enrollment, Instance, Subscriber
from dripcourse.db.session import Database, fingerprint
from dripcourse.domain.errors import DatabaseAway, SchemaError
from tests.db.rows import NOW, subscriber

Described = dict[str, dict[str, Any]]


def tables_of(db: Database) -> set[str]:
    with db.read() as session:
        return set(inspect(session.connection()).get_table_names())


def described(db: Database) -> Described:
    """Everything the database itself says of its tables, in an order of its own making."""
    with db.read() as session:
        look = inspect(session.connection())
        names = sorted(set(look.get_table_names()) - {"alembic_version"})
        return {
            name: {
                "columns": {
                    each["name"]: (str(each["type"]), each["nullable"], each["default"])
                    for each in look.get_columns(name)
                },
                "key": look.get_pk_constraint(name),
                "checks": {each["name"]: one_line(each["sqltext"]) for each in look.get_check_constraints(name)},
                "uniques": {each["name"]: each["column_names"] for each in look.get_unique_constraints(name)},
                "foreign": {
                    each["name"]: (each["constrained_columns"], each["referred_table"], each["options"])
                    for each in look.get_foreign_keys(name)
                },
                "indexes": {
                    each["name"]: (
                        each["column_names"],
                        each["unique"],
                        {key: one_line(str(value)) for key, value in each.get("dialect_options", {}).items()},
                    )
                    for each in look.get_indexes(name)
                },
            }
            for name in names
        }


def one_line(sql: str) -> str:
    return re.sub(r"\s+", " ", sql).strip()


def test_the_migrated_schema_is_the_one_the_models_say(db: Database, empty: Database) -> None:
    with empty.write() as session:
        Base.metadata.create_all(session.connection())
    assert described(db) == described(empty)


def test_alembic_finds_nothing_left_to_migrate(db: Database) -> None:
    with db.read() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_up_and_down_and_up_again_ends_where_it_began(empty: Database) -> None:
    schema.upgrade(empty, now=NOW)
    first = described(empty)
    schema.downgrade(empty)
    assert tables_of(empty) <= {"alembic_version"}
    schema.upgrade(empty, now=NOW)
    assert described(empty) == first
    schema.require(empty)


def test_upgrading_again_keeps_every_row_and_the_seal(db: Database) -> None:
    with db.write() as session:
        session.add(subscriber())
    schema.upgrade(db, now=NOW + timedelta(days=1))
    with db.read() as session:
        assert len(session.scalars(select(Subscriber)).all()) == 1
        seal = session.scalars(select(Instance)).one()
        assert seal.sealed_at == NOW
        assert seal.fingerprint == fingerprint(session)


def test_an_upgrade_that_fails_half_way_leaves_nothing(empty: Database) -> None:
    with empty.write() as session:
        session.execute(text("CREATE TABLE reply (in_the_way INTEGER)"))  # the migration's last table cannot be made
    with pytest.raises((DatabaseAway, ProgrammingError)):
        schema.upgrade(empty, now=NOW)
    assert tables_of(empty) == {"reply"}


def test_a_database_without_tables_says_which_command_makes_them(empty: Database) -> None:
    assert schema.is_empty(empty)
    assert schema.current(empty) is None
    with pytest.raises(SchemaError, match=r"no tables yet. Run: dripcourse db upgrade"):
        schema.require(empty)


def test_a_newer_database_is_refused_in_words(empty: Database) -> None:
    schema.upgrade(empty, now=NOW)
    with empty.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(
        SchemaError, match=r"newer than this version of dripcourse. Install the newer dripcourse again."
    ):
        schema.require(empty)


def test_an_older_database_is_refused_the_command_named_and_its_rows_kept_on_the_way_up(db: Database) -> None:
    with db.write() as session:
        session.add(subscriber())
    schema.downgrade(db, to="0001")
    with pytest.raises(SchemaError, match=r"older than this version of dripcourse. Run: dripcourse db upgrade"):
        schema.require(db)
    schema.upgrade(db, now=NOW)
    schema.require(db)
    with db.read() as session:
        assert len(session.scalars(select(Subscriber)).all()) == 1


def test_covers_that_stood_plain_are_forgotten_to_the_last_byte_and_other_choices_stay(empty: Database) -> None:
    """The migration has no key to seal them with."""
    schema.upgrade(empty, now=NOW, to="0006")
    names = {"own": "Wasseramsel", "plain": "Heckenbraunelle", "discreet": None}
    with empty.write() as session:
        reader = subscriber()
        session.add(reader)
        session.flush()
        for number, (style, name) in enumerate(names.items()):
            row = {"id": f"e{number}", "who": reader.id, "now": NOW, "course": style, "style": style, "name": name}
            session.execute(text(_EARLIER_ENROLLMENT), row | {"yes": True})
    schema.upgrade(empty, now=NOW)
    with empty.read() as session:
        found = {row.course: row for row in session.scalars(select(Enrollment))}
        styles = {course: row.subject_style for course, row in found.items()}
        assert styles == {"own": "discreet", "plain": "plain", "discreet": "discreet"}
        assert {row.cover_sealed for row in found.values()} == {None}
        assert {row.behind_link for row in found.values()} == {True}
    if empty.path is not None:  # PostgreSQL overwrites at its own vacuum
        empty.scrub()
        held = b"".join(file.read_bytes() for file in empty.path.parent.iterdir())
        assert b"discreet" in held
        assert b"Wasseramsel" not in held
        assert b"Heckenbraunelle" not in held


_EARLIER_ENROLLMENT = """
    INSERT INTO enrollment (
        id, subscriber_id, course, language, zone, offset_minutes, pace, state, last_number, created_at,
        subject_style, cover_name, cover_subject, behind_link, reminders
    ) VALUES (:id, :who, :course, 'en', 'UTC', 0, 'weekly', 'active', -1, :now, :style, :name, :name, :yes, :yes)
"""


def test_the_fingerprint_tells_a_database_from_another(db: Database, empty: Database) -> None:
    schema.upgrade(empty, now=NOW)
    with db.read() as one, db.read() as same, empty.read() as other:
        assert fingerprint(one) == fingerprint(same)
        assert fingerprint(one) != fingerprint(other)


def test_an_embedded_database_moved_away_under_our_feet_is_away(lite: Database) -> None:
    with lite.read() as session:
        session.execute(select(Instance)).all()
        assert lite.path is not None
        lite.path.rename(lite.path.with_suffix(".moved"))
        with pytest.raises(DatabaseAway, match="has gone"):
            fingerprint(session)
