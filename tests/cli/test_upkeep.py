"""Help, versions, keys and the schema."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from dripcourse import __version__
from dripcourse.cli import COMMANDS
from dripcourse.db import schema
from tests.cli.line import COURSE, GIVEN, Line


def test_help_names_every_command_and_imports_none_of_them(line: Line) -> None:
    said = line.process("--help")
    assert (said.code, said.err) == (0, "")
    assert all(f"\n  {name} " in said.out for name in COMMANDS)
    loaded = line.process("--version")
    assert (loaded.code, loaded.out) == (0, f"dripcourse, version {__version__}\n")


def test_help_is_quick_because_it_loads_no_heavy_library(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    (line.folder / "sitecustomize.py").write_text(
        "import atexit, sys\n"
        "heavy = ('sqlalchemy', 'flask', 'jinja2', 'alembic', 'pydantic', 'cryptography', 'apscheduler')\n"
        "atexit.register(lambda: print('loaded:', [name for name in heavy if name in sys.modules], file=sys.stderr))\n",
        encoding="utf-8",
    )
    assert line.process("--help", PYTHONPATH=f"{line.folder}:{Path.cwd()}").err.splitlines()[-1] == "loaded: []"


def test_wrong_words_are_usage_faults(line: Line) -> None:
    for words in (("nothing",), ("tick", "--when", "now"), ("subscriber", "nothing"), ()):
        said = line(*words)
        assert (said.code, said.out) == (2, "")
        assert "Usage:" in said.err
    said = line("--config", "nowhere.toml", "tick")
    assert said.code == 2
    assert "nowhere.toml" in said.err


def test_a_new_key_is_one_line_and_needs_no_settings_and_works(line: Line) -> None:
    bare = line.without(*GIVEN)
    first, second = bare("keys", "new"), bare("keys", "new")
    assert (first.code, first.err, first.out.count("\n")) == (0, "", 1)
    assert first.out != second.out
    assert list(line.folder.iterdir()) == []
    keys = {"SECRET_KEY": first.out.strip(), "REPLY_KEYS": second.out.strip()}
    assert line("subscriber", "add", "ana@example.org", "--course", COURSE, **keys).code == 0
    assert line("subscriber", "show", "ana@example.org", **keys).code == 0
    assert not (line.folder / "data" / "secret_key").exists()


def test_the_schema_is_brought_up_and_told_without_settings_of_mail(line: Line) -> None:
    bare = line.without(*GIVEN)
    upgraded = bare("db", "upgrade")
    assert upgraded.code == 0
    assert schema.wanted() in upgraded.out
    assert bare("db", "upgrade").code == 0
    has, wants = bare("db", "current").out.strip().split(", ")
    assert has.removeprefix("has ") == wants.removeprefix("wants ")


def test_what_is_made_is_its_owners_alone(line: Line) -> None:
    line("subscriber", "add", "ana@example.org", "--course", COURSE)
    line("tick")
    made = [path for path in (line.folder / "data").rglob("*") if path.is_file()]
    assert {path.name for path in made} >= {"dripcourse.db", "secret_key", "reply_keys", "sent"}
    assert [path for path in (line.folder / "data", *made) if path.stat().st_mode & 0o077] == []


def test_a_schema_of_another_version_is_refused_with_the_way_out(line: Line) -> None:
    line("db", "upgrade")
    database = line.folder / "data" / "dripcourse.db"
    for change, says in (
        ("UPDATE alembic_version SET version_num = '9999'", "newer"),
        ("DELETE FROM alembic_version", "dripcourse db upgrade"),
    ):
        with sqlite3.connect(database) as opened:
            opened.execute(change)
        for command in (("worker",), ("web",), ("tick",)):
            said = line(*command, PORT="8099")
            assert (said.code, said.out) == (1, "")
            assert says in said.err


@pytest.mark.postgres
def test_on_postgresql_an_empty_database_is_refused_until_it_is_brought_up(
    line: Line, new_postgres: Callable[[], str]
) -> None:
    keys = {"SECRET_KEY": "k" * 40, "REPLY_KEYS": line("keys", "new").out.strip()}
    there = {"DATABASE_URL": new_postgres(), **keys}
    keyless = line("worker", DATABASE_URL=there["DATABASE_URL"])
    assert keyless.code == 2
    assert "SECRET_KEY is missing" in keyless.err
    for command in ("worker", "tick"):
        said = line(command, **there)
        assert (said.code, said.out) == (1, "")
        assert "dripcourse db upgrade" in said.err
    assert line("db", "upgrade", **there).code == 0
    assert line("subscriber", "add", "ana@example.org", "--course", COURSE, **there).code == 0
    assert line("tick", **there).json["accepted"] == 1
