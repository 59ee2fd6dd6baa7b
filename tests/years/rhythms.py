"""What readers do with their rhythm on their own page: ready, another week, quiet dates, and undoing. Through the real services."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import select

from dripcourse.db.models import Enrollment
from dripcourse.domain.enrollment import EnrollmentState
from dripcourse.domain.errors import UsageError
from dripcourse.services.enrollment import preferences, schedule
from dripcourse.services.enrollment.undo import Former
from tests.years.people import People

QUIET_MOST = 3
"""So many quiet dates our readers keep; the engine allows more, but each may put a lesson off by a week."""


def say_ready(people: People, ident: str) -> None:
    """The next lesson may come: by the button, if it waits."""
    if token := _token(people, ident):
        former = preferences.be_ready(people.world.parts, token, people.world.some_clock())
        if "waits" in former:
            people.stories[ident].words.append(people.world.real)


def who_waits(people: People) -> list[str]:
    """Everybody whose next lesson waits for their word."""
    with people.world.parts.db.read() as session:
        waits = select(Enrollment.id).where(Enrollment.waits, Enrollment.state == EnrollmentState.ACTIVE)
        found = set(session.scalars(waits))
    return [ident for ident in people.going if ident in found]


def stay_on(people: People, ident: str) -> None:
    """Another week with the last lesson; and perhaps not, after all."""
    world = people.world
    due, token, now = _row(people, ident).due_at, _token(people, ident), world.some_clock()
    if token is None or due is None:
        return
    former = preferences.stay_on(world.parts, token, due, now)
    if "due" in former and not _undone(people, token, former, now):
        not_before = _row(people, ident).due_at
        people.stories[ident].holds.append((world.real, not_before))


def keep_quiet(people: People, ident: str) -> None:
    """A day without mail: the very one on which the next lesson is due, or any; once, or every year. And perhaps not, after all."""
    world, chance = people.world, people.world.chance
    row, token, now = _row(people, ident), _token(people, ident), world.some_clock()
    if token is None:
        return
    slot = schedule.slot_of(row)
    at = row.due_at if row.due_at and chance.random() < 0.7 else now + timedelta(days=chance.randint(1, 90))
    with suppress(UsageError, OverflowError):
        if len(preferences.still_to_come(row, now)) >= QUIET_MOST:
            former = preferences.drop_quiet(world.parts, token, str(min(row.quiet)), now)
        else:
            day = at.astimezone(slot.tz).date()
            former = preferences.keep_quiet(world.parts, token, day, now, every_year=chance.random() < 0.4)
        _undone(people, token, former, now)
    people.note(ident)


def _undone(people: People, token: str, former: Former, now: datetime) -> bool:
    """Now and then something is put back at once."""
    if not former or people.world.chance.random() > 0.2:
        return False
    preferences.undo(people.world.parts, token, former, now)
    return True


def _row(people: People, ident: str) -> Enrollment:
    with people.world.parts.db.read() as session:
        return session.get_one(Enrollment, ident)


def _token(people: People, ident: str) -> str | None:
    """The link to their own page in one of their mails."""
    delivery = people.a_delivery(ident)
    return people.world.parts.keys.web_token(delivery[0], "me") if delivery else None


ACTS: dict[str, Callable[[People, str], None]] = {"ready": say_ready, "stay": stay_on, "quiet": keep_quiet}
