"""The outbox, with something that happens just as a mail goes by."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from dripcourse.domain.mail import Outcome, Outgoing
from dripcourse.transports.outbox import Outbox


class Eventful(Outbox):
    """An outbox that does `then` right after (or before) its `nth` sending, once."""

    def __init__(self, path: Path, nth: int, then: Callable[[], None], *, before: bool = False) -> None:
        super().__init__(path)
        self._left, self._then, self._before = nth, then, before

    def send(self, mail: Outgoing, *, now: datetime) -> Outcome:
        self._left -= 1
        if self._left == 0 and self._before:
            self._then()
        outcome = super().send(mail, now=now)
        if self._left == 0 and not self._before:
            self._then()
        return outcome
