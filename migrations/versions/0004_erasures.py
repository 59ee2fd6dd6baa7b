"""That an erasure was asked for is remembered until it is done; what was kept for long enough is found by an index.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("subscriber_id", sa.String(26), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wake_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name=op.f("fk_erasure_subscriber_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subscriber_id", name=op.f("pk_erasure")),
    )
    op.create_index(op.f("ix_erasure_wake_at"), "erasure", ["wake_at"])
    op.create_index(op.f("ix_reply_received_at"), "reply", ["received_at"])
    op.create_index(op.f("ix_provider_event_received_at"), "provider_event", ["received_at"])
    rows = sa.text("answer_sealed IS NOT NULL")
    op.create_index(
        op.f("ix_delivery_answer"), "delivery", ["changed_at"], sqlite_where=rows, postgresql_where=rows
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_delivery_answer"), "delivery")
    op.drop_index(op.f("ix_provider_event_received_at"), "provider_event")
    op.drop_index(op.f("ix_reply_received_at"), "reply")
    op.drop_table("erasure")
