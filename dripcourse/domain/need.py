"""One thing that needs the host, and how its reason is written."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Need:
    """`kind` is a short fixed word, `reason` one plain sentence for the host without an address; `command` settles or shows it, or is ''."""

    kind: str
    count: int
    since: datetime | None
    reason: str
    command: str


def many(count: int, one: str, more: str = "") -> str:
    """`1 mail`, `2 mails`."""
    return f"{count} {one if count == 1 else more or one + 's'}"


def because(cause: str | None) -> str:
    """A cause, as the end of a sentence; nothing if there is none."""
    cause = (cause or "").strip().rstrip(".")
    return f" ({cause})" if cause else ""


def utc(instant: datetime) -> str:
    """An instant for the host's eyes."""
    return f"{instant:%Y-%m-%d %H:%M} UTC"
