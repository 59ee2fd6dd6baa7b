"""Where the parts are chosen and put together, and where the clock is kept. Nowhere else."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dripcourse.content.files import course_directories
from dripcourse.content.library import Library
from dripcourse.content.load import load_library
from dripcourse.content.render import Renderer
from dripcourse.db import schema
from dripcourse.db.session import Database, require_file
from dripcourse.domain.errors import SettingsError, UsageError
from dripcourse.domain.finding import Finding, well
from dripcourse.domain.mail import Transport
from dripcourse.services.crypto.keyring import Keyring
from dripcourse.services.journal import Journal
from dripcourse.services.parts import Clock, Parts, Rules, Store
from dripcourse.services.recovery import backup
from dripcourse.services.recovery import rotate_keys as recovery_rotate_keys
from dripcourse.services.recovery.seal import require_keys
from dripcourse.settings import OutboxUrl, SendgridUrl, Settings, SmtpUrl, ensure_secrets, is_set_up
from dripcourse.transports.outbox import Outbox
from dripcourse.transports.sendgrid.audit import judge
from dripcourse.transports.sendgrid.webhook_audit import Wanted
from dripcourse.transports.smtp import Smtp

_A_LITTLE = timedelta(minutes=5)


def utc_now() -> datetime:
    """The machine's clock, in UTC. The only place that reads it."""
    return datetime.now(UTC)


def choose_clock(settings: Settings, at: datetime | None = None) -> Clock:
    """The clock to live by: `at` if given, else DRIPCOURSE_NOW if set, else the machine's."""
    driven = at or settings.now
    if driven is None:
        return utc_now
    instant = driven.astimezone(UTC)
    return lambda: instant


def is_real(clock: Clock) -> bool:
    """Whether this is the machine's own clock, which may be wrong, and no time that is driven, which is meant."""
    return clock is utc_now


def refuse_false_future(transport: Transport, clock: Clock) -> None:
    """Raises UsageError if a driven time is ahead of the machine's clock and mail could really leave: promises are made in real time."""
    if not transport.is_local and clock() > utc_now() + _A_LITTLE:
        raise UsageError(
            "Time can be driven ahead only with the outbox or a mail server on this machine: real mail goes in real time."
            " Leave out --at and DRIPCOURSE_NOW, or set MAIL_URL to outbox:PATH."
        )


def load_courses(courses_dir: Path | None) -> Library:
    """The built-in courses and the host's own. Raises CourseError naming every fault."""
    return load_library(course_directories(courses_dir))


def choose_transport(settings: Settings) -> Transport:
    """The door that MAIL_URL names."""
    match settings.mail_url:
        case OutboxUrl(path):
            return Outbox(path)
        case SmtpUrl(host, port, user, password, tls):
            return Smtp(host, port, user=user, password=password.get_secret_value(), tls=tls)
        case SendgridUrl():
            # only now: the library takes as long to load as all of ours, and few commands of few installations send by it
            from dripcourse.transports.sendgrid.transport import Sendgrid  # noqa: PLC0415

            key = settings.sendgrid_api_key
            return Sendgrid(key.get_secret_value() if key else "", settings.sendgrid_api_url)


def ask_provider(settings: Settings) -> list[Finding]:
    """What the mail provider says of how it is set up; nothing if there is none. Sends nothing and changes nothing."""
    if not isinstance(settings.mail_url, SendgridUrl):
        return []
    from dripcourse.transports.sendgrid.account import ask  # noqa: PLC0415 - for doctor only

    rules, key = _rules(settings), settings.sendgrid_api_key
    hooks = rules.event_keys, rules.inbound_keys, rules.inbound_secret
    other = bool(settings.lmtp_listen or settings.imap_url)
    wanted = Wanted(rules.base_url, rules.reply_domain, *hooks, other_door=other)
    return list(judge(ask(key.get_secret_value() if key else "", settings.sendgrid_api_url), wanted))


def provider_is_told(settings: Settings) -> Finding:
    """What the mail provider is told with each mail."""
    if not isinstance(settings.mail_url, SendgridUrl):
        return well("No mail provider is told anything", "mail goes to a folder or a mail server, and to no API")
    from dripcourse.transports.sendgrid.account import told_of_a_mail  # noqa: PLC0415 - for doctor only

    return told_of_a_mail()


@contextmanager
def open_to_look(settings: Settings) -> Iterator[Parts]:
    """Every part, with a database that refuses to change. Raises SettingsError if nothing is set up here, SchemaError, DatabaseAway."""
    if not is_set_up(settings):
        raise SettingsError(["DATA_DIR: nothing is set up here yet, so there is nothing to look at."])
    settings = ensure_secrets(settings)
    db = Database(settings.database_url.get_secret_value(), read_only=True)
    try:
        schema.require(db)
        yield _assemble(settings, db, choose_transport(settings))
    finally:
        db.close()


def open_database(settings: Settings) -> Database:
    """The database, its folder made if it is embedded. Raises SettingsError if it cannot be."""
    db = Database(settings.database_url.get_secret_value())
    if db.path is not None:
        try:
            db.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            raise SettingsError(
                [f"DATABASE_URL: the folder {db.path.parent} cannot be made. Check who owns it."]
            ) from None
    return db


def migrate(settings: Settings) -> str:
    """Bring the database to the schema this version wants, and return that version. Raises DatabaseAway."""
    db = open_database(settings)
    schema.upgrade(db, now=utc_now())
    return schema.wanted()


def schema_versions(settings: Settings) -> tuple[str | None, str]:
    """The schema that the database has, None if it has none, and the one that this version wants."""
    return schema.current(open_database(settings)), schema.wanted()


def back_up(settings: Settings, file: Path, say: backup.Say) -> backup.Copied:
    """Write a backup of the database that the settings name; see `services.backup`."""
    db = open_database(settings)
    try:
        schema.require(db)
        return backup.backup(db, file, choose_clock(settings)(), say)
    finally:
        db.close()


def restore_from(settings: Settings, file: Path, say: backup.Say, *, without_replies: bool = False) -> backup.Copied:
    """Fill the empty database that the settings name from a backup; see `services.backup`."""
    db = open_database(settings)
    try:
        return backup.restore(db, file, utc_now(), say, without_replies=without_replies)
    finally:
        db.close()


def rotate_keys(settings: Settings, say: Callable[[int], None]) -> recovery_rotate_keys.Rotated:
    """Seal everything anew with the newest of REPLY_KEYS; see `services.rotate`."""
    db = open_database(settings)
    try:
        schema.require(db)
        keys = _keyring(settings)
        require_keys(db, keys)
        return recovery_rotate_keys.rotate(db, keys, say)
    finally:
        db.close()


@contextmanager
def open_parts(settings: Settings, *, bring_up: bool = False, transport: Transport | None = None) -> Iterator[Parts]:
    """Every part, put together and given back at the end.

    `bring_up` brings an old schema up; a brand-new embedded database is always set up. Raises SchemaError, CourseError,
    SettingsError or DatabaseAway, each in words for the host.
    """
    with _ready_database(settings, bring_up=bring_up) as db:
        parts = _assemble(settings, db, transport or choose_transport(settings))
        require_keys(db, parts.keys)
        with closing(parts.transport):
            yield parts


@contextmanager
def open_store(settings: Settings) -> Iterator[Store]:
    """The few parts that taking mail in wants. Raises SchemaError, SettingsError or DatabaseAway, each in words for the host."""
    require_file(settings.sqlite_path, settings.journal_dir)
    with _ready_database(settings) as db:
        keys = _keyring(settings)
        require_keys(db, keys)
        yield Store(db, keys, _rules(settings))


@contextmanager
def _ready_database(settings: Settings, *, bring_up: bool = False) -> Iterator[Database]:
    db = open_database(settings)
    try:
        if bring_up or (db.is_sqlite and schema.is_empty(db)):
            schema.upgrade(db, now=utc_now())
        schema.require(db)
        yield db
    finally:
        db.close()


def _keyring(settings: Settings) -> Keyring:
    return Keyring(
        [key.get_secret_value() for key in settings.secret_keys],
        [key.get_secret_value() for key in settings.reply_keys],
    )


def _rules(settings: Settings) -> Rules:
    return Rules(
        base_url=settings.base_url,
        mail_from=settings.mail_from,
        system_from=settings.system_from,
        reply_domain=settings.reply_domain,
        postal_address=settings.postal_address,
        host_email=settings.host_email,
        lease=timedelta(seconds=settings.lease_seconds),
        rate_per_second=settings.rate_per_second,
        assume_after=None if settings.unsure_policy == "hold" else timedelta(days=4),
        replies_kept_months=settings.replies_kept_months,
        authserv_id=settings.authserv_id,
        event_keys=settings.sendgrid_event_public_keys,
        inbound_keys=settings.sendgrid_inbound_public_keys,
        inbound_secret=settings.inbound_secret.get_secret_value() if settings.inbound_secret else None,
    )


def _assemble(settings: Settings, db: Database, transport: Transport) -> Parts:
    library, keys, rules = load_courses(settings.courses_dir), _keyring(settings), _rules(settings)
    return Parts(
        db=db,
        keys=keys,
        library=library,
        renderer=Renderer(library, base_url=rules.base_url, postal_address=rules.postal_address),
        transport=transport,
        journal=Journal(settings.journal_dir, keys),
        rules=rules,
    )
