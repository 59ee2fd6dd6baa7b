"""`dripcourse tick`: what it prints, which instant it acts at, and what stops it."""

import json
import shutil
import sqlite3
from pathlib import Path

from tests.cli.line import COURSE, GIVEN, Line
from tests.support.house import read_outbox, subjects

KEYS = ["at", "arrived", "claimed", "accepted", "refused", "deferred", "held", "unsure", "settled"]


def test_a_tick_prints_one_line_of_json_with_these_keys_in_this_order(line: Line) -> None:
    line("subscriber", "add", "ana@example.org", "--course", COURSE)
    said = line.process("tick")
    assert (said.code, said.err, said.out.count("\n")) == (0, "", 1)
    assert list(said.json) == KEYS
    assert said.json["at"] == "2026-03-02T10:00:00+00:00"
    assert all(type(said.json[key]) is int for key in KEYS[1:])
    assert (said.json["claimed"], said.json["accepted"], len(line.mails)) == (1, 1, 1)


def test_time_is_driven_by_the_environment_and_at_overrides_it(line: Line) -> None:
    line("subscriber", "add", "ana@example.org", "--course", COURSE, "--zone", "Europe/Berlin")
    later = {"DRIPCOURSE_NOW": "2026-03-03T09:00:00+01:00"}
    assert line("tick", **later).json["at"] == "2026-03-03T08:00:00+00:00"
    ahead = line("tick", "--at", "2026-03-09T12:30:00Z", **later).json
    assert (ahead["at"], ahead["accepted"]) == ("2026-03-09T12:30:00+00:00", 1)
    welcome, first = read_outbox(line.folder / "data" / "outbox")
    assert str(first["Date"]) == "Mon, 09 Mar 2026 12:30:00 +0000"
    assert subjects([welcome, first]) == ["Welcome, and when the first letter comes", "Letter 1"]


def test_a_tick_waits_for_no_hour_since_its_caller_chose_it(line: Line) -> None:
    line("subscriber", "add", "ana@example.org", "--course", COURSE)
    line("tick")
    assert line("tick", "--at", "2026-03-20T03:00:00Z").json["accepted"] == 1


def test_an_instant_without_an_offset_or_sense_is_refused(line: Line) -> None:
    for words, says in (
        ("2026-03-09T12:30:00", "has no offset"),
        ("2026-03-09", "has no offset"),
        ("soon", "is not an instant"),
    ):
        said = line("tick", "--at", words)
        assert (said.code, said.out) == (2, "")
        assert says in said.err
    said = line("tick", DRIPCOURSE_NOW="2026-03-09T12:30:00")
    assert said.code == 2
    assert "DRIPCOURSE_NOW has no offset" in said.err


def test_missing_settings_are_told_all_at_once(line: Line) -> None:
    said = line.without(*GIVEN).process("tick", PORT="0", UNSURE_POLICY="perhaps")
    assert (said.code, said.out) == (2, "")
    for name in (*GIVEN, "PORT", "UNSURE_POLICY"):
        assert f"\n  - {name} " in said.err
    assert "Traceback" not in said.err
    assert list(line.folder.iterdir()) == []


def test_settings_come_from_a_file_too(line: Line) -> None:
    file = line.folder / "letters.toml"
    file.write_text("".join(f'{name.lower()} = "{text}"\n' for name, text in GIVEN.items()), encoding="utf-8")
    bare = line.without(*GIVEN)
    assert bare("--config", "letters.toml", "tick").code == 0
    file.rename(line.folder / "dripcourse.toml")
    assert bare("tick").code == 0
    (line.folder / "dripcourse.toml").write_text("base_url = 3\nbasurl = 'x'\n", encoding="utf-8")
    said = bare("tick")
    assert said.code == 2
    assert "basurl" in said.err
    assert "Did you mean base_url?" in said.err


def test_a_folder_that_cannot_be_written_to_is_named(line: Line) -> None:
    (line.folder / "file").touch()
    nowhere = line.folder / "file" / "deeper"
    said = line("tick", DATA_DIR=str(nowhere))
    assert said.code == 2
    assert str(nowhere) in said.err
    line("subscriber", "add", "ana@example.org", "--course", COURSE)
    blocked = line("tick", MAIL_URL=f"outbox:{nowhere}")
    assert blocked.code == 0
    assert blocked.json["deferred"] == 1
    again = line("tick", "--at", "2026-03-02T12:00:00Z").json
    assert (again["accepted"], len(line.mails)) == (1, 1)


def test_a_journal_that_cannot_be_written_to_stops_the_tick_in_words_and_nothing_goes_twice(line: Line) -> None:
    (line.folder / "file").touch()
    line("subscriber", "add", "ana@example.org", "--course", COURSE)
    said = line("tick", JOURNAL_DIR=str(line.folder / "file" / "journal"))
    assert said.code == 1
    assert said.err.startswith("dripcourse: ")
    assert "ana@" not in said.err
    line("tick", "--at", "2026-03-02T12:00:00Z")
    assert len(line.mails) == 1
    assert json.loads(line("deliveries", "list", "--json").out)[0]["state"] == "accepted"


def test_a_file_that_is_no_database_is_called_so(line: Line) -> None:
    file = line.folder / "letters.db"
    file.write_text("Dear reader, " * 100, encoding="utf-8")
    said = line("tick", DATABASE_URL=f"sqlite:///{file}")
    assert (said.code, said.out) == (1, "")
    assert "no database" in said.err
    assert file.read_text(encoding="utf-8").startswith("Dear reader")


def test_a_copy_is_mute_until_it_is_adopted(line: Line) -> None:
    line("subscriber", "add", "ana@example.org", "--course", COURSE)
    line("tick")
    copied = line.folder / "copy.db"
    _copy(line.folder / "data" / "dripcourse.db", copied)
    copy = {"DATABASE_URL": f"sqlite:///{copied}", "JOURNAL_DIR": str(line.folder / "data" / "journal")}
    said = line("tick", "--at", "2026-03-09T12:00:00Z", **copy)
    assert (said.code, said.out) == (1, "")
    assert "dripcourse adopt" in said.err
    adopted = line("adopt", **copy)
    assert adopted.code == 0
    assert adopted.out.startswith("Adopted.")
    assert line("tick", "--at", "2026-03-09T12:00:00Z", **copy).json["accepted"] == 1


def test_the_wrong_key_stops_everything_and_a_new_key_before_the_old_one_does_not(line: Line) -> None:
    line("subscriber", "add", "ana@example.org", "--course", COURSE)
    fresh = line("keys", "new").out.strip()
    for name, file in (("REPLY_KEYS", "reply_keys"), ("SECRET_KEY", "secret_key")):
        said = line("tick", **{name: fresh})
        assert (said.code, said.out) == (2, "")
        assert name in said.err
        assert fresh not in said.err
        kept = (line.folder / "data" / file).read_text(encoding="ascii").strip()
        assert line("subscriber", "show", "ana@example.org", **{name: f"{fresh},{kept}"}).code == 0


def _copy(database: Path, to: Path) -> None:
    """A backup as a careful host makes it."""
    with sqlite3.connect(database) as source, sqlite3.connect(to) as target:
        source.backup(target)
    assert shutil.disk_usage(to.parent).free
