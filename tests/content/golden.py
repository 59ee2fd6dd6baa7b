"""Golden letters: mails as files that a person can look at. `python -m tests.content.golden` writes them anew."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from dripcourse.content.render import Rendered
from tests.content.garden import FACTS, SLUG, garden

GOLDEN = Path(__file__).parent / "golden"


def letters() -> Iterator[tuple[str, Rendered]]:
    """Every golden letter by its name."""
    library, renderer = garden()
    course = library.courses[SLUG]
    for lesson in course.lessons:
        facts = FACTS if lesson is not course.lessons[-1] else replace(FACTS, next_date=None)
        for who in course.readings:
            yield f"{lesson.number:02d}-{lesson.slug}.{who}", renderer.lesson(course, lesson, who, facts)
    late = replace(FACTS, promised=date(2026, 11, 19), after_unsure=True)
    yield "01-first-pot.late", renderer.lesson(course, course.lessons[1], "yard", late)
    waits = replace(FACTS, next_date=None, waits=True)
    yield "01-first-pot.waits", renderer.lesson(course, course.lessons[1], "yard", waits)
    yield "00-welcome.waits", renderer.lesson(course, course.lessons[0], "yard", waits)
    for language in library.words.languages:
        url = "https://notes.example.org/confirm/CONFIRM-TOKEN"
        yield f"confirm.{language}", renderer.system("confirm", language, confirm_url=url)
        facts = {
            "subject": "Note 1",
            "me_url": "https://notes.example.org/me/TOKEN",
            "leave_url": "https://notes.example.org/leave/TOKEN",
            "support_url": "https://notes.example.org/support",
        }
        yield f"reminder.{language}", renderer.answer("reminder", language, facts=facts)
        support = "https://notes.example.org/support"
        facts = {"subject": "Re: Note 1", "support_url": support, "day": library.words.day(date(2026, 12, 3), language)}
        yield f"answer.{language}", renderer.answer("answer", language, says="later", facts=facts)
        url = "https://notes.example.org/me/ME-TOKEN/letters/this"
        yield f"reading.{language}", renderer.reading(language, FACTS, subject="Note 1", read_url=url)
        yield f"help.{language}", renderer.answer("help", language, facts=facts)
        accept = {
            "accept_url": "https://notes.example.org/was-it-you/TOKEN",
            "support_url": support,
            "day": facts["day"],
        }
        own = "https://notes.example.org/own/TOKEN"
        yield f"own.{language}", renderer.system("own", language, own_url=own)
        start = {"start_url": "https://notes.example.org/c/notes"}
        yield f"stopped.{language}", renderer.answer("stopped", language, facts=start)
        yield f"notice.{language}", renderer.answer("notice", language, says="ended_by_bounces", facts=start)
        yield f"was-it-you.{language}", renderer.answer("was_it_you", language, facts=accept)


def files() -> Iterator[tuple[Path, str]]:
    """What stands in each golden file."""
    for name, letter in letters():
        yield GOLDEN / f"{name}.txt", f"Subject: {letter.subject}\n\n{letter.text}"
        yield GOLDEN / f"{name}.html", letter.html
        yield GOLDEN / f"{name}.said.txt", letter.said


def write() -> None:
    """Write every golden file anew, and take away those that nothing makes any more."""
    GOLDEN.mkdir(exist_ok=True)
    fresh = dict(files())
    for old in set(GOLDEN.iterdir()) - fresh.keys():
        old.unlink()
    for path, text in fresh.items():
        path.write_bytes(text.encode())


if __name__ == "__main__":
    write()
