"""`dripcourse subscriber show`: what a reader shares, and nothing else that they wrote."""

from sqlalchemy import select

from dripcourse.cli.common import visible
from dripcourse.db.models import Delivery, Enrollment
from dripcourse.services.replies import store
from tests.cli.line import COURSE, Line
from tests.support.house import MONDAY


def write(line: Line, text: str, *, shared: bool) -> None:
    with line.parts() as parts, parts.db.write() as session:
        reply = store.keep(
            parts,
            session,
            enrollment=session.scalars(select(Enrollment)).one(),
            delivery=session.scalars(select(Delivery)).one(),
            text=text,
            raw=None,
            inbound_id=None,
            sender=store.FROM_PAGE,
            now=MONDAY,
        )
        if shared:
            store.share(parts, session, reply, MONDAY)


def test_the_host_sees_the_shared_replies_and_only_them(line: Line) -> None:
    line("subscriber", "add", "ana@example.org", "--course", COURSE)
    line("tick")
    assert line("subscriber", "show", "ana@example.org", "--json").json["shared"] == []
    write(line, "for nobody", shared=False)
    write(line, "for you\n\x1b]0;and not for your terminal\u202e", shared=True)
    (shown,) = line("subscriber", "show", "ana@example.org", "--json").json["shared"]
    assert (shown["lesson"], shown["at"]) == ("welcome", "2026-03-02T10:00:00+00:00")
    assert shown["text"] == "for you\n\x1b]0;and not for your terminal\u202e"
    in_words = line("subscriber", "show", "ana@example.org").out
    assert "    | for you\n    | \\x1b]0;and not for your terminal\\u202e\n" in in_words
    for said in (in_words, line("subscriber", "list").out, line("subscriber", "list", "--json").out):
        assert "for nobody" not in said


def test_words_of_every_alphabet_are_shown_as_they_are() -> None:
    for text in ("Ä שלום\nمی‌خواهم 👩‍👧", "“quoted” – and so on …"):
        assert visible(text) == text


def test_a_shared_answer_is_named_in_status_until_the_host_has_seen_it(line: Line) -> None:
    line("subscriber", "add", "ana@example.org", "--course", COURSE)
    line("subscriber", "add", "ben@example.org", "--course", COURSE)
    with line.parts() as parts, parts.db.write() as session:
        reply = store.keep(
            parts,
            session,
            enrollment=session.scalars(select(Enrollment).order_by(Enrollment.created_at)).first(),
            delivery=None,
            text="for you",
            raw=None,
            inbound_id=None,
            sender=store.FROM_PAGE,
            now=MONDAY,
        )
        store.share(parts, session, reply, MONDAY)

    def needed() -> list[str]:
        return [need["kind"] for need in line("status", "--json").json["needs"] if need["kind"] == "shared"]

    assert needed() == ["shared"]
    [waiting] = line("subscriber", "list", "--shared", "--json").json
    line("subscriber", "show", waiting["id"])
    assert needed() == []
    assert "No shared answer waits" in line("subscriber", "list", "--shared").out
