"""A domain's SPF record (RFC 7208), followed through its includes as a receiving server follows it, so that its limits are met here first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

MOST_LOOKUPS, MOST_VOID = 10, 2
"""RFC 7208, 4.6.4: with more, the whole record counts as broken."""
_ASKS = ("include", "a", "mx", "ptr", "exists", "redirect")

Texts = Callable[[str], list[str]]
"""The TXT records of a name; none if it does not exist."""


@dataclass(slots=True)
class Walk:
    """What following a record came to: how many questions it costs, how many of them lead nowhere, what is wrong, how it ends."""

    lookups: int = 0
    void: int = 0
    faults: list[str] = field(default_factory=list)
    end: str = ""
    """The record's own answer to everybody else: `-all`, `~all`, `?all`, `+all`, or '' if it gives none."""


def records_of(texts: list[str]) -> list[str]:
    """Those of a name's texts that are SPF records."""
    return [text for text in texts if text.lower().split(" ")[0] == "v=spf1"]


def follow(record: str, domain: str, texts: Texts) -> Walk:
    """Follow a record of `domain`. Ends after the limit, however long the chain."""
    walk = Walk()
    walk.end = _follow(record, texts, walk, (domain.lower(),))
    if walk.lookups > MOST_LOOKUPS:
        walk.faults.append(f"it asks for more than {MOST_LOOKUPS} look-ups")
    if walk.void > MOST_VOID:
        walk.faults.append(f"more than {MOST_VOID} of its look-ups lead nowhere")
    return walk


def _follow(record: str, texts: Texts, walk: Walk, above: tuple[str, ...]) -> str:
    end, redirect = "", ""
    for term in record.split()[1:]:
        name, value = _term(term)
        if name == "all":
            return f"{term[0] if term[0] in '-~?' else '+'}all"  # what stands behind it is not read
        if name not in _ASKS:
            continue
        walk.lookups += 1
        if walk.lookups > MOST_LOOKUPS:
            return end
        if name == "ptr":
            walk.faults.append("it uses ptr, which receivers need not follow")
        elif name == "redirect":
            redirect = value
        elif name == "include":
            _enter(value, texts, walk, above)
    return _enter(redirect, texts, walk, above) if redirect else end


def _enter(domain: str, texts: Texts, walk: Walk, above: tuple[str, ...]) -> str:
    if "%" in domain:
        return ""  # a macro: it depends on the sender, and cannot be followed from here
    if domain.lower() in above:
        walk.faults.append(f"{domain} leads back to itself")
        return ""
    there = texts(domain)
    found = records_of(there)
    walk.void += not there
    if len(found) != 1:
        walk.faults.append(f"{domain}, which it names, has {'no' if not found else 'more than one'} SPF record")
        return ""
    return _follow(found[0], texts, walk, (*above, domain.lower()))


def _term(term: str) -> tuple[str, str]:
    """(name, value) of a mechanism or modifier, without its sign and prefix length."""
    plain = term.lstrip("+-~?")
    for mark in (":", "="):
        name, there, value = plain.partition(mark)
        if there:
            return name.lower(), value
    return plain.partition("/")[0].lower(), ""


def tags(record: str) -> dict[str, str]:
    """The tags of a record such as DMARC's (RFC 7489) or a DKIM key's (RFC 6376): `name=value` between semicolons."""

    def pairs() -> Iterator[tuple[str, str]]:
        for part in record.split(";"):
            name, there, value = part.partition("=")
            if there:
                yield name.strip().lower(), value.strip()

    return dict(pairs())
