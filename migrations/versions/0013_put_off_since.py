"""Since when a mail is refused for the moment, for a reason of its own.

Revision ID: 0013
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("put_off_since", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("delivery", "put_off_since")
