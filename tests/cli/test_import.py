"""`dripcourse subscriber import`."""

from pathlib import Path

import pytest

from tests.cli.line import COURSE, Answer, Line


def take(line: Line, text: str | bytes, *words: str, course: str = COURSE) -> Answer:
    file = line.folder / "readers.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return line("subscriber", "import", str(file), "--course", course, *words)


GOOD = "\ufeffEmail,zone,perspective,day,hour\r\nana@example.org,Europe/Paris,betrayed,mon,7\r\n\r\nben@example.org,,,,\r\n"


def test_it_says_what_it_would_do_and_does_it_with_yes_and_again_changes_nothing(line: Line) -> None:
    dry = take(line, GOOD)
    assert dry.code == 0
    assert "2 readers would be enrolled" in dry.out
    assert line("subscriber", "list", "--json").json == []
    assert "2 enrolled, 0 were in already" in take(line, GOOD, "--yes").out
    ana, ben = sorted(line("subscriber", "list", "--json").json, key=lambda each: each["email"])
    assert (ana["zone"], ana["perspective"], ana["day"], ana["hour"]) == ("Europe/Paris", "betrayed", "mon", 7)
    assert (ben["zone"], ben["perspective"], ben["day"], ben["hour"]) == ("UTC", None, "thu", 9)
    again = take(line, GOOD, "--yes")
    assert again.code == 0
    assert "0 enrolled, 2 were in already" in again.out
    assert line("tick").json["accepted"] == 2


def test_every_fault_is_told_by_its_line_and_nothing_is_done(line: Line) -> None:
    text = "email,zone,perspective,day,hour\nana@example.org,,,,\nben,,,,\ncy@example.org,Mars,,,\ncy@example.org,,maybe,,\n"
    said = take(line, text + "cy@example.org,,,moonday,\ncy@example.org,,,,25\n", "--yes")
    assert (said.code, said.out) == (2, "")
    assert [fault.split(":")[0] for fault in said.err.splitlines()] == [
        *(f"line {n}" for n in range(3, 8)),
        "dripcourse",
    ]
    assert "5 of 6 rows" in said.err
    assert "cy@" not in said.err
    assert line("subscriber", "list", "--json").json == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("email;zone\nana@example.org;UTC\n", "does not know the column 'email;zone'"),
        ("email,name\nana@example.org,Ana\n", "does not know the column 'name'"),
        ("mail\nana@example.org\n", "does not know the column 'mail'"),
        ("zone\nUTC\n", "needs a column named email"),
        ("", "needs a column named email"),
        ("email\njos\xe9@example.org\n".encode("latin-1"), "not a CSV file in UTF-8"),
    ],
)
def test_a_file_of_another_shape_is_refused_as_a_whole(line: Line, text: str | bytes, says: str) -> None:
    said = take(line, text, "--yes")
    assert (said.code, said.out) == (2, "")
    assert says in said.err


def test_a_course_that_is_not_there_is_told_once_and_a_missing_file_too(line: Line) -> None:
    said = take(line, GOOD, course="nothing")
    assert said.code == 1
    assert said.err.count("\n") == 1
    missing = line("subscriber", "import", str(Path("nowhere.csv")), "--course", COURSE)
    assert missing.code == 2
    assert "nowhere.csv" in missing.err
