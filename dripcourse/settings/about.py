"""What there is to say about every setting. The one table that docs/settings.md and the sentences of `load_settings` are made from."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum


class Needs(IntEnum):
    """How much of the settings a command reads: only that is checked, so only that can stop it."""

    NOTHING = 1
    """Courses and the time, and nothing is required: for what opens no database."""
    DATABASE = 2
    """Also the database, its folders and its keys, but nothing about mail: for `db upgrade` and its like."""
    ALL = 3
    """Everything, and what is required must be there: for whatever sends, receives or serves."""


@dataclass(frozen=True, slots=True)
class About:
    """`default` in words, where the value does not say it itself; `needs` is the least that reads it; a secret may come from NAME_FILE."""

    meaning: str
    example: str
    default: str = ""
    needs: Needs = Needs.ALL
    required: bool = False
    secret: bool = False


NEW_KEY = "$(dripcourse keys new)"
"""The example of a key: a real one would be copied."""

ABOUT = {
    "DATABASE_URL": About(
        "Where everything is kept: an SQLite file, or PostgreSQL for several machines.",
        "postgresql://drip:PASSWORD@db.example.org/drip",
        "SQLite, `dripcourse.db` in `DATA_DIR`",
        Needs.DATABASE,
        secret=True,
    ),
    "DATA_DIR": About(
        "The folder of whatever has no other place: database, outbox, keys.",
        "/var/lib/dripcourse",
        "`data`, from where the command is started",
        Needs.DATABASE,
    ),
    "JOURNAL_DIR": About(
        "The folder of the journal, which must outlive the database; in production all machines share it.",
        "/mnt/shared/dripcourse-journal",
        "`journal`, next to the SQLite file or else in `DATA_DIR`",
        Needs.DATABASE,
    ),
    "MAIL_URL": About(
        "How mail leaves: `outbox:PATH` (a Maildir, nothing leaves the machine), `smtp://user:password@host:587`, "
        "`smtps://user:password@host:465` or `sendgrid:`. With `smtp:` it goes by STARTTLS or not at all, except to this very "
        "machine or with `?tls=none` after the host.",
        "smtp://drip:PASSWORD@mail.example.org:587",
        "an outbox, `outbox` in `DATA_DIR`",
        secret=True,
    ),
    "SENDGRID_API_KEY": About(
        "The key that SendGrid gave, with the right to send and no other.",
        "SG.xxxxxxxx.xxxxxxxx",
        "none; required with `MAIL_URL=sendgrid:`",
        secret=True,
    ),
    "SENDGRID_API_URL": About("Where SendGrid's API is; the EU has its own.", "https://api.eu.sendgrid.com"),
    "SENDGRID_EVENT_PUBLIC_KEY": About(
        "The verification keys of the event webhook, a comma list; without one its events are refused.",
        "MFkwEwYHKoZI...",
    ),
    "SENDGRID_INBOUND_PUBLIC_KEY": About(
        "The verification keys of Inbound Parse, a comma list; without one its mail is taken at the secret address only.",
        "MFkwEwYHKoZI...",
    ),
    "INBOUND_SECRET": About(
        "The last part of the address that Inbound Parse posts to, for an account that cannot sign: 16 or more letters, digits, - and _.",
        NEW_KEY,
        secret=True,
    ),
    "AUTHSERV_ID": About(
        "The name under which your own mail server writes Authentication-Results; those of any other name are not believed.",
        "mx.example.org",
    ),
    "LMTP_LISTEN": About(
        "Where to take mail from your own mail server: `host:port` or the whole path of a socket, by LMTP; by SMTP with `smtp:` "
        "before it.",
        "127.0.0.1:8024",
    ),
    "IMAP_URL": About(
        "A mailbox to read replies from, with its folder.",
        "imaps://replies:PASSWORD@mail.example.org/INBOX",
        secret=True,
    ),
    "SECRET_KEY": About(
        "What every link, token and index is made with: 32 characters or more, a comma list, newest first.",
        NEW_KEY,
        "made once in `DATA_DIR` with SQLite; required with PostgreSQL",
        Needs.DATABASE,
        secret=True,
    ),
    "REPLY_KEYS": About(
        "What addresses and replies are sealed with, as `dripcourse keys new` prints them: a comma list, newest first. "
        "Keep a copy elsewhere: without it nothing can be read any more.",
        NEW_KEY,
        "made once in `DATA_DIR` with SQLite; required with PostgreSQL",
        Needs.DATABASE,
        secret=True,
    ),
    "BASE_URL": About(
        "Where readers reach the pages, from outside; https, or mail programs do not show their button to leave (RFC 8058).",
        "https://letters.example.org",
        required=True,
    ),
    "MAIL_FROM": About(
        "The address lessons come from; a course brings its own name to it.",
        "Slow Letters <letters@example.org>",
        required=True,
    ),
    "SYSTEM_FROM": About(
        "The address confirmations come from.", "Letters desk <desk@example.org>", "what `MAIL_FROM` says"
    ),
    "REPLY_DOMAIN": About(
        "The domain replies come in at; nothing else should live there.", "replies.example.org", required=True
    ),
    "HOST_EMAIL": About("Where dripcourse writes to the host when something needs a person.", "host@example.org"),
    "POSTAL_ADDRESS": About(
        "The host's postal address, on one line: it stands under every lesson, as the law asks.",
        "Slow Letters, 1 Example Street, 12345 Example Town",
        required=True,
    ),
    "COURSES_DIR": About("A folder of more courses, one folder each.", "/srv/courses", needs=Needs.NOTHING),
    "HOST": About("The network address the pages are served at.", "0.0.0.0"),  # noqa: S104 - an example
    "PORT": About("The port the pages are served at.", "8080"),
    "TRUSTED_PROXIES": About(
        "How many proxies of your own stand before the pages, so that `X-Forwarded-For` is believed that far.", "1"
    ),
    "RATE_PER_SECOND": About("At most so many mails a second.", "2.5"),
    "TICK_SECONDS": About("How often to look for what is due, 1 to 3600.", "30"),
    "LEASE_SECONDS": About(
        "How long a process may hold a mail before another looks what became of it, 10 to 3600.", "120"
    ),
    "UNSURE_POLICY": About(
        "What becomes of a mail when nobody can tell for four days whether it went: `assume` it did and go on, or `hold` it for the host.",
        "hold",
    ),
    "REPLIES_KEPT_MONTHS": About(
        "How many months after its enrollment has ended a reply is kept, 1 to 12; then it is deleted for good. Readers are told the number.",
        "6",
    ),
    "DRIPCOURSE_NOW": About(
        "For trials: the instant that every command takes for now (ISO, with its offset).",
        "2026-12-01T09:00:00+01:00",
        "the machine's clock",
        Needs.NOTHING,
    ),
}


def read_by(needs: Needs) -> Iterator[str]:
    """The names of the settings that a command of these needs reads."""
    return (name for name, about in ABOUT.items() if about.needs <= needs)
