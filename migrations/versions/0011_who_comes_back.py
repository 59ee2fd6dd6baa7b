"""Suppressions that were lifted are kept with the reason; a consent knows its sign-up; the owner's "never" is a reason of its own.

Until now "asked" stood for the owner's "never" and for every other wish to get no more. Of somebody who never confirmed anything it can
only have been the button on the confirmation page.

Revision ID: 0011
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0017"
branch_labels = None
depends_on = None

_NEVER = """UPDATE suppression SET reason = 'never' WHERE reason = 'asked' AND NOT EXISTS (
    SELECT 1 FROM subscriber JOIN enrollment ON enrollment.subscriber_id = subscriber.id
    WHERE subscriber.address_index = suppression.address_index AND enrollment.confirmed_at IS NOT NULL)"""
_SIGNUPS = """UPDATE consent SET signup_id = (
    SELECT min(signup.id) FROM signup
    WHERE signup.enrollment_id = consent.enrollment_id AND signup.requested_at = consent.asked_at)"""


def upgrade() -> None:
    op.create_table(
        "lift",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("address_index", sa.LargeBinary(32), nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("why", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lift")),
    )
    op.create_index(op.f("ix_lift_address_index"), "lift", ["address_index"])
    op.add_column("consent", sa.Column("signup_id", sa.String(26)))
    op.create_index(op.f("ix_consent_signup_id"), "consent", ["signup_id"])
    op.execute(_NEVER)
    op.execute(_SIGNUPS)


def downgrade() -> None:
    op.execute("UPDATE suppression SET reason = 'asked' WHERE reason = 'never'")
    op.drop_index(op.f("ix_consent_signup_id"), "consent")
    op.drop_column("consent", "signup_id")
    op.drop_index(op.f("ix_lift_address_index"), "lift")
    op.drop_table("lift")
