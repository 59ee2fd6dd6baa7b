"""What readers deleted is found by an index, however much is kept beside it.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, column in (("reply", "deleted_at"), ("reader_key", "retired_at")):
        rows = sa.text(f"{column} IS NOT NULL")
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], sqlite_where=rows, postgresql_where=rows)


def downgrade() -> None:
    op.drop_index(op.f("ix_reader_key_retired_at"), "reader_key")
    op.drop_index(op.f("ix_reply_deleted_at"), "reply")
