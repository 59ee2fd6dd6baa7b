"""Indexes over the few rows that stand still, so that `dripcourse status` reads no others.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_enrollment_going": ("enrollment", ["course"], "state IN ('active', 'paused')"),
    "ix_enrollment_in_hand": ("enrollment", ["last_accepted_at"], "due_at IS NULL AND state = 'active'"),
    "ix_enrollment_put_off": ("enrollment", ["promised_at"], "promised_at < due_at AND state = 'active'"),
    "ix_delivery_asleep": ("delivery", ["state"], "wake_at IS NULL AND state IN ('claimed', 'sending', 'unsure')"),
    "ix_delivery_set_back": ("delivery", ["state", "changed_at"], "state IN ('deferred', 'bounced', 'refused')"),
    "ix_inbound_open": ("inbound", ["received_at"], "handled_at IS NULL OR verdict IS NULL"),
}


def upgrade() -> None:
    for name, (table, columns, where) in INDEXES.items():
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    for name, (table, _, _) in INDEXES.items():
        op.drop_index(name, table)
