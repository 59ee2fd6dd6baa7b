"""Each claim about privacy holds on an installation that was lived in, and fails on one that was tampered with."""

import logging
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from flask import request
from sqlalchemy import delete, func, insert, select, text, update

from dripcourse.db import session as session_file
from dripcourse.db.models import (
    Beat,
    Delivery,
    Enrollment,
    Erasure,
    Inbound,
    LessonText,
    ProviderEvent,
    ReaderKey,
    Reply,
    Signup,
    Subscriber,
    Suppression,
)
from dripcourse.db.session import Database
from dripcourse.diagnostics.pages import examine_pages
from dripcourse.domain.errors import DatabaseAway
from dripcourse.domain.finding import Finding, Level
from dripcourse.services.diagnostics.privacy_database import examine_database
from dripcourse.services.diagnostics.privacy_mails import examine_lists, examine_mails
from dripcourse.services.diagnostics.privacy_traces import examine_backup, examine_traces
from dripcourse.services.recovery import backup
from dripcourse.transports.sendgrid import transport
from dripcourse.transports.sendgrid.account import told_of_a_mail
from dripcourse.web.app import create_app
from tests.support.house import MONDAY, House, open_house, write_course, write_lesson
from tests.web.conftest import Site
from tests.web.test_answer import write

OLD = MONDAY - timedelta(days=400)


def lived_in(house: House) -> House:
    """A reader who signed up, said yes and wrote, and one who never said yes."""
    site = Site(house, create_app(house.parts, house.clock))
    site.reading("reader@example.org")
    write(site, site.link("me"), "It was the quiet that I heard.")
    site.asked("asked@example.org")
    return house


def failing(house: House) -> list[str]:
    found = [*examine_database(house.parts, house.now), *examine_traces(house.parts)]
    return [each.about for each in found if each.level is Level.WRONG]


def test_every_claim_holds_where_people_have_lived(house: House) -> None:
    lived_in(house)
    found = list(examine_database(house.parts, house.now))
    assert failing(house) == []
    assert len({each.about for each in found}) >= 7
    assert all(each.says for each in found)
    told = " ".join(f"{each.says} {each.do}" for each in found)
    assert "reader@example.org" not in told
    assert "quiet" not in told
    (locked,) = (each for each in found if each.about.startswith("Addresses, requests"))
    assert house.parts.keys.newest.hex() in locked.says, "by which key"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One installation that was lived in; each test tampers with a copy of its own."""
    folder = tmp_path_factory.mktemp("lived")
    with open_house(folder) as house:
        lived_in(house)
        house.parts.db.scrub()
    return folder


@pytest.fixture
def lived(template: Path, tmp_path: Path) -> House:
    with open_house(tmp_path) as house:
        house.parts.db.close()
        (tmp_path / "truth.db").write_bytes((template / "truth.db").read_bytes())
        house.turn(minutes=1)
        yield house


PLAIN = "No address stands in the database in plain"
LOCKED = "Addresses, requests, covers and keys are locked by REPLY_KEYS"
OWN = "What readers write is locked to their own keys"
PRINTS = "What finds an address again is a keyed fingerprint"
PHRASES = "REPLY_KEYS do not open what a reader's phrase locks"
SHARED = "The host has a copy of what is shared, and of nothing else"
GONE = "What is to be deleted after a time is deleted"
BYTES = "The bytes of the file hold no address"
WORDS = b"I did not sleep for three nights, and nobody noticed.\nNot one of them."


_SOMEBODY = func.min(Subscriber.id)
_PLAIN_DIGEST = (
    update(Subscriber)
    .where(Subscriber.id == select(_SOMEBODY).scalar_subquery())
    .values(address_index=sha256(b"reader@example.org").digest())
)


@pytest.mark.parametrize(
    ("tampering", "claim"),
    [
        (update(Delivery).values(detail="550 somebody@example.net: no such user"), PLAIN),
        (update(LessonText).values(text="Dear Reader@Example.org, hello"), PLAIN),
        (update(Enrollment).values(last_lesson="a@b.example"), PLAIN),
        (update(Subscriber).values(address_sealed=b"reader@example.org"), LOCKED),
        (update(Subscriber).values(address_sealed=b"\x00\x01\x02\x03" + bytes(range(200, 250))), LOCKED),
        (update(Enrollment).values(cover_sealed=b"Garden club, and the minutes of its meeting"), LOCKED),
        (update(ReaderKey).values(wrapped_private=b"k" * 60), LOCKED),
        (update(Reply).values(text_sealed=WORDS), OWN),
        (update(Reply).values(raw_sealed=b"From: me\r\n\r\n" + WORDS + "ä".encode()), OWN),
        (update(Signup).values(address_index=b"reader@example.org"), PRINTS),
        (insert(Suppression).values(address_index=b"r" * 32, reason="asked", since=MONDAY), PRINTS),
        (_PLAIN_DIGEST, PRINTS),
        (update(Reply).values(host_sealed=b"\xff" * 60), SHARED),
        (update(ReaderKey).values(wrapped_by="argon2id:3:64"), PHRASES),
        (update(Signup).values(requested_at=OLD, handled_at=OLD), GONE),
        (update(Enrollment).values(created_at=OLD, state="pending"), GONE),
        (update(Delivery).where(Delivery.kind == "confirm").values(claimed_at=OLD), GONE),
        (update(Reply).values(deleted_at=OLD), GONE),
        (update(Beat).values(beat_at=OLD), GONE),
        (
            insert(ProviderEvent).values(
                id="e", kind="delivered", happened_at=OLD, received_at=OLD, handled_at=OLD, detail=""
            ),
            GONE,
        ),
        (update(Delivery).values(answer_sealed=b"\xff" * 60, changed_at=OLD), GONE),
        (insert(Erasure).values(subscriber_id=select(_SOMEBODY).scalar_subquery(), asked_at=OLD, wake_at=OLD), GONE),
    ],
)
def test_a_database_that_was_tampered_with_fails_that_very_claim(lived: House, tampering: object, claim: str) -> None:
    assert failing(lived) == []
    with lived.parts.db.write() as session:
        session.execute(tampering)  # type: ignore[call-overload]
    assert claim in failing(lived)
    assert set(failing(lived)) <= {claim, BYTES, LOCKED}


def test_a_message_of_nobody_and_a_key_without_use_are_past_their_time(lived: House) -> None:
    with lived.parts.db.write() as session:
        sealed = lived.parts.keys.seal(b"x", "arrival", "a")
        session.execute(
            insert(Inbound).values(
                id="a", digest=b"\xff" * 32, door="pipe", raw_sealed=sealed, size=1, received_at=OLD, handled_at=OLD
            )
        )
    assert failing(lived) == [GONE]
    with lived.parts.db.write() as session:
        session.execute(delete(Inbound))
        session.execute(delete(Reply))
        session.execute(update(ReaderKey).values(retired_at=OLD))
    assert failing(lived) == [GONE]


def test_words_of_a_course_that_ended_long_ago_are_past_their_time(lived: House) -> None:
    with lived.parts.db.write() as session:
        session.execute(update(Reply).values(received_at=OLD))
        session.execute(update(Enrollment).values(ended_at=OLD, state="completed"))
    assert failing(lived) == [GONE]


def test_a_copy_that_a_reply_arrived_as_and_that_stayed_is_found(lived: House) -> None:
    sealed = lived.parts.keys.seal(b"x", "arrival", "a")
    with lived.parts.db.write() as session:
        arrived = {"id": "a", "digest": b"\xff" * 32, "door": "pipe", "size": 1, "received_at": MONDAY}
        session.execute(insert(Inbound).values(**arrived, handled_at=MONDAY))
        session.execute(update(Reply).values(inbound_id="a"))
    assert failing(lived) == []
    with lived.parts.db.write() as session:
        session.execute(update(Inbound).values(raw_sealed=sealed))
    assert failing(lived) == ["The copy that a reply arrived as is destroyed"]


def test_words_that_the_file_still_holds_are_found(lived: House, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "truth.db") as careless:
        careless.execute("PRAGMA secure_delete=OFF")
        careless.execute("CREATE TABLE note (says TEXT)")
        careless.execute("INSERT INTO note VALUES (?)", ("words that were here " * 5000,))
        careless.commit()
        careless.execute("DROP TABLE note")
        careless.commit()
    careless.close()
    assert failing(lived) == ["What is deleted is overwritten"]


def test_an_address_in_the_bytes_of_the_file_is_found(lived: House) -> None:
    with lived.parts.db.write() as session:
        session.execute(
            insert(ProviderEvent).values(
                id="reader@example.org", kind="delivered", happened_at=MONDAY, received_at=MONDAY
            )
        )
    assert set(failing(lived)) == {PLAIN, BYTES}


def test_a_database_that_does_not_overwrite_is_found(lived: House, monkeypatch: pytest.MonkeyPatch) -> None:
    careless = tuple(each.replace("secure_delete=ON", "secure_delete=OFF") for each in session_file._PRAGMAS)
    monkeypatch.setattr(session_file, "_PRAGMAS", careless)
    assert failing(lived) == ["What is deleted is overwritten"]


def test_an_error_that_tells_is_found(lived: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_file, "_what_happened", lambda error: f"{error.statement} {error.params}")
    lived.parts.db.engine.hide_parameters = False
    assert failing(lived) == ["Errors hold no address"]


def test_a_journal_that_tells_is_found(lived: House) -> None:
    lived.parts.journal.folder.mkdir(exist_ok=True)
    (lived.parts.journal.folder / "notes").write_text("a reader@example.org 2026-03-02T10:00:00+00:00\n")
    assert failing(lived) == ["The journal holds fingerprints and instants only"]


def test_a_database_that_is_only_looked_at_refuses_to_change(database_url: str, tmp_path: Path) -> None:
    with open_house(tmp_path, database_url) as house:
        lived_in(house)
    looking = Database(str(house.parts.db.url.render_as_string(hide_password=False)), read_only=True)
    with pytest.raises(DatabaseAway), looking.write() as session:
        session.execute(text("DELETE FROM beat"))
    with looking.read() as session:
        assert session.execute(text("SELECT count(*) FROM beat")).scalar()
    looking.close()


# ----------------------------------------------------------------------------------------------------- mails, pages, backups


def test_a_lesson_that_loads_something_is_found(tmp_path: Path) -> None:
    course = write_course(tmp_path / "courses")
    with open_house(tmp_path, COURSES_DIR=str(tmp_path / "courses")) as house:
        assert examine_mails(house.parts).level is Level.WELL
    write_lesson(course, 1, body="A [link](https://example.org/?utm_source=letter).\n")
    with open_house(tmp_path, COURSES_DIR=str(tmp_path / "courses")) as house:
        found = examine_mails(house.parts)
    assert found.level is Level.WRONG
    assert "small/lesson-1" in found.says


@pytest.mark.parametrize("change", ["tracking", "category", "argument"])
def test_a_mail_that_would_be_tracked_is_found(monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    assert told_of_a_mail().level is Level.WELL
    if change == "tracking":
        monkeypatch.setitem(transport._NOTHING_TRACKED, "open_tracking", {"enable": True})
    else:
        honest = transport.request_body

        def telling(mail: object) -> bytes:
            body = honest(mail)  # type: ignore[arg-type]
            if change == "category":
                return body.replace(b'{"personalizations"', b'{"categories": ["reader"], "personalizations"')
            return body.replace(b'"custom_args": {', b'"custom_args": {"reader": "a@example.org", ')

        monkeypatch.setattr(transport, "request_body", telling)
    assert told_of_a_mail().level is Level.WRONG


def wrong_pages(house: House, spoil: Callable[[object], object] | None = None) -> list[str]:
    app = create_app(house.parts, house.clock)
    if spoil:
        app.after_request_funcs[None].insert(0, spoil)  # type: ignore[arg-type]
    found: list[Finding] = list(
        examine_pages(app, house.parts.rules.base_url, list(house.parts.library.courses.values()))
    )
    assert len(found) == 6
    return [each.about for each in found if each.level is Level.WRONG]


def cookie(response):  # type: ignore[no-untyped-def]
    response.set_cookie("who", "you")
    return response


def stored(response):  # type: ignore[no-untyped-def]
    response.headers["Cache-Control"] = "public"
    return response


def open_policy(response):  # type: ignore[no-untyped-def]
    response.headers["Content-Security-Policy"] = "default-src *"
    return response


def picture(response):  # type: ignore[no-untyped-def]
    if response.mimetype == "text/html":
        response.set_data(response.get_data() + b'<img alt="" src="https://elsewhere.example/pixel.gif">')
    return response


@pytest.mark.parametrize(
    ("spoil", "claim"),
    [
        (cookie, "Pages set no cookie"),
        (stored, "Pages are not stored, and tell nobody where one came from"),
        (open_policy, "Pages are not stored, and tell nobody where one came from"),
        (picture, "Pages load nothing from elsewhere"),
    ],
)
def test_pages_that_tell_or_keep_are_found(small_house: House, spoil: Callable[[object], object], claim: str) -> None:
    assert wrong_pages(small_house) == []
    assert wrong_pages(small_house, spoil) == [claim]


def test_a_log_that_tells_is_found(small_house: House) -> None:
    def telling(response):  # type: ignore[no-untyped-def]
        logging.getLogger("somebody").warning("GET %s", request.path)
        return response

    assert wrong_pages(small_house, telling) == ["No request leaves a token in the log"]


def test_a_subject_that_tells_is_found(tmp_path: Path) -> None:
    course = write_course(tmp_path / "courses")
    for subject, level in (("Letter 1", Level.WELL), ("After the affair", Level.WRONG)):
        lesson = course / "01-lesson-1.md"
        lesson.write_text(lesson.read_text().replace("subject: Letter 1", f"subject: {subject}"))
        with open_house(tmp_path, COURSES_DIR=str(tmp_path / "courses")) as house:
            assert examine_lists(house.parts).level is level


def test_titles_and_covers_that_tell_are_found(tmp_path: Path) -> None:
    write_course(tmp_path / "courses", cover="trauma-notes")
    (tmp_path / "courses" / "_words").mkdir()
    (tmp_path / "courses" / "_words" / "en.toml").write_text(
        '[pages.privacy]\nwindow = "After an affair"\n', encoding="utf-8"
    )
    with open_house(tmp_path, COURSES_DIR=str(tmp_path / "courses")) as house:
        assert wrong_pages(house) == [
            "Titles of pages do not say what the course is about",
            "Addresses of pages do not say what the course is about",
        ]


def test_a_backup_that_holds_keys_or_lies_open_is_found(lived: House, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    file = folder / "b.backup"
    backup.backup(lived.parts.db, file, lived.now, lambda _: None)
    file.chmod(0o600)
    assert [each.level for each in examine_backup(file)] == [Level.WELL]
    file.chmod(0o644)
    assert [each.level for each in examine_backup(file)] == [Level.WRONG]
    file.chmod(0o600)
    backup.keys_beside(file).rename(folder / "elsewhere")
    assert [each.level for each in examine_backup(file)] == [Level.WRONG]
    (folder / "elsewhere").rename(backup.keys_beside(file))
    with sqlite3.connect(file) as tampered:
        tampered.execute("UPDATE reader_key SET wrapped_private = x'0102'")
    tampered.close()
    (found,) = examine_backup(file)
    assert found.level is Level.WRONG
    assert "1 keys stand in b.backup itself" in found.says
