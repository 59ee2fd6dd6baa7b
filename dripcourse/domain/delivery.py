"""The states of a delivery: one mail to one reader, from the claim to the last word about it."""

from datetime import UTC, datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a delivery carries. A delivery is unique by (kind, key); pace counts `lesson` only."""

    LESSON = "lesson"
    COPY = "copy"
    CORRECTION = "correction"
    CONFIRM = "confirm"
    RECEIPT = "receipt"
    RELAY = "relay"
    ALERT = "alert"
    OWN = "own"
    REMINDER = "reminder"
    NOTICE = "notice"


class DeliveryState(StrEnum):
    """Where a delivery stands.

    claimed -> sending -> accepted -> delivered | deferred | bounced, or held if it is a lesson that came back
                       -> refused, held, unsure (or back to claimed: try later)
    unsure  -> accepted (evidence, or assumed) | claimed (evidence that it was not sent) | held
    """

    CLAIMED = "claimed"
    SENDING = "sending"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    DEFERRED = "deferred"
    BOUNCED = "bounced"
    REFUSED = "refused"
    HELD = "held"
    UNSURE = "unsure"


TO_SUPPRESSED = (Kind.CONFIRM, Kind.NOTICE)
"""What goes to a suppressed address too, unless its owner asked never to be written to: the question that its owner asks for, and
what others brought about."""
IN_HAND = (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.HELD, DeliveryState.UNSURE)
"""A lesson that is claimed, held or unsure: its enrollment waits for what becomes of it."""


class Reason(StrEnum):
    """Why a delivery stands where it stands; empty where the state says it all."""

    NONE = ""
    TEMPLATE = "template"
    REFUSED = "refused"
    ASSUMED = "assumed"
    EVIDENCE = "evidence"
    HOST = "host"
    LATER = "later"
    STOPPED = "stopped"
    EXPIRED = "expired"
    REPORTED = "reported"
    FULL = "full"
    RETURNED = "returned"
    POLICY = "policy"
    NOBODY = "nobody"


CAME_BACK = (Reason.REPORTED, Reason.FULL, Reason.RETURNED, Reason.POLICY, Reason.NOBODY)
"""Why a mail that was accepted came back, the gravest last. `reported`: a returned mail alone says that nobody is there."""


WHOSE = "whose"
"""How the keys of the mails begin that ask a reader whether they wrote what came from elsewhere."""
PEOPLE = ".people"
"""How the keys of answers end that lead to people."""


ASKED_BACK = 2
"""The n of the confirmation mail that asks back whether a reply was a yes: at most one a sign-up."""


def lesson_key(enrollment: str, slug: str) -> str:
    """The key under which a lesson goes to an enrollment at most once, ever."""
    return f"{enrollment}:{slug}"


def reminder_key(enrollment: str, slug: str) -> str:
    """The key of the one reminder that may follow a lesson; another than the lesson's own, for the journal knows keys and no kinds."""
    return f"reminder:{enrollment}:{slug}"


def copy_key(enrollment: str, slug: str, request: str) -> str:
    """The key of a copy of a lesson that a reader asked for; `request` tells two askings apart."""
    return f"{enrollment}:{slug}:{request}"


def confirm_key(signup: str, n: int) -> str:
    """The key of the n-th confirmation mail for a sign-up."""
    return f"{signup}:{n}"


def answer_key(inbound: str) -> str:
    """The key of the one answer to a message that came in."""
    return inbound


def people_key(inbound: str) -> str:
    """The key of an answer to a message that leads to people: such answers are not counted."""
    return f"{inbound}{PEOPLE}"


def rare_key(what: str, subscriber: str, when: str = "ever") -> str:
    """The key of what a reader is told once in a while: `when` tells two times apart, and without it there is but one."""
    return f"{what}:{subscriber}:{when}"


def own_key(subscriber: str, at: datetime) -> str:
    """The key of a link to a reader's own words that was asked for at an instant: one in ten minutes, however often they press."""
    return f"{subscriber}:{at.astimezone(UTC):%Y-%m-%dT%H:%M}"[:-1] + "0"


def alert_key(about: str, at: datetime) -> str:
    """The key of a mail to the host about something that began at an instant: one for each day (UTC) on which it does."""
    return f"{about}:{at.astimezone(UTC):%Y-%m-%d}"


def is_unasked(kind: Kind, key: str) -> bool:
    """Whether a reader gets such a mail without having asked for this very one: then it keeps off their quiet dates."""
    told_of_itself = kind is Kind.RECEIPT and ":" in key  # by `rare_key`; an answer's key is the id of a message
    return told_of_itself or kind in (Kind.LESSON, Kind.REMINDER, Kind.NOTICE)
