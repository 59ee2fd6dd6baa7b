"""`dripcourse doctor`, as a host types it; no name server is asked."""

import re
import threading
from pathlib import Path

import pytest

from dripcourse.db.models import Instance
from dripcourse.diagnostics.run import in_time
from dripcourse.domain.errors import DatabaseAway
from dripcourse.domain.finding import Finding, Level, well
from dripcourse.fakes.sendgrid import Account
from dripcourse.fakes.serve import FakeSendgrid
from dripcourse.services.diagnostics import installation
from tests.cli.line import Line
from tests.house.documents import blocks
from tests.house.rooms import ROOT
from tests.support.house import MONDAY, write_course


def found(line: Line, **more: str) -> dict[str, str]:
    """What is found, each with its level (the worst, if several are about the same)."""
    levels = ("well", "unseen", "look", "wrong")
    answer: dict[str, str] = {}
    for each in line("doctor", "--offline", "--json", **more).json:
        answer[each["about"]] = max(answer.get(each["about"], "well"), each["level"], key=levels.index)
    return answer


def test_a_healthy_installation_is_found_so(line: Line) -> None:
    line("tick")
    answer = line("doctor", "--offline", HOST_EMAIL="host@example.org")
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


def test_two_schedulers_where_one_was_meant_are_seen(line: Line) -> None:
    line("tick")
    assert found(line)["schedulers"] == "well"
    line("tick")
    assert found(line)["schedulers"] == "look"
    assert found(line, DRIPCOURSE_NOW="2026-03-02T10:01:00Z").get("schedulers") is None, "both were a minute ago"


def test_a_mailbox_of_the_host_is_missed(line: Line) -> None:
    assert found(line)["HOST_EMAIL"] == "look"
    assert found(line, HOST_EMAIL="host@example.org")["HOST_EMAIL"] == "well"


@pytest.mark.parametrize("name", ["secret_key", "reply_keys", "dripcourse.db", "journal", "outbox"])
def test_files_that_others_may_get_at_are_found(line: Line, name: str) -> None:
    line("subscriber", "add", "reader@example.org", "--course", "rebuilding-trust")
    line("tick")
    folder = line.folder / "data"
    assert found(line)["files"] == "well"
    (folder / name).chmod(0o755 if (folder / name).is_dir() else 0o644)
    assert found(line)["files"] == "well", "nobody else gets through the folder"
    folder.chmod(0o755)
    answer = line("doctor", "--offline")
    assert answer.code == 1
    assert f"chmod {'700' if (folder / name).is_dir() else '600'} {folder / name}" in answer.out


def test_a_full_disk_is_found(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(line)["disk"] == "well"
    monkeypatch.setattr(installation, "LEAST_FREE", 2**60)
    assert found(line)["disk"] == "wrong"
    monkeypatch.setattr(installation, "LEAST_FREE", 0)
    monkeypatch.setattr(installation, "LEAST_INODES", 2**60)
    assert found(line)["disk"] == "wrong"


def test_the_heaviest_stands_first_with_why_and_what_to_do(line: Line) -> None:
    each = line("doctor", "--offline", "--json", MAIL_FROM="Betrayal Weekly <letters@example.org>").json
    weights = ["wrong", "look", "unseen", "well"]
    levels = [one["level"] for one in each]
    assert levels == sorted(levels, key=weights.index)
    assert {"wrong", "look", "well"} <= set(levels)
    assert all(one["do"] for one in each if one["level"] in ("wrong", "look"))
    assert {"level", "about", "says", "why", "do"} == each[0].keys()


def test_the_provider_is_asked_and_nothing_is_sent(line: Line) -> None:
    fake = FakeSendgrid(Account(), lambda: MONDAY, events_url="http://127.0.0.1:9/hooks/sendgrid/events")
    fake.start()
    try:
        by_sendgrid = {
            "MAIL_URL": "sendgrid:", "SENDGRID_API_KEY": "SG.secret", "SENDGRID_API_URL": fake.url,
            "BASE_URL": "http://127.0.0.1:9", "SENDGRID_EVENT_PUBLIC_KEY": fake.signer.public_key,
        }  # fmt: skip
        line("subscriber", "add", "reader@example.org", "--course", "rebuilding-trust", **by_sendgrid)
        answer = line("doctor", "--json", **by_sendgrid)
    finally:
        fake.stop()
    levels = {(one["about"], one["level"]) for one in answer.json}
    assert {("SendGrid: trackers", "look"), ("SendGrid: events", "well"), ("SendGrid: replies", "wrong")} <= levels
    assert answer.code == 1
    assert "SG.secret" not in answer.out
    assert fake.account.taken == []


def test_a_look_that_takes_too_long_is_given_up_and_said() -> None:
    ending = threading.Event()
    (told,) = in_time("names", lambda: [well("names", str(ending.wait(30)))], seconds=0.1)
    ending.set()
    assert told.level is Level.UNSEEN
    with pytest.raises(DatabaseAway):
        in_time("clock", away)


def away() -> list[Finding]:
    raise DatabaseAway("it is away")


def test_the_evidence_for_privacy_is_shown_and_nothing_is_changed(line: Line) -> None:
    line("subscriber", "add", "reader@example.org", "--course", "rebuilding-trust")
    line("tick")
    line("backup", "b.backup")
    before = everything(line.folder)
    answer = line("doctor", "privacy", "--backup", "b.backup")
    assert answer.code == 0
    assert answer.out.count(" holds ") >= 17
    assert "FAILS" not in answer.out
    assert "reader@example.org" not in answer.out
    assert everything(line.folder) == before
    assert "unseen" in line("doctor", "privacy").out, "no backup was named"


def test_a_claim_that_fails_is_told_by_the_exit_code(line: Line) -> None:
    line("tick")
    (line.folder / "data" / "journal" / "notes").parent.mkdir(exist_ok=True)
    (line.folder / "data" / "journal" / "notes").write_text("reader@example.org\n")
    answer = line("doctor", "privacy", "--json")
    assert answer.code == 1
    assert [each["about"] for each in answer.json if each["level"] == "wrong"] == [
        "The journal holds fingerprints and instants only"
    ]


def test_where_nothing_is_set_up_nothing_is_made_to_look_at(line: Line) -> None:
    answer = line("doctor", "privacy")
    assert answer.code == 2
    assert "nothing is set up here yet" in answer.err
    assert not (line.folder / "data").exists()


def everything(folder: Path) -> dict[str, bytes]:
    """Every file's bytes, but for SQLite's own notes between processes."""
    return {
        str(path): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }


def test_what_the_documents_show_of_it_is_what_it_says(line: Line) -> None:
    line("subscriber", "add", "reader@example.org", "--course", "rebuilding-trust")
    line("tick")
    line("backup", "b.backup")
    findings = line("doctor", "--offline").out.partition("Findings:\n")[2]
    page = [block.body for block in blocks((ROOT / "docs" / "running-it.md").read_text(encoding="utf-8"))]
    for said in (findings, line("doctor", "privacy", "--backup", "b.backup").out):
        assert plainly(said) in map(plainly, page)


def plainly(text: str) -> str:
    """Without what is this machine's own: numbers and the names of keys."""
    return re.sub(r"\d+", "0", re.sub(r"key [0-9a-f]{8}", "key x", text))


@pytest.mark.parametrize(
    ("toml", "level"),
    [
        ('sendgrid_api_key = "SG.secret"', "wrong"),
        ('imap_url = "imap://u:p@127.0.0.1/INBOX"', "wrong"),
        ('inbound_secret_file = "secret.txt"', "wrong"),
        ('host_email = "host@example.org"', "well"),
    ],
)
def test_a_settings_file_that_others_may_read_is_found_if_a_key_stands_in_it(line: Line, toml: str, level: str) -> None:
    line("tick")
    file, secret = line.folder / "mine.toml", line.folder / "secret.txt"
    file.write_text(f"{toml}\n")
    secret.write_text("x" * 40)
    line.folder.chmod(0o755)
    for each in (file, secret):
        each.chmod(0o644)
    answer = line("--config", str(file), "doctor", "--offline", "--json")
    levels = {each["level"] for each in answer.json if each["about"] == "files"}
    assert levels == {level}
    for each in (file, secret):
        each.chmod(0o600)
    again = line("--config", str(file), "doctor", "--offline", "--json")
    assert {each["level"] for each in again.json if each["about"] == "files"} == {"well"}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, False),
        ({"LMTP_LISTEN": "lmtp:127.0.0.1:8024"}, True),
        ({"IMAP_URL": "imap://u:p@127.0.0.1/INBOX"}, True),
        ({"IMAP_URL": "imap://u:p@127.0.0.1/INBOX", "AUTHSERV_ID": "mx.example.org"}, False),
    ],
)
def test_a_mail_door_that_knows_no_proof_of_a_sender_is_told_of(line: Line, more: dict[str, str], told: bool) -> None:
    line("tick")
    answer = line("doctor", "--offline", **more)
    assert ("AUTHSERV_ID is not set" in answer.out) is told
