"""What a provider's posts are known by: a verification key, or the secret in an address. Each is proven once something came by it.

Until then it may have been pasted wrongly, and a provider that is told "no" does not ask again. So what cannot be verified is
then a trouble of ours (503, and `/readyz` is red), and only afterwards a forgery (401). A row for each key that is proven stands
in the circuit table, which has a place for it; no circuit is ever opened by it.
"""

from collections.abc import Sequence
from enum import StrEnum
from hashlib import sha256

from sqlalchemy.orm import Session

from dripcourse.db import once, queries
from dripcourse.db.models import Circuit
from dripcourse.services import incidents
from dripcourse.services.parts import Parts


class Hook(StrEnum):
    """Where a provider posts to."""

    EVENTS = "events"
    INBOUND = "inbound"


def note(session: Session, hook: Hook, key: str) -> None:
    """Keep, within a transaction, that `key` has verified something: whatever could not be verified before is no trouble any more."""
    row = {"transport": _name(hook, key), "failures": 0, "reason": f"has verified {hook.value}"}
    once.keep_once(session, Circuit, [row])
    incidents.over(session, hook.value)


def note_once(parts: Parts, hook: Hook, key: str) -> None:
    """Keep that `key` has verified something, and write nothing if that is known. Raises DatabaseAway."""
    if not all_proven(parts, hook, [key]):
        with parts.db.write() as session:
            note(session, hook, key)


def all_proven(parts: Parts, hook: Hook, keys: Sequence[str]) -> bool:
    """Whether there are keys, and each has verified something already, so that what none of them verifies is forged."""
    names = {_name(hook, key) for key in keys}
    with parts.db.read() as session:
        return bool(names) and set(session.scalars(queries.provider_events.keys_proven(names))) == names


def _name(hook: Hook, key: str) -> str:
    return f"{hook.value}-key:{sha256(key.encode()).hexdigest()[:32]}"
