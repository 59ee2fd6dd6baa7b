"""A name server on loopback that knows what a test tells it."""

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset

Records = Mapping[tuple[str, str], Sequence[str]]
"""(name, kind) to texts as a zone file has them."""


@contextmanager
def name_server(records: Records) -> Iterator[dns.resolver.Resolver]:
    """A resolver that asks a server with these records; any other name does not exist."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.bind(("127.0.0.1", 0))
        wire.settimeout(0.2)
        ending = threading.Event()
        thread = threading.Thread(target=_serve, args=(wire, records, ending), daemon=True)
        thread.start()
        yield resolver_for(wire.getsockname()[1])
        ending.set()
        thread.join(5)


def resolver_for(port: int) -> dns.resolver.Resolver:
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], port
    return resolver


def _serve(wire: socket.socket, records: Records, ending: threading.Event) -> None:
    while not ending.is_set():
        try:
            asked, where = wire.recvfrom(4096)
        except TimeoutError:
            continue
        wire.sendto(_answer(dns.message.from_wire(asked), records).to_wire(), where)


def _answer(query: dns.message.Message, records: Records) -> dns.message.Message:
    answer = dns.message.make_response(query)
    answer.flags |= dns.flags.RA
    question = query.question[0]
    name, kind = question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype)
    if texts := records.get((name, kind)):
        answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *texts))
    elif not any(known == name for known, _ in records):
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer
