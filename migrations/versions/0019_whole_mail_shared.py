"""The host's copy of the whole mail that a shared answer came in.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reply", sa.Column("host_whole_sealed", sa.LargeBinary()))


def downgrade() -> None:
    op.drop_column("reply", "host_whole_sealed")
