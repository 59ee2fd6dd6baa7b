"""When the host saw an answer that a reader shares.

Revision ID: 0018
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0014"
branch_labels = None
depends_on = None

INDEX, WHERE = "ix_reply_unread", sa.text("shared_at IS NOT NULL AND host_read_at IS NULL")


def upgrade() -> None:
    op.add_column("reply", sa.Column("host_read_at", sa.DateTime(timezone=True)))
    op.create_index(INDEX, "reply", ["shared_at"], sqlite_where=WHERE, postgresql_where=WHERE)


def downgrade() -> None:
    op.drop_index(INDEX, "reply")
    op.drop_column("reply", "host_read_at")
