"""A course to write over: three short lessons that are sound as they stand and explain themselves to their author."""

import json
import shutil
from hashlib import sha256
from pathlib import Path

from dripcourse.content.schema import MAX_NAME, NAME, one_line
from dripcourse.domain.errors import DripError, UsageError

_COURSE = """\
# What the course is called. Readers see it on the sign-up page, never on a locked telephone.
title = {title}
# The discreet name that stands in links and addresses, and the sender that a mailbox shows. Choose words that tell nothing.
cover = "{cover}"
from_name = "Weekly Notes"
language = "en"
# weekly, two-weeks or four-weeks
pace = "weekly"

# If readers come from different sides, name the sides here. A passage between `::: here` and `:::` in a lesson is then for one
# side only, and a prompt can have words for each. Take the # away to try it.
# [perspectives]
# here = "I am just starting"
# there = "I have been at this for a while"
# [headings]
# here = "If you are just starting"
# there = "If you have been at this for a while"
"""

_WELCOME = """\
---
title: Welcome
subject: Welcome, and what comes next
subject_plain: Welcome to the course
preview: One date, and how to slow things down.
prompt: What would you like to be different in a few weeks?
---
{# This is a note to yourself: readers never see it. Lesson 00 is the welcome; it goes out as soon as somebody confirms. #}

It is good that you are here. The next mail comes on {{ next_date }}.

## What to expect

One mail a week, each with one idea and one question. Nothing is graded, and no answer is fine.
"""

_FIRST = """\
---
title: The first idea
subject: Note 1
subject_plain: "The course, 1: the first idea"
preview: A few minutes, whenever it suits you.
prompt: Where did you last notice this?
---
1 of 1.

Say one thing here, as you would say it to somebody across a table.

## Something to try

- Keep it small enough for a bad day.
- Say where to stop.

If your readers may need help from a person, the page [Support]({{ support_url }}) can name some.
"""

_CLOSING = """\
---
title: A last word
subject: The last note
subject_plain: "The course: a last word"
preview: The last one, in no hurry.
prompt: What would you like to keep?
---
Thank you for reading this far. Say what you hope they take along, and let them go.
"""

_LESSONS = {"00-welcome.md": _WELCOME, "01-first-idea.md": _FIRST, "02-last-word.md": _CLOSING}


def write_course(home: Path, slug: str, *, title: str | None = None) -> list[Path]:
    """Write a new course into `home`, where it must not be yet; all of it or nothing. Gives the files, course.toml first."""
    if not NAME.fullmatch(slug) or len(slug) > MAX_NAME:
        raise UsageError(f"{slug} cannot name a course: use small letters, digits and hyphens, such as quiet-mornings.")
    try:
        title = one_line(title) if title is not None else slug.replace("-", " ").capitalize()
    except ValueError as error:
        raise UsageError(f"The title {error}.") from None
    folder = home / slug
    if folder.exists():
        raise DripError(f"{folder} is there already, and nothing in it was touched. Choose another name.")
    cover = f"notes-{sha256(slug.encode()).hexdigest()[:4]}"  # no two courses may share a cover
    files = {"course.toml": _COURSE.format(title=json.dumps(title, ensure_ascii=False), cover=cover), **_LESSONS}
    try:
        _write_all(folder, files)
    except OSError as error:
        raise DripError(f"{folder} cannot be written ({error.strerror}). Choose another folder with --in.") from error
    return [folder / name for name in files]


def _write_all(folder: Path, files: dict[str, str]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = folder.with_name(f".new-{folder.name}")
    try:
        draft.mkdir(exist_ok=True)
        for name, text in files.items():
            (draft / name).write_text(text, encoding="utf-8")
        draft.rename(folder)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        raise
