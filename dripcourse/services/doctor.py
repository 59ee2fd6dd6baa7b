"""What is missing or unsafe in an installation, in words, before a reader finds out. Looks and changes nothing."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from dripcourse.db import queries
from dripcourse.domain.course import Course
from dripcourse.domain.discretion import telling_words
from dripcourse.domain.errors import DatabaseAway, MuteError
from dripcourse.domain.finding import Finding, look, well, wrong
from dripcourse.services.guard import require_voice
from dripcourse.services.health import readiness
from dripcourse.services.parts import Parts, Rules

LEAST_FREE = 500 * 2**20
"""With less room than this on the disk, a host should be told before nothing can be written any more."""
CHECKED_WITHIN = timedelta(days=180)
"""How long a help line may go without somebody having looked whether it is still right."""


def examine(parts: Parts, now: datetime, *, beat_within: timedelta) -> list[Finding]:
    """Every finding about the database, the work, the disk, the courses and how discreet they are. Raises DatabaseAway."""
    return [
        *_ready(parts, now, beat_within),
        *_voice(parts),
        *_waiting(parts, now),
        *_disk(parts),
        *_shown(parts.rules, list(parts.library.courses.values())),
        *(found for course in parts.library.courses.values() for found in _help_lines(parts, course, now)),
    ]


def _ready(parts: Parts, now: datetime, beat_within: timedelta) -> Iterator[Finding]:
    for check in readiness(parts, now, beat_within=beat_within):
        yield well(check.name, check.says) if check.ok else wrong(check.name, check.says, "See docs/running-it.md.")


def _voice(parts: Parts) -> Iterator[Finding]:
    try:
        with parts.db.read() as session:
            require_voice(session)
    except MuteError as error:
        yield wrong("copy", str(error), "Adopt it only if the old one is off.")
    except DatabaseAway as error:
        yield wrong("copy", str(error), "See docs/running-it.md.")
    else:
        yield well("copy", "this database is where it was set up, so it may speak")


def _waiting(parts: Parts, now: datetime) -> Iterator[Finding]:
    with parts.db.read() as session:
        unsure = len(session.scalars(queries.unsure_deliveries()).all())
        held = len(session.scalars(queries.held_deliveries()).all())
        late = session.scalar(queries.oldest_due())
    if unsure:
        yield look("unsure", f"{unsure} mails may or may not have gone", "dripcourse deliveries unsure")
    if held:
        yield look("held", f"{held} mails wait for you", "dripcourse deliveries list names the reason of each")
    if late is not None and late < now - timedelta(days=1):
        yield wrong(
            "late", "a lesson has been due for over a day", "Does a worker run, and does the mail server answer?"
        )
    if not (unsure or held):
        yield well("deliveries", "nothing is unsure and nothing is held")


def _disk(parts: Parts) -> Iterator[Finding]:
    folders = {"database": parts.db.path.parent if parts.db.path else None, "journal": parts.journal.folder}
    for name, folder in folders.items():
        free = _free(folder)
        if free is not None and free < LEAST_FREE:
            yield wrong(
                "disk", f"the disk of the {name} has {free // 2**20} MiB left", "Make room: a full disk stops sending."
            )
        elif free is not None:
            yield well("disk", f"the disk of the {name} has {free // 2**30} GiB left")


def _free(folder: Path | None) -> int | None:
    while folder is not None and not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free if folder else None


def _shown(rules: Rules, courses: list[Course]) -> Iterator[Finding]:
    """Whatever a mailbox, a locked screen or a browser's history shows: nothing of it may say what a course is about."""
    titles = [text for course in courses for text in (course.title, course.slug.replace("-", " "))]
    places = {
        "MAIL_FROM": f"{rules.mail_from.name} {rules.mail_from.address}",
        "SYSTEM_FROM": f"{rules.system_from.name} {rules.system_from.address}",
        "BASE_URL": rules.base_url,
        "REPLY_DOMAIN": rules.reply_domain,
    }
    places |= {f"{course.slug}: {name}": text for course in courses for name, text in _names(course).items()}
    told = {name: words for name, text in places.items() if (words := telling_words(text, titles))}
    for name, words in told.items():
        says = f"{name} says what this is about to whoever sees a telephone or a mailbox: {', '.join(words)}"
        yield look("discretion", says, "Choose words that tell nothing. If your readers do not mind, leave it.")
    if not told:
        yield well("discretion", "no sender, address, host name or cover says what the courses are about")


def _names(course: Course) -> dict[str, str]:
    return {"cover": course.cover, "from_name": course.from_name}


def _help_lines(parts: Parts, course: Course, now: datetime) -> Iterator[Finding]:
    countries = parts.library.support(course)
    old = sum(line.checked < (now - CHECKED_WITHIN).date() for country in countries for line in country.lines)
    if old:
        says = f"{old} help lines of {course.slug} were last checked over {CHECKED_WITHIN.days} days ago"
        yield look("help lines", says, "Compare support.toml with the pages it names, and write the new date.")
    elif countries:
        yield well("help lines", f"those of {course.slug} were all checked lately")
