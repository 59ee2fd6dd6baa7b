"""What somebody wrote in an odd place is still theirs: on the prompt's own line, below their signature."""

import pytest

from dripcourse.inbound import read_mail
from tests.inbound.post import post
from tests.inbound.test_nothing_written import LESSON, MARKED, OUTLOOK

PROMPT = "What has it changed that is easy to overlook?"


@pytest.mark.parametrize("answer", ["The mornings.", "Mornings", "Nothing."])
@pytest.mark.parametrize("above", ["", "See below.\n\n"], ids=["alone", "see-below"])
@pytest.mark.parametrize(
    "quoted",
    [f"> {PROMPT}", f"On Mon, 2 Feb 2026 at 10:00, Letters wrote:\n\n{MARKED}", MARKED, OUTLOOK + LESSON, LESSON],
    ids=["line", "header-and-marks", "marks", "outlook", "unmarked"],
)
def test_a_word_or_two_on_the_prompts_own_line_are_the_readers(above: str, quoted: str, answer: str) -> None:
    body = above + quoted.replace(PROMPT, f"{PROMPT} {answer}")
    text = read_mail(post(body), sent=LESSON).text
    assert text.endswith(f"{PROMPT} {answer}")
    assert above.strip() in text
    assert "dropped plate" not in text
    assert "https:" not in text


@pytest.mark.parametrize("quoted", [MARKED, OUTLOOK + LESSON, LESSON], ids=["marks", "outlook", "unmarked"])
def test_an_answer_in_the_lessons_own_words_is_the_readers_and_the_quotation_is_not(quoted: str) -> None:
    answer = "It feels like a dropped plate, in bits all over the kitchen"
    body = quoted.replace(PROMPT, f"{PROMPT}\n{answer}")
    assert read_mail(post(body), sent=LESSON).text == answer
    assert read_mail(post(f"{quoted}\n\n{quoted}"), sent=LESSON).text == ""


def test_prose_below_ones_own_signature_is_shown_and_the_signature_is_not() -> None:
    for below in ("P.S. And he does not hum any more.", "I forgot to say that he does not hum any more."):
        text = read_mail(post(f"The mornings.\n\n-- \nAnna\n\n{below}\n"), sent=LESSON).text
        assert text == f"The mornings.\n\n{below}"


@pytest.mark.parametrize(
    "signature",
    ["Anna", "Anna Example\nGardener\n\nTel. +49 30 1234567\nwww.example.org", "Anna\n\nSent from my iPhone"],
)
def test_a_signature_alone_stays_hidden(signature: str) -> None:
    assert read_mail(post(f"The mornings.\n\n-- \n{signature}\n")).text == "The mornings."


def test_an_empty_reply_above_a_quotation_holds_no_words_where_no_lesson_is_known() -> None:
    for above in ("", "Sent from my iPhone\n\n"):
        body = f"{above}On Mon, 2 Feb 2026 at 10:00, Letters <l@letters.example> wrote:\n\n{MARKED}"
        assert read_mail(post(body)).text == ""
