"""SendGrid as far as we use it, as a state machine: requests and an instant in, answers and events out. No wire, no clock.

It takes what the API takes and refuses what the API refuses; what goes wrong beyond that is said by a script or drawn from a seed.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from random import Random
from typing import Any

from dripcourse.domain.mail import Mailbox, Outgoing
from dripcourse.domain.mime import mime
from dripcourse.fakes.answers import Reply, limited, refused
from dripcourse.fakes.rules import MOST_BYTES, Wrong, faults, is_sandboxed
from dripcourse.fakes.script import Fate, Manner, Post, Step, always_accepting
from dripcourse.fakes.standing import Standing

RETRY_FOR = timedelta(hours=24)
"""How long events are posted again that nobody took."""
_REVOKED = "The provided authorization grant is invalid, expired, or revoked"
_REPORTS: Mapping[Fate, Mapping[str, str]] = {
    Fate.PROCESSED: {"event": "processed"},
    Fate.DEFERRED: {"event": "deferred", "response": "450 4.2.1 busy, come again", "attempt": "1"},
    Fate.DELIVERED: {"event": "delivered", "response": "250 OK"},
    Fate.BOUNCE: {"event": "bounce", "type": "bounce", "status": "5.2.2", "reason": "552 5.2.2 {email} is over quota"},
    Fate.NOBODY: {
        "event": "bounce",
        "type": "bounce",
        "status": "5.1.1",
        "reason": "550 5.1.1 <{email}>: no such user",
    },
    Fate.BLOCKED: {"event": "bounce", "type": "blocked", "status": "5.7.1", "reason": "550 5.7.1 not from here"},
    Fate.DROPPED: {"event": "dropped", "reason": "Bounced Address"},
    Fate.UNWANTED: {"event": "dropped", "reason": "Spam Reporting Address"},
    Fate.SPAMREPORT: {"event": "spamreport"},
    Fate.UNSUBSCRIBE: {"event": "unsubscribe"},
}
_AFTER_PROCESSED = frozenset({Fate.DELIVERED, Fate.BOUNCE, Fate.NOBODY, Fate.BLOCKED})


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail that was accepted: the provider's name for it, the request, when."""

    name: str
    request: Mapping[str, Any]
    at: datetime

    @property
    def to(self) -> str:
        """The reader's address."""
        return str(self.request["personalizations"][0]["to"][0]["email"])

    @property
    def arguments(self) -> Mapping[str, str]:
        """The custom arguments, which come back with every event."""
        found: Mapping[str, str] = self.request["personalizations"][0].get("custom_args", {})
        return found

    def raw(self) -> bytes:
        """The mail as a mailbox would get it."""
        headers = dict(self.request["personalizations"][0].get("headers", {}))
        message_id, date = headers.pop("Message-ID", f"<{self.name}@fake>"), headers.pop("Date", None)
        bodies = {part["type"]: part["value"] for part in self.request["content"]}
        sender = self.request["from"]
        return mime(
            Outgoing(
                delivery=self.name,
                fence=1,
                sender=Mailbox(sender["email"], sender.get("name", "")),
                to=self.to,
                subject=self.request["subject"],
                text=bodies.get("text/plain", ""),
                html=bodies.get("text/html"),
                message_id=message_id,
                date=parsedate_to_datetime(date) if date else self.at,
                reply_to=self.request.get("reply_to", {}).get("email"),
                headers=headers,
            )
        )


@dataclass(slots=True)
class Batch:
    """Events to be posted together, not before an instant, and again until somebody takes them."""

    events: list[dict[str, object]]
    due: datetime
    made: datetime
    tries: int = 0


class Account:
    """One account at the provider: what it took, what it still has to tell."""

    def __init__(self, steps: Iterator[Step] | None = None, *, seed: int = 0) -> None:
        self.taken: list[Taken] = []
        self.answered: list[int] = []
        self.batches: list[Batch] = []
        self.standing = Standing()
        self._steps = steps or always_accepting()
        self._dice = Random(seed)  # noqa: S311 - to be repeated, not to be guessed at
        self._closed_until: datetime | None = None

    # ------------------------------------------------------------------------------------------------ mail in
    def post(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Reply:
        """POST /v3/mail/send."""
        reply = self._refusal(headers, body, now) or self._play(json.loads(body), next(self._steps), now)
        self.answered.append(reply.status)
        return reply

    def erase(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Reply:
        """POST /v3/recipients/erasejob: everything about these addresses goes, at most 5,000 of them or 256 KiB at once."""
        scheme, _, key = (headers.get("Authorization") or "").partition(" ")
        if scheme != "Bearer" or not key.strip():
            return refused(401, now, Wrong(_REVOKED))
        try:
            addresses = json.loads(body)["email_addresses"]
        except (ValueError, KeyError, TypeError):
            addresses = None
        if not isinstance(addresses, list) or not 0 < len(addresses) <= 5000 or len(body) > 2**18:
            return refused(400, now, Wrong("email_addresses must hold 1 to 5000 addresses", "email_addresses"))
        gone = {str(address).casefold() for address in addresses}
        self.taken = [mail for mail in self.taken if mail.to.casefold() not in gone]
        for batch in self.batches:
            batch.events = [event for event in batch.events if str(event["email"]).casefold() not in gone]
        self.batches = [batch for batch in self.batches if batch.events]
        return Reply(202, {"Content-Type": "application/json"}, json.dumps({"job_id": self._name(22)}).encode())

    def _refusal(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Reply | None:
        """What the API says to a request that it will not take, in the order in which it looks."""
        scheme, _, key = (headers.get("Authorization") or "").partition(" ")
        if scheme != "Bearer" or not key.strip():
            return refused(401, now, Wrong(_REVOKED))
        if self._closed_until and now < self._closed_until:
            return limited(self._closed_until)
        if (headers.get("Content-Type") or "").partition(";")[0].strip() != "application/json":
            return refused(415, now, Wrong("Content-Type should be application/json."))
        if len(body) > MOST_BYTES:
            return refused(413, now, Wrong("The JSON payload you have included in your request is too large."))
        try:
            request = json.loads(body)
        except ValueError:
            return refused(400, now, Wrong("Bad Request"))
        if wrong := faults(request):
            return refused(400, now, *wrong)
        return Reply(200) if is_sandboxed(request) else None

    def _play(self, request: Mapping[str, Any], step: Step, now: datetime) -> Reply:
        if step.manner is Manner.REFUSE:
            if step.status == HTTPStatus.TOO_MANY_REQUESTS:
                self._closed_until = now + timedelta(seconds=step.seconds)
                return limited(self._closed_until)
            return refused(step.status, now, Wrong(HTTPStatus(step.status).phrase))
        if step.manner is Manner.DEAF:
            return Reply(0, manner=step.manner)
        taken = Taken(self._name(22), request, now)
        self.taken.append(taken)
        self._report(taken, step, now)
        return Reply(202, {"X-Message-Id": taken.name}, manner=step.manner, seconds=step.seconds)

    def _name(self, length: int) -> str:
        return "".join(self._dice.choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", k=length))

    # ------------------------------------------------------------------------------------------------ events out
    def _report(self, taken: Taken, step: Step, now: datetime) -> None:
        """Put by the events of a mail: one post for each, or in copies, late and in any order."""
        events = [self._event(taken, fate, now) for fate in step.fates or fates_of(taken.to)]
        self.tell(events * self._dice.randint(1, step.post.copies), step.post, now)

    def _event(self, taken: Taken, fate: Fate, now: datetime) -> dict[str, object]:
        said = {name: value.replace("{email}", taken.to) for name, value in _REPORTS[fate].items()}
        headers = taken.request["personalizations"][0].get("headers", {})
        return {
            "email": taken.to,
            "timestamp": int(now.timestamp()),
            "smtp-id": headers.get("Message-ID", ""),
            "sg_event_id": self._name(48),
            "sg_message_id": f"{taken.name}.recvd-{self._name(8)}-1",
            **said,
            **taken.arguments,
        }

    def tell(self, events: Sequence[dict[str, object]], post: Post, now: datetime) -> None:
        """Queue events for posting, as `post` says."""
        told = list(events)
        if post.shuffled:
            self._dice.shuffle(told)
        while told:
            size = self._dice.randint(1, len(told)) if post.shuffled else len(told)
            due = now + timedelta(seconds=self._dice.uniform(0, post.late))
            self.batches.append(Batch(told[:size], due, now))
            del told[:size]

    def due(self, now: datetime) -> list[Batch]:
        """The batches whose time has come; each is the caller's until `heard` is called with it."""
        ready = [batch for batch in self.batches if batch.due <= now]
        self.batches = [batch for batch in self.batches if batch.due > now]
        return ready

    def heard(self, batch: Batch, status: int, now: datetime) -> None:
        """What the other side said to a batch: if not 2xx, it comes again, ever more slowly, for a day."""
        if 200 <= status < 300 or now > batch.made + RETRY_FOR:
            return
        batch.tries += 1
        batch.due = now + timedelta(seconds=min(2**batch.tries, 3600))
        self.batches.append(batch)


def fates_of(address: str) -> tuple[Fate, ...]:
    """What a mail meets, by the reader's name: `bounce@`, `nobody@`, `blocked@`, `deferred@`, `dropped@`, `spamreport@` and so on."""
    name = address.partition("@")[0].partition("+")[0]
    fate = Fate(name) if name in list(Fate) else Fate.DELIVERED
    match fate:
        case Fate.DROPPED | Fate.UNWANTED | Fate.PROCESSED:
            return (fate,)
        case _ if fate in _AFTER_PROCESSED:
            return (Fate.PROCESSED, fate)
        case Fate.DEFERRED:
            return (Fate.PROCESSED, fate, Fate.DELIVERED)
    return (Fate.PROCESSED, Fate.DELIVERED, fate)
