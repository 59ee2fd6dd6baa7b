"""The signed, timed token in a form. Stateless: it needs no cookie and no row, and says only when a page was made."""

from collections.abc import Sequence
from enum import StrEnum
from hashlib import sha256
from typing import Any

from itsdangerous import BadData, SignatureExpired, TimestampSigner, URLSafeTimedSerializer

from dripcourse.services.parts import Clock

GOOD_FOR = 12 * 60 * 60
"""Seconds."""


class Made(StrEnum):
    """What a form's token tells: by us and fit to use, by nobody (a program need not have one), too long ago, or by somebody else."""

    BY_US = "by us"
    NOWHERE = "nowhere"
    LONG_AGO = "long ago"
    ELSEWHERE = "elsewhere"


class _Signer(TimestampSigner):
    """A signer that lives by our clock."""

    def __init__(self, *args: Any, clock: Clock, **options: Any) -> None:  # noqa: ANN401 - as its parent takes them
        super().__init__(*args, **options)
        self._clock = clock

    def get_timestamp(self) -> int:
        """Now, in whole seconds."""
        return int(self._clock().timestamp())


class FormTokens:
    """Makes and reads the tokens of forms."""

    def __init__(self, keys: Sequence[bytes], clock: Clock) -> None:
        options = {"clock": clock, "digest_method": sha256}
        oldest_first = list(reversed(keys))  # itsdangerous signs with the last of a list
        self._serializer = URLSafeTimedSerializer(oldest_first, salt="form", signer=_Signer, signer_kwargs=options)

    def make(self, purpose: str) -> str:
        """A token for a form that is made now."""
        return str(self._serializer.dumps(purpose))

    def read(self, token: str, purpose: str) -> Made:
        """Where a token was made. Never raises."""
        if not token:
            return Made.NOWHERE
        try:
            made_for = self._serializer.loads(token, max_age=GOOD_FOR)
        except SignatureExpired:
            return Made.LONG_AGO
        except BadData:
            return Made.ELSEWHERE
        return Made.BY_US if made_for == purpose else Made.ELSEWHERE
