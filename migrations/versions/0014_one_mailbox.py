"""A sign-up has a fingerprint of its mailbox, whatever dots and plus the address has.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("signup", sa.Column("mailbox_index", sa.LargeBinary(32)))
    op.create_index(op.f("ix_signup_mailbox_index"), "signup", ["mailbox_index"])


def downgrade() -> None:
    op.drop_index(op.f("ix_signup_mailbox_index"), "signup")
    op.drop_column("signup", "mailbox_index")
