"""Commands by reply: what a whole first line asks for, beyond doubt. Anything doubtful is somebody's private words, not an order."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from unicodedata import combining, normalize

from dripcourse.inbound.commands.command_words import ORDERS, Orders

_LONGEST = 80
_MOST_LINES_BELOW = 4
_NAME = re.compile(r"[-\u2013\u2014/ ]*[^\W\d_][\w'\u2019.-]*(?: [^\W\d_][\w'\u2019.-]*){0,2}")
_ROUND = " \t\u00a0\"'\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb*_`()[]"
_AFTER = _ROUND + ".!,;:\u2026"
_ASKED = frozenset({"where am I", "help"})
"""Commands that may be a question."""
_ANYWHERE = frozenset({"stop", "support", "help"})
"""Commands that are understood in every language, whatever the reader's is: nobody must be kept, or left alone, by a word."""
_WORD = re.compile(r"[\w'-]+")
_MOST = 999


def command_in(text: str, languages: Sequence[str] = ("en",)) -> str | None:
    """The command that is the whole first line, in its canonical English form, or None if that line is anything else.

    "pause" may name a time: it comes back as "pause 1 day", "pause 3 weeks", "pause 2 months". Below the first line may stand a
    closing and a name, nothing more: who goes on to write has written a reply. Understands English and the languages given, which may
    be tags such as "de-AT"; to stop, support and help in all.
    """
    first, asks = _first(text)
    if first is None:
        return None
    known = _known(languages)
    found = _command(first, known) or _pause(first, known)
    if found is None and (urgent := _command(first, _known(ORDERS))) in _ANYWHERE:
        found, known = urgent, _known(ORDERS)
    if found is None or (asks and found not in _ASKED) or not _closes(text, known):
        return None
    return found


def _command(first: str, known: Sequence[Orders]) -> str | None:
    return _commands(known).get(first) or _commands(known).get(_plain(first, known))


def is_yes(text: str, languages: Sequence[str] = ("en",)) -> bool:
    """Whether a reply to a question that can be confirmed says yes, or confirms, in its whole first line.

    Nothing else makes "yes" a command: under a lesson it is an answer.
    """
    first, asks = _first(text)
    if first is None or asks:
        return False
    known = _known(languages)
    says = {_folded(phrase) for orders in known for phrase in orders.yes}
    confirms = command_in(text, languages) == "confirm"
    return confirms or bool({first, _plain(first, known)} & says and _closes(text, known))


def _first(text: str) -> tuple[str | None, bool]:
    """The first line, folded, and whether it is a question; None if it is too long to be a command."""
    line = text.strip().split("\n", 1)[0].strip(_ROUND)
    if not line or len(line) > _LONGEST:
        return None, False
    asks = line.rstrip(_AFTER).endswith("?") or line.startswith("\u00bf")
    return _folded(line.strip(f"{_AFTER}?\u00bf\u00a1")), asks


@lru_cache(maxsize=2048)
def _folded(text: str) -> str:
    """Small letters without accents, words with one space between, commas left out."""
    plain = "".join(char for char in normalize("NFKD", text.casefold()) if not combining(char))
    return " ".join(plain.replace("\u2019", "'").replace(",", " ").split())


def _known(languages: Iterable[str]) -> tuple[Orders, ...]:
    tags = dict.fromkeys(["en", *(tag.lower().replace("_", "-").split("-")[0] for tag in languages)])
    return tuple(ORDERS[tag] for tag in tags if tag in ORDERS)


def _commands(known: Sequence[Orders]) -> dict[str, str]:
    return {said: name for orders in known for said, name in _table(id(orders)).items()}


@lru_cache(maxsize=len(ORDERS))
def _table(which: int) -> dict[str, str]:
    orders = next(each for each in ORDERS.values() if id(each) == which)
    return {_folded(said): name for name, phrases in orders.commands.items() for said in phrases}


def _plain(first: str, known: Sequence[Orders]) -> str:
    """A folded line without "please" and its like at both ends."""
    courtesy = {_folded(word) for orders in known for word in orders.courtesy}
    said = first.split(" ")
    while len(said) > 1 and said[0] in courtesy:
        said = said[1:]
    while len(said) > 1 and said[-1] in courtesy:
        said = said[:-1]
    return " ".join(said)


def _pause(first: str, known: Sequence[Orders]) -> str | None:
    """ "pause for three weeks", "drei Wochen Pause": a number, a unit, and nothing but a pause round them."""
    for orders in known:
        said = _WORD.findall(_plain(first, [orders]))
        time = _time(said, orders)
        if time is None:
            continue
        number, unit, place = time
        if " ".join(said[place:]) in _pauses(orders) and not said[: place - 2]:
            return f"pause {number} {unit if number > 1 else unit[:-1]}"
        before = said[: place - 2]
        while before and before[-1] in {_folded(word) for word in orders.span}:
            before = before[:-1]
        if place == len(said) and " ".join(before) in _pauses(orders):
            return f"pause {number} {unit if number > 1 else unit[:-1]}"
    return None


def _pauses(orders: Orders) -> set[str]:
    return {_folded(phrase) for phrase in orders.commands["pause"]}


def _time(said: Sequence[str], orders: Orders) -> tuple[int, str, int] | None:
    """A number, its unit, and the place behind them, if exactly one time is named."""
    found = [
        (number, unit, place + 2)
        for place in range(len(said) - 1)
        for number in [_number(said[place], orders)]
        for unit, names in orders.units.items()
        if number and said[place + 1] in {_folded(name) for name in names}
    ]
    return found[0] if len(found) == 1 else None


def _number(word: str, orders: Orders) -> int | None:
    if word.isascii() and word.isdigit():
        return int(word) if len(word) <= len(str(_MOST)) else None
    for number, names in enumerate(orders.numbers, start=1):
        if word in {_folded(name) for name in names}:
            return number
    return None


def _closes(text: str, known: Sequence[Orders]) -> bool:
    """Whether below the first line stands nothing but what closes a mail: thanks, a greeting, a name."""
    below = text.strip().split("\n", _MOST_LINES_BELOW * 4)[1:]
    lines = [line.strip() for line in below if line.strip()]
    if len(lines) > _MOST_LINES_BELOW:
        return False
    closings = {_folded(phrase) for orders in known for phrase in orders.closing}
    return all(_closing(line, closings) for line in lines)


def is_closing(line: str) -> bool:
    """Whether a line closes a mail in any language: thanks, a greeting, a name."""
    return _closing(line, {_folded(phrase) for orders in ORDERS.values() for phrase in orders.closing})


def _closing(line: str, closings: set[str]) -> bool:
    folded = _folded(line.strip(_AFTER))
    if folded in closings or any(folded.startswith(f"{each} ") and len(folded.split()) <= 6 for each in closings):
        return True
    named = _NAME.fullmatch(line) is not None and not line.endswith(".")
    return named and all(word[:1].isupper() for word in line.strip(" -\u2013\u2014/").split(" "))
