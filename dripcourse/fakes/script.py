"""What the stand-in does with each request: by a script, or drawn from a seed. Pure.

A script is a text of lines; each says what becomes of the next request, and after the last one every request is accepted:

    accept                     202, and the mail is delivered
    accept processed bounce    202, and these events follow
    late=3                     accepts, and answers after 3 seconds
    hang=30                    accepts, and says nothing for 30 seconds, then hangs up
    drop                       accepts, and hangs up without an answer
    cut                        accepts, and breaks off in the middle of its answer
    deaf                       reads the request, hangs up, and has not taken it
    429=60                     the limit is reached; so is it for everything until 60 seconds from then
    400, 401, 403, 413, 500, 502, 503, 504     refuses

    events late=2 copies=3 shuffled            how events are sent from here on; a line of its own
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain, repeat
from random import Random

from dripcourse.domain.errors import UsageError

STATUSES = frozenset({400, 401, 403, 413, 429, 500, 502, 503, 504})


class Manner(StrEnum):
    """What becomes of a request, beside what is said about it."""

    ACCEPT = "accept"
    LATE = "late"
    HANG = "hang"
    DROP = "drop"
    CUT = "cut"
    DEAF = "deaf"
    REFUSE = "refuse"


class Fate(StrEnum):
    """What a mail meets on its way; each is one event."""

    PROCESSED = "processed"
    DEFERRED = "deferred"
    DELIVERED = "delivered"
    BOUNCE = "bounce"
    NOBODY = "nobody"
    BLOCKED = "blocked"
    DROPPED = "dropped"
    UNWANTED = "unwanted"
    SPAMREPORT = "spamreport"
    UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, slots=True)
class Post:
    """How events are sent: at most so many seconds late, up to so many copies, in any order."""

    late: float = 0.0
    copies: int = 1
    shuffled: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one request. `fates` is empty where the reader's address is to say (see `sendgrid.fates_of`)."""

    manner: Manner = Manner.ACCEPT
    status: int = 202
    seconds: float = 0.0
    fates: tuple[Fate, ...] = ()
    post: Post = Post()


_PLAIN = Step()
_DRAWN: Sequence[tuple[Step, int]] = (
    (_PLAIN, 77),
    (Step(Manner.DROP), 4),
    (Step(Manner.CUT), 2),
    (Step(Manner.DEAF), 4),
    (Step(Manner.LATE, seconds=0.2), 3),
    (Step(Manner.HANG, seconds=30), 1),
    (Step(Manner.REFUSE, 429, 2), 2),
    (Step(Manner.REFUSE, 500), 2),
    (Step(Manner.REFUSE, 502), 2),
    (Step(Manner.REFUSE, 503), 3),
)


def always_accepting() -> Iterator[Step]:
    """Every request is accepted."""
    return repeat(_PLAIN)


def drawn(seed: int) -> Iterator[Step]:
    """Faults drawn by chance, the same for the same seed; events late, doubled and shuffled."""
    dice = Random(seed)  # noqa: S311 - to be repeated, not to be guessed at
    steps, weights = zip(*_DRAWN, strict=True)
    post = Post(late=3, copies=3, shuffled=True)
    while True:
        yield replace(dice.choices(steps, weights)[0], post=post)


def scripted(text: str) -> Iterator[Step]:
    """The steps of a script, and then acceptance. Raises UsageError naming the line that cannot be read."""
    steps: list[Step] = []
    post = Post()
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        try:
            if words[0] == "events":
                post = _post(words[1:])
            else:
                steps.append(replace(_step(words), post=post))
        except ValueError:
            raise UsageError(f"The script's line {number} cannot be read: {line.strip()}") from None
    return chain(steps, repeat(Step(post=post)))


def _step(words: Sequence[str]) -> Step:
    name, _, seconds = words[0].partition("=")
    fates = tuple(Fate(word) for word in words[1:])
    if name.isdigit():
        if int(name) not in STATUSES or fates:
            raise ValueError
        return Step(Manner.REFUSE, int(name), float(seconds or 60))
    manner = Manner(name)
    if manner is Manner.REFUSE:
        raise ValueError
    return Step(manner, seconds=float(seconds or 30), fates=fates)


def _post(words: Sequence[str]) -> Post:
    post = Post()
    for word in words:
        match word.split("="):
            case ["late", seconds]:
                post = replace(post, late=float(seconds))
            case ["copies", count]:
                post = replace(post, copies=int(count))
            case ["shuffled"]:
                post = replace(post, shuffled=True)
            case _:
                raise ValueError
    return post
