"""`dripcourse inbound list`: counts and reasons, and no word of what was set aside."""

import subprocess
import sys

from tests.cli.line import Line

RAW = b"From: nobody@example.com\r\nMessage-ID: <a@example.com>\r\n\r\nA private word.\r\n"


def test_the_host_sees_how_much_was_set_aside_and_why(line: Line) -> None:
    assert line("inbound", "list").out == "Nothing was set aside.\n"
    command = [sys.executable, "-m", "dripcourse", "inbound", "receive", "--rcpt", "r+aaaa@example.org"]
    done = subprocess.run(command, cwd=line.folder, env=line.given, input=RAW, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    line("tick")
    [found] = line("inbound", "list", "--json").json
    assert found["reason"] == "from nobody we know, in answer to nothing of ours"
    assert (found["verdict"], found["count"]) == ("stranger", 1)
    in_words = line("inbound", "list").out
    assert "from nobody we know" in in_words
    assert "nobody@" not in in_words
    assert "private" not in in_words
