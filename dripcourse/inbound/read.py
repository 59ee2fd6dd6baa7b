"""`read_mail`: one raw message in, one value out. It never raises and never hangs; its work is bounded by counts, not by a clock."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from email.utils import parsedate_to_datetime

from dripcourse.inbound.commands.command import command_in
from dripcourse.inbound.mime.body import Body, body_of
from dripcourse.inbound.mime.message import Message
from dripcourse.inbound.mime.parse import parse
from dripcourse.inbound.mime.values import addr_spec, addresses, ids
from dripcourse.inbound.reply.elsewhere import words_elsewhere
from dripcourse.inbound.reply.extract import Cut, own_words
from dripcourse.inbound.verdicts.away import away_until
from dripcourse.inbound.verdicts.bounce import read_bounce, words_of_machine
from dripcourse.inbound.verdicts.classify import Kind, is_automatic, kind_of
from dripcourse.inbound.verdicts.results import results_in
from dripcourse.inbound.verdicts.verdict import Mail, Verdict

_MACHINES = (Verdict.AUTO_REPLY, Verdict.BOUNCE, Verdict.COMPLAINT)
_QUOTES = re.compile(r"^[ \t]*>|^.{0,200}:[ \t]*$", re.MULTILINE)
"""What the cut-away part of a real answer shows: quoted lines, or a line that introduces them."""
_DOUBT = "may be a person's: no header says that a machine wrote it"
_RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to")


def read_mail(
    raw: bytes, *, sent: str | None = None, rcpt: str | None = None, languages: Sequence[str] = ("en",)
) -> Mail:
    """What a raw message is and what its writer says in it.

    `sent` is the plain text of the mail it answers, `rcpt` the address it was sent to (else what its headers say), `languages` those
    in which a command may be given; quotation and headers are known in every language.
    """
    message = parse(raw)
    body = body_of(message)
    to = _to(message)
    local = (addr_spec(rcpt or "") or next(iter(to), "")).partition("@")[0].lower()
    cut, words = own_words(body.text, sent=sent), words_of_machine(body.text)
    kind = _without_leaving(kind_of(message, words, is_quoting=_QUOTES.search(cut.hidden) is not None), local)
    kind, is_doubtful = _doubted(kind, message, cut.text, languages)
    bounce, own = None, cut.text
    if kind.verdict in (Verdict.BOUNCE, Verdict.COMPLAINT):
        bounce = read_bounce(message, body.text, words, rcpt or "")
        cut = Cut("", body.text)
    if kind.verdict is Verdict.BOUNCE and bounce is None:
        kind = Kind(Verdict.AUTO_REPLY, ("a report that mail arrived",))
    cut, notes = _elsewhere(kind, message, local, cut, body)
    verdict, command, evidence = _asked(kind, local, cut, languages)
    return Mail(
        verdict=verdict,
        text=cut.text,
        hidden=cut.hidden,
        command=command,
        evidence=(*evidence, *notes),
        sender=_only([spec for value in message.all("from") for spec in addresses(value)]),
        message_id=next(iter(ids(message.value("message-id"))), ""),
        references=tuple(dict.fromkeys([*ids(message.value("in-reply-to")), *ids(message.value("references"))])),
        to=to,
        subject=message.header("subject"),
        results=results_in(message.all("authentication-results")),
        bounce=bounce,
        away_until=_away_until(message, body.text) if verdict is Verdict.AUTO_REPLY else None,
        by_words=own if is_doubtful else None,
        is_automatic=verdict in _MACHINES or is_automatic(message),
    )


def whole_text(raw: bytes) -> str:
    """The text of a raw message as its mail program shows it, with all that it quotes."""
    return body_of(parse(raw)).text


def reply_text(raw: bytes) -> str:
    """The person's own words in a raw message, as `read_mail` finds them."""
    return read_mail(raw).text


def _without_leaving(kind: Kind, local: str) -> Kind:
    """A mail for leaving is often written by the mail program, and reads so; only an answer made by a machine is none."""
    is_request = kind.by_words or kind.evidence == ("header Auto-Submitted: auto-generated",)
    return Kind(Verdict.REPLY) if local.startswith("leave+") and is_request else kind


def _doubted(kind: Kind, message: Message, text: str, languages: Sequence[str]) -> tuple[Kind, bool]:
    """A machine's mail that only its wording makes one, and that this is in doubt; one that gives an order is a person's."""
    if not kind.by_words or is_automatic(message):
        return kind, False
    if command_in(text, languages):
        return Kind(Verdict.REPLY), False
    return replace(kind, evidence=(*kind.evidence, _DOUBT)), True


def _elsewhere(kind: Kind, message: Message, local: str, cut: Cut, body: Body) -> tuple[Cut, tuple[str, ...]]:
    """A person's words in another place than the body, if they answer us; no order to leave or to subscribe is sought there."""
    if kind.verdict is not Verdict.REPLY or is_automatic(message) or not local.startswith("r+"):
        return cut, body.evidence
    return words_elsewhere(message, cut, body.evidence)


def _asked(kind: Kind, local: str, cut: Cut, languages: Sequence[str]) -> tuple[Verdict, str | None, tuple[str, ...]]:
    """The verdict, the command if a person gives one, and why."""
    if kind.verdict is not Verdict.REPLY:
        return kind.verdict, None, kind.evidence
    if local.startswith("leave+"):
        return Verdict.COMMAND, "stop", ("sent to the address for leaving",)
    command = command_in(cut.text, languages)
    if local == "subscribe" or local.startswith("subscribe+"):
        return Verdict.SUBSCRIBE, "subscribe", ("sent to the address for subscribing",)
    if command == "subscribe":
        return Verdict.SUBSCRIBE, command, ("the whole first line is a command",)
    if command:
        return Verdict.COMMAND, command, ("the whole first line is a command",)
    return Verdict.REPLY, None, ()


def _away_until(message: Message, text: str) -> date | None:
    return away_until(f"{message.header('subject')}\n{text}", written=_day(message.value("date")))


def _day(value: str) -> date | None:
    """The day of a Date header in its own zone; None if it cannot be read."""
    try:
        return parsedate_to_datetime(value[:100]).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _to(message: Message) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(spec for name in _RECIPIENTS for value in message.all(name) for spec in addresses(value))
    )


def _only(found: Sequence[str]) -> str:
    return found[0] if len(found) == 1 else ""
