"""Drop the CHECK constraints that list the words of an enumeration: a new kind, state or reason needs no migration.

The enumerations in `domain` are the only list; `db.types.words` refuses any other word before it reaches the database.

Revision ID: 0009
Revises: 0008
"""

import re
from collections.abc import Callable
from functools import partial

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_LISTS: dict[str, dict[str, tuple[str, ...]]] = {
    "enrollment": {
        "pace": ("weekly", "two-weeks", "four-weeks", "ready"),
        "state": ("pending", "active", "paused", "completed", "left"),
        "left_reason": ("asked", "complaint", "bounced", "erased", "expired"),
        "pause_reason": ("reader", "host", "course"),
    },
    "delivery": {
        "kind": ("lesson", "copy", "correction", "confirm", "receipt", "relay", "alert", "own", "reminder"),
        "state": ("claimed", "sending", "accepted", "delivered", "deferred", "bounced", "refused", "held", "unsure"),
        "reason": ("", "template", "refused", "assumed", "evidence", "host", "later", "stopped"),
    },
}
"""By table and column: the words that version 0008 lists."""


def upgrade() -> None:
    for table, columns in _LISTS.items():
        if _is_sqlite():
            names = "|".join(f"ck_{table}_{column}" for column in columns)
            check = re.compile(rf",\s*CONSTRAINT ({names}) CHECK \([^()]*\([^()]*\)\)")
            _rewrite(table, partial(check.sub, ""))
        else:
            for column in columns:
                op.drop_constraint(op.f(f"ck_{table}_{column}"), table, type_="check")


def downgrade() -> None:
    for table, columns in _LISTS.items():
        checks = {
            f"ck_{table}_{column}": "{} IN ({})".format(column, ", ".join(f"'{word}'" for word in words))
            for column, words in columns.items()
        }
        if _is_sqlite():
            added = "".join(f", \n\tCONSTRAINT {name} CHECK ({check})" for name, check in checks.items())
            _rewrite(table, partial(_with_checks, added))
        else:
            for name, check in checks.items():
                op.create_check_constraint(op.f(name), table, check)


def _with_checks(added: str, sql: str) -> str:
    return sql.rstrip().removesuffix(")").rstrip() + added + "\n)"


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _rewrite(table: str, change: Callable[[str], str]) -> None:
    """Change the text of a SQLite table where SQLite keeps it (https://www.sqlite.org/lang_altertable.html, section 7).

    A new table in its place would delete the rows that refer to the old one.
    """
    connection = op.get_bind()
    find = sa.text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :table").bindparams(table=table)
    sql = connection.execute(find).scalar_one()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    connection.exec_driver_sql(
        "UPDATE sqlite_schema SET sql = ? WHERE type = 'table' AND name = ?", (change(sql), table)
    )
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=OFF")
