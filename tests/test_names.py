"""What `doctor` says of domains, against a real name server on loopback."""

import socket
from pathlib import Path

import pytest

from dripcourse.diagnostics.dns import look_up
from dripcourse.domain.finding import Level
from dripcourse.settings import Settings
from tests.support.house import settings_for
from tests.support.names import Records, name_server, resolver_for

SENDER, REPLIES = "letters.example.org", "reply.letters.example.org"
GOOD: Records = {
    (SENDER, "TXT"): ['"v=spf1 mx -all"', '"another text"'],
    ("_dmarc.example.org", "TXT"): ['"v=DMARC1; p=quarantine"'],
    (REPLIES, "MX"): ["10 mail.example.org."],
    ("s1._domainkey.letters.example.org", "TXT"): ['"k=rsa; p=abc"'],
    ("s2._domainkey.letters.example.org", "TXT"): ['"k=rsa; p=abc"'],
    ("s1._domainkey.letters.example.org", "CNAME"): ["s1.domainkey.u1.wl.sendgrid.net."],
    ("s2._domainkey.letters.example.org", "CNAME"): ["s2.domainkey.u1.wl.sendgrid.net."],
}
DMARC = ("_dmarc.example.org", "TXT")


def by_smtp(folder: Path) -> Settings:
    return settings_for(folder, MAIL_URL="smtp://user:password@mail.example.org:587")


def by_sendgrid(folder: Path) -> Settings:
    return settings_for(folder, MAIL_URL="sendgrid:", SENDGRID_API_KEY="SG.x.y")


def wrong(settings: Settings, records: Records) -> list[str]:
    with name_server(records) as resolver:
        return [found.about for found in look_up(settings, resolver) if found.level is Level.WRONG]


def not_well(settings: Settings, records: Records) -> list[tuple[str, Level]]:
    with name_server(records) as resolver:
        found = look_up(settings, resolver)
    assert all(each.do for each in found if each.level is not Level.WELL)
    return [(each.about, each.level) for each in found if each.level is not Level.WELL]


def spf(*records: str) -> Records:
    """A chain: the sender's record, and those it names as a, b, c ...; `{n}` names the next."""
    names = [SENDER, *(f"{sign}.example.org" for sign in "abcdefghijkl")]
    return GOOD | {
        (name, "TXT"): [f'"v=spf1 {record.replace("NEXT", following)}"']
        for name, following, record in zip(names, [*names[1:], ""], records, strict=False)
    }


def test_domains_that_are_set_up_well_are_found_so(tmp_path: Path) -> None:
    assert not_well(by_smtp(tmp_path), GOOD) == []
    assert not_well(by_sendgrid(tmp_path), GOOD) == []


@pytest.mark.parametrize(
    ("place", "texts", "about"),
    [
        ((SENDER, "TXT"), None, "SPF"),
        ((SENDER, "TXT"), ['"v=spf1 mx -all"', '"v=spf1 a ~all"'], "SPF"),
        ((SENDER, "TXT"), ['"v=spf1 +all"'], "SPF"),
        ((SENDER, "TXT"), ['"v=spf1 mx all"'], "SPF"),
        (("_dmarc.example.org", "TXT"), None, "DMARC"),
        ((REPLIES, "MX"), None, "MX"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, place: tuple[str, str], texts: list[str] | None, about: str) -> None:
    records = {where: there for where, there in GOOD.items() if where != place} | ({place: texts} if texts else {})
    assert wrong(by_smtp(tmp_path), records) == [about]


def test_sendgrids_keys_are_looked_for_with_sendgrid_only(tmp_path: Path) -> None:
    records = {place: texts for place, texts in GOOD.items() if not place[0].startswith("s2.")}
    assert wrong(by_sendgrid(tmp_path), records) == ["DKIM"]
    assert wrong(by_smtp(tmp_path), records) == []


@pytest.mark.parametrize(
    ("records", "level"),
    [
        (spf("include:NEXT -all", "ip4:192.0.2.1 -all"), None),
        (spf("redirect=NEXT", "mx -all"), None),
        (spf("include:NEXT a mx -all", "include:NEXT a mx -all", "a mx exists:x.example.org a -all"), None),
        (spf("include:NEXT a mx -all", "include:NEXT a mx -all", "a mx exists:x.example.org a a -all"), Level.WRONG),
        (spf(*["include:NEXT -all"] * 11, "-all"), Level.WRONG),
        (spf("redirect=NEXT", "mx +all"), Level.WRONG),
        (spf("include:NEXT -all", f"include:{SENDER} -all"), Level.WRONG),
        (spf("include:nowhere.example.org -all"), Level.WRONG),
        (spf("ptr -all"), Level.WRONG),
        (spf("include:%{i}.example.org -all"), None),
        (spf("mx ?all"), Level.LOOK),
        (spf("mx"), Level.LOOK),
        (spf("-all a a a a a a a a a a a"), None),
    ],
)
def test_an_spf_record_is_followed_as_a_receiver_follows_it(
    tmp_path: Path, records: Records, level: Level | None
) -> None:
    assert not_well(by_smtp(tmp_path), records) == ([("SPF", level)] if level else [])


@pytest.mark.parametrize(
    ("record", "level"),
    [
        ("v=DMARC1; p=reject; sp=none", Level.LOOK),
        ("v=DMARC1; p=none", Level.LOOK),
        ("v=DMARC1; p=none; sp=reject", None),
        ("v=DMARC1; rua=mailto:x@example.org", Level.WRONG),
        ("v=DMARC1; p=quarantine; aspf=s", None),
    ],
)
def test_a_dmarc_policy_is_read_as_it_holds_for_the_sender(tmp_path: Path, record: str, level: Level | None) -> None:
    assert not_well(by_smtp(tmp_path), {**GOOD, DMARC: [f'"{record}"']}) == ([("DMARC", level)] if level else [])


def test_alignment_that_sendgrids_envelope_cannot_have_is_told(tmp_path: Path) -> None:
    records = {**GOOD, DMARC: ['"v=DMARC1; p=reject; aspf=s"']}
    assert not_well(by_sendgrid(tmp_path), records) == [("DMARC", Level.LOOK)]


def test_a_dkim_key_that_was_revoked_is_none_and_one_without_its_cname_is_looked_at(tmp_path: Path) -> None:
    place = ("s1._domainkey.letters.example.org", "TXT")
    assert not_well(by_sendgrid(tmp_path), {**GOOD, place: ['"v=DKIM1; p="']}) == [("DKIM", Level.WRONG)]
    without = {where: there for where, there in GOOD.items() if where[1] != "CNAME"}
    assert not_well(by_sendgrid(tmp_path), without) == [("DKIM", Level.LOOK)]


def test_mail_for_inbound_parse_must_go_to_sendgrid_alone(tmp_path: Path) -> None:
    parse = settings_for(tmp_path, MAIL_URL="sendgrid:", SENDGRID_API_KEY="SG.x.y", INBOUND_SECRET="0123456789abcdef")
    assert not_well(parse, GOOD) == [("MX", Level.WRONG)]
    assert not_well(parse, {**GOOD, (REPLIES, "MX"): ["10 mx.sendgrid.net."]}) == []
    assert not_well(by_smtp(tmp_path), {**GOOD, (REPLIES, "MX"): ["0 ."]}) == [("MX", Level.WRONG)]


def test_no_answer_says_nothing_of_a_domain(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:  # bound, and deaf
        taken.bind(("127.0.0.1", 0))
        found = look_up(by_smtp(tmp_path), resolver_for(taken.getsockname()[1]))
    assert [each.level for each in found] == [Level.UNSEEN]


def test_an_outbox_needs_no_domain(tmp_path: Path) -> None:
    [found] = look_up(settings_for(tmp_path))
    assert found.level is Level.WELL
