"""The webhooks of an account at SendGrid: whether they bring us what happened to mails and what readers write, and tell nobody else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dripcourse.domain.finding import Finding, look, well, wrong

EVENTS_PATH, INBOUND_PATH = "/hooks/sendgrid/events", "/hooks/sendgrid/inbound"
_NEEDED = ("processed", "delivered", "deferred", "bounce", "dropped", "spam_report")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What this installation needs of the account."""

    base_url: str
    reply_domain: str
    event_keys: tuple[str, ...]
    inbound_keys: tuple[str, ...]
    inbound_secret: str | None = field(repr=False)
    other_door: bool
    """Whether mail comes in by another door than the provider's (LMTP, a mailbox)."""


def events(bodies: Mapping[str, Any], wanted: Wanted) -> Iterator[Finding]:
    """Whether the event webhook posts to us, signed with a key that we know, and whom else the account tells of every mail."""
    about, url = "SendGrid: events", wanted.base_url + EVENTS_PATH
    hooks = [each for each in bodies["events"]["webhooks"] if each.get("enabled")]
    ours = next((each for each in hooks if each.get("url") == url), None)
    strangers = len(hooks) - (ours is not None)
    if strangers:
        do = "Look at SendGrid (Settings, Mail Settings, Event Webhooks) whose they are."
        yield look(about, f"{strangers} other addresses are told of every mail", do, "They learn readers' addresses.")
    if ours is None:
        do = f"Make an event webhook at SendGrid that posts to {url}, and sign it."
        yield wrong(
            about,
            "no webhook posts events to this installation",
            do,
            "Bounces and complaints would not be heard, and mail would go on to who does not want it.",
        )
        return
    yield from _our_hook(about, ours, wanted)


def _our_hook(about: str, ours: Mapping[str, Any], wanted: Wanted) -> Iterator[Finding]:
    missing = [name for name in _NEEDED if not ours.get(name)]
    counted = [name for name in ("open", "click") if ours.get(name)]
    if not ours.get("public_key"):
        yield wrong(
            about,
            "the webhook is not signed",
            "Switch Signature Verification on, and give the key as SENDGRID_EVENT_PUBLIC_KEY.",
            "Its posts are refused, for anybody could write them.",
        )
    elif ours["public_key"] not in wanted.event_keys:
        do = "Copy the webhook's verification key into SENDGRID_EVENT_PUBLIC_KEY (before the old one, after which comes a comma)."
        yield wrong(
            about,
            "the webhook signs with a key that is not in SENDGRID_EVENT_PUBLIC_KEY",
            do,
            "Every event is refused.",
        )
    else:
        yield well(about, "the webhook posts to us, and signs with a key that we know")
    if missing:
        yield look(
            about,
            f"the webhook does not tell of: {', '.join(missing)}",
            "Tick them at SendGrid.",
            "What became of a mail is learned from them.",
        )
    if counted:
        yield look(
            about, f"the webhook asks for: {', '.join(counted)}", "Untick them: nobody here counts who opened what."
        )


def inbound(bodies: Mapping[str, Any], wanted: Wanted) -> Iterator[Finding]:
    """Whether Inbound Parse brings us the mail of REPLY_DOMAIN, whole and in a way that we believe."""
    about = "SendGrid: replies"
    ours = next(
        (each for each in bodies["parse"]["result"] if str(each["hostname"]).lower() == wanted.reply_domain), None
    )
    if ours is None:
        if wanted.other_door:
            yield well(about, f"{wanted.reply_domain} is not SendGrid's: mail comes in by another door")
            return
        do = f"Point Inbound Parse for {wanted.reply_domain} to {wanted.base_url}{INBOUND_PATH}, or take mail in by another door (docs/receiving.md)."
        yield wrong(
            about, f"nothing takes the mail of {wanted.reply_domain} in", do, "What readers write would be lost."
        )
        return
    yield from _our_parse(about, ours, wanted)


def _our_parse(about: str, ours: Mapping[str, Any], wanted: Wanted) -> Iterator[Finding]:
    allowed = {wanted.base_url + INBOUND_PATH}
    if wanted.inbound_secret:
        allowed.add(f"{wanted.base_url}{INBOUND_PATH}/{wanted.inbound_secret}")
    if ours["url"] not in allowed:
        yield wrong(
            about,
            "Inbound Parse posts readers' mail to another address than ours",
            f"Set it to {wanted.base_url}{INBOUND_PATH}",
            "Somebody else gets what readers write, or nobody.",
        )
        return
    if ours["url"] == wanted.base_url + INBOUND_PATH and not wanted.inbound_keys:
        yield wrong(
            about,
            "Inbound Parse posts unsigned mail, and no key is known",
            "Attach a security policy with a signature, and set SENDGRID_INBOUND_PUBLIC_KEY.",
            "Every reply is refused.",
        )
        return
    if not ours.get("send_raw"):
        yield look(
            about,
            "Inbound Parse sends mail in pieces",
            'Tick "Send raw" at SendGrid.',
            "Only the whole message can prove who wrote it.",
        )
    yield well(about, "Inbound Parse posts to us")


def policies(bodies: Mapping[str, Any], wanted: Wanted) -> Iterator[Finding]:
    """Whether some security policy of Inbound Parse signs with a key that we know."""
    keys = {
        str(each.get("signature", {}).get("public_key"))
        for each in bodies["policies"]["policies"]
        if each.get("signature")
    }
    if wanted.inbound_keys and not keys & set(wanted.inbound_keys):
        do = "Copy the policy's public key into SENDGRID_INBOUND_PUBLIC_KEY."
        yield wrong(
            "SendGrid: replies",
            "no security policy signs with a key of SENDGRID_INBOUND_PUBLIC_KEY",
            do,
            "Every signed reply is refused.",
        )
