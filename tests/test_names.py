"""What `doctor` says of domains, against a real name server on loopback."""

import socket
from pathlib import Path

import pytest

from dripcourse.domain.finding import Level
from dripcourse.settings import Settings
from dripcourse.settings.names import look_up
from tests.support.house import settings_for
from tests.support.names import Records, name_server, resolver_for

SENDER, REPLIES = "letters.example.org", "reply.letters.example.org"
GOOD: Records = {
    (SENDER, "TXT"): ['"v=spf1 mx -all"', '"another text"'],
    ("_dmarc.example.org", "TXT"): ['"v=DMARC1; p=none"'],
    (REPLIES, "MX"): ["10 mail.example.org."],
    ("s1._domainkey.letters.example.org", "TXT"): ['"k=rsa; p=abc"'],
    ("s2._domainkey.letters.example.org", "TXT"): ['"k=rsa; p=abc"'],
}


def by_smtp(folder: Path) -> Settings:
    return settings_for(folder, MAIL_URL="smtp://user:password@mail.example.org:587")


def by_sendgrid(folder: Path) -> Settings:
    return settings_for(folder, MAIL_URL="sendgrid:", SENDGRID_API_KEY="SG.x.y")


def wrong(settings: Settings, records: Records) -> list[str]:
    with name_server(records) as resolver:
        return [found.about for found in look_up(settings, resolver) if found.level is Level.WRONG]


def test_domains_that_are_set_up_well_are_found_so(tmp_path: Path) -> None:
    assert wrong(by_smtp(tmp_path), GOOD) == []
    assert wrong(by_sendgrid(tmp_path), GOOD) == []


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


def test_no_answer_says_nothing_of_a_domain(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:  # bound, and deaf
        taken.bind(("127.0.0.1", 0))
        found = look_up(by_smtp(tmp_path), resolver_for(taken.getsockname()[1]))
    assert [each.level for each in found] == [Level.LOOK]


def test_an_outbox_needs_no_domain(tmp_path: Path) -> None:
    [found] = look_up(settings_for(tmp_path))
    assert found.level is Level.WELL
