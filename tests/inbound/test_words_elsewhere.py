"""A reader whose words are in a text file, or in the subject alone, has written them all the same."""

import pytest

from dripcourse.inbound import read_mail
from dripcourse.inbound.verdicts.verdict import Verdict
from tests.inbound.post import HEAD, parts, post
from tests.inbound.test_nothing_written import LESSON, MARKED

FILE = 'Content-Type: text/plain; charset=utf-8; name="me.txt"\nContent-Disposition: attachment; filename="me.txt"\n\n'
ABOVE = "Content-Type: text/plain; charset=utf-8\n\n"


@pytest.mark.parametrize(
    "body",
    ["", "Sent from my iPhone", f"On Mon, 2 Feb 2026 at 10:00, Letters wrote:\n\n{MARKED}"],
    ids=["empty", "telephone", "quotation"],
)
def test_an_attached_text_is_read_where_the_mail_holds_no_other_words(body: str) -> None:
    mail = read_mail(parts("mixed", ABOVE + body, FILE + "It changed the mornings."), sent=LESSON)
    assert mail.text == "It changed the mornings."
    assert not any(each.startswith("no words") for each in mail.evidence)


def test_an_attached_text_is_left_where_there_are_words() -> None:
    mail = read_mail(parts("mixed", ABOVE + "The mornings.", FILE + "A shopping list."), sent=LESSON)
    assert mail.text == "The mornings."


def test_words_in_a_new_subject_alone_are_the_reply() -> None:
    mail = read_mail(post("", subject="It changed the mornings"), sent=LESSON)
    assert (mail.verdict, mail.text) == (Verdict.REPLY, "It changed the mornings")


@pytest.mark.parametrize(
    "subject", ["Re: Letter 1", "AW: Letter 1", "Re[2]: Letter 1", "[x] SV: Letter 1", "答复：Letter 1", ""]
)
def test_an_answers_own_subject_is_no_reply(subject: str) -> None:
    assert read_mail(post("", subject=subject), sent=LESSON).text == ""


def test_a_machines_file_is_nobodys_words() -> None:
    head = HEAD + "Auto-Submitted: auto-replied\n"
    assert read_mail(parts("mixed", ABOVE, FILE + "I am away.", head=head)).verdict is Verdict.AUTO_REPLY
    assert read_mail(parts("mixed", ABOVE, FILE + "I am away.", head=head)).text == ""
