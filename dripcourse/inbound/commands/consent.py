"""What a reply to a confirmation mail says: a plain yes, a refusal, something a program wrote, or nothing that could be told."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from unicodedata import category, combining, normalize

from dripcourse.inbound.commands.command import is_closing
from dripcourse.inbound.commands.yes_words import (
    BESIDE,
    GREETING,
    IRONIC,
    MACHINE,
    REFUSES,
    TAKES_BACK,
    UNEASY,
    WONDERS,
    YES,
)

Words = tuple[str, ...]
LANGUAGES = ("en", "de", "fr", "es")
_MOST = 4_000
_LONGEST, _MOST_CLOSING = 7, 8
_TOKEN = re.compile(r"[^\W_]+|[^\w\s]")
_SHORT = 25
_WORD = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"[.!;\u2026]+(?:\s+|\Z)|\s[-\u2013\u2014]+\s")
_FACE = re.compile(r"(?:[:;=]-?[)dp]|<3|\^\^)(?!\w)")
_SAD = re.compile(r"[:;=]['\u2019]?-?[(/|\\]")
_TRIPLE = re.compile(r"([^\W\d_])\1{2,}")
_TITLE = re.compile(
    r"\b(?:please confirm|bitte bestatigen|merci de confirmer|confirma,? por favor)\b(?!.*\b(?:yes|ja|oui|si)\b)"
)
"""What our own mail is called: where it stands without a yes, it may be quoted."""
_NOT_ME = re.compile(
    r"(?:\bI'?m not|\bI am not|\b[Ii]ch bin nicht|\b[Jj]e ne suis pas|\b[Nn]o soy) (?!I\b)[^\W\d_a-z\u00df-\u00ff][\w-]+(?: [^\W\d_a-z][\w-]+)?\W*\Z"
)
"""A name: its capital letter tells it from how somebody feels."""
_STARTS = ("start over", "begin again", "von vorn", "von vorne", "neu beginnen", "recommencer", "depuis le debut", "empezar de nuevo", "desde el principio")  # fmt: skip
_greeting, _refuses, _wonders = re.compile(GREETING), re.compile(REFUSES), re.compile(WONDERS)
_uneasy, _machine, _back, _ironic = (re.compile(each) for each in (UNEASY, MACHINE, TAKES_BACK, IRONIC))


class Consent(StrEnum):
    """What a reply says to the question whether the course may begin."""

    YES = "yes"
    NO = "no"
    DOUBT = "doubt"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Said:
    """A reply as it was understood; `below` is what somebody wrote below a yes, `over` that they want to begin anew."""

    consent: Consent
    below: str = ""
    over: bool = False


def consent_in(text: str, *, yes: Sequence[str] = (), no: Sequence[str] = ()) -> Said:
    """What a reply says, in any of our languages; `yes` and `no` are further phrases, of a language that a host added.

    A yes consists of words that say yes, and of nothing that takes it back. Whatever is unclear is a doubt.
    """
    text = "\n".join(line for line in text.split("\n") if not line.startswith(">")).strip()
    folded = fold(text[:_MOST])
    if not folded or len(text) > _MOST * 4:
        return Said(Consent.DOUBT)
    more = tuple(_tokens(fold(each)) for each in yes)
    found = _yes(text, more)
    if found is not None:
        said, below = found
        below = _without_closing(below, more)
        if not _takes_back(below) and not _machine.search(folded[:400]):
            return Said(Consent.YES, below, _is_over(said, yes))
    if _machine.search(folded[:600]):
        return Said(Consent.MACHINE)
    plain = _greeting.sub("", folded, count=1).strip() or folded
    refuses = _refuses.search(plain) or any(plain.startswith(fold(each)) for each in no)
    short = len(_WORD.findall(plain)) <= _SHORT
    return Said(Consent.NO if refuses and short and "?" not in plain else Consent.DOUBT)


def fold(text: str) -> str:
    """Small letters without accents, apostrophes and hyphenated mail alike, runs of a letter as one ("yesss")."""
    plain = "".join(each for each in normalize("NFKD", text.casefold()) if not combining(each) and each != "\ufe0f")
    plain = plain.replace("\u2019", "'").replace("\u2018", "'").replace("`", "'").replace("e-mail", "email")
    return _TRIPLE.sub(r"\1", re.sub("[\U0001f3fb-\U0001f3ff\u200d]", "", plain)).strip()


def _yes(text: str, more: Sequence[Words]) -> tuple[str, str] | None:
    """The words that say yes, and all that follows; None if a reply does not begin with a yes.

    It is the first paragraph, or its first line, or the first sentence of that, behind a greeting and thanks.
    """
    lines = text.split("\n")
    while lines and not _says_yes(fold(lines[0]), more) and _says_nothing(lines[0]):
        lines = lines[1:]
    if not lines:
        return None
    end = next((place for place, line in enumerate(lines) if not line.strip()), len(lines))
    for size in (end, 1):
        bare = fold("\n".join(lines[:size]))
        for said in (bare, _greeting.sub("", bare, count=1)):
            if _says_yes(said, more):
                return said, "\n".join(lines[size:])
    return _first_sentence(_greeting.sub("", fold(lines[0]), count=1), lines, more)


def _first_sentence(line: str, lines: Sequence[str], more: Sequence[Words]) -> tuple[str, str] | None:
    """A yes that is a sentence of its own, with more on its line: none of that may be uneasy."""
    for end in _SENTENCE.finditer(line):
        if end.end() < len(line) and _says_yes(line[: end.start()], more):
            tail = line[end.end() :]
            uneasy = _uneasy.search(_idioms(tail)) or _refuses.search(tail) or _SAD.search(tail)
            return None if uneasy else (line[: end.start()], "\n".join(lines))
    return None


def _says_nothing(line: str) -> bool:
    """Whether a line is a greeting, thanks, or empty."""
    words = _tokens(_FACE.sub(" ", _greeting.sub("", fold(line), count=1)))
    return "?" not in line and any(_consists(words, _phrases("beside", each), frozenset()) for each in LANGUAGES)


def _idioms(text: str) -> str:
    return re.sub(r"can(?:'?t|not| not) wait|no (?:rush|problem|hurry)|mais oui|aber ja", "", text)


def _says_yes(folded: str, more: Sequence[Words]) -> bool:
    """Whether a text consists of words that say yes, and of such as may stand beside them."""
    if "?" in folded or "\u00bf" in folded or _SAD.search(folded) or _TITLE.search(folded) or _ironic.search(folded):
        return False
    words = _tokens(_FACE.sub(" ", folded))
    if not words or len(words) > _SHORT * 2:
        return False
    return any(
        _consists(words, _phrases("yes", each) | frozenset(more), _phrases("beside", each)) for each in LANGUAGES
    )


def _consists(words: Sequence[str], strong: frozenset[Words], weak: frozenset[Words]) -> bool:
    """Whether words can be cut into phrases of one language, at least one of which says yes."""
    # by place: None if no phrases lead there, else whether one of them says yes
    reached: list[bool | None] = [False, *[None] * len(words)]
    for start in range(len(words)):
        if reached[start] is None:
            continue
        for size in range(1, min(_LONGEST, len(words) - start) + 1):
            phrase = tuple(words[start : start + size])
            if phrase in strong or phrase in weak:
                reached[start + size] = bool(reached[start + size] or reached[start] or phrase in strong)
    return reached[-1] is not None and (bool(reached[-1]) or not words)


def _tokens(folded: str) -> Words:
    """Words, and signs that may mean something (thumbs); punctuation counts for nothing."""
    return tuple(_TOKEN.findall("".join(each if each.isalnum() or category(each) == "So" else " " for each in folded)))


@cache
def _phrases(what: str, language: str) -> frozenset[Words]:
    table = YES if what == "yes" else BESIDE
    lines = f"{table[language]}\n{table['all']}".split("\n")
    return frozenset(_tokens(fold(each)) for line in lines for each in line.split("|") if each)


def _is_over(said: str, more: Sequence[str]) -> bool:
    return any(fold(each) in " ".join(_tokens(said)) for each in (*_STARTS, *more))


def _takes_back(below: str) -> bool:
    """Whether what stands below a yes is about us, and takes it back: a short text as a whole, of a long one its first sentence."""
    folded = fold(below[:_MOST])
    first = _SENTENCE.split(folded, maxsplit=1)[0]
    looked = folded if len(_WORD.findall(folded)) <= _SHORT // 2 + 3 else first
    return bool(_back.search(looked) or _wonders.search(looked) or _NOT_ME.search(below.strip()[:200]))


def _without_closing(below: str, more: Sequence[Words]) -> str:
    """What was written below a yes; '' if it is only thanks, a greeting, a name, or yes once more."""
    lines = [line.strip() for line in below.split("\n") if line.strip()]
    empty = all(is_closing(line) or _says_nothing(line) or _says_yes(fold(line), more) for line in lines)
    return "" if len(lines) <= _MOST_CLOSING and empty else below.strip()
