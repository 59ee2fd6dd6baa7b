"""What can go wrong with a phrase, as a page says it. Nothing that was typed is repeated."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from dripcourse.services.crypto import passphrase
from dripcourse.services.crypto.passphrase import Busy, WrongPhrase
from dripcourse.services.replies.reader_keys import PhraseThere, TooManyTries


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a page says, by its word in [pages.phrase], with the instant that it names; and the answer's status."""

    says: str
    status: int = 400
    at: datetime | None = None


def trouble(act: Callable[[], None]) -> Trouble | None:
    """Do something that wants a phrase; what went wrong with it, or None."""
    try:
        act()
    except WrongPhrase:
        return Trouble("wrong")
    except TooManyTries as error:
        return Trouble("wait", 429, error.until)
    except PhraseThere as error:
        return Trouble("there", 409, error.since)
    except Busy:
        return Trouble("busy", 503)
    return None


def new_phrase_fault(typed: str, again: str) -> Trouble | None:
    """What keeps this phrase from being set, or None."""
    fault = passphrase.fault(typed, again)
    return Trouble(fault) if fault else None
