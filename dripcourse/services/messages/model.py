"""What a mail is written from, and what is written: a claimed delivery with its rows, and a mail that is ready to send."""

from dataclasses import dataclass

from dripcourse.db.models import Delivery, Enrollment, Signup, Subscriber
from dripcourse.domain.mail import Outgoing
from dripcourse.services.enrollment import turns

NO_AUTOMATIC_ANSWERS = {"X-Auto-Response-Suppress": "OOF, AutoReply"}


@dataclass(frozen=True, slots=True)
class Past:
    """The slugs of the lessons that an enrollment has other deliveries for, and of those assumed sent; `in_hand` if one is open."""

    seen: frozenset[str] = frozenset()
    assumed: frozenset[str] = frozenset()
    in_hand: bool = False
    beside: turns.Beside = turns.NOTHING


NO_PAST = Past()


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery this process holds, with what is needed to write it."""

    delivery: Delivery
    enrollment: Enrollment | None = None
    subscriber: Subscriber | None = None
    signup: Signup | None = None
    past: Past = NO_PAST


@dataclass(frozen=True, slots=True)
class Said:
    """The words of a lesson as they went out, to be kept once."""

    hash: bytes
    course: str
    slug: str
    perspective: str
    language: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Ready:
    """A mail that can go; `said` is what to keep of a lesson's words. The delivery's `promise_at` is the next date it tells."""

    delivery: Delivery
    outgoing: Outgoing
    said: Said | None = None
