"""`dripcourse doctor`, as a host types it; no name server is asked."""

from pathlib import Path

import pytest

from dripcourse.db.models import Instance
from tests.cli.line import Line
from tests.support.house import write_course


def found(line: Line, **more: str) -> dict[str, str]:
    """What is found, each with its level (the worst, if several are about the same)."""
    levels = ("well", "look", "wrong")
    answer: dict[str, str] = {}
    for each in line("doctor", "--offline", "--json", **more).json:
        answer[each["about"]] = max(answer.get(each["about"], "well"), each["level"], key=levels.index)
    return answer


def test_a_healthy_installation_is_found_so(line: Line) -> None:
    line("tick")
    answer = line("doctor", "--offline")
    assert answer.code == 0
    assert "WRONG" not in answer.out
    assert "LOOK" not in answer.out


def test_no_secret_is_shown(line: Line) -> None:
    line("tick")
    secrets = [(line.folder / "data" / name).read_text().strip() for name in ("secret_key", "reply_keys")]
    said = line("doctor", "--offline").out
    assert not any(secret in said for secret in secrets)


def test_what_is_not_well_is_found(line: Line, tmp_path: Path) -> None:
    assert found(line)["beat"] == "wrong"
    line("tick")
    assert found(line)["beat"] == "well"
    assert found(line, MAIL_FROM="Betrayal Weekly <letters@example.org>")["discretion"] == "look"
    assert found(line, BASE_URL="http://letters.example.org")["settings"] == "look"
    assert found(line, DRIPCOURSE_NOW="2035-03-02T10:00:00Z")["help lines"] == "look"
    write_course(tmp_path / "courses", cover="trauma-notes")
    assert found(line, COURSES_DIR=str(tmp_path / "courses"))["discretion"] == "look"


def test_a_copy_is_found_and_the_exit_code_says_so(line: Line) -> None:
    line("tick")
    with line.parts() as parts, parts.db.write() as session:
        session.get_one(Instance, 1).fingerprint = "elsewhere"
    answer = line("doctor", "--offline")
    assert answer.code == 1
    assert "dripcourse adopt" in answer.out


@pytest.mark.parametrize("missing", ["BASE_URL", "POSTAL_ADDRESS"])
def test_missing_settings_are_all_named(line: Line, missing: str) -> None:
    answer = line.without(missing)("doctor", "--offline")
    assert answer.code == 2
    assert missing in answer.err


def test_lessons_that_wait_are_found(line: Line) -> None:
    line("subscriber", "add", "reader@example.org", "--course", "rebuilding-trust")
    late = found(line, DRIPCOURSE_NOW="2026-03-20T10:00:00Z")
    assert late["late"] == "wrong"
