"""The receiver: a transport that keeps the contract, remembers what it took, and fails in every way that the contract knows."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from dripcourse.domain.mail import Accepted, Evidence, Later, Outcome, Outgoing, Refused, Unknown
from tests.years.fate import Fate
from tests.years.judges import Attempt, Receipt

LESSON, THREAD = "List-Id", "In-Reply-To"
"""The header that only a lesson has, or a reminder, which is in its thread."""


@dataclass
class Weather:
    """How the wire is: how often each trouble comes, until an instant. Closed until another: everyone is told to come later."""

    trouble: float = 0.0
    until: datetime | None = None
    closed_until: datetime | None = None


class Wire:
    """`knows` is how often it can give evidence: 1.0 as the outbox, 0.0 as SMTP, and anything between."""

    is_local = True

    def __init__(
        self,
        chance: random.Random,
        fate: Fate,
        *,
        knows: float,
        real: Callable[[], datetime],
        pass_time: Callable[[timedelta], None],
        meanwhile: Callable[[str], None],
        tells: bool = False,
    ) -> None:
        self._chance, self._fate, self._knows = chance, fate, knows
        self._real, self._pass_time, self._meanwhile = real, pass_time, meanwhile
        self._tells = tells
        self.weather = Weather()
        self.taken: list[Receipt] = []
        """Every lesson that reached somebody."""
        self.reminders: list[Receipt] = []
        """Every reminder that did; `slug` is of the lesson that its reader has had last."""
        self.confirmations: list[Outgoing] = []
        """Every confirmation mail that did, until it is answered."""
        self.unknown: set[str] = set()
        """Deliveries of which an attempt has had no answer."""
        self.refused: set[str] = set()
        self._has: set[Attempt] = set()
        self._void: set[Attempt] = set()

    def send(self, mail: Outgoing, *, now: datetime) -> Outcome:
        if self.weather.until is not None and self._real() >= self.weather.until:
            self.weather.trouble, self.weather.until = 0.0, None
        self.unknown.add(mail.delivery)  # until we answer, nobody knows
        self._fate.come_to("before send")
        outcome = (
            self._answer(mail, now) if self.weather.trouble or self.weather.closed_until else self._take(mail, now)
        )
        if self._chance.random() < self.weather.trouble / 4:
            self._meanwhile(mail.to)
        self._fate.come_to("after send")
        if not isinstance(outcome, Unknown):
            self.unknown.discard(mail.delivery)
        return outcome

    def _answer(self, mail: Outgoing, now: datetime) -> Outcome:
        closed = self.weather.closed_until
        if closed is not None and self._real() < closed:
            until = self._chance.choice((None, closed, now + timedelta(minutes=self._chance.randint(1, 90))))
            return Later("closed", until, everyone=True)
        if self._chance.random() >= self.weather.trouble:
            return self._take(mail, now)
        return self._chance.choice(
            (
                self._refuse,
                self._later,
                self._lose,
                self._lose,
                self._lose_answer,
                self._lose_answer,
                self._break,
                self._dawdle,
            )
        )(mail, now)

    def _take(self, mail: Outgoing, now: datetime) -> Outcome:
        attempt = mail.delivery, mail.fence
        if attempt in self._void:
            return Later("this attempt was given up")
        self._has.add(attempt)
        if LESSON in mail.headers:
            came = self.reminders if THREAD in mail.headers else self.taken
            came.append(Receipt(self._real(), mail.subject, attempt, now - self._real()))
        else:
            self.confirmations.append(mail)
        return Accepted(f"ref-{mail.delivery}")

    def _refuse(self, mail: Outgoing, now: datetime) -> Outcome:
        self.refused.add(mail.delivery)
        return Refused("no such reader, says somebody at example.org")

    def _later(self, mail: Outgoing, now: datetime) -> Outcome:
        """One reader's mailbox is full; now and then the other side's clock is ten years ahead."""
        wait = self._chance.choice((None, timedelta(minutes=5), timedelta(hours=30), timedelta(days=3650)))
        return Later("full", wait and now + wait)

    def _lose(self, mail: Outgoing, now: datetime) -> Outcome:
        return Unknown("no answer")

    def _lose_answer(self, mail: Outgoing, now: datetime) -> Outcome:
        self._take(mail, now)
        return Unknown("no answer")

    def _break(self, mail: Outgoing, now: datetime) -> Outcome:
        """A transport's own fault, before or after it handed over."""
        if self._chance.random() < 0.5:
            self._take(mail, now)
        raise ValueError("a transport's fault")

    def _dawdle(self, mail: Outgoing, now: datetime) -> Outcome:
        """An answer that comes after the lease; others go on meanwhile. Handed over before it, or after."""
        early = self._take(mail, now) if self._chance.random() < 0.5 else None
        before = self._real()
        self._pass_time(timedelta(seconds=self._chance.choice((30, 61, 90, 600))))
        return early or self._take(mail, now + (self._real() - before))

    def evidence(self, delivery: str, fence: int, *, marked_at: datetime, now: datetime) -> Evidence:
        """True, or nothing. What was said not to have been sent is never sent any more."""
        if self._chance.random() >= self._knows:
            if self._knows and self._chance.random() < 0.1:
                raise ValueError("the evidence cannot be read")
            return Evidence.NONE
        if (delivery, fence) in self._has:
            return Evidence.SENT
        self._void.add((delivery, fence))
        return Evidence.NOT_SENT

    def clock(self) -> datetime | None:
        """What time it is, if the other side says so."""
        return self._real() if self._tells else None

    def has(self, delivery: str) -> bool:
        """Whether any attempt of a delivery reached its reader."""
        return any(has == delivery for has, _ in self._has)

    def close(self) -> None:
        """Nothing to give back."""
