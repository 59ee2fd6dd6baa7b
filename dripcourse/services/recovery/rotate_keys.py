"""Sealing everything anew with the newest of REPLY_KEYS, so that an older one can go.

What readers wrote is sealed to keys of their own and stays as it is; what wraps those keys is changed. A batch is a transaction,
and what is done already is passed over, so a run that was stopped, or killed, is simply run again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from dripcourse.db import queries
from dripcourse.db.session import Database
from dripcourse.services.crypto.keyring import Keyring, Unsealable


@dataclass(slots=True)
class Rotated:
    """How many things were sealed anew, and how many could not be opened by any of the keys."""

    anew: int = 0
    lost: int = 0


def rotate(db: Database, keys: Keyring, say: Callable[[int], None]) -> Rotated:
    """Seal anew whatever an older key sealed; says how many so far. Raises DatabaseAway: then run it again."""
    done = Rotated()
    for place in queries.sealed.PLACES:
        after: str | int | None = None
        while batch := _batch(db, keys, place, after, done):
            after = batch[-1]
            say(done.anew)
    return done


def _batch(
    db: Database, keys: Keyring, place: queries.sealed.Place, after: str | int | None, done: Rotated
) -> Sequence[str | int]:
    """One transaction; returns the rows it looked at, in order."""
    with db.write() as session:
        rows = session.execute(queries.sealed.by_older_keys(place, keys.newest, after)).all()
        anew = {ident: fresh for ident, text in rows if (fresh := _anew(keys, place, ident, text)) is not None}
        _write(session, place, anew)
    done.anew += len(anew)
    done.lost += len(rows) - len(anew)
    return [ident for ident, _ in rows]


def _anew(keys: Keyring, place: queries.sealed.Place, ident: str | int, text: bytes) -> bytes | None:
    row = place.row or str(ident)
    try:
        return keys.seal(keys.unseal(text, place.purpose, row), place.purpose, row)
    except Unsealable:
        return None  # it was lost before we came


def _write(session: Session, place: queries.sealed.Place, anew: dict[str | int, bytes]) -> None:
    if anew:
        rows = [{"b_id": ident, "b_sealed": text} for ident, text in anew.items()]
        session.connection().execute(queries.sealed.put_anew(place), rows)
