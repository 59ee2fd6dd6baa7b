"""The reader's own page: where they are and what they can do, a section for each. Opening it changes nothing, and shows no past words."""

from typing import Any

from flask import Response

from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.services.crypto.keyring import new_id
from dripcourse.services.enrollment import preferences
from dripcourse.services.reader import page as reader_page
from dripcourse.services.replies import read, write
from dripcourse.services.replies.store import FROM_PAGE, Kept
from dripcourse.web.context import page, shell
from dripcourse.web.passphrase_errors import Trouble
from dripcourse.web.reader.account import section
from dripcourse.web.reader.appearance import NOTHING_TRIED, Tried, cover_context
from dripcourse.web.reader.preferences_view import NOTHING_SAID, Said, rhythm_context

Told = tuple[Kept, str]
"""One thing that was written, and the subject of the mail that it answers; '' if that is not known any more."""


def me_page(
    token: str,
    *,
    done: str | None = None,
    text: str = "",
    share: bool = False,
    wrong: str = "",
    phrase_wrong: Trouble | None = None,
    tried: Tried = NOTHING_TRIED,
    said: Said = NOTHING_SAID,
    status: int = 200,
) -> Response:
    """The page behind `/me/TOKEN`. `done` is the act that was just done, to be confirmed on it.

    `text` is an answer that could not be kept, to be shared or not, and `wrong` or `phrase_wrong` why not; `tried` is what came of
    choosing how mails look, `said` of a change of rhythm. Raises NotFound.
    """
    parts, now = shell().parts, shell().now
    found = reader_page.look(parts, token)
    return page(
        "me.html",
        found.course,
        status=status,
        token=token,
        place=found,
        state=found.state,
        states=EnrollmentState,
        due=found.due.astimezone(found.tz) if found.due and found.due > now else None,
        rhythm=rhythm_context(found, preferences.look(parts, token, now), said),
        tz=found.tz,
        done=done,
        lessons=cover_context(token, tried),
        whole=section(found),
        text=text,
        share=share,
        wrong=wrong,
        phrase_wrong=phrase_wrong,
        **_about_answers(token),
    )


def _about_answers(token: str) -> dict[str, Any]:
    """What can be answered, by a form of its own each time, and what was."""
    parts, ident = shell().parts, new_id()
    answers = write.look(parts, token)
    return {
        "question": answers.question,
        "kept": told(answers.kept),
        "from_page": FROM_PAGE,
        "own": read.look(parts, token),
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
