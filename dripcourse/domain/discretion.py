"""What must not stand where whoever looks at a telephone, a mailbox or a browser's history can see it: what a course is about."""

import re
from collections.abc import Iterable

_TELLING = (
    "abus",
    "addict",
    "adulter",
    "affair",
    "alcohol",
    "anxiety",
    "betray",
    "breakup",
    "cancer",
    "cheat",
    "counsel",
    "couple",
    "depress",
    "divorce",
    "grief",
    "healing",
    "infidel",
    "intima",
    "marriage",
    "mental",
    "pregnan",
    "recover",
    "relationship",
    "sober",
    "suicid",
    "therap",
    "trauma",
    "unfaithful",
    "affaire",
    "betrug",
    "depression",
    "ehe",
    "fremdgeh",
    "krise",
    "scheidung",
    "seitensprung",
    "sucht",
    "trennung",
    "untreu",
    "vertrauensbruch",
    "adultere",
    "divorce",
    "infidelite",
    "tromp",
    "trahison",
    "adulterio",
    "divorcio",
    "infidelidad",
    "traicion",
)
"""How words begin that tell a stranger what kind of letters these are, in the languages we ship."""
_WORDS = re.compile(r"[^\W\d_]+")
_SHORTEST = 5
_PLAIN = frozenset(
    {"after", "before", "about", "again", "letter", "letters", "course", "weekly", "notes", "small", "quiet", "without"}
)


def telling_words(shown: str, titles: Iterable[str]) -> list[str]:
    """The words in `shown` (a name, an address, a host) that give a course away: by themselves, or because its title has them."""
    own = {word for title in titles for word in _words(title) if len(word) >= _SHORTEST} - _PLAIN
    return [word for word in _words(shown) if word in own or (word.startswith(_TELLING) and len(word) >= _SHORTEST - 1)]


def _words(text: str) -> list[str]:
    return [found.casefold() for found in _WORDS.findall(text)]
