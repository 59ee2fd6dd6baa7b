"""Which client a request comes from, as far as limits are concerned: one network is one client.

Proxies write more than an address into `X-Forwarded-For`: the port of the connection, brackets, quotation marks, a zone
(RFC 7239 section 6; RFC 4007 section 11). And an IPv4 client may come in the clothes of IPv6.
"""

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_BRACKETED = re.compile(r"\[([^\]]*)\](?::\d*)?")
_WITH_PORT = re.compile(r"([^:]*):\d*")
_NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: the last 32 bits are the IPv4 client."""


def client_address(written: str) -> IPv4Address | IPv6Address | None:
    """The address in what a proxy or a socket calls its peer, an IPv4 client always as IPv4; None if there is none in it."""
    text = written.strip().strip("\"'").strip()
    if found := _BRACKETED.fullmatch(text) or _WITH_PORT.fullmatch(text):
        text = found[1]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return _as_ipv4(address) if isinstance(address, IPv6Address) else address


def network(written: str) -> str:
    """What one client has to itself: an IPv4 address, or the /64 of an IPv6 address. All that is no address is one client together."""
    address = client_address(written)
    return address.exploded[:19] if isinstance(address, IPv6Address) else str(address or "")


def _as_ipv4(address: IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address within: mapped (RFC 4291 2.5.5.2), 6to4 (RFC 3056, which has 65,536 networks of /64) or NAT64."""
    if inside := address.ipv4_mapped or address.sixtofour:
        return inside
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else address
