"""What is missing or unsafe in an installation, in words, before a reader finds out. Looks and changes nothing."""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from dripcourse.db import queries
from dripcourse.db.session import server_clock
from dripcourse.domain.course import Course
from dripcourse.domain.discretion import telling_words
from dripcourse.domain.finding import Finding, look, well, wrong
from dripcourse.domain.mail import TellsTime
from dripcourse.domain.need import Need
from dripcourse.services.diagnostics.health import readiness
from dripcourse.services.diagnostics.needs import WATCHED, needs_or_none
from dripcourse.services.parts import Clock, Parts, Rules

LEAST_FREE, LEAST_INODES = 500 * 2**20, 10_000
"""With less room than this on the disk, or for fewer files, a host should be told before nothing can be written any more."""
LATELY = timedelta(seconds=30)
"""Whoever ticked within so long is a scheduler that runs, or was stopped a moment ago."""
_WORTH_A_LOOK = WATCHED | {"held", "unsure", "later", "deferred", "set-aside"}
"""Kinds of needs that keep few readers from going on; every other kind is wrong."""
CHECKED_WITHIN = timedelta(days=180)
"""How long a help line may go without somebody having looked whether it is still right."""


def examine(
    parts: Parts,
    now: datetime,
    *,
    beat_within: timedelta,
    lately: timedelta = LATELY,
    folders: dict[str, Path] | None = None,
) -> list[Finding]:
    """Every finding about the database, the work, the disk, the courses and how discreet they are. Raises DatabaseAway.

    `folders` are those whose disks are looked at besides the database's and the journal's, by their names.
    """
    found, _ = needs_or_none(parts, now, beat_within=beat_within)
    return [
        *_ready(parts, now, found, beat_within),
        *_schedulers(parts, now, lately),
        *_needed(found),
        *_host(parts.rules),
        *_disk(parts, folders or {}),
        *_shown(parts.rules, list(parts.library.courses.values())),
        *(found for course in parts.library.courses.values() for found in _help_lines(parts, course, now)),
    ]


def _ready(parts: Parts, now: datetime, found: list[Need], beat_within: timedelta) -> Iterator[Finding]:
    kinds = {need.kind for need in found}
    for check in readiness(parts, now, beat_within=beat_within):
        if check.name not in kinds:
            yield well(check.name, check.says) if check.ok else wrong(check.name, check.says, "See docs/running-it.md.")


def _needed(found: list[Need]) -> Iterator[Finding]:
    """What needs the host, as `status` says it."""
    for need in found:
        weigh = look if need.kind in _WORTH_A_LOOK else wrong
        yield weigh(need.kind, need.reason, need.command or "See docs/running-it.md.")
    kinds = {need.kind for need in found}
    if not kinds & {"copy", "database", "schema"}:
        yield well("copy", "this database is where it was set up, so it may speak")
    if not kinds & {"held", "unsure"}:
        yield well("deliveries", "nothing is unsure and nothing is held")


def _schedulers(parts: Parts, now: datetime, lately: timedelta) -> Iterator[Finding]:
    """More than one is allowed and safe (FAULTS.md S17); whoever meant to start one only should know."""
    with parts.db.read() as session:
        count = len(session.scalars(queries.overview.beats_since(now - lately)).all())
    if count > 1:
        says = f"{count} schedulers have ticked within {lately.total_seconds():.0f} seconds (one that was stopped a moment ago counts)"
        do = "If you meant to start one only, stop the other: look for a second `run` or `worker`, on every machine."
        yield look(
            "schedulers", says, do, "Nothing goes twice for it; but two versions, or two settings, may be at work."
        )
    elif count:
        yield well("schedulers", "one ticks")


def _host(rules: Rules) -> Iterator[Finding]:
    if rules.host_email is None:
        why = "If mail could not leave for a while, nobody would write to you."
        yield look("HOST_EMAIL", "is not set", "Set it to a mailbox that you read.", why)
    else:
        yield well("HOST_EMAIL", "is set")


def other_clocks(parts: Parts, clock: Clock) -> Iterator[tuple[str, datetime, datetime]]:
    """(whose, our time, theirs) for the database server and the mail provider, if they can say. Raises DatabaseAway."""
    with parts.db.read() as session:
        theirs = server_clock(session)
        ours = clock()
    if theirs is not None:
        yield "the database server's", ours, theirs
    if isinstance(parts.transport, TellsTime) and (told := parts.transport.clock()) is not None:
        yield "the mail provider's", clock(), told


def _disk(parts: Parts, more: dict[str, Path]) -> Iterator[Finding]:
    folders = {"database": parts.db.path.parent if parts.db.path else None, "journal": parts.journal.folder, **more}
    for name, folder in folders.items():
        there = _nearest(folder)
        if there is None:
            continue
        free, files = shutil.disk_usage(there).free, _files_left(there)
        if free < LEAST_FREE:
            says = f"the disk of the {name} has {free // 2**20} MiB left"
            yield wrong("disk", says, "Make room.", "A full disk stops sending, and mail that comes in.")
        elif files is not None and files < LEAST_INODES:
            says = f"the disk of the {name} has room for {files} more files"
            yield wrong("disk", says, "Delete files that nobody needs.", "A disk without room for files stops sending.")
        else:
            yield well("disk", f"the disk of the {name} has {free // 2**30} GiB left")


def _nearest(folder: Path | None) -> Path | None:
    while folder is not None and not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder


def _files_left(folder: Path) -> int | None:
    """How many more files fit on a disk; None where the file system does not count them."""
    status = os.statvfs(folder)
    return status.f_favail if status.f_files else None


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
    """The cover stands in the List-Id and in every address of a page; a subject and its preview, on a locked screen."""
    subjects = {f"{lesson.slug}: subject": f"{lesson.subject} {lesson.preview}" for lesson in course.lessons}
    return {"cover and List-Id": course.cover, "from_name": course.from_name, **subjects}


def _help_lines(parts: Parts, course: Course, now: datetime) -> Iterator[Finding]:
    countries = parts.library.support(course)
    old = sum(line.checked < (now - CHECKED_WITHIN).date() for country in countries for line in country.lines)
    if old:
        says = f"{old} help lines of {course.slug} were last checked over {CHECKED_WITHIN.days} days ago"
        yield look("help lines", says, "Compare support.toml with the pages it names, and write the new date.")
    elif countries:
        yield well("help lines", f"those of {course.slug} were all checked lately")
