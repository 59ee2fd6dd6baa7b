"""Mail that came back: whether a message is a bounce (RFC 3464, and what real servers send instead), and what it says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dripcourse.inbound.mime.message import Headers, Message, Part
from dripcourse.inbound.mime.values import addr_spec, addresses
from dripcourse.inbound.verdicts import severity
from dripcourse.inbound.verdicts.machines import BOUNCE_BODY, BOUNCE_SUBJECT, ORIGINAL_BELOW, SENDERS
from dripcourse.inbound.verdicts.returned import blocks, ids_and_tokens
from dripcourse.inbound.verdicts.severity import Said
from dripcourse.inbound.verdicts.verdict import Bounce, Severity

_ENOUGH = 4
_SHORT = 400
_NEAR = 6_000
"""Characters of its own words in which a bounce says what it is."""
_SPACES = re.compile(r"\s+")
_BRACKETED = re.compile(r"<([^<>\s@]{1,64}@[^<>\s]{1,255})>")
_REPLY = re.compile(r"\s*(?:re|aw|sv|antw|vs|odp|ref|rif)\s*(?:\[\d+\])?:")
_FORWARD = re.compile(r"\s*(?:fwd?|wg|tr|rv|enc|doorst|vb|pd|vl|i)\s*:")
_QUOTED_FIELD = re.compile(
    r"^[ \t>]*(?:subject|to|cc|sent|date|from|betreff|objet|asunto|oggetto|assunto)[ \t]*:.*$",
    re.IGNORECASE | re.MULTILINE,
)
_MILDEST_FIRST = (Severity.DELAY, Severity.POLICY, Severity.SOFT, Severity.HARD)


@dataclass(frozen=True, slots=True)
class Words:
    """A message's text as machines' phrases are held against it."""

    own: str
    """What stands before a returned mail, in lower case, each run of white space one blank."""
    has_original: bool


def words_of_machine(text: str) -> Words:
    """The first words of a text, up to the line below which a bounce quotes what was sent."""
    found = ORIGINAL_BELOW.search(text[: 4 * _NEAR])
    own = _QUOTED_FIELD.sub("", text[: min(found.start() if found else len(text), _NEAR)])
    return Words(_SPACES.sub(" ", own).lower(), found is not None)


def bounce_evidence(message: Message, words: Words) -> tuple[str, ...]:
    """Why a message is a bounce; () if it is none. One sure sign is enough, else several that people's mail does not show together."""
    if sure := _sure_sign(message):
        return (sure,)
    subject = _SPACES.sub(" ", message.header("subject")).lower()
    signs = {"sent by a mail server": 2 * is_machine(message), "subject of a bounce": _subject_weight(subject)}
    if not any(signs.values()):
        return ()
    signs["words of a bounce"] = (2 + (len(words.own) < _SHORT)) * bool(BOUNCE_BODY.search(words.own))
    signs["a returned mail below"] = int(
        words.has_original or any(part.kind == "message/rfc822" for part in message.walk())
    )
    signs["null return path"] = int(message.value("return-path").strip() == "<>")
    signs["answers no mail"] = int("in-reply-to" not in message and "references" not in message)
    enough = sum(signs.values()) > _ENOUGH and (signs["words of a bounce"] or signs["sent by a mail server"])
    return tuple(name for name, weight in signs.items() if weight) if enough else ()


def _subject_weight(subject: str) -> int:
    """A bounce's subject begins as one; after `Re:` it may still be (`Re: your subject: not delivered`), after `Fwd:` somebody asks."""
    if _FORWARD.match(subject) or not BOUNCE_SUBJECT.search(subject):
        return 0
    return 1 if _REPLY.match(subject) else 2


def is_machine(message: Message) -> bool:
    """Whether it comes from a mail server, by its sender's name or address, or by having none."""
    sender = message.header("from").lower()
    return bool(SENDERS.search(sender)) or ("<>" in sender) or message.value("return-path").strip() == "<>"


def _sure_sign(message: Message) -> str:
    for part in message.walk():
        if part.kind in ("message/delivery-status", "message/global-delivery-status"):
            return f"a part {part.kind}"
        if part.kind == "message/disposition-notification" and is_machine(message) and is_rejection(part):
            return "a disposition notification: rejected on delivery"
    if message.kind == "multipart/report" and message.parameters.get("report-type", "").lower() == "delivery-status":
        return "multipart/report of a delivery status"
    return "header X-Failed-Recipients" if "x-failed-recipients" in message else ""


def is_rejection(part: Part) -> bool:
    """Whether a disposition notification (RFC 8098) says that a server threw the mail away, not a person: Sieve's `reject`."""
    return (
        re.search(rb"(?i)^disposition:\s*automatic-action[^;]*;\s*deleted", part.content(10_000), re.MULTILINE)
        is not None
    )


def read_bounce(message: Message, text: str, words: Words, rcpt: str) -> Bounce | None:
    """What a bounce says; None if it reports nothing but that a mail arrived (RFC 3464 2.3.3: delivered, relayed, expanded)."""
    groups = [block for block in blocks(message) if _actions(block) or "final-recipient" in block]
    failed = [block for block in groups if not _actions(block).startswith(("delivered", "relayed", "expanded"))]
    if groups and not failed:
        return None
    found = [_judged(block, words) for block in failed] or [_from_words(message, words)]
    said, status = min(found, key=lambda each: _MILDEST_FIRST.index(each[0].severity))
    ids, tokens = ids_and_tokens(message, text, rcpt)
    return Bounce(
        severity=said.severity,
        no_such_mailbox=said.nobody,
        full=said.full,
        status=status,
        says=_said_by_them(failed, words),
        recipients=_recipients(message, failed, words),
        ids=ids,
        tokens=tokens,
    )


Judged = tuple[Said, str]


def _judged(block: Headers, words: Words) -> Judged:
    """One recipient's fields. What the other server said goes before what ours says of it."""
    status = severity.status_in(block.value("status"))
    if _actions(block).startswith("delayed"):
        return Said(Severity.DELAY), status
    said = severity.judge(status, _diagnostic(block))
    if said is None or (said.severity is Severity.HARD and not said.nobody) or not block.value("diagnostic-code"):
        said = _milder(said, severity.judge(status, words.own))
    elif said.nobody:
        said = _milder(said, severity.reason_or_stage(words.own))
    return said or Said(Severity.SOFT), status


def _diagnostic(block: Headers) -> str:
    """What the other server said. The comment of Status (`5.1.1 (bad destination mailbox address)`) is only the code again."""
    told = (*block.all("diagnostic-code"), *block.all("x400-supplementary-info"))
    return _SPACES.sub(" ", " ".join(told)).lower()


def _milder(one: Said | None, other: Said | None) -> Said | None:
    """Of two opinions the one that hurts less; between equals the one that is surer."""
    both = [each for each in (one, other) if each is not None]
    return min(both, key=lambda each: (_MILDEST_FIRST.index(each.severity), not each.nobody)) if both else None


def _from_words(message: Message, words: Words) -> Judged:
    """A bounce without fields: its subject and its own words."""
    subject = _SPACES.sub(" ", message.header("subject")).lower()
    if severity.STILL_TRYING.search(f"{subject} {words.own}"):
        return Said(Severity.DELAY), ""
    status = severity.status_in(words.own)
    said = severity.judge(status, words.own) or severity.judge("", subject) or Said(Severity.SOFT)
    return _milder(said, severity.reason_or_stage(words.own)) or said, status


def _said_by_them(failed: Sequence[Headers], words: Words) -> str:
    """The other side's own words, for the host; the addresses in them are for whoever keeps them to take out."""
    told = " ".join(_diagnostic(block) for block in failed if block.value("diagnostic-code"))
    return (told or severity.line_of_error(words.own))[:_SHORT]


def _actions(block: Headers) -> str:
    return block.value("action").strip().lower()


def _recipients(message: Message, failed: Sequence[Headers], words: Words) -> tuple[str, ...]:
    named = [
        addr_spec(value.partition(";")[2].strip(" <>") or value.strip(" <>"))
        for block in failed
        for name in ("original-recipient", "final-recipient")
        for value in block.all(name)
    ]
    named += addresses(message.value("x-failed-recipients"))
    if not any(named):
        named = [addr_spec(each) for each in _BRACKETED.findall(words.own)]
    return tuple(dict.fromkeys(each for each in named if each))[:50]
