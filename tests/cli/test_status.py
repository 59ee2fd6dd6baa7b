"""`dripcourse status`: what needs the host now, in words and as JSON."""

import shutil

from dripcourse.domain.incoming import Arrival, Door
from dripcourse.services.incoming import store
from tests.cli.line import Line
from tests.support.house import MONDAY, write_course

NEED = {"kind", "count", "since", "reason", "command"}


def test_an_installation_that_goes_on_is_quiet(line: Line) -> None:
    assert line("status").out == "Quiet. Nothing needs you.\n", "nobody ticks yet, and there is nobody to tick for"
    line("subscriber", "add", "reader@example.org", "--course", "rebuilding-trust")
    line("tick")
    answer = line("status")
    assert (answer.code, answer.out, answer.err) == (0, "Quiet. Nothing needs you.\n", "")
    assert line("status", "--json").json == {"at": "2026-03-02T10:00:00+00:00", "needs": []}


def test_what_needs_the_host_has_a_kind_a_number_a_date_a_reason_and_a_command(line: Line) -> None:
    line("subscriber", "add", "reader@example.org", "--course", "rebuilding-trust")
    late = {"DRIPCOURSE_NOW": "2026-03-02T12:00:00Z"}
    answer = line("status", "--json", **late)
    assert answer.code == 0
    said = answer.json
    assert said["at"] == "2026-03-02T12:00:00+00:00"
    assert [need["kind"] for need in said["needs"]] == ["beat", "late"]
    assert all(need.keys() == NEED for need in said["needs"])
    [_, lesson] = said["needs"]
    assert (lesson["count"], lesson["since"]) == (1, "2026-03-02T10:00:00+00:00")
    words = line("status", **late)
    assert words.code == 0
    assert [row.partition(":")[0] for row in words.out.splitlines()] == ["beat", "late"]
    assert "dripcourse worker" in words.out
    assert "@" not in answer.out + words.out
    line("tick", **late)
    assert line("status", **late).out == "Quiet. Nothing needs you.\n"


def test_a_database_that_cannot_be_asked_is_said_and_the_exit_code_says_so(line: Line) -> None:
    line("tick")
    file = line.folder / "data" / "dripcourse.db"
    for each in line.folder.glob("data/dripcourse.db*"):
        each.rename(each.with_name(f"away-{each.name}"))
    file.mkdir()
    answer = line("status", "--json")
    assert answer.code == 1
    assert [need["kind"] for need in answer.json["needs"]] == ["database"]
    assert line("status").code == 1


def test_a_course_whose_folder_was_renamed_is_said_before_anybodys_lesson_is_due(line: Line) -> None:
    courses = line.folder / "courses"
    write_course(courses)
    given = {"COURSES_DIR": str(courses)}
    line("subscriber", "add", "reader@example.org", "--course", "small", **given)
    line("tick", **given)
    assert line("status", **given).out.startswith("Quiet")
    shutil.move(courses / "small", line.folder / "elsewhere")
    [need] = line("status", "--json", **given).json["needs"]
    assert (need["kind"], need["count"]) == ("course", 1)
    assert "The course small is missing" in need["reason"]
    shutil.move(line.folder / "elsewhere", courses / "small")
    assert line("status", **given).out.startswith("Quiet")


def test_a_message_that_nobody_handles_is_said(line: Line) -> None:
    line("tick")
    with line.parts() as parts:
        store.store(parts, Arrival(Door.PIPE, b"Subject: hello\n\nhello"), MONDAY)
    kinds = [need["kind"] for need in line("status", "--json", DRIPCOURSE_NOW="2026-03-02T11:30:00Z").json["needs"]]
    assert kinds == ["beat", "arrivals"]
