"""Does somebody we believe say that a mail is from who it says it is from? A rule over what was read; it believes nobody by itself.

DKIM or SPF must pass for the very domain of From, or for one that it lies below (RFC 7489 3.1 calls that aligned). A domain that
lies below From's proves nothing: whoever was given `shop.example.org` is not thereby `example.org`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import idna

from dripcourse.inbound.verdicts.verdict import AuthenticationResult

_PASS = "pass"  # noqa: S105 - RFC 8601 2.7
_DOMAINS = {"dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom",), "dmarc": ("header.from",)}
_SENDGRID_DKIM = re.compile(r"@?([\w.-]+)\s*:\s*([a-z]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Vouched:
    """That a method passed for a domain."""

    method: str
    domain: str


def vouched(results: Iterable[AuthenticationResult], authserv_id: str) -> Iterator[Vouched]:
    """What passed, of what the server of that name says (RFC 8601 2.2); whoever else speaks is not believed."""
    for each in results:
        if each.authserv_id != authserv_id.lower() or each.result != _PASS:
            continue
        found = (each.properties.get(name, "") for name in _DOMAINS.get(each.method, ()))
        yield from (Vouched(each.method, _domain(value)) for value in found if value)


def vouched_by_sendgrid(spf: str, dkim: str, return_path: str) -> Iterator[Vouched]:
    """What passed, of what SendGrid says in its own fields: `SPF` is of the return path, `dkim` reads `{@example.org : pass}`."""
    if spf.strip().lower() == _PASS and return_path:
        yield Vouched("spf", _domain(return_path))
    for domain, result in _SENDGRID_DKIM.findall(dkim[:10_000]):
        if result.lower() == _PASS:
            yield Vouched("dkim", _domain(domain))


def proves(found: Sequence[Vouched], address: str) -> bool:
    """Whether any of these speaks for an address's domain."""
    written = _domain(address)
    return any(_speaks_for(each.domain, written) for each in found)


def _speaks_for(domain: str, written: str) -> bool:
    return bool(written) and (written == domain or ("." in domain and written.endswith(f".{domain}")))


def _domain(text: str) -> str:
    """The domain of an address or by itself, as A-labels (RFC 5890): programs write either form, servers the one of the wire."""
    domain = text.rpartition("@")[2].strip().rstrip(".").lower()
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        return domain
