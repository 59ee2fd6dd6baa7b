"""The reader's own page: where they are and what they can do, a section for each. Opening it changes nothing, and shows no past words."""

from typing import Any

from flask import Response

from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.services import reader as place
from dripcourse.services import writing
from dripcourse.services.keys import new_id
from dripcourse.services.replies import FROM_PAGE, Kept
from dripcourse.web.covers import NOTHING_TRIED, Tried, cover_context
from dripcourse.web.shell import page, shell
from dripcourse.web.whole import section

Told = tuple[Kept, str]
"""One thing that was written, and the subject of the mail that it answers; '' if that is not known any more."""


def me_page(
    token: str,
    *,
    done: str | None = None,
    text: str = "",
    wrong: str = "",
    tried: Tried = NOTHING_TRIED,
    status: int = 200,
) -> Response:
    """The page behind `/me/TOKEN`. `done` is the act that was just done, to be confirmed on it.

    `text` is an answer that could not be kept, and `wrong` why not; `tried` is what came of choosing how mails look. Raises NotFound.
    """
    now, found = shell().now, place.look(shell().parts, token)
    return page(
        "me.html",
        found.course,
        status=status,
        token=token,
        place=found,
        state=found.state,
        states=EnrollmentState,
        due=found.due.astimezone(found.tz) if found.due and found.due > now else None,
        paces=place.PACES,
        tz=found.tz,
        done=done,
        lessons=cover_context(token, tried),
        whole=section(found),
        **_about_answers(token, text, wrong),
    )


def _about_answers(token: str, text: str, wrong: str) -> dict[str, Any]:
    answers, ident = writing.look(shell().parts, token), new_id()
    return {
        "question": answers.question,
        "kept": told(answers.kept),
        "from_page": FROM_PAGE,
        "text": text,
        "wrong": wrong,
        "answer": ident,
        "form_token": shell().form_tokens.make(answer_purpose(token, ident)),
    }


def answer_purpose(token: str, ident: str) -> str:
    """What the token of the form for an answer is made for: this answer, from this link."""
    return f"answer {ident} {token}"


def told(kept: list[Kept]) -> list[Told]:
    """Each thing that was written, with the subject of what it answers."""
    courses = shell().parts.library.courses
    found = []
    for each in kept:
        course = courses.get(each.course)
        lesson = course.lesson(each.lesson or "") if course else None
        found.append((each, lesson.subject if lesson else ""))
    return found
