"""`read_mail`: one raw message in, one value out. It never raises and never hangs; its work is bounded by counts, not by a clock."""

from collections.abc import Sequence

from dripcourse.inbound.body import body_of
from dripcourse.inbound.commands import command_in
from dripcourse.inbound.message import Message
from dripcourse.inbound.parse import parse
from dripcourse.inbound.replytext import Cut, own_words
from dripcourse.inbound.results import results_in
from dripcourse.inbound.values import addr_spec, addresses, ids
from dripcourse.inbound.verdict import Mail, Verdict

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
    cut = own_words(body.text, sent=sent)
    verdict, command, evidence = _verdict(message, local, cut, languages)
    return Mail(
        verdict=verdict,
        text=cut.text,
        hidden=cut.hidden,
        command=command,
        evidence=(*evidence, *body.evidence),
        sender=_only(addresses(message.value("from"))),
        message_id=next(iter(ids(message.value("message-id"))), ""),
        references=tuple(dict.fromkeys([*ids(message.value("in-reply-to")), *ids(message.value("references"))])),
        to=to,
        subject=message.header("subject"),
        results=results_in(message.all("authentication-results")),
    )


def reply_text(raw: bytes) -> str:
    """The person's own words in a raw message, as `read_mail` finds them."""
    return read_mail(raw).text


def _verdict(
    message: Message, local: str, cut: Cut, languages: Sequence[str]
) -> tuple[Verdict, str | None, tuple[str, ...]]:
    submitted = message.value("auto-submitted").strip().lower()
    if submitted and not submitted.startswith("no"):
        return Verdict.AUTO_REPLY, None, ("header Auto-Submitted",)
    if local.startswith("leave+"):
        return Verdict.COMMAND, "stop", ("sent to the address for leaving",)
    command = command_in(cut.text, languages)
    if local == "subscribe" or local.startswith("subscribe+") or command == "subscribe":
        return Verdict.SUBSCRIBE, "subscribe", ("asks to subscribe",)
    if command:
        return Verdict.COMMAND, command, ("the first line is a command",)
    return Verdict.REPLY, None, ()


def _to(message: Message) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(spec for name in _RECIPIENTS for value in message.all(name) for spec in addresses(value))
    )


def _only(found: Sequence[str]) -> str:
    return found[0] if len(found) == 1 else ""
