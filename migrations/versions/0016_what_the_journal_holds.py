"""What the database knows of its journal, which carrier took a mail, and what each worker has before it.

Revision ID: 0016
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0009"
branch_labels = None
depends_on = None

_BEAT = ("courses", sa.Text()), ("voice", sa.String(255)), ("place", sa.String(64))


def upgrade() -> None:
    op.create_table(
        "noted",
        sa.Column("file", sa.String(64), nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stop", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("file", "start", name=op.f("pk_noted")),
    )
    op.add_column("delivery", sa.Column("carrier", sa.String(64)))
    for name, kind in _BEAT:
        op.add_column("beat", sa.Column(name, kind, server_default=sa.text("''"), nullable=False))
    turn = sa.Column("turn_in_file", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    op.add_column("instance", turn)


def downgrade() -> None:
    op.drop_column("instance", "turn_in_file")
    for name, _ in _BEAT:
        op.drop_column("beat", name)
    op.drop_column("delivery", "carrier")
    op.drop_table("noted")
