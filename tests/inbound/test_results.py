"""Authentication-Results headers, as RFC 8601 writes them and as others do."""

import pytest

from dripcourse.inbound import read_mail
from dripcourse.inbound.verdicts.proof import proves, vouched_by_sendgrid
from dripcourse.inbound.verdicts.results import MOST_RESULTS, results_in

CASES = [
    ("example.org 1; none", []),
    ("example.com; spf=pass smtp.mailfrom=example.net", [("example.com", "spf", "pass", {"smtp.mailfrom": "example.net"})]),
    ("example.com; auth=pass (cram-md5) smtp.auth=sender@example.net; spf=pass smtp.mailfrom=example.net", [("example.com", "auth", "pass", {"smtp.auth": "sender@example.net"}), ("example.com", "spf", "pass", {"smtp.mailfrom": "example.net"})]),
    ("foo.example.net (foobar) 1 (baz); dkim (Because I like it) / 1 (One yay) = (wait for it) fail policy (A dot can go here) . (like that) expired (this surprised me) = (as I wasn't expecting it) 1362471462", [("foo.example.net", "dkim", "fail", {"policy.expired": "1362471462"})]),
    ('mx.google.com; dkim=pass header.i=@example.org header.s=s1 header.b="AbC; d"; dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=example.org', [("mx.google.com", "dkim", "pass", {"header.i": "@example.org", "header.s": "s1", "header.b": "AbC; d"}), ("mx.google.com", "dmarc", "pass", {"header.from": "example.org"})]),
    ("MX.Example.COM; DKIM=PASS header.d=Example.ORG", [("mx.example.com", "dkim", "pass", {"header.d": "Example.ORG"})]),
    ('"mx example"; spf=fail reason="no; really"', [("mx example", "spf", "fail", {"reason": "no; really"})]),
    ("spf=pass smtp.mailfrom=evil.example", []),
    ("mx.example (; spf=pass", []),
    ("", []),
    (";;;", []),
    ("x; ====", []),
]  # fmt: skip


@pytest.mark.parametrize(("value", "results"), CASES, ids=[value[:30] for value, _ in CASES])
def test_results_are_read(value: str, results: list[tuple[str, str, str, dict[str, str]]]) -> None:
    found = results_in([value])
    assert [(each.authserv_id, each.method, each.result, dict(each.properties)) for each in found] == results


def test_every_header_is_read_from_the_top() -> None:
    raw = b"Authentication-Results: ours; spf=pass\r\nAuthentication-Results: forged;\r\n spf=pass; dkim=pass\r\n\r\nhi"
    assert [(each.authserv_id, each.method) for each in read_mail(raw).results] == [("ours", "spf"), ("forged", "spf"), ("forged", "dkim")]  # fmt: skip


def test_results_are_bounded() -> None:
    assert len(results_in(["x; spf=pass" + "; dkim=pass" * 1_000])) == MOST_RESULTS


@pytest.mark.parametrize("written", ["ann@bücher.example", "ann@BÜCHER.example.", "ann@xn--bcher-kva.example"])
@pytest.mark.parametrize("passed", ["bücher.example", "xn--bcher-kva.example", "XN--BCHER-KVA.example"])
def test_a_domain_is_proven_in_whichever_form_it_is_written(written: str, passed: str) -> None:
    assert proves(list(vouched_by_sendgrid("", f"{{@{passed} : pass}}", "")), written)
    assert not proves(list(vouched_by_sendgrid("", f"{{@{passed} : pass}}", "")), "ann@bucher.example")
