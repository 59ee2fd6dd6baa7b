"""`dripcourse subscriber unsuppress`, as a host types it."""

from dripcourse.services.enrollment import suppression
from tests.cli.line import Line
from tests.support.house import MONDAY

ME = "reader@example.org"


def add(line: Line, *words: str):
    return line("subscriber", "add", ME, "--course", "rebuilding-trust", *words)


def suppress(line: Line, reason: str) -> None:
    with line.parts() as parts, parts.db.write() as session:
        suppression.suppress(parts, session, parts.keys.indexes(ME), reason, MONDAY)


def test_the_host_lifts_a_suppression_and_the_reason_is_kept(line: Line) -> None:
    add(line)
    line("tick")
    suppress(line, "bounced")
    assert add(line).code == 1
    lifted = line("subscriber", "unsuppress", ME, "--why", "She says the mailbox works again", "--json")
    assert lifted.code == 0
    assert (lifted.json["reason"], lifted.json["by"], lifted.json["why"]) == (
        "bounced",
        "host",
        "She says the mailbox works again",
    )
    assert line("tick").json["accepted"] == 0, "it sends nothing and enrolls nobody"
    shown = line("subscriber", "show", ME)
    assert "bounced; lifted" in shown.out
    assert "She says the mailbox works again" in shown.out
    assert line("subscriber", "show", ME, "--json").json["lifted"][0]["why"] == "She says the mailbox works again"
    assert line("subscriber", "export", ME).json["lifted"][0]["reason"] == "bounced"


def test_a_never_of_the_owners_own_is_lifted_by_the_host_alone(line: Line) -> None:
    suppress(line, "never")
    refused = add(line)
    assert refused.code == 1
    assert "asked never to be written to" in refused.err
    assert "unsuppress" in refused.err
    assert line("subscriber", "unsuppress", ME, "--why", "wrote to me").code == 0
    assert add(line).code == 0


def test_what_is_not_suppressed_cannot_be_lifted(line: Line) -> None:
    for _ in range(2):
        answer = line("subscriber", "unsuppress", ME, "--why", "a try")
        assert (answer.code, answer.out) == (1, "")
        assert "not suppressed" in answer.err
        assert ME not in answer.err
        add(line)


def test_a_reason_is_needed(line: Line) -> None:
    suppress(line, "bounced")
    for words in ((), ("--why", "  "), ("--why", "x" * 300)):
        assert line("subscriber", "unsuppress", ME, *words).code == 2
    assert add(line).code == 1


def test_an_erasure_is_not_lifted(line: Line) -> None:
    add(line)
    line("subscriber", "erase", ME)
    answer = line("subscriber", "unsuppress", ME, "--why", "a try")
    assert answer.code == 1
    assert "sign up themselves" in answer.err
    assert add(line).code == 1
