"""What an answer says is kept, sealed; how often a message was begun is counted.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("answer_sealed", sa.LargeBinary()))
    op.add_column("inbound", sa.Column("attempts", sa.Integer(), nullable=False, server_default=sa.text("0")))


def downgrade() -> None:
    op.drop_column("inbound", "attempts")
    op.drop_column("delivery", "answer_sealed")
