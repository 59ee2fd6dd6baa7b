"""Plain wishes in a reply that is no command: to leave, for help, for a pace. In every language we speak; the reply is kept in any case."""

import re
from functools import cache

from dripcourse.inbound.commands import wish_words
from dripcourse.inbound.commands.command import is_closing
from dripcourse.inbound.commands.consent import fold

_MOST = 20_000
_SHORT, _PLAIN = 12, 9
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_SPACE = re.compile(r"[\s\u00a0]+")


def wishes_to_leave(text: str) -> bool:
    """Whether a short reply plainly asks to get no more mail. One that is about another person is an answer."""
    said = _said(text)
    return (
        0 < len(_WORD.findall(said)) <= _SHORT
        and not _pattern(wish_words.PERSON).search(said)
        and bool(_pattern(wish_words.LEAVE).search(said))
    )


def cries_for_help(text: str) -> bool:
    """Whether somebody says that they do not want to live, that they are in danger, or, in a short reply, that they need help."""
    said = _said(text[:_MOST])
    short = len(_WORD.findall(said)) <= _SHORT
    return bool(_pattern(wish_words.DESPAIR).search(said)) or (short and bool(_pattern(wish_words.CRY).search(said)))


def pace_in(text: str) -> str | None:
    """The command for the pace that is all of a reply to the question which pace would be bearable; None if it says anything else."""
    said = _said(text)
    words = _WORD.findall(said)
    if "?" in text or not words or len(words) > _PLAIN:
        return None
    for command, pattern in wish_words.PACES.items():
        rest, found = _pattern(pattern).subn(" ", said)
        if found and set(_WORD.findall(rest)) <= wish_words.ROUND_A_PACE:
            return command
    return None


def _said(text: str) -> str:
    """A reply in one folded line, without what closes a mail."""
    lines = [line.strip() for line in text.strip().split("\n") if line.strip()]
    while len(lines) > 1 and is_closing(lines[-1]):
        lines = lines[:-1]
    return _SPACE.sub(" ", fold(" ".join(lines))).strip(" .!,?\"'*\u00bf\u00a1")


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)
