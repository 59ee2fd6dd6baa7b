"""What the world's name servers say of the domains in the settings: who may send for them, and where their mail goes.

Asked with dnspython, which comes along with email-validator. A DKIM key cannot be found without its selector: SendGrid's are
known, a mail server's own are not.
"""

from collections.abc import Iterator
from typing import Any

import dns.exception
import dns.resolver

from dripcourse.diagnostics.spf import MOST_LOOKUPS, follow, records_of, tags
from dripcourse.domain.finding import Finding, look, unseen, well, wrong
from dripcourse.settings.model import Settings
from dripcourse.settings.urls import OutboxUrl, SendgridUrl

SECONDS = 3.0
"""How long a question may take, all name servers together."""
_SENDGRID_SELECTORS = ("s1", "s2")
_REFUSED = "The large mailboxes refuse or hide mail without it."
_FORGED = "Anybody can send mail in your name, to your readers too."


class _Unknown(Exception):
    """No name server answered: that says nothing of the domain."""


def look_up(settings: Settings, resolver: dns.resolver.Resolver | None = None) -> list[Finding]:
    """SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489) of the sender's domain; MX of REPLY_DOMAIN. Nothing with an outbox: it sends nothing."""
    if isinstance(settings.mail_url, OutboxUrl):
        return [well("names", "mail goes to a folder on this machine, so no name server was asked")]
    asked = resolver or dns.resolver.Resolver()
    asked.lifetime = SECONDS
    found: list[Finding] = []
    try:
        for finding in _findings(settings, asked):
            found.append(finding)  # noqa: PERF402 - what was found before nobody answered counts
    except _Unknown:
        return [*found, unseen("names", "no name server answered", "Run this again where the net can be reached.")]
    return found


def _findings(settings: Settings, resolver: dns.resolver.Resolver) -> Iterator[Finding]:
    for sender in dict.fromkeys((_domain(settings.mail_from.address), _domain(settings.system_from.address))):
        yield _spf(resolver, sender, by_sendgrid=isinstance(settings.mail_url, SendgridUrl))
        yield from _dmarc(resolver, sender, by_sendgrid=isinstance(settings.mail_url, SendgridUrl))
        if isinstance(settings.mail_url, SendgridUrl):
            yield _dkim(resolver, sender)
    parse = bool(settings.sendgrid_inbound_public_keys or settings.inbound_secret)
    yield _mx(resolver, settings.reply_domain, by_parse=parse and not (settings.lmtp_listen or settings.imap_url))


def _spf(resolver: dns.resolver.Resolver, domain: str, *, by_sendgrid: bool) -> Finding:
    records = records_of(_texts(resolver, domain))
    if by_sendgrid and not records:
        return well("SPF", f"{domain} has no record of its own; with SendGrid the envelope has its own domain")
    if len(records) != 1:
        says = f"{domain} has {'no SPF record' if not records else 'more than one SPF record, which counts as none'}"
        do = "Publish one TXT record that names your mail server, such as: v=spf1 mx -all"
        return wrong("SPF", says, do, _REFUSED)
    walk = follow(records[0], domain, lambda name: _texts(resolver, name))
    if walk.end == "+all":
        return wrong("SPF", f"{domain} lets anybody send for it", "End the record with -all or ~all.", _FORGED)
    if walk.faults:
        do = "Take out what is not needed, or name networks (ip4:, ip6:) instead of names."
        return wrong("SPF", f"the record of {domain} is broken: {'; '.join(walk.faults)}", do, _REFUSED)
    if walk.end in ("", "?all"):
        return look(
            "SPF", f"the record of {domain} does not say what of all others", "End it with ~all or -all.", _FORGED
        )
    return well("SPF", f"{domain} says who may send for it, in {walk.lookups} of {MOST_LOOKUPS} look-ups")


def _dmarc(resolver: dns.resolver.Resolver, domain: str, *, by_sendgrid: bool) -> Iterator[Finding]:
    labels = domain.split(".")
    places = [".".join(labels[start:]) for start in range(max(1, len(labels) - 1))]  # the domain, then those above it
    found = ((place, text) for place in places for text in _texts(resolver, f"_dmarc.{place}") if _is_dmarc(text))
    place, record = next(found, ("", ""))
    if not record:
        do = f"Publish a TXT record at _dmarc.{domain}, to begin with: v=DMARC1; p=none"
        yield wrong("DMARC", f"{domain} has no DMARC record", do, "The large mailboxes refuse or hide its mail.")
        return
    said = tags(record)
    policy = said.get("p" if place == domain else "sp", said.get("p", "")).lower()
    if policy not in ("none", "quarantine", "reject"):
        yield wrong("DMARC", f"the record at {place} has no policy", "Begin it with: v=DMARC1; p=none", _REFUSED)
    elif policy == "none":
        do = "When reports show that your own mail passes, make it p=quarantine."
        yield look("DMARC", f"{domain} has a policy (at {place}), and it asks for nothing (p=none)", do, _FORGED)
    else:
        yield well("DMARC", f"{domain} has a policy (at {place}): {policy}")
    if by_sendgrid and said.get("aspf", "r").lower() == "s":
        do = "Leave out aspf=s: SendGrid's envelope has a domain below yours."
        yield look("DMARC", f"{place} wants the envelope's very domain, so that DKIM alone aligns", do, _REFUSED)


def _is_dmarc(text: str) -> bool:
    return text.lower().replace(" ", "").startswith("v=dmarc1")


def _dkim(resolver: dns.resolver.Resolver, domain: str) -> Finding:
    keys = {name: _texts(resolver, f"{name}._domainkey.{domain}") for name in _SENDGRID_SELECTORS}
    missing = [name for name, texts in keys.items() if not any(tags(text).get("p") for text in texts)]
    if missing:
        says = f"{domain} does not carry SendGrid's keys ({', '.join(missing)})"
        do = "Finish Sender Authentication at SendGrid: it names the records to publish."
        return wrong("DKIM", says, do, "Mail is signed for another domain than the sender's, and DMARC does not hold.")
    foreign = [name for name in keys if not _leads_to_sendgrid(resolver, f"{name}._domainkey.{domain}")]
    if foreign:
        says = f"{', '.join(foreign)} of {domain} is no CNAME to sendgrid.net"
        return look(
            "DKIM",
            says,
            "Publish the CNAME, so that SendGrid can change its keys.",
            "A key that stands still is lost when it changes.",
        )
    return well("DKIM", f"{domain} carries SendGrid's keys, and its signature aligns with the sender")


def _leads_to_sendgrid(resolver: dns.resolver.Resolver, name: str) -> bool:
    return any(str(each.target).rstrip(".").lower().endswith(".sendgrid.net") for each in _ask(resolver, name, "CNAME"))


def _mx(resolver: dns.resolver.Resolver, domain: str, *, by_parse: bool) -> Finding:
    hosts = [str(each.exchange).rstrip(".").lower() for each in _ask(resolver, domain, "MX")]
    if not any(hosts):  # none, or the null MX of RFC 7505
        do = "Publish an MX record that names what takes its mail (see docs/receiving.md)."
        return wrong("MX", f"{domain} takes no mail", do, "Whatever readers write is returned to them.")
    if by_parse and hosts != ["mx.sendgrid.net"]:
        do = "For Inbound Parse, one MX record: 10 mx.sendgrid.net"
        return wrong(
            "MX",
            f"mail for {domain} goes to {', '.join(hosts)}, not to SendGrid alone",
            do,
            "Replies would not come in.",
        )
    return well("MX", f"{domain} takes mail, at {', '.join(hosts)}")


def _texts(resolver: dns.resolver.Resolver, name: str) -> list[str]:
    return [b"".join(record.strings).decode("utf-8", "replace") for record in _ask(resolver, name, "TXT")]


def _ask(resolver: dns.resolver.Resolver, name: str, kind: str) -> list[Any]:
    try:
        return list(resolver.resolve(name, kind, raise_on_no_answer=False).rrset or ())
    except dns.resolver.NXDOMAIN:
        return []
    except dns.exception.DNSException:
        raise _Unknown from None


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
