"""The circuit: whether anybody may use the wire just now, as all processes know it. What an outcome means for everyone, and who may try when.

Open, it lets nothing through but a probe a minute. It opens at once where only the host can mend what is wrong (a key, a password),
and after five failures in a row: no answer, no server there, or refusals that are perhaps about us. A provider that names an instant is left alone until then, which is
no failure. One accepted mail closes it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from dripcourse.domain.mail import Accepted, Later, Outcome, Refused, Unknown

PROBE_EVERY = timedelta(minutes=1)
FAILURES = 5
"""So many in a row open it; fewer are a bad moment."""
LONGEST_REST = timedelta(hours=1, minutes=1)
"""No provider is left alone for longer: an instant further away than this was written by a clock that was wrong."""


class Leave(StrEnum):
    """What the circuit lets through: everything, one mail to see whether the wire works again, nothing."""

    GO = "go"
    PROBE = "probe"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Circuit:
    """Since when it is open (None: it is not), before when nothing may go, how many failures in a row there were, and why."""

    opened_at: datetime | None = None
    probe_at: datetime | None = None
    failures: int = 0
    reason: str = ""

    def leave(self, now: datetime) -> Leave:
        """What may go now."""
        if self.probe_at is not None and now < self.probe_at <= now + LONGEST_REST:
            return Leave.WAIT
        return Leave.PROBE if self.opened_at else Leave.GO

    def after(self, outcome: Outcome, now: datetime) -> "Circuit":
        """The circuit when this has come of a mail. What is about one reader only says nothing of the wire."""
        match outcome:
            case Accepted():
                resting = self.opened_at is None and self.leave(now) is Leave.WAIT
                return replace(self, failures=0) if resting else Circuit()
            case Later(why, needs_host=True):
                return _opened(self, why, now)
            case Later(why, not_before, everyone=True) if not_before is not None:
                return replace(self, probe_at=not_before, reason=why)
            case Unknown(why) | Later(why, everyone=True) | Later(why, perhaps_us=True) | Refused(why, perhaps_us=True):
                failed = replace(self, failures=self.failures + 1, reason=why)
                return _opened(failed, why, now) if failed.failures >= FAILURES or self.opened_at else failed
        return self


def _opened(circuit: Circuit, why: str, now: datetime) -> Circuit:
    return replace(circuit, opened_at=circuit.opened_at or now, probe_at=now + PROBE_EVERY, reason=why)
