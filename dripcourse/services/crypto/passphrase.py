"""A reader's phrase, and the lock that it alone opens: Argon2id (RFC 9106) makes a key of it, and nothing of ours goes into that key.

What it took is written beside what is locked, so that a later version may ask more of new phrases and still opens the old ones.
"""

import os
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore, Lock
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id

from dripcourse.domain.errors import DripError
from dripcourse.services.crypto.keyring import Unsealable

FEWEST = 12
"""Characters."""
FEWEST_DIFFERENT = 5
MOST_BYTES = 4_000
"""In UTF-8, as it is used: far beyond what anybody types."""
SALT_BYTES = 16
WAITING = 3
"""How many may wait in this process while one phrase is worked on; who comes then is asked to come again."""
_NAME = "argon2id"
_KEY_BYTES, _NONCE_BYTES = 32, 12
_MOST_PASSES, _MOST_MEBIBYTES = 64, 1024
_one_at_a_time, _queue = Lock(), BoundedSemaphore(1 + WAITING)


class Busy(DripError):
    """Other phrases are being worked on. Nothing was done; try again in a few seconds."""


class WrongPhrase(DripError):
    """This phrase does not open it."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one try takes: passes over so much memory."""

    passes: int
    mebibytes: int

    def __str__(self) -> str:
        return f"{_NAME}:{self.passes}:{self.mebibytes}"

    @classmethod
    def read(cls, words: str) -> Self:
        """What was written beside a lock. Raises Unsealable for what is no cost, or one that this machine should not try."""
        found = re.fullmatch(rf"{_NAME}:(\d{{1,4}}):(\d{{1,6}})", words)
        cost = cls(int(found[1]), int(found[2])) if found else None
        if cost is None or not 1 <= cost.passes <= _MOST_PASSES or not 1 <= cost.mebibytes <= _MOST_MEBIBYTES:
            raise Unsealable("This was locked in a way that this version does not know.")
        return cost


COST = Cost(passes=6, mebibytes=128)
"""Half a second to a second of a processor, and memory that a small server has (measured in decision 0023)."""


@dataclass(frozen=True, slots=True)
class Locked:
    """A private key that only a phrase opens: the ciphertext, the salt, and what one try takes, in words."""

    wrapped: bytes
    salt: bytes
    by: str


def is_phrase(by: str) -> bool:
    """Whether these are the words of a lock that a phrase opens."""
    return by.startswith(_NAME)


def normal(typed: str) -> str:
    """A phrase as it is used: in Unicode's NFKC form, so that every keyboard gives the same; spaces joined, and none at the ends."""
    return " ".join(unicodedata.normalize("NFKC", typed).split())


def fault(typed: str, again: str) -> str | None:
    """What keeps a phrase from being set: `unlike` (typed differently the second time), `short`, `plain` or `huge`; None if nothing does."""
    phrase = normal(typed)
    if phrase != normal(again):
        return "unlike"
    if len(phrase) < FEWEST:
        return "short"
    if len(set(phrase.casefold()) - {" "}) < FEWEST_DIFFERENT:
        return "plain"
    return "huge" if len(phrase.encode(errors="replace")) > MOST_BYTES else None


def lock(private: bytes, typed: str, row: str, cost: Cost = COST) -> Locked:
    """A private key, locked with a phrase and bound to its row. Slow by intent. Raises Busy."""
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(_NONCE_BYTES)
    sealed = AESGCM(_key(typed, salt, cost)).encrypt(nonce, private, _place(row))
    return Locked(nonce + sealed, salt, str(cost))


def unlock(locked: Locked, typed: str, row: str) -> bytes:
    """The private key. Slow by intent. Raises WrongPhrase (also for what was moved or changed), Busy, or Unsealable as `Cost.read` does."""
    cost = Cost.read(locked.by)
    if len(locked.salt) != SALT_BYTES:
        raise Unsealable("This was locked in a way that this version does not know.")
    if len(normal(typed).encode(errors="replace")) > MOST_BYTES:
        raise WrongPhrase("This phrase does not open it.")
    nonce, sealed = locked.wrapped[:_NONCE_BYTES], locked.wrapped[_NONCE_BYTES:]
    try:
        return AESGCM(_key(typed, locked.salt, cost)).decrypt(nonce, sealed, _place(row))
    except (InvalidTag, ValueError):
        raise WrongPhrase("This phrase does not open it.") from None


def _key(typed: str, salt: bytes, cost: Cost) -> bytes:
    phrase = normal(typed).encode(errors="replace")
    with _turn():
        try:
            return argon2id.kdf(_KEY_BYTES, phrase, salt, opslimit=cost.passes, memlimit=cost.mebibytes << 20)
        except (CryptoError, MemoryError):  # there is not so much memory at this moment
            raise Busy("Not just now. Nothing was done; try again in a few seconds.") from None


@contextmanager
def _turn() -> Iterator[None]:
    """One phrase at a time in this process, so that no number of requests can take all memory; and few wait, so that pages still answer."""
    if not _queue.acquire(blocking=False):
        raise Busy("Other phrases are being worked on. Nothing was done; try again in a few seconds.")
    try:
        with _one_at_a_time:
            yield
    finally:
        _queue.release()


def _place(row: str) -> bytes:
    return f"dripcourse:phrase\0{row}".encode()
