"""A cover of a reader's own is sealed like all that they write.

No key is at hand here, so a cover that stood plain cannot be sealed: it is dropped, and its reader's mails are discreet again until
they choose one anew. Covers are as young as this change (nothing was released yet), and forgetting is the safe side.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("enrollment", sa.Column("cover_sealed", sa.LargeBinary()))
    for column in ("cover_name", "cover_subject"):
        op.drop_column("enrollment", column)


def downgrade() -> None:
    op.add_column("enrollment", sa.Column("cover_name", sa.String(64)))
    op.add_column("enrollment", sa.Column("cover_subject", sa.String(128)))
    op.drop_column("enrollment", "cover_sealed")
