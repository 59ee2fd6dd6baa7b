"""A whole installation in a folder of its own: settings, parts, a clock to turn, and the outbox to look into."""

import mailbox
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from dripcourse.bootstrap import open_parts
from dripcourse.domain.mail import Transport
from dripcourse.services.enrollment import enroll
from dripcourse.services.enrollment.enroll import How, Wish
from dripcourse.services.parts import Parts
from dripcourse.services.tick import Heart, Ticked
from dripcourse.settings import Settings, ensure_secrets, load_settings
from tests.support.once import read_once, with_tables

MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
"""A Monday morning; most stories begin here."""

ENVIRONMENT = {
    "BASE_URL": "https://letters.example.org",
    "MAIL_FROM": "letters@letters.example.org",
    "SYSTEM_FROM": "hello@letters.example.org",
    "REPLY_DOMAIN": "reply.letters.example.org",
    "POSTAL_ADDRESS": "1 Example Street, Sampletown",
    "SECRET_KEY": "a secret of at least thirty-two characters",
    "REPLY_KEYS": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
}


def environment(folder: Path, database_url: str | None = None, **more: str) -> dict[str, str]:
    """The environment of an installation in `folder`."""
    url = database_url or f"sqlite:///{folder / 'truth.db'}"
    return ENVIRONMENT | {"DATA_DIR": str(folder), "DATABASE_URL": url} | more


def settings_for(folder: Path, database_url: str | None = None, **more: str) -> Settings:
    return ensure_secrets(load_settings(environ=environment(folder, database_url, **more), cwd=folder))


@dataclass
class House:
    """A running installation whose time is turned by hand."""

    parts: Parts
    folder: Path
    now: datetime = MONDAY
    heart: Heart = field(init=False)

    def __post_init__(self) -> None:
        self.heart = Heart(self.parts, self.clock)

    def clock(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)

    def tick(self, *, any_hour: bool = True) -> Ticked:
        return self.heart.tick(any_hour=any_hour)

    def enroll(self, email: str = "reader@example.org", course: str = "rebuilding-trust", **words: object) -> str:
        """Enroll a reader on the host's word and return the enrollment's id."""
        wish = Wish(address=email, course=course, how=How.HOST, consent="Yes.", **words)  # type: ignore[arg-type]
        return enroll.vouch(self.parts, wish, self.now)[0]

    def mails(self, to: str | None = None) -> list[EmailMessage]:
        """What is in the outbox, in the order of its Date headers."""
        return read_outbox(self.folder / "outbox", to)


def read_outbox(path: Path, to: str | None = None) -> list[EmailMessage]:
    """The messages in a Maildir, oldest first, as Python's own parser reads them."""
    if not (path / "new").is_dir():
        return []
    box = mailbox.Maildir(path, create=False)
    parser = BytesParser(EmailMessage, policy=policy.default)
    named = to.encode() if to and to.isascii() else b""  # to read a mail in full is slow: only those that may be theirs
    found = [parser.parsebytes(raw) for raw in map(box.get_bytes, box.keys()) if named in raw]
    wanted = [mail for mail in found if to is None or mail["To"].addresses[0].addr_spec == to]
    return sorted(wanted, key=lambda mail: mail["Date"].datetime)


def subjects(mails: list[EmailMessage]) -> list[str]:
    return [str(mail["Subject"]) for mail in mails]


@contextmanager
def open_house(
    folder: Path,
    database_url: str | None = None,
    *,
    now: datetime = MONDAY,
    transport: Transport | None = None,
    **more: str,
) -> Iterator[House]:
    settings = settings_for(folder, database_url or with_tables(folder / "truth.db"), **more)
    with ExitStack() as stack:
        with read_once():
            parts = stack.enter_context(open_parts(settings, bring_up=True, transport=transport))
        yield House(parts, folder, now)


def write_course(folder: Path, slug: str = "small", lessons: int = 4, **toml: str) -> Path:
    """A small course of plain lessons in `folder`, numbered from the welcome; returns the course's folder."""
    course = folder / slug
    course.mkdir(parents=True, exist_ok=True)
    words: Mapping[str, str] = {
        "title": "A small course",
        "cover": f"{slug}-letters",
        "from_name": "Small Letters",
        "language": "en",
        "pace": "weekly",
    } | toml
    text = "".join(f'{key} = "{value}"\n' for key, value in words.items())
    (course / "course.toml").write_text(text, encoding="utf-8")
    for number in range(lessons):
        write_lesson(course, number)
    return course


def write_lesson(course: Path, number: int, slug: str | None = None, body: str | None = None) -> Path:
    slug = slug or f"lesson-{number}"
    path = course / f"{number:02d}-{slug}.md"
    path.write_text(
        f"---\ntitle: Lesson {number}\nsubject: Letter {number}\nsubject_plain: Lesson {number}\n"
        f"preview: A few lines.\nprompt: What did you notice in week {number}?\n---\n"
        + (body or f"These are the words of lesson {number}.\n"),
        encoding="utf-8",
    )
    return path
