"""Quiet dates stand with the enrollment; the next lesson can wait for its reader's word, who is reminded of it once.

Revision ID: 0006
Revises: 0005
"""

from collections import defaultdict
from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_KINDS = ("lesson", "copy", "correction", "confirm", "receipt", "relay", "alert", "own")
_INDEX = "ix_enrollment_remind_at"
_enrollment = sa.table(
    "enrollment",
    sa.column("id", sa.String),
    sa.column("quiet", sa.String),
    sa.column("waits", sa.Boolean),
    sa.column("due_at", sa.DateTime(timezone=True)),
    sa.column("wake_at", sa.DateTime(timezone=True)),
    sa.column("last_accepted_at", sa.DateTime(timezone=True)),
)
_quiet_date = sa.table("quiet_date", sa.column("enrollment_id", sa.String), sa.column("day", sa.Date))


def upgrade() -> None:
    op.add_column("enrollment", sa.Column("waits", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("enrollment", sa.Column("remind_at", sa.DateTime(timezone=True)))
    op.add_column("enrollment", sa.Column("quiet", sa.String(255), nullable=False, server_default=sa.text("''")))
    where = sa.text("remind_at IS NOT NULL AND state = 'active'")
    op.create_index(op.f(_INDEX), "enrollment", ["remind_at"], sqlite_where=where, postgresql_where=where)
    days = defaultdict(list)
    for ident, day in op.get_bind().execute(sa.select(_quiet_date.c.enrollment_id, _quiet_date.c.day)):
        days[ident].append(day.isoformat())
    for ident, found in days.items():
        _update(ident, quiet=",".join(sorted(found)[:12]))
    op.drop_table("quiet_date")
    _check_kinds(_KINDS, (*_KINDS, "reminder"))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM delivery WHERE kind = 'reminder'"))
    _check_kinds((*_KINDS, "reminder"), _KINDS)
    op.create_table(
        "quiet_date",
        sa.Column("enrollment_id", sa.String(26), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollment.id"], name=op.f("fk_quiet_date_enrollment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("enrollment_id", "day", name=op.f("pk_quiet_date")),
    )
    rows = op.get_bind().execute(sa.select(_enrollment).where(sa.or_(_enrollment.c.quiet != "", _enrollment.c.waits)))
    for row in rows.all():
        for day in filter(None, row.quiet.split(",")):
            if not day.startswith("--"):  # one that is meant every year cannot be said there
                op.execute(sa.text("INSERT INTO quiet_date VALUES (:who, :day)").bindparams(who=row.id, day=day))
        if row.waits and row.last_accepted_at is not None:  # nobody there would ask its reader
            due = row.last_accepted_at + timedelta(days=6)
            _update(row.id, due_at=due, wake_at=due)
    op.drop_index(op.f(_INDEX), "enrollment")
    for column in ("quiet", "remind_at", "waits"):
        op.drop_column("enrollment", column)


def _update(ident: str, **values: object) -> None:
    op.execute(_enrollment.update().where(_enrollment.c.id == ident).values(**values))


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
