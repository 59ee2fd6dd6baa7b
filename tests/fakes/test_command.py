"""`dripcourse fake-sendgrid`, as a process of its own beside the commands that send by it."""

import signal
from pathlib import Path

from tests.cli.line import COURSE, Line


def test_a_course_is_sent_by_a_stand_in_that_was_started_by_its_command(tmp_path: Path) -> None:
    line = Line(tmp_path)
    (tmp_path / "script").write_text("accept\ndrop\n")
    with line.start("fake-sendgrid", "--port", "0", "--script", "script", "--key-out", "key") as fake:
        assert fake.stdout is not None
        said = [fake.stdout.readline() for _ in range(5)]
        given = dict(setting.strip().split("=", 1) for setting in said[1:])
        assert given["SENDGRID_EVENT_PUBLIC_KEY"] == (tmp_path / "key").read_text().strip()
        for name in ("anna", "bo"):
            assert line("subscriber", "add", f"{name}@example.org", "--course", COURSE, **given).code == 0
        ticked = line("tick", **given).json
        assert (ticked["accepted"], ticked["unsure"]) == (1, 1)
        fake.send_signal(signal.SIGTERM)
        assert fake.wait(20) == 0


def test_what_cannot_be_is_said_before_anything_starts(tmp_path: Path) -> None:
    line = Line(tmp_path)
    (tmp_path / "script").write_text("accept\nmaybe\n")
    for words, says in {
        ("--script", "script"): "line 2",
        ("--script", "script", "--seed", "1"): "Either --seed or --script",
        ("--script", "nothing"): "does not exist",
    }.items():
        answer = line("fake-sendgrid", "--port", "0", *words)
        assert answer.code == 2
        assert says in answer.err


def test_a_port_that_is_taken_is_said_in_words(tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        answer = Line(tmp_path)("fake-sendgrid", "--port", port)
    assert answer.code == 2
    assert f"Port {port} cannot be used" in answer.err
