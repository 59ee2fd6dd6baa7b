"""`dripcourse inbound receive`: a mail server's pipe. 0 is said when the message is stored, 75 for everything else there is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from dripcourse.db.models import Inbound
from dripcourse.domain.incoming import HEAD_BYTES, MOST_BYTES, Arrival, Door
from dripcourse.services.incoming import store
from tests.cli.line import GIVEN
from tests.support.house import open_house

TOKEN = f"r+{'a' * 42}@{GIVEN['REPLY_DOMAIN']}"
RAW = b"From: reader@example.org\nMessage-ID: <one@example.org>\n\nIt was hard, and g\xf6\xf6d.\n"


def piped(folder: Path, raw: bytes, *words: str, **more: str) -> tuple[int, str]:
    """The exit code, and what was said."""
    path = {"PATH": os.environ["PATH"], **{name: os.environ[name] for name in os.environ if name.startswith("COV")}}
    given = GIVEN | {"DATA_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder / 'truth.db'}"} | path | more
    command = [sys.executable, "-m", "dripcourse", *words]
    done = subprocess.run(command, cwd=folder, env=given, input=raw, capture_output=True, check=False)
    assert done.stdout == b""
    return done.returncode, done.stderr.decode()


def receive(folder: Path, raw: bytes = RAW, *words: str, **more: str) -> tuple[int, str]:
    return piped(folder, raw, "inbound", "receive", *words, **more)


def kept(folder: Path) -> list[Arrival]:
    secrets = {name: (folder / name.lower()).read_text().strip() for name in ("SECRET_KEY", "REPLY_KEYS")}
    with open_house(folder, **secrets) as house, house.parts.db.read() as session:
        return [store.read(house.parts, row) for row in session.scalars(select(Inbound).order_by(Inbound.size))]


def test_a_message_is_stored_byte_for_byte_with_its_envelope_and_once(tmp_path: Path) -> None:
    for _ in range(2):
        assert receive(tmp_path, RAW, "--rcpt", TOKEN, "--rcpt", "x@example.org", "--sender", "") == (0, "")
    assert kept(tmp_path) == [Arrival(Door.PIPE, RAW, (TOKEN, "x@example.org"), "")]


def test_a_mailboxs_own_line_is_left_out_and_the_recipient_read_from_what_the_server_wrote(tmp_path: Path) -> None:
    raw = f"X-Original-To: {TOKEN}\nDelivered-To: list@elsewhere.example\n".encode() + RAW
    assert receive(tmp_path, b"From reader@example.org Mon Mar  2 10:00:00 2026\n" + raw) == (0, "")
    assert kept(tmp_path) == [Arrival(Door.PIPE, raw, (TOKEN,), None)]


def test_any_bytes_are_stored_and_of_too_many_the_head(tmp_path: Path) -> None:
    assert receive(tmp_path, b"") == (0, "")
    assert receive(tmp_path, RAW + b"\0\xff" * (MOST_BYTES // 2)) == (0, "")
    small, large = kept(tmp_path)
    assert small.raw == b""
    assert (len(large.raw), large.size) == (HEAD_BYTES, len(RAW) + MOST_BYTES)


@pytest.mark.parametrize(
    ("words", "more"),
    [
        (("inbound", "receive", "--nonsense"), {}),
        (("inbound", "receive", "stray"), {}),
        (("inbound", "receive", "--rcpt"), {}),
        (("--nonsense", "inbound", "receive"), {}),
        (("--config", "nowhere.toml", "inbound", "receive"), {}),
        (("inbound", "receive"), {"MAIL_FROM": "nobody"}),
        (("inbound", "receive"), {"REPLY_KEYS": "short"}),
        (("inbound", "receive"), {"DATABASE_URL": "sqlite:////proc/none/truth.db"}),
        (("inbound", "receive"), {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "SECRET_KEY": "k" * 40}),
        (("inbound", "receive"), {"DRIPCOURSE_NOW": "soon"}),
    ],
)
def test_whatever_is_wrong_the_mail_server_keeps_the_message(
    tmp_path: Path, words: tuple[str, ...], more: dict[str, str]
) -> None:
    code, said = piped(tmp_path, RAW, *words, **more)
    assert code == 75
    assert "Traceback" not in said
    assert said.strip()
    assert "reader@example.org" not in said


def test_a_broken_course_is_no_reason_to_lose_a_message(tmp_path: Path) -> None:
    (tmp_path / "courses" / "broken").mkdir(parents=True)
    (tmp_path / "courses" / "broken" / "course.toml").write_text("title = ")
    assert receive(tmp_path, COURSES_DIR=str(tmp_path / "courses")) == (0, "")


def test_a_database_that_is_no_database_keeps_the_message_at_the_mail_server(tmp_path: Path) -> None:
    assert receive(tmp_path)[0] == 0
    for left in tmp_path.glob("truth.db*"):
        left.unlink()
    (tmp_path / "truth.db").write_bytes(b"this is no database at all" * 100)
    assert receive(tmp_path)[0] == 75


def test_with_another_key_than_the_databases_own_the_mail_server_keeps_the_message(tmp_path: Path) -> None:
    assert receive(tmp_path)[0] == 0
    code, said = receive(tmp_path, RAW + b"2", REPLY_KEYS="YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=")
    assert code == 75
    assert "REPLY_KEYS" in said


def test_a_database_that_is_missing_where_there_is_a_journal_keeps_the_message_at_the_mail_server(
    tmp_path: Path,
) -> None:
    assert receive(tmp_path)[0] == 0
    (tmp_path / "journal").mkdir(exist_ok=True)
    (tmp_path / "journal" / "2026-03.here.journal").write_text("\n")
    for left in tmp_path.glob("truth.db*"):
        left.unlink()
    code, said = receive(tmp_path)
    assert code == 75
    assert "missing" in said
    assert not (tmp_path / "truth.db").exists()
