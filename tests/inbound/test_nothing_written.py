"""Where nothing was written, nothing is shown as somebody's words: no lesson, and none of its private links."""

import pytest

from dripcourse.inbound import read_mail
from tests.inbound.post import post

LESSON = """You can read the lesson here.

It feels like a dropped plate, in bits all over the floor of the kitchen, and nobody sweeps.
Trust is the habit of not having to look, and it goes slowly.

What has it changed that is easy to overlook?

--
Your page: https://letters.example/me/abcdefghijklmnopqrstuvwxyz234567
https://letters.example/leave/abcdefghijklmnopqrstuvwxyz234567
"""
MARKED = "\n".join(f"> {line}" for line in LESSON.split("\n"))
OUTLOOK = (
    "________________________________\nFrom: Letters <letters@letters.example>\n"
    "Sent: Monday, 2 February 2026 10:00\nTo: reader@example.org\nSubject: Letter 1\n\n"
)


@pytest.mark.parametrize(
    "body",
    [
        f"On Mon, 2 Feb 2026 at 10:00, Letters wrote:\n\n{MARKED}",
        f"\nSent from my iPhone\n\nOn 2 Feb 2026, at 10:00, Letters <l@letters.example> wrote:\n\n{MARKED}",
        MARKED,
        OUTLOOK + LESSON,
        LESSON,
    ],
    ids=["header-and-marks", "telephone", "marks", "outlook", "unmarked"],
)
def test_an_empty_reply_with_the_lesson_below_holds_no_words(body: str) -> None:
    assert read_mail(post(body), sent=LESSON).text == ""


def test_a_word_above_or_in_a_returned_lesson_is_still_its_readers() -> None:
    assert read_mail(post(f"{OUTLOOK}{LESSON}\nThe mornings.\n"), sent=LESSON).text == "The mornings."
    inside = MARKED.replace("overlook?", "overlook?\nThe mornings.")
    assert read_mail(post(inside), sent=LESSON).text == "The mornings."
