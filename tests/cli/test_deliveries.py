"""`dripcourse deliveries list | unsure | resolve`."""

import sqlite3
from email import policy
from email.parser import BytesParser
from io import BytesIO, TextIOWrapper

import pytest

from tests.cli.line import COURSE, Line

KEYS = ["id", "kind", "enrollment", "course", "lesson", "state", "reason", "due", "at"]


def unsettle(line: Line) -> str:
    """A welcome of which nobody knows whether it went, and whose fate no evidence tells for a while; its id."""
    line("subscriber", "add", "ana@example.org", "--course", COURSE)
    line("tick")
    with sqlite3.connect(line.folder / "data" / "dripcourse.db") as database:
        database.execute(
            "UPDATE delivery SET state = 'unsure', accepted_at = NULL, wake_at = '2027-01-01 00:00:00.000000'"
        )
        database.execute(
            "UPDATE enrollment SET last_lesson = NULL, last_number = -1, last_accepted_at = NULL, due_at = NULL, wake_at = NULL"
        )
        return str(database.execute("SELECT id FROM delivery").fetchone()[0])


def test_the_list_has_these_keys_and_says_when_it_is_empty(line: Line) -> None:
    assert line("deliveries", "list").out == "No mail yet.\n"
    assert line("deliveries", "list", "--json").json == []
    assert line("deliveries", "unsure").out == "Nothing is unsure.\n"
    line("subscriber", "add", "ana@example.org", "--course", COURSE)
    line("subscriber", "add", "ben@example.org", "--course", COURSE, "--ask")
    line("tick")
    confirm, lesson = sorted(line("deliveries", "list", "--json").json, key=lambda each: each["kind"])
    assert list(confirm) == list(lesson) == KEYS
    assert (lesson["kind"], lesson["course"], lesson["lesson"]) == ("lesson", COURSE, "welcome")
    assert (lesson["state"], lesson["due"], lesson["at"]) == ("accepted", *["2026-03-02T10:00:00+00:00"] * 2)
    assert (confirm["kind"], confirm["lesson"]) == ("confirm", None)
    in_words = line("deliveries", "list").out
    assert "welcome" in in_words
    assert "@" not in in_words


def test_the_hosts_word_that_it_arrived_moves_the_course_on(line: Line) -> None:
    ident = unsettle(line)
    assert [each["id"] for each in line("deliveries", "unsure", "--json").json] == [ident]
    said = line("deliveries", "resolve", ident, "--sent")
    assert (said.code, said.out) == (0, f"{ident} is now accepted.\n")
    assert line("deliveries", "unsure", "--json").json == []
    assert line("subscriber", "list", "--json").json[0]["lesson"] == "acknowledgement"
    again = line("deliveries", "resolve", ident, "--sent")
    assert (again.code, again.out) == (2, "")
    assert "nothing to decide" in again.err


def test_the_hosts_word_that_it_did_not_sends_it_again(line: Line) -> None:
    ident = unsettle(line)
    line.mails[0].unlink()
    assert line("deliveries", "resolve", ident, "--not-sent").out == f"{ident} is now claimed.\n"
    assert line("tick").json["accepted"] == 1
    assert len(line.mails) == 1


def test_a_word_about_nothing_or_no_word_at_all_is_refused(line: Line) -> None:
    said = line("deliveries", "resolve", "nothing", "--sent")
    assert (said.code, said.out) == (1, "")
    assert "deliveries list" in said.err
    undecided = line("deliveries", "resolve", "nothing")
    assert undecided.code == 2
    assert "--not-sent" in undecided.err


def test_a_lesson_that_came_back_is_listed_with_its_reason_and_goes_again_by_the_hosts_word(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    line("subscriber", "add", "ana@example.org", "--course", COURSE)
    line("tick")
    returned = BytesParser(policy=policy.default).parsebytes(line.mails[0].read_bytes())
    report = (
        "From: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nAction: failed\nStatus: 5.1.8\n"
        "Diagnostic-Code: smtp; 553 5.1.8 <letters@course.example>... Domain of sender address does not exist\n\n--b--\n"
    )
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(report.encode())))
    assert line("inbound", "receive", "--rcpt", str(returned["Reply-To"]), "--sender", "").code == 0
    line("tick")
    [back] = line("deliveries", "list", "--json").json
    assert list(back) == KEYS
    assert (back["state"], back["reason"]) == ("held", "policy")
    assert "domain of sender address does not exist" in line("deliveries", "list").out
    assert line("subscriber", "list", "--json").json[0]["state"] == "active"
    assert line("subscriber", "list", "--json").json[0]["lesson"] == "welcome"
    for _ in range(2):
        assert line("deliveries", "resolve", back["id"], "--again").out == f"{back['id']} is now claimed.\n"
    assert line("tick").json["accepted"] == 1
    assert line("subscriber", "list", "--json").json[0]["lesson"] == "acknowledgement"
