"""What the world's name servers say of the domains in the settings: who may send for them, and where their mail goes.

Asked with dnspython, which comes along with email-validator. A DKIM key cannot be found without its selector: SendGrid's are
known, a mail server's own are not.
"""

from collections.abc import Iterator
from typing import Any

import dns.exception
import dns.resolver

from dripcourse.domain.finding import Finding, look, well, wrong
from dripcourse.settings.model import Settings
from dripcourse.settings.urls import OutboxUrl, SendgridUrl

SECONDS = 3.0
"""How long a question may take, all name servers together."""
_SENDGRID_SELECTORS = ("s1", "s2")


class _Unknown(Exception):
    """No name server answered: that says nothing of the domain."""


def look_up(settings: Settings, resolver: dns.resolver.Resolver | None = None) -> list[Finding]:
    """SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489) of the sender's domain; MX of REPLY_DOMAIN. Nothing with an outbox: it sends nothing."""
    if isinstance(settings.mail_url, OutboxUrl):
        return [well("names", "mail goes to a folder on this machine, so no name server was asked")]
    asked = resolver or dns.resolver.Resolver()
    asked.lifetime = SECONDS
    try:
        return list(_findings(settings, asked))
    except _Unknown:
        return [look("names", "no name server answered", "Run this again where the net can be reached.")]


def _findings(settings: Settings, resolver: dns.resolver.Resolver) -> Iterator[Finding]:
    for sender in dict.fromkeys((_domain(settings.mail_from.address), _domain(settings.system_from.address))):
        yield _spf(resolver, sender, by_sendgrid=isinstance(settings.mail_url, SendgridUrl))
        yield _dmarc(resolver, sender)
        if isinstance(settings.mail_url, SendgridUrl):
            yield _dkim(resolver, sender)
    yield _mx(resolver, settings.reply_domain)


def _spf(resolver: dns.resolver.Resolver, domain: str, *, by_sendgrid: bool) -> Finding:
    records = [text for text in _texts(resolver, domain) if text.lower().split(" ")[0] == "v=spf1"]
    if by_sendgrid and not records:
        return well("SPF", f"{domain} has no record of its own; with SendGrid the envelope has its own domain")
    if len(records) != 1:
        says = f"{domain} has {'no SPF record' if not records else 'more than one SPF record, which counts as none'}"
        return wrong("SPF", says, "Publish one TXT record that names your mail server, such as: v=spf1 mx -all")
    if records[0].split()[-1].lower().lstrip("?+") == "all" and records[0].split()[-1][0] not in "-~":
        return wrong("SPF", f"{domain} lets anybody send for it", "End the record with -all or ~all.")
    return well("SPF", f"{domain} says who may send for it")


def _dmarc(resolver: dns.resolver.Resolver, domain: str) -> Finding:
    labels = domain.split(".")
    places = [".".join(labels[start:]) for start in range(max(1, len(labels) - 1))]  # the domain, then those above it
    for place in places:
        if any(text.lower().startswith("v=dmarc1") for text in _texts(resolver, f"_dmarc.{place}")):
            return well("DMARC", f"{domain} has a policy (at {place})")
    do = f"Publish a TXT record at _dmarc.{domain}, to begin with: v=DMARC1; p=none"
    return wrong("DMARC", f"{domain} has no DMARC record: the large mailboxes refuse or hide its mail", do)


def _dkim(resolver: dns.resolver.Resolver, domain: str) -> Finding:
    missing = [name for name in _SENDGRID_SELECTORS if not _texts(resolver, f"{name}._domainkey.{domain}")]
    if missing:
        says = f"{domain} does not carry SendGrid's keys ({', '.join(missing)})"
        return wrong("DKIM", says, "Finish Sender Authentication at SendGrid: it names the records to publish.")
    return well("DKIM", f"{domain} carries SendGrid's keys")


def _mx(resolver: dns.resolver.Resolver, domain: str) -> Finding:
    if _ask(resolver, domain, "MX"):
        return well("MX", f"{domain} takes mail")
    do = "Publish an MX record that names what takes its mail (see docs/receiving.md)."
    return wrong("MX", f"{domain} takes no mail: whatever readers write is returned to them", do)


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
