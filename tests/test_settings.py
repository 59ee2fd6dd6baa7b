"""Settings: what is read from where, what is said when it is wrong, and keys that are made only once."""

import multiprocessing
import re
import stat
import sys
from base64 import b64encode, urlsafe_b64decode
from collections.abc import Mapping
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import SecretStr, ValidationError
from sqlalchemy.engine import make_url

from dripcourse.domain.errors import SettingsError
from dripcourse.domain.mail import Mailbox
from dripcourse.settings import (
    ABOUT,
    HostPort,
    Listen,
    Needs,
    OutboxUrl,
    SendgridUrl,
    Settings,
    SmtpUrl,
    doubts,
    ensure_secrets,
    load_settings,
    new_key,
    redacted,
)

ENOUGH = {
    "BASE_URL": "https://letters.example.org",
    "MAIL_FROM": "Slow Letters <letters@example.org>",
    "REPLY_DOMAIN": "replies.example.org",
    "POSTAL_ADDRESS": "1 Example Street, 12345 Example Town",
}
LONG = "a text of more than thirty-two characters"
KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


def event_key() -> str:
    public = generate_private_key(SECP256R1()).public_key()
    return b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return tmp_path


def load(here: Path, given: Mapping[str, str] | None = None, **also: Any) -> Settings:
    return load_settings(environ={**ENOUGH, **(given or {})}, cwd=here, **also)


def problems(here: Path, given: Mapping[str, str], **also: Any) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ=given, cwd=here, **also)
    return caught.value.problems


# -- defaults and values ------------------------------------------------------------------------------------------------
def test_the_four_required_settings_are_enough(here: Path) -> None:
    settings = load(here)
    assert settings.data_dir == here / "data"
    assert settings.sqlite_path == here / "data" / "dripcourse.db"
    assert settings.journal_dir == here / "data" / "journal"
    assert settings.mail_url == OutboxUrl(here / "data" / "outbox")
    assert settings.system_from == settings.mail_from == Mailbox("letters@example.org", "Slow Letters")
    assert (settings.host, settings.port) == ("127.0.0.1", 8025)
    assert (settings.tick_seconds, settings.lease_seconds, settings.unsure_policy) == (10, 60, "assume")
    assert settings.rate_per_second is settings.now is settings.courses_dir is None


def test_an_empty_surrounding_misses_exactly_what_is_required(here: Path) -> None:
    said = problems(here, {})
    assert [line.split()[0] for line in said] == ["BASE_URL", "MAIL_FROM", "REPLY_DOMAIN", "POSTAL_ADDRESS"]
    for line in said:
        assert " is missing. " in line
        assert f"Write for example {line.split()[0]}=" in line


def test_sendgrid_needs_its_key_and_nothing_else_does(here: Path) -> None:
    (said,) = problems(here, {**ENOUGH, "MAIL_URL": "sendgrid:"})
    assert said.startswith("SENDGRID_API_KEY is missing.")
    settings = load(here, {"MAIL_URL": "sendgrid:", "SENDGRID_API_KEY": "SG.key"})
    assert settings.mail_url == SendgridUrl()
    assert settings.sendgrid_api_url == "https://api.sendgrid.com"


def test_what_hangs_on_data_dir_follows_it(here: Path) -> None:
    settings = load(here, {"DATA_DIR": "/srv/50% of #1?"})
    assert make_url(settings.database_url.get_secret_value()).database == "/srv/50% of #1?/dripcourse.db"
    assert settings.sqlite_path == Path("/srv/50% of #1?/dripcourse.db")
    assert settings.mail_url == OutboxUrl(Path("/srv/50% of #1?/outbox"))


def test_the_journal_stands_next_to_the_database(here: Path) -> None:
    assert load(here, {"DATABASE_URL": "sqlite:////srv/db/drip.db"}).journal_dir == Path("/srv/db/journal")
    assert load(here, {"DATABASE_URL": "postgresql://u:p@h/d"}).journal_dir == here / "data" / "journal"
    assert load(here, {"JOURNAL_DIR": "elsewhere"}).journal_dir == here / "elsewhere"


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("postgres://u:p%40w@h:5433/d?sslmode=require", "postgresql+psycopg://u:p%40w@h:5433/d?sslmode=require"),
        ("postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql+psycopg:///d?host=/run/postgresql", "postgresql+psycopg:///d?host=/run/postgresql"),
        ("sqlite:////srv/drip.db", "sqlite:////srv/drip.db"),
    ],
)
def test_a_database_is_named_as_sqlalchemy_wants_it(here: Path, given: str, url: str) -> None:
    settings = load(here, {"DATABASE_URL": given})
    assert settings.database_url.get_secret_value() == url
    assert (settings.sqlite_path is None) == ("postgres" in given)


def test_a_relative_sqlite_path_starts_where_the_command_does(here: Path) -> None:
    assert load(here, {"DATABASE_URL": "sqlite:///my data.db"}).sqlite_path == here / "my data.db"


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("outbox:/srv/outbox", OutboxUrl(Path("/srv/outbox"))),
        ("sendgrid:", SendgridUrl()),
        ("smtp://u:p%40%2F@mx.example.org", SmtpUrl("mx.example.org", 587, "u", SecretStr("p@/"), "starttls")),
        ("smtp://mx.example.org:2525", SmtpUrl("mx.example.org", 2525, "", SecretStr(""), "starttls")),
        ("smtp://relay?tls=none", SmtpUrl("relay", 25, "", SecretStr(""), "none")),
        ("smtp://localhost:1025", SmtpUrl("localhost", 1025, "", SecretStr(""), "none")),
        ("smtp://u:p@[::1]", SmtpUrl("::1", 25, "u", SecretStr("p"), "none")),
        ("smtp://localhost?tls=starttls", SmtpUrl("localhost", 587, "", SecretStr(""), "starttls")),
        ("smtps://u:p@mx.example.org", SmtpUrl("mx.example.org", 465, "u", SecretStr("p"), "tls")),
    ],
)
def test_mail_has_four_doors(here: Path, given: str, value: object) -> None:
    assert load(here, {"MAIL_URL": given, "SENDGRID_API_KEY": "SG.key"}).mail_url == value


@pytest.mark.parametrize(
    ("name", "given", "field", "value"),
    [
        ("BASE_URL", "HTTPS://Letters.Example.org/", "base_url", "https://letters.example.org"),
        ("BASE_URL", "http://[::1]:8025", "base_url", "http://[::1]:8025"),
        ("MAIL_FROM", "letters@example.org", "mail_from", Mailbox("letters@example.org")),
        ("MAIL_FROM", '"Letters, slow" <a@Example.ORG>', "mail_from", Mailbox("a@example.org", "Letters, slow")),
        ("MAIL_FROM", "Übung <a@exämple.de>", "mail_from", Mailbox("a@xn--exmple-cua.de", "Übung")),
        ("MAIL_FROM", "me@localhost", "mail_from", Mailbox("me@localhost")),
        ("SYSTEM_FROM", "desk@letters.test", "system_from", Mailbox("desk@letters.test")),
        ("REPLY_DOMAIN", "Replies.Example.ORG", "reply_domain", "replies.example.org"),
        ("REPLY_DOMAIN", "localhost", "reply_domain", "localhost"),
        ("REPLY_DOMAIN", "exämple.de", "reply_domain", "xn--exmple-cua.de"),
        ("HOST_EMAIL", "me@example.org", "host_email", "me@example.org"),
        ("HOST", "::", "host", "::"),
        ("PORT", "65535", "port", 65535),
        ("TRUSTED_PROXIES", "2", "trusted_proxies", 2),
        ("RATE_PER_SECOND", "2.5", "rate_per_second", 2.5),
        ("LEASE_SECONDS", "3600", "lease_seconds", 3600),
        ("REPLIES_KEPT_MONTHS", "1", "replies_kept_months", 1),
        ("UNSURE_POLICY", "hold", "unsure_policy", "hold"),
        ("LMTP_LISTEN", "127.0.0.1:8024", "lmtp_listen", Listen("lmtp", HostPort("127.0.0.1", 8024))),
        ("LMTP_LISTEN", "[::1]:24", "lmtp_listen", Listen("lmtp", HostPort("::1", 24))),
        ("LMTP_LISTEN", "lmtp://mx:24", "lmtp_listen", Listen("lmtp", HostPort("mx", 24))),
        ("LMTP_LISTEN", "smtp://[::1]:8025", "lmtp_listen", Listen("smtp", HostPort("::1", 8025))),
        ("LMTP_LISTEN", "/run/drip/mail", "lmtp_listen", Listen("lmtp", Path("/run/drip/mail"))),
        ("LMTP_LISTEN", "smtp:/run/drip/mail", "lmtp_listen", Listen("smtp", Path("/run/drip/mail"))),
        ("AUTHSERV_ID", "mx.example.org", "authserv_id", "mx.example.org"),
        ("SENDGRID_API_URL", "http://127.0.0.1:4010/", "sendgrid_api_url", "http://127.0.0.1:4010"),
        ("DRIPCOURSE_NOW", "2026-12-01T09:00+01:00", "now", datetime(2026, 12, 1, 8, tzinfo=UTC)),
        ("DRIPCOURSE_NOW", "2026-12-01T09:00:00Z", "now", datetime(2026, 12, 1, 9, tzinfo=UTC)),
        ("IMAP_URL", "imap://u:p@localhost:1143", "imap_url", SecretStr("imap://u:p@localhost:1143")),
        ("SECRET_KEY", f" {LONG} , {LONG}! ", "secret_keys", (SecretStr(LONG), SecretStr(f"{LONG}!"))),
    ],
)
def test_a_right_value_arrives_in_its_own_type(here: Path, name: str, given: str, field: str, value: object) -> None:
    assert getattr(load(here, {name: given}), field) == value


def test_keys_arrive_newest_first_and_may_have_lost_their_last_sign(here: Path) -> None:
    new, old = new_key(), new_key()
    settings = load(here, {"REPLY_KEYS": f"{new.rstrip('=')},{old}"})
    assert [key.get_secret_value() for key in settings.reply_keys] == [new, old]


def test_verification_keys_are_a_comma_list(here: Path) -> None:
    keys = (event_key(), event_key())
    settings = load(here, {"SENDGRID_EVENT_PUBLIC_KEY": ", ".join(keys), "SENDGRID_INBOUND_PUBLIC_KEY": keys[0]})
    assert (settings.sendgrid_event_public_keys, settings.sendgrid_inbound_public_keys) == (keys, keys[:1])


# -- every wrong value, and what is said ----------------------------------------------------------------------------------
WRONG = [
    ("DATABASE_URL", "dripcourse.db", "is not the URL of a database"),
    ("DATABASE_URL", "mysql://u:hush-hush@h/d", "names another kind of database (mysql)"),
    ("DATABASE_URL", "postgresql+psycopg2://u:hush-hush@h/d", "names another kind of database (postgresql+psycopg2)"),
    ("DATABASE_URL", "postgresql://u:hush-hush@h", "names no database after the host"),
    ("DATABASE_URL", "postgresql://u:hush-hush@h:port/d", "is not a URL with a host and a port"),
    ("DATABASE_URL", "postgresql://u:hush#hush@h/d", "is not a URL with a host and a port"),
    ("DATABASE_URL", "sqlite://drip.db", "lacks a slash"),
    ("DATABASE_URL", "sqlite://", "lacks a slash"),
    ("DATABASE_URL", "sqlite:///:memory:", "names no file, and a database in memory forgets every reader"),
    ("DATABASE_URL", "sqlite:///", "names no file"),
    ("DATABASE_URL", "sqlite:///drip.db?mode=ro", "holds a ?"),
    ("DATABASE_URL", "sqlite:////", "names a folder, not a file"),
    ("DATA_DIR", "~/data", "begins with ~"),
    ("JOURNAL_DIR", "~/journal", "begins with ~"),
    ("MAIL_URL", "sendgrid", "is none of outbox:PATH"),
    ("MAIL_URL", "sendgrid://", "is none of outbox:PATH"),
    ("MAIL_URL", "outbox:", "is none of outbox:PATH"),
    ("MAIL_URL", "outbox://srv/outbox", "is none of outbox:PATH"),
    ("MAIL_URL", "outbox:~/outbox", "begins with ~"),
    ("MAIL_URL", "smtp:mx.example.org", "is not smtp:// with a host"),
    ("MAIL_URL", "smtp://mx.example.org/path", "is not smtp:// with a host"),
    ("MAIL_URL", "smtp://u:hush-hush@mx.example.org:0x19", "is not a URL with a host and a port"),
    ("MAIL_URL", "smtp://mx.example.org:99999", "is not a URL with a host and a port"),
    ("MAIL_URL", "smtp://user@mx.example.org", "holds a user without a password"),
    ("MAIL_URL", "smtp://:hush-hush@mx.example.org", "holds a user without a password, or a password without a user"),
    ("MAIL_URL", "smtp://u:hush-hush@mx.example.org?tls=none", "would send the password unencrypted"),
    ("MAIL_URL", "smtp://mx.example.org?tls=maybe", "knows nothing after a ? but"),
    ("MAIL_URL", "smtp://mx.example.org?starttls", "knows nothing after a ? but"),
    ("MAIL_URL", "smtps://mx.example.org?tls=none", "knows nothing after a ? but"),
    ("SENDGRID_API_KEY", "SG. hush-hush", "holds a space"),
    ("SENDGRID_API_URL", "http://api.sendgrid.com", "would send the API key unencrypted"),
    ("SENDGRID_API_URL", "api.sendgrid.com", "is not a web address"),
    ("SENDGRID_EVENT_PUBLIC_KEY", "MFkwEwYHKoZI", "is not a verification key"),
    ("SENDGRID_EVENT_PUBLIC_KEY", KEY, "is not a verification key"),
    ("SENDGRID_INBOUND_PUBLIC_KEY", f"{KEY},", "is a comma list with nothing"),
    ("INBOUND_SECRET", "hush-hush", "is not 16 or more"),
    ("INBOUND_SECRET", "hush-hush/hush-hush", "is not 16 or more"),
    ("AUTHSERV_ID", "mx example", "holds a space"),
    ("LMTP_LISTEN", "8024", "is not a host and a port"),
    ("LMTP_LISTEN", "localhost:65536", "is not a host and a port"),
    ("LMTP_LISTEN", "::1:24", "is not a host and a port"),
    ("LMTP_LISTEN", "imap://localhost:24", "is not a host and a port"),
    ("LMTP_LISTEN", "smtp:", "is not a host and a port"),
    ("LMTP_LISTEN", "run/drip/mail", "is not a host and a port"),
    ("IMAP_URL", "imaps://mail.example.org", "is not imaps:// with user, password and host"),
    ("IMAP_URL", "pop3://u:hush-hush@mail.example.org", "is not imaps://"),
    ("IMAP_URL", "imap://u:hush-hush@mail.example.org", "would send the password unencrypted"),
    ("SECRET_KEY", "hush-hush", "is too short: 32 characters or more"),
    ("SECRET_KEY", f"{LONG},hush-hush", "is too short: 32 characters or more"),
    ("SECRET_KEY", f"{LONG},,{LONG}", "is a comma list with nothing"),
    ("REPLY_KEYS", LONG, "is not what `dripcourse keys new` prints"),
    ("REPLY_KEYS", KEY[4:], "is not what `dripcourse keys new` prints"),
    ("REPLY_KEYS", f"{KEY},ä", "is not what `dripcourse keys new` prints"),
    ("BASE_URL", "letters.example.org", "is not a web address"),
    ("BASE_URL", "ftp://letters.example.org", "is not a web address"),
    ("BASE_URL", "https://", "is not a web address"),
    ("BASE_URL", "https://let ters.example.org", "is not a web address"),
    ("BASE_URL", "https://exämple.org", "is not a web address"),
    ("BASE_URL", "https://letters.example.org:https", "is not a URL with a host and a port"),
    ("BASE_URL", "https://letters.example.org/course", "holds more than a host and a port"),
    ("BASE_URL", "https://letters.example.org?", "holds more than a host and a port"),
    ("BASE_URL", "https://letters.example.org/#top", "holds more than a host and a port"),
    ("BASE_URL", "https://me:hush-hush@letters.example.org", "holds more than a host and a port"),
    ("MAIL_FROM", "letters", "does not hold an e-mail address"),
    ("MAIL_FROM", "Slow Letters letters@example.org", "does not hold an e-mail address"),
    ("MAIL_FROM", "Slow <Letters> <letters@example.org>", "does not hold an e-mail address"),
    ("MAIL_FROM", "letters@example.org, me@example.org", "does not hold an e-mail address"),
    ("MAIL_FROM", "letters@[192.0.2.1]", "does not hold an e-mail address"),
    ("MAIL_FROM", "létters@example.org", "does not hold an e-mail address"),
    ("MAIL_FROM", "letters@example.org\nBcc: all@example.org", "holds a line break"),
    ("MAIL_FROM", "Slow\rLetters <letters@example.org>", "holds a line break"),
    ("SYSTEM_FROM", "desk@", "does not hold an e-mail address"),
    ("HOST_EMAIL", "Host <host@example.org>", "does not hold an e-mail address"),
    ("REPLY_DOMAIN", "me@example.org", "holds an @"),
    ("REPLY_DOMAIN", "https://example.org", "is not a domain name"),
    ("REPLY_DOMAIN", "example..org", "is not a domain name"),
    ("REPLY_DOMAIN", "mail", "is not a domain name"),
    ("POSTAL_ADDRESS", " ", "is empty"),
    ("POSTAL_ADDRESS", "1 Example Street\nExample Town", "holds a line break"),
    ("POSTAL_ADDRESS", "1 Example Street\u2028Example Town", "holds a line break"),
    ("POSTAL_ADDRESS", "1 Example Street\udcff", "holds a line break or another control character"),
    ("COURSES_DIR", "nowhere", "names no folder"),
    ("HOST", "http://127.0.0.1", "is not a host name"),
    ("PORT", "0", "is not a whole number from 1 to 65535"),
    ("PORT", "65536", "is not a whole number from 1 to 65535"),
    ("PORT", "٨٠", "is not a whole number from 1 to 65535"),
    ("PORT", "", "is empty"),
    ("TRUSTED_PROXIES", "127.0.0.1", "is not a whole number from 0 to 10"),
    ("RATE_PER_SECOND", "0", "is not a number above 0"),
    ("RATE_PER_SECOND", "-1", "is not a number above 0"),
    ("RATE_PER_SECOND", "nan", "is not a number above 0"),
    ("TICK_SECONDS", "0", "is not a whole number from 1 to 3600"),
    ("TICK_SECONDS", "1.5", "is not a whole number from 1 to 3600"),
    ("LEASE_SECONDS", "9", "is not a whole number from 10 to 3600"),
    ("REPLIES_KEPT_MONTHS", "13", "is not a whole number from 1 to 12"),
    ("UNSURE_POLICY", "Assume", "is not one of these words: assume, hold"),
    ("DRIPCOURSE_NOW", "tomorrow", "is not a date and time"),
    ("DRIPCOURSE_NOW", "2026-12-01T09:00:00", "has no offset from UTC"),
    ("DRIPCOURSE_NOW", "2026-12-01", "has no offset from UTC"),
]


@pytest.mark.parametrize(("name", "given", "says"), WRONG)
def test_a_wrong_value_is_said_in_one_sentence_with_an_example(here: Path, name: str, given: str, says: str) -> None:
    (said,) = problems(here, {**ENOUGH, name: given})
    assert said.startswith(f"{name} {says}")
    assert f"Write for example {name}=" in said
    assert "hush" not in said
    assert "\n" not in said


def test_every_setting_that_can_be_wrong_is_in_the_table_of_wrong_values() -> None:
    assert {name for name, _, _ in WRONG} == set(ABOUT)


def test_postgresql_without_its_driver_says_what_to_install(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)  # as Python itself marks a module that is not to be had
    (said,) = problems(here, {**ENOUGH, "DATABASE_URL": "postgres://u:hush@h/d"})
    assert "pip install 'dripcourse[postgres]'" in said


def test_everything_that_is_wrong_is_said_at_once_in_the_order_of_the_table(here: Path) -> None:
    given = {"PORT": "x", "MAIL_FROM": "x", "DATABASE_URL": "x", "SECRET_KEY": "x", "IMAP_URL_FILE": "nowhere"}
    (here / "dripcourse.toml").write_text("prot = 8025\n")
    names = [said.split()[0] for said in problems(here, given)]
    assert names == [
        "prot",
        "DATABASE_URL",
        "IMAP_URL_FILE",
        "SECRET_KEY",
        "BASE_URL",
        "MAIL_FROM",
        "REPLY_DOMAIN",
        "POSTAL_ADDRESS",
        "PORT",
    ]


# -- what a command needs ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", [name for name, about in ABOUT.items() if about.needs is Needs.ALL])
def test_what_a_database_command_does_not_read_cannot_stop_it(here: Path, name: str) -> None:
    settings = load_settings(environ={name: "\n"}, cwd=here, needs=Needs.DATABASE)
    assert settings == load_settings(environ={}, cwd=here, needs=Needs.DATABASE)


def test_a_database_command_is_stopped_by_a_wrong_database_or_key(here: Path) -> None:
    said = problems(here, {"DATABASE_URL": "x", "REPLY_KEYS": "x", "PORT": "x"}, needs=Needs.DATABASE)
    assert [line.split()[0] for line in said] == ["DATABASE_URL", "REPLY_KEYS"]


def test_what_only_reads_courses_needs_nothing_and_minds_only_the_courses(here: Path) -> None:
    wrong = dict.fromkeys(set(ABOUT) - {"COURSES_DIR", "DRIPCOURSE_NOW"}, "\n")
    assert load_settings(environ={**wrong, "COURSES_DIR": "."}, cwd=here, needs=Needs.NOTHING).courses_dir == here
    said = problems(here, {**wrong, "COURSES_DIR": "nowhere"}, needs=Needs.NOTHING)
    assert [line.split()[0] for line in said] == ["COURSES_DIR"]


# -- where it comes from -----------------------------------------------------------------------------------------------------
def test_only_exact_names_count_in_the_environment(here: Path) -> None:
    assert load(here, {"port": "1", "DRIPCOURSE_PORT": "2", "PORT_FILE": "3", "HOSTNAME": "x"}).port == 8025


def test_the_machines_own_environment_is_read_when_none_is_given(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in {**ENOUGH, "PORT": "8099"}.items():
        monkeypatch.setenv(name, text)
    monkeypatch.chdir(here)
    settings = load_settings()
    assert (settings.port, settings.data_dir) == (8099, here / "data")


def test_the_file_in_the_working_directory_is_read_and_the_environment_overrides_it(here: Path) -> None:
    (here / "dripcourse.toml").write_text('port = 8001\nHOST = "0.0.0.0"\nrate_per_second = 0.5\n')
    settings = load(here, {"PORT": "8002"})
    assert (settings.port, settings.host, settings.rate_per_second) == (8002, "0.0.0.0", 0.5)


def test_a_file_may_hold_lists_and_dates(here: Path) -> None:
    (here / "dripcourse.toml").write_text(
        f'secret_key = ["{LONG}", "{LONG}!"]\ndripcourse_now = 2026-12-01T09:00:00+01:00\n'
    )
    settings = load(here)
    assert (len(settings.secret_keys), settings.now) == (2, datetime(2026, 12, 1, 8, tzinfo=UTC))


def test_another_file_is_read_instead_when_it_is_named(here: Path) -> None:
    (here / "dripcourse.toml").write_text("port = 8001\n")
    (here / "other.toml").write_text('host = "::1"\n')
    settings = load(here, config=Path("other.toml"))
    assert (settings.port, settings.host) == (8025, "::1")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("prot = 80", "prot in {file} is no setting. Did you mean port?"),
        ("Port = 80", "Port in {file} is no setting. Did you mean port?"),
        ("port_file = 'x'", "port_file in {file} is no setting."),
        ("smtp_pasword = 'hush'", "smtp_pasword in {file} is no setting. docs/settings.md lists them all."),
        ("[port]\nx = 1", "port in {file} is neither a text in quotes nor a number."),
        ("port = true", "port in {file} is neither a text in quotes nor a number."),
        ("host = [1]", "host in {file} is neither a text in quotes nor a number."),
        ("port = 1\nPORT = 2", "PORT stands twice in {file}"),
        ("port = \n", "The settings file {file} is not TOML: Invalid value (at line 1, column 8)."),
    ],
)
def test_a_fault_in_the_file_names_the_file_and_the_fault(here: Path, text: str, says: str) -> None:
    file = here / "dripcourse.toml"
    file.write_text(text)
    (said,) = problems(here, ENOUGH)
    assert said.startswith(says.format(file=file))


def test_a_file_that_cannot_be_read_is_a_problem(here: Path) -> None:
    (said,) = problems(here, ENOUGH, config=Path("nowhere.toml"))
    assert said == f"The settings file {here / 'nowhere.toml'} cannot be read: No such file or directory."
    (here / "dripcourse.toml").mkdir()
    (said,) = problems(here, ENOUGH)
    assert said.endswith("cannot be read: Is a directory.")
    (here / "latin.toml").write_bytes("host = 'ü'".encode("latin-1"))
    (said,) = problems(here, ENOUGH, config=Path("latin.toml"))
    assert said.endswith("is not TOML: it is not in UTF-8.")


@pytest.mark.parametrize("name", [name for name, about in ABOUT.items() if about.secret])
def test_every_secret_may_come_from_a_file(here: Path, name: str) -> None:
    texts = {"DATABASE_URL": "sqlite:///x.db", "MAIL_URL": "smtp://u:p@h", "IMAP_URL": "imaps://u:p@h"}
    text = texts.get(name, new_key())
    (here / "secret").write_text(f"{text}\n")
    settings = load(here, {f"{name}_FILE": "secret"})
    assert settings == load(here, {name: text})
    assert settings != load(here)
    (here / "dripcourse.toml").write_text(f'{name.lower()}_file = "secret"\n')
    assert load(here) == settings


@pytest.mark.parametrize("name", [name for name, about in ABOUT.items() if about.secret])
def test_a_secret_and_its_file_at_once_are_a_problem(here: Path, name: str) -> None:
    (said,) = problems(here, {**ENOUGH, name: "x", f"{name}_FILE": "secret"})
    assert said == f"{name} and {name}_FILE are both given. Leave one out."


@pytest.mark.parametrize(
    ("file", "why"),
    [
        ("nowhere", "No such file or directory"),
        (".", "Is a directory"),
        ("binary", "it is no text"),
        ("a\0b", "it is no text"),
    ],
)
def test_a_secret_file_that_cannot_be_read_is_a_problem(here: Path, file: str, why: str) -> None:
    (here / "binary").write_bytes(b"\xff\xfe")
    (said,) = problems(here, {**ENOUGH, "SECRET_KEY_FILE": file})
    assert said.startswith(f"SECRET_KEY_FILE names a file that cannot be read ({why}).")


def test_an_empty_secret_file_is_a_problem(here: Path) -> None:
    (here / "secret").touch()
    (said,) = problems(here, {**ENOUGH, "SENDGRID_API_KEY_FILE": "secret"})
    assert said.startswith("SENDGRID_API_KEY is empty")


# -- nothing leaks ---------------------------------------------------------------------------------------------------------
SECRETS = {
    "DATABASE_URL": "postgresql://drip:hush-db@h/d?password=hush-q",
    "MAIL_URL": "smtp://u:hush-smtp@mx.example.org",
    "SENDGRID_API_KEY": "SG.hush",
    "INBOUND_SECRET": "hush-hush-hush-hush",
    "IMAP_URL": "imaps://u:hush-imap@mail.example.org/INBOX",
    "SECRET_KEY": "hush" * 8,
    "REPLY_KEYS": new_key(),
}


def test_no_secret_shows_in_a_repr_or_in_what_doctor_prints(here: Path) -> None:
    settings = load(here, SECRETS)
    shown = dict(redacted(settings))
    for text in (repr(settings), str(settings), repr(shown)):
        assert "hush" not in text
        assert SECRETS["REPLY_KEYS"] not in text
    assert set(SECRETS) == {name for name, about in ABOUT.items() if about.secret}
    assert shown["DATABASE_URL"] == "postgresql+psycopg://drip:***@h/d"
    assert shown["MAIL_URL"] == "smtp://u:***@mx.example.org:587 (starttls)"
    assert shown["IMAP_URL"] == "imaps://u:***@mail.example.org/INBOX"
    assert (shown["SENDGRID_API_KEY"], shown["SECRET_KEY"]) == ("set", "1 set")


def test_what_doctor_prints_is_every_setting_in_words(here: Path) -> None:
    shown = dict(
        redacted(load(here, {"MAIL_URL": "outbox:/srv/out", "LMTP_LISTEN": "[::1]:24", "SYSTEM_FROM": "a@example.org"}))
    )
    assert list(shown) == list(ABOUT)
    assert shown["DATABASE_URL"] == f"sqlite:///{here}/data/dripcourse.db"
    assert shown["MAIL_URL"] == "outbox:/srv/out"
    assert shown["MAIL_FROM"] == "Slow Letters <letters@example.org>"
    assert (shown["SYSTEM_FROM"], shown["LMTP_LISTEN"], shown["IMAP_URL"]) == ("a@example.org", "lmtp://[::1]:24", "-")
    assert dict(redacted(load(here, {"MAIL_URL": "sendgrid:", "SENDGRID_API_KEY": "x"})))["MAIL_URL"] == "sendgrid:"
    assert dict(redacted(load_settings(environ={}, cwd=here, needs=Needs.NOTHING)))["MAIL_FROM"] == "-"


def test_settings_cannot_be_changed(here: Path) -> None:
    with pytest.raises(ValidationError):
        load(here).port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("given", "doubted"),
    [
        ({}, []),
        ({"BASE_URL": "http://127.0.0.1:8025"}, []),
        ({"BASE_URL": "http://letters.localhost"}, []),
        ({"BASE_URL": "http://letters.example.org"}, ["BASE_URL"]),
        ({"REPLY_DOMAIN": "replies.test"}, []),
        ({"REPLY_DOMAIN": "replies.test", "MAIL_URL": "smtp://mx.example.org"}, ["REPLY_DOMAIN"]),
    ],
)
def test_what_is_fit_for_trials_only_is_doubted_not_refused(
    here: Path, given: dict[str, str], doubted: list[str]
) -> None:
    assert [said.split()[0] for said in doubts(load(here, given))] == doubted


# -- keys that are made once ---------------------------------------------------------------------------------------------
def test_a_new_key_is_thirty_two_fresh_bytes() -> None:
    keys = {new_key() for _ in range(100)}
    assert len(keys) == 100
    assert {len(urlsafe_b64decode(key)) for key in keys} == {32}


def test_keys_are_made_once_kept_privately_and_read_back(here: Path) -> None:
    first = ensure_secrets(load(here))
    assert len(first.secret_keys) == len(first.reply_keys) == 1
    assert first.secret_keys != first.reply_keys
    assert ensure_secrets(load(here)) == first
    for name in ("secret_key", "reply_keys"):
        assert stat.S_IMODE((here / "data" / name).stat().st_mode) == 0o600
    assert stat.S_IMODE((here / "data").stat().st_mode) == 0o700
    assert sorted(path.name for path in (here / "data").iterdir()) == ["reply_keys", "secret_key"]


def test_keys_that_are_there_are_read_without_writing_anything(here: Path) -> None:
    ensure_secrets(load(here))
    touched = (here / "data").stat().st_mtime_ns
    ensure_secrets(load(here))
    assert (here / "data").stat().st_mtime_ns == touched


def test_a_key_that_is_given_is_not_made(here: Path) -> None:
    settings = ensure_secrets(load(here, {"SECRET_KEY": LONG}))
    assert settings.secret_keys == (SecretStr(LONG),)
    assert [path.name for path in (here / "data").iterdir()] == ["reply_keys"]
    both = load(here / "new", {"SECRET_KEY": LONG, "REPLY_KEYS": new_key()})
    assert ensure_secrets(both) is both
    assert not (here / "new").exists()


def test_a_kept_file_may_hold_older_keys_too(here: Path) -> None:
    (here / "data").mkdir()
    keys = [new_key(), new_key()]
    (here / "data" / "reply_keys").write_text(",".join(keys))
    assert [key.get_secret_value() for key in ensure_secrets(load(here)).reply_keys] == keys


@pytest.mark.parametrize("held", ["", "\n", "half a key", "\xff"])
def test_a_kept_file_that_was_spoilt_is_never_replaced(here: Path, held: str) -> None:
    (here / "data").mkdir()
    spoilt = here / "data" / "reply_keys"
    spoilt.write_text(held, encoding="latin-1")
    with pytest.raises(SettingsError, match="does not hold what was once put there"):
        ensure_secrets(load(here))
    assert spoilt.read_text(encoding="latin-1") == held


def test_on_postgresql_keys_are_never_made(here: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        ensure_secrets(load(here, {"DATABASE_URL": "postgresql://u:p@h/d"}))
    assert [said.split()[0] for said in caught.value.problems] == ["SECRET_KEY", "REPLY_KEYS"]
    assert all("dripcourse keys new" in said for said in caught.value.problems)
    assert not (here / "data").exists()


@pytest.mark.parametrize("folder", ["file", "file/below"])
def test_a_data_dir_that_cannot_be_written_to_is_said_clearly(here: Path, folder: str) -> None:
    (here / "file").touch()  # a folder below a file can be made by nobody, not even by root
    with pytest.raises(SettingsError) as caught:
        ensure_secrets(load(here, {"DATA_DIR": folder}))
    (said,) = caught.value.problems
    assert said.startswith("DATA_DIR cannot keep SECRET_KEY (")
    assert "name another one as DATA_DIR" in said


def _race(folders: list[Path], start: Barrier, results: Any) -> None:
    for folder in folders:
        start.wait()
        kept = ensure_secrets(load(folder))
        results.put((str(folder), kept.secret_keys[0].get_secret_value(), kept.reply_keys[0].get_secret_value()))


def test_of_many_processes_that_start_at_once_all_get_the_same_keys(here: Path) -> None:
    processes, folders = 6, [here / str(n) for n in range(15)]
    fork = multiprocessing.get_context("fork")
    start, results = fork.Barrier(processes), fork.Queue()
    running = [fork.Process(target=_race, args=(folders, start, results)) for _ in range(processes)]
    for process in running:
        process.start()
    seen = [results.get(timeout=30) for _ in range(processes * len(folders))]
    for process in running:
        process.join(timeout=30)
    assert len(seen) == processes * len(folders)
    assert len(set(seen)) == len(folders)
    assert {path.name for folder in folders for path in (folder / "data").iterdir()} == {"secret_key", "reply_keys"}


# -- what the page says ------------------------------------------------------------------------------------------------------
def _default_in_words(name: str) -> str:
    about = ABOUT[name]
    value = next(field.default for field in Settings.model_fields.values() if field.alias == name)
    if about.required or about.default:
        return "**required**" if about.required else about.default
    return "none" if value in (None, ()) else f"`{value}`"


def test_the_page_of_settings_and_the_code_agree_exactly() -> None:
    page = (Path(__file__).parents[1] / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{name}` | {_default_in_words(name)} | {about.meaning} | `{about.example}` |"
        for name, about in ABOUT.items()
    ]


def test_the_page_says_which_secrets_may_come_from_a_file() -> None:
    page = (Path(__file__).parents[1] / "docs" / "settings.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`([A-Z_]+)_FILE`", page)) == {name for name, about in ABOUT.items() if about.secret}


@pytest.mark.parametrize("name", ABOUT)
def test_the_example_of_every_setting_is_right(here: Path, name: str) -> None:
    example = ABOUT[name].example
    if name == "COURSES_DIR":
        example = str(here)
    if name.endswith("PUBLIC_KEY"):
        assert event_key().startswith(example.rstrip("."))
        return
    load(here, {name: new_key() if example == "$(dripcourse keys new)" else example})


def test_every_field_is_told_about_and_nothing_else_is() -> None:
    assert [field.alias for field in Settings.model_fields.values()] == list(ABOUT)
