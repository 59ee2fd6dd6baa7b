"""When a date was set is kept beside it: what was set after an instant that has not come yet was set by a wrong clock.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INDEX, WHERE = "ix_enrollment_set_at", sa.text("set_at IS NOT NULL AND state = 'active'")


def upgrade() -> None:
    op.add_column("enrollment", sa.Column("set_at", sa.DateTime(timezone=True)))
    op.create_index(INDEX, "enrollment", ["set_at"], sqlite_where=WHERE, postgresql_where=WHERE)


def downgrade() -> None:
    op.drop_index(INDEX, "enrollment")
    op.drop_column("enrollment", "set_at")
