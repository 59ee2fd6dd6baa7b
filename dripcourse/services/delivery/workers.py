"""What each process that ticks has before it, and whether they agree: its courses, the addresses it speaks from, its journal.

It is kept with the beat. Where two differ, a reader of a course that only one of them has is that one's; of two installations with
another BASE_URL or MAIL_FROM the one that began later sends nothing. Both are said in `status`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.models import Beat
from dripcourse.db.types import Row
from dripcourse.domain.errors import TwoInstallations
from dripcourse.services.parts import Parts

LIVES = timedelta(minutes=1)
"""For how long a process that ticked counts as living: it beats every few seconds."""
_DIGITS = 8


def shown(parts: Parts) -> Row:
    """What this process has before it, as columns of its beat."""
    courses = sorted(parts.library.courses.items())
    sender = sha256(parts.rules.mail_from.address.encode()).hexdigest()[:_DIGITS]
    return {
        "courses": " ".join(f"{slug}:{course.text_digest[:_DIGITS]}" for slug, course in courses),
        "voice": f"{parts.rules.base_url[:200]} {sender}",
        "place": parts.journal.place,
    }


def living(session: Session, now: datetime) -> Sequence[Beat]:
    """The processes that ticked lately, oldest first."""
    beats = session.scalars(queries.overview.beats_since(now - LIVES)).all()
    return sorted((each for each in beats if each.voice), key=lambda each: (each.started_at, each.id))


def others_courses(parts: Parts, session: Session, now: datetime) -> set[str]:
    """The courses that this process lacks and another one has: their readers are not its business."""
    there = {named.partition(":")[0] for each in living(session, now) for named in each.courses.split()}
    return there - parts.library.courses.keys()


def require_one_installation(parts: Parts, session: Session, ident: str, now: datetime) -> None:
    """Raises TwoInstallations if another one goes on ticking that began before this process, and speaks from other addresses."""
    mine = shown(parts)["voice"]
    for each in living(session, now):
        if each.id == ident:
            return
        if each.voice != mine and each.beat_at > each.started_at:
            raise TwoInstallations(two_voices(mine, each.voice))


def two_voices(one: str, other: str) -> str:
    """What is said of two that speak differently."""
    here, there = (each.partition(" ")[0] for each in (one, other))
    differ = f"BASE_URL {here} and {there}" if here != there else f"MAIL_FROM, at BASE_URL {here}"
    return (
        f"Two installations use this database, and differ in {differ}. The one that began later sends nothing. Stop one of"
        " them, or give it a database of its own."
    )
