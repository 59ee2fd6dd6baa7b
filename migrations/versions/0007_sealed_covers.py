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
    # PostgreSQL only hides a column that is dropped: what stood in it stays among the bytes of its row unless it is taken out before
    worn = "cover_name IS NOT NULL OR cover_subject IS NOT NULL"
    op.execute(sa.text(f"UPDATE enrollment SET cover_name = NULL, cover_subject = NULL WHERE {worn}"))
    op.execute(_discreet())
    op.add_column("enrollment", sa.Column("cover_sealed", sa.LargeBinary()))
    for column in ("cover_name", "cover_subject"):
        op.drop_column("enrollment", column)


def downgrade() -> None:
    op.execute(_discreet())
    op.add_column("enrollment", sa.Column("cover_name", sa.String(64)))
    op.add_column("enrollment", sa.Column("cover_subject", sa.String(128)))
    op.drop_column("enrollment", "cover_sealed")


def _discreet() -> sa.TextClause:
    """Nobody is said to have a cover of their own when there is none any more."""
    return sa.text("UPDATE enrollment SET subject_style = 'discreet' WHERE subject_style = 'own'")
