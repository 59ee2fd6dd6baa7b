"""A phrase is told from guesses, and once set it stays remembered; a link to one's own words is a mail of its own kind.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_KINDS = ("lesson", "copy", "correction", "confirm", "receipt", "relay", "alert")
_INDEX = "uq_reader_key_in_use"


def upgrade() -> None:
    op.add_column("subscriber", sa.Column("phrase_since", sa.DateTime(timezone=True)))
    op.add_column("reader_key", sa.Column("tries", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("reader_key", sa.Column("tries_since", sa.DateTime(timezone=True)))
    where = sa.text("retired_at IS NULL")
    op.create_index(_INDEX, "reader_key", ["subscriber_id"], unique=True, sqlite_where=where, postgresql_where=where)
    _check_kinds(_KINDS, (*_KINDS, "own"))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM delivery WHERE kind = 'own'"))
    _check_kinds((*_KINDS, "own"), _KINDS)
    op.drop_index(_INDEX, "reader_key")
    op.drop_column("reader_key", "tries_since")
    op.drop_column("reader_key", "tries")
    op.drop_column("subscriber", "phrase_since")


def _check_kinds(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Let the CHECK on a delivery's kind list other words.

    SQLite cannot change one, and making the table anew would let what hangs on its rows go with them. So its text is changed where
    SQLite keeps it, as https://www.sqlite.org/lang_altertable.html (7) says for just this.
    """
    name, lists = "ck_delivery_kind", ["kind IN ({})".format(", ".join(f"'{kind}'" for kind in each)) for each in (before, after)]
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint(op.f(name), "delivery", type_="check")
        op.create_check_constraint(op.f(name), "delivery", lists[1])
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    connection.exec_driver_sql(
        "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'delivery'", tuple(lists)
    )
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=OFF")
