"""`dripcourse subscriber add | list | show`."""

from datetime import timedelta

import pytest

from dripcourse.services.enrollment import suppression
from tests.cli.line import COURSE, Line
from tests.support.house import MONDAY

KEYS = [
    "id", "enrollment", "email", "course", "state", "reason", "perspective", "zone", "day", "hour", "pace", "lesson", "due", "waits",
    "deliveries", "shared", "lifted",
]  # fmt: skip
DELIVERY = ["id", "kind", "enrollment", "course", "lesson", "state", "reason", "due", "at", "detail"]


def add(line: Line, email: str, *words: str, **more: str):
    return line("subscriber", "add", email, "--course", COURSE, *words, **more)


def test_adding_vouches_and_the_next_tick_sends_the_welcome(line: Line) -> None:
    said = add(
        line,
        "Ana@Example.ORG",
        "--perspective",
        "betrayed",
        "--zone",
        "Europe/Berlin",
        "--day",
        "sun",
        "--hour",
        "0",
        "--json",
    )
    assert said.code == 0
    reader = said.json
    assert list(reader) == KEYS
    assert reader["email"] == "Ana@example.org"
    assert (reader["state"], reader["perspective"], reader["zone"]) == ("active", "betrayed", "Europe/Berlin")
    assert (reader["day"], reader["hour"], reader["pace"], reader["lesson"]) == ("sun", 0, "weekly", "welcome")
    assert line("tick").json["accepted"] == 1


def test_adding_somebody_again_changes_nothing_and_is_no_failure(line: Line) -> None:
    first = add(line, "ana@example.org", "--zone", "Europe/Berlin", "--json").json
    said = add(line, "ANA@example.org", "--zone", "Asia/Tokyo", "--hour", "20")
    assert said.code == 0
    assert "already" in said.out
    again = add(line, "ana@example.org", "--json").json
    assert again == first


def test_who_said_never_again_is_not_added_and_not_asked(line: Line) -> None:
    with line.parts() as parts, parts.db.write() as session:
        suppression.suppress(parts, session, parts.keys.indexes("ana@example.org"), "never", MONDAY)
    for words in ((), ("--ask",)):
        said = add(line, "ana@example.org", *words)
        assert (said.code, said.out) == (1, "")
        assert "never to be written to" in said.err
        assert "ana@" not in said.err
    assert line("tick").json["accepted"] == 0


def test_asking_sends_a_confirmation_and_nothing_else(line: Line) -> None:
    said = add(line, "ana@example.org", "--ask", "--json")
    assert (said.code, said.json["state"], said.json["lesson"]) == (0, "pending", None)
    assert add(line, "ana@example.org", "--ask").code == 0
    assert line("tick").json["accepted"] == 1
    assert line("tick", "--at", "2026-03-20T10:00:00Z").json["accepted"] == 0
    assert len(line.mails) == 1
    assert b"Please confirm" in line.mails[0].read_bytes()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("add", "ana@example.org", "--course", "nothing"), 1, "There is: rebuilding-trust"),
        (("add", "ana", "--course", COURSE), 1, "does not look like an e-mail address"),
        (("add", "ana@example.org\nBcc: all@example.org", "--course", COURSE), 1, "line breaks"),
        (("add", "ana@example.org", "--course", COURSE, "--zone", "Mars/Base"), 2, "no time zone 'Mars/Base'"),
        (("add", "ana@example.org", "--course", COURSE, "--perspective", "neither"), 2, "betrayed, betraying"),
        (("add", "ana@example.org", "--course", COURSE, "--day", "monday"), 2, "--day"),
        (("add", "ana@example.org", "--course", COURSE, "--hour", "24"), 2, "--hour"),
        (("add", "ana@example.org"), 2, "--course"),
        (("show", "nobody@example.org"), 1, "subscriber list"),
        (("list", "--course", "nothing"), 1, "There is: rebuilding-trust"),
    ],
)
def test_what_cannot_be_done_is_said_on_stderr_with_its_code(
    line: Line, words: tuple[str, ...], code: int, says: str
) -> None:
    said = line("subscriber", *words)
    assert (said.code, said.out) == (code, "")
    assert says in said.err
    assert "ana@" not in said.err


def test_the_list_and_a_reader_in_words_and_in_json(line: Line) -> None:
    assert line("subscriber", "list").out.startswith("No readers yet")
    enrollment = add(line, "ana@example.org", "--zone", "Europe/Berlin", "--json").json["enrollment"]
    line("tick")
    listed = line("subscriber", "list", "--course", "slow-letters", "--json").json
    looked_up = {"deliveries", "shared", "lifted"}
    assert [list(each) for each in listed] == [[key for key in KEYS if key not in looked_up]], "no list that is empty"
    assert (listed[0]["lesson"], listed[0]["due"]) == ("acknowledgement", "2026-03-05T08:00:00+00:00")
    assert "ana@example.org" in line("subscriber", "list").out
    shown = line("subscriber", "show", enrollment, "--json").json
    assert list(shown) == KEYS
    assert [list(each) for each in shown["deliveries"]] == [DELIVERY]
    said = line("subscriber", "show", "ana@example.org").out
    for words in ("did not say", "thu 09:00, Europe/Berlin, weekly", "acknowledgement, due 2026-03-05T08:00:00+00:00"):
        assert words in said


def test_the_host_pauses_and_resumes_a_reader_by_address_or_id(line: Line) -> None:
    reader = add(line, "ana@example.org", "--json").json
    for _ in range(2):
        assert line("subscriber", "pause", "ana@example.org").code == 0
    assert line("subscriber", "show", reader["id"], "--json").json["state"] == "paused"
    assert line("tick").json["accepted"] == 0
    for _ in range(2):
        assert line("subscriber", "resume", reader["enrollment"]).code == 0
    assert line("tick").json["accepted"] == 1
    said = line("subscriber", "pause", "nobody@example.org")
    assert (said.code, said.out) == (1, "")


def test_the_host_ends_one_readers_letters_and_nothing_is_erased(line: Line) -> None:
    add(line, "ana@example.org")
    line("tick")
    said = line("subscriber", "leave", "ana@example.org")
    assert said.code == 0
    assert "has left" in said.out
    [reader] = line("subscriber", "list", "--json").json
    assert (reader["state"], reader["reason"]) == ("left", "asked")
    assert line("subscriber", "leave", "ana@example.org").code == 1
    assert line("tick", "--at", (MONDAY + timedelta(days=30)).isoformat()).json["claimed"] == 0
