"""The messages of a mailbox that could not be fetched: which they are, and when each is tried again.

A message at which the server hangs up must not block those behind it, and one that the server does not hand over must not be
passed over in silence. The first try after a failure comes with the next poll, behind the others; later ones ever less often.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

_FIRST, _LONGEST = timedelta(minutes=1), timedelta(hours=1)
_NAMED = 5


@dataclass(slots=True)
class _Failure:
    count: int
    again_at: datetime
    named: bool


@dataclass(slots=True)
class Unfetched:
    """Known by UID, for as long as the mailbox keeps its UIDVALIDITY (RFC 9051 2.3.1.1) and this process lives."""

    _validity: object = None
    _failures: dict[str, _Failure] = field(default_factory=dict)

    def plan(self, waiting: Iterable[str], validity: object, now: datetime) -> list[str]:
        """Those of the waiting messages to fetch now, those that failed before at the end. What no longer waits is forgotten."""
        there = list(waiting)
        known = self._failures if validity == self._validity else {}
        self._validity, self._failures = validity, {uid: known[uid] for uid in there if uid in known}
        due = [uid for uid in self._failures if self._failures[uid].again_at <= now]
        return [uid for uid in there if uid not in self._failures] + due

    def failed(self, uid: str, now: datetime, *, surely: bool) -> None:
        """It could not be fetched. Not `surely` that message's own fault: the connection broke, as any may, so the second time counts."""
        before = self._failures.get(uid)
        count = before.count + 1 if before else 1
        wait = min(_FIRST * 2 ** min(count - 2, 10), _LONGEST) if count > 1 else timedelta(0)
        self._failures[uid] = _Failure(count, now + wait, named=surely or count > 1)

    def fetched(self, uid: str) -> None:
        """It is here, or it has left the mailbox."""
        self._failures.pop(uid, None)

    @property
    def says(self) -> str:
        """A sentence for the host; '' while every message can be fetched."""
        named = [uid for uid, failure in self._failures.items() if failure.named]
        if not named:
            return ""
        which = ", ".join(named[:_NAMED]) + (", ..." if len(named) > _NAMED else "")
        many = f"{len(named)} messages" if len(named) > 1 else "A message"
        return (
            f"{many} in the mailbox of IMAP_URL cannot be fetched (UID {which}): the server does not hand over what was asked"
            " for. It is tried again at least once an hour; you can open it in a mail program"
        )
