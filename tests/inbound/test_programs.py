"""Replies to our own lessons, as many mail programs write them. All of them: `python -m tests.inbound.programs`."""

import random

import pytest

from dripcourse.inbound import read_mail
from tests.inbound.programs import PROGRAMS, WAYS, Reply, near, reply
from tests.inbound.readers import TEXTS

SEED = 20260302


def some() -> list[Reply]:
    """One reply of every program in every way, in a language and with words that chance chose once."""
    chance = random.Random(SEED)
    return [
        reply(program, way, chance.choice(sorted(TEXTS)), chance.randrange(1_000))
        for program in PROGRAMS
        for way in WAYS
    ]


@pytest.mark.parametrize("each", some(), ids=lambda each: f"{each.program} {each.way} {each.language}")
def test_a_reply_beside_the_mail_it_answers_is_what_its_writer_wrote(each: Reply) -> None:
    mail = read_mail(each.raw, sent=each.sent.text)
    assert near(each.meant, mail.text)
    assert not set(each.meant.split()) - set(mail.text.split()), "a word was lost"


def test_most_replies_come_out_right_beside_the_lessons_own_words_and_none_comes_out_empty() -> None:
    found = [(each, read_mail(each.raw, sent=each.sent.said).text) for each in some()]
    assert all(text.strip() for _, text in found)
    assert sum(near(each.meant, text) for each, text in found) >= len(found) * 0.75


def test_marked_quotation_needs_no_lesson_to_be_known() -> None:
    marked = {program.name for program in PROGRAMS if ">" in program.mark}
    found = [each for each in some() if each.program in marked and each.way in ("top", "bottom", "inline", "twice")]
    wrong = [each for each in found if not near(each.meant, read_mail(each.raw).text)]
    assert len(wrong) <= len(found) * 0.05


def test_an_opened_quotation_is_all_hidden_below_what_was_written_above_it() -> None:
    for program in PROGRAMS:
        each = reply(program, "top", "en", 0)
        mail = read_mail(each.raw)
        assert near(each.meant, mail.text), program.name
        assert "1 Example Street" in mail.hidden
