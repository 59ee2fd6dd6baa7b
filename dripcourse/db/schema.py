"""The schema's versions: what the database has, what the code wants, and the way between."""

from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, inspect, select

from dripcourse.db.models import Instance
from dripcourse.db.session import Database, fingerprint
from dripcourse.domain.errors import SchemaError

_PACKAGE = Path(__file__).resolve().parent.parent


def migrations_folder() -> Path:
    """Where the migrations are: inside an installed package, or beside it in a checkout."""
    shipped = _PACKAGE / "_files" / "migrations"
    return shipped if shipped.is_dir() else _PACKAGE.parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    return config


def wanted() -> str:
    """The version this code was written for."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise SchemaError("This installation has no migrations; install dripcourse again.")
    return head


def current(db: Database) -> str | None:
    """The version the database is at, or None if it has none."""
    with db.read() as session:
        return MigrationContext.configure(session.connection()).get_current_revision()


def is_empty(db: Database) -> bool:
    """Whether there is no table at all yet."""
    with db.read() as session:
        return not inspect(session.connection()).get_table_names()


def upgrade(db: Database, *, now: datetime, to: str = "head") -> None:
    """Bring the schema up, and set the seal that tells this database from a copy if it has none yet."""
    with db.write() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.connection().exec_driver_sql("SELECT pg_advisory_xact_lock(7291001)")  # one migrator at a time
        config = _config()
        config.attributes["connection"] = session.connection()
        command.upgrade(config, to)
        if to == "head" and session.scalar(select(Instance.id)) is None:
            session.execute(insert(Instance).values(id=1, fingerprint=fingerprint(session), sealed_at=now, epoch=1))


def downgrade(db: Database, *, to: str = "base") -> None:
    """Take the schema down. For tests and for undoing a bad upgrade; tables that go take their rows with them."""
    with db.write() as session:
        config = _config()
        config.attributes["connection"] = session.connection()
        command.downgrade(config, to)


def require(db: Database) -> None:
    """Raises SchemaError, naming the command, unless the database is exactly at the version this code wants."""
    has, wants = current(db), wanted()
    if has == wants:
        return
    if has is None:
        raise SchemaError("The database has no tables yet. Run: dripcourse db upgrade")
    if has in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}:
        raise SchemaError("The database is older than this version of dripcourse. Run: dripcourse db upgrade")
    raise SchemaError("The database is newer than this version of dripcourse. Install the newer dripcourse again.")
