"""Real mail: machines and people told apart, severity not overstated, damage survived. Labels are by hand, from reading each message."""

from pathlib import Path

import pytest

from dripcourse.inbound import Severity, Verdict, read_mail
from tests.inbound.corpora import all_damaged, folder, messages

NO_BOUNCES = {"groupwise_03.txt": Verdict.REPLY, "qmail_08.txt": Verdict.AUTO_REPLY}
MACHINES = {
    "error_emails_bad_date_header.eml", "mime_emails_raw_email_with_mimepart_without_content_type.eml",
    "multipart_report_emails_multi_address_bounce1.eml", "multipart_report_emails_multi_address_bounce2.eml",
    "multipart_report_emails_multipart_report_multiple_status.eml", "multipart_report_emails_report_422.eml",
    "multipart_report_emails_report_530.eml",
}  # fmt: skip
"""Of the second collection; all else in it is mail from people, or mailings that look so."""

DELAYED = {
    "dsn_05",
    "dsn_06",
    "dsn_07",
    "dsn_08",
    "dsn_17",
    "simple_03",
    "simple_21",
    "simple_22",
    "simple_28",
    "simple_35",
    "simple_40",
}
NOT_HARD = DELAYED | {
    "aol_01", "bounce_01", "bounce_03", "caiwireless_01", "dsn_01", "dsn_02", "dsn_03", "dsn_04", "dsn_09", "dumbass_01", "hotpop_01",
    "microsoft_03", "netscape_01", "newmailru_01", "postfix_02", "postfix_03", "postfix_04", "postfix_05", "qmail_01", "qmail_02",
    "qmail_06", "qmail_07", "sendmail_01", "simple_01", "simple_02", "simple_07", "simple_09", "simple_14", "simple_18", "simple_38",
    "simple_42", "simple_44", "simple_45", "sina_01", "smtp32_01", "smtp32_02", "yahoo_01", "yahoo_02", "yahoo_04",
}  # fmt: skip
"""Full, not now, refused, or without any reason given; everything else says that there is no such mailbox."""
NOBODY = {
    "dsn_10", "dsn_11", "dsn_12", "dsn_13", "dsn_14", "dsn_15", "dsn_16", "dsn_18", "exim_01", "groupwise_01", "groupwise_02",
    "microsoft_01", "microsoft_02", "microsoft_04", "postfix_01", "qmail_03", "qmail_04", "qmail_05", "simple_05", "simple_06",
    "simple_08", "simple_11", "simple_15", "simple_19", "simple_23", "simple_25", "simple_27", "simple_29", "simple_30", "simple_33",
    "simple_34", "simple_36", "simple_39", "smtp32_04", "smtp32_06", "yahoo_11", "yahoo_13",
}  # fmt: skip


@pytest.fixture(scope="module")
def place() -> Path:
    found = folder()
    if found is None:
        pytest.skip("DRIPCOURSE_SHARED does not say where real mail is")
    return found


def test_every_bounce_is_one_and_nobody_elses_mail_is(place: Path) -> None:
    wrong = {
        path.name: verdict
        for path in messages(place / "flufl")
        if (verdict := read_mail(path.read_bytes()).verdict) is not NO_BOUNCES.get(path.name, Verdict.BOUNCE)
    }
    assert wrong == {}


def test_people_are_people_and_machines_are_machines(place: Path) -> None:
    found = {
        path.name
        for path in messages(place / "mikel")
        if read_mail(path.read_bytes()).verdict in (Verdict.BOUNCE, Verdict.AUTO_REPLY, Verdict.COMPLAINT)
    }
    assert found == MACHINES


def test_no_bounce_is_called_worse_than_it_is(place: Path) -> None:
    found = {path.stem: read_mail(path.read_bytes()).bounce for path in messages(place / "flufl")}
    hard = {name for name, bounce in found.items() if bounce is not None and bounce.severity is Severity.HARD}
    delayed = {name for name, bounce in found.items() if bounce is not None and bounce.severity is Severity.DELAY}
    assert hard & NOT_HARD == set()
    assert delayed == DELAYED
    assert {name for name, bounce in found.items() if bounce is not None and bounce.no_such_mailbox} >= NOBODY


def test_damaged_mail_is_read(place: Path) -> None:
    for _, raw in all_damaged(place, 3):
        read_mail(raw)
