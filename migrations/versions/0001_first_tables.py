"""Every table that the design needs, so that nothing later has to bend them.

Revision ID: 0001
Revises: nothing
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
IDENT = sa.String(26)
DIGEST = sa.LargeBinary(32)


def upgrade() -> None:
    op.create_table(
        "beat",
        sa.Column("id", IDENT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("beat_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_beat")),
    )
    op.create_table(
        "circuit",
        sa.Column("transport", sa.String(64), nullable=False),
        sa.Column("opened_at", INSTANT),
        sa.Column("probe_at", INSTANT),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("transport", name=op.f("pk_circuit")),
    )
    op.create_table(
        "consent_text",
        sa.Column("hash", DIGEST, nullable=False),
        sa.Column("language", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_consent_text")),
    )
    op.create_table(
        "instance",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.String(255), nullable=False),
        sa.Column("sealed_at", INSTANT, nullable=False),
        sa.Column("key_check", sa.LargeBinary()),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_instance_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance")),
    )
    op.create_table(
        "lesson_text",
        sa.Column("hash", DIGEST, nullable=False),
        sa.Column("course", sa.String(64), nullable=False),
        sa.Column("slug", sa.String(64), nullable=False),
        sa.Column("perspective", sa.String(64), nullable=False),
        sa.Column("language", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_lesson_text")),
    )
    op.create_table(
        "provider_event",
        sa.Column("id", sa.String(128), nullable=False),
        sa.Column("delivery_id", IDENT),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("detail", sa.String(255), nullable=False),
        sa.Column("happened_at", INSTANT, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("handled_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_event")),
    )
    op.create_index(op.f("ix_provider_event_delivery_id"), "provider_event", ["delivery_id"])
    _index_where("ix_provider_event_unhandled", "provider_event", ["received_at"], "handled_at IS NULL")
    op.create_table(
        "subscriber",
        sa.Column("id", IDENT, nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("address_index", DIGEST, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("reads_alone", sa.Boolean(), nullable=False),
        sa.Column("bounce_score", sa.Double(), nullable=False),
        sa.Column("bounced_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriber")),
        sa.UniqueConstraint("address_index", name=op.f("uq_subscriber_address_index")),
    )
    op.create_table(
        "suppression",
        sa.Column("address_index", DIGEST, nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("address_index", name=op.f("pk_suppression")),
    )
    op.create_table(
        "enrollment",
        sa.Column("id", IDENT, nullable=False),
        sa.Column("subscriber_id", IDENT, nullable=False),
        sa.Column("course", sa.String(64), nullable=False),
        sa.Column("perspective", sa.String(64)),
        sa.Column("language", sa.String(64), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("offset_minutes", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer()),
        sa.Column("hour", sa.Integer()),
        sa.Column("pace", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("left_reason", sa.String(16)),
        sa.Column("pause_reason", sa.String(16)),
        sa.Column("paused_until", INSTANT),
        sa.Column("due_at", INSTANT),
        sa.Column("wake_at", INSTANT),
        sa.Column("promised_at", INSTANT),
        sa.Column("last_lesson", sa.String(64)),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("last_accepted_at", INSTANT),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("confirmed_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.Column("subject_style", sa.String(64), nullable=False),
        sa.Column("cover_name", sa.String(64)),
        sa.Column("cover_subject", sa.String(128)),
        sa.Column("behind_link", sa.Boolean(), nullable=False),
        sa.Column("reminders", sa.Boolean(), nullable=False),
        _one_of("enrollment", "pace", "weekly", "two-weeks", "four-weeks", "ready"),
        _one_of("enrollment", "state", "pending", "active", "paused", "completed", "left"),
        _one_of("enrollment", "left_reason", "asked", "complaint", "bounced", "erased", "expired"),
        _one_of("enrollment", "pause_reason", "reader", "host", "course"),
        sa.CheckConstraint("hour BETWEEN 0 AND 23", name=op.f("ck_enrollment_hour")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_enrollment_weekday")),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name=op.f("fk_enrollment_subscriber_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollment")),
    )
    op.create_index(op.f("ix_enrollment_created_at"), "enrollment", ["created_at"])
    _index_where("ix_enrollment_due_at", "enrollment", ["due_at"], "due_at IS NOT NULL AND state = 'active'")
    _index_where("ix_enrollment_paused_until", "enrollment", ["paused_until"], "paused_until IS NOT NULL")
    _index_where("ix_enrollment_pending", "enrollment", ["created_at"], "state = 'pending'")
    op.create_index(op.f("ix_enrollment_subscriber_id"), "enrollment", ["subscriber_id", "course"])
    _index_where("ix_enrollment_waiting", "enrollment", ["course"], "pause_reason = 'course'")
    _index_where("ix_enrollment_wake_at", "enrollment", ["wake_at"], "wake_at IS NOT NULL AND state = 'active'")
    _index_where(
        "uq_enrollment_live",
        "enrollment",
        ["subscriber_id", "course"],
        "state IN ('pending', 'active', 'paused')",
        unique=True,
    )
    op.create_table(
        "reader_key",
        sa.Column("id", IDENT, nullable=False),
        sa.Column("subscriber_id", IDENT, nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped_private", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped_by", sa.String(64), nullable=False),
        sa.Column("phrase_salt", sa.LargeBinary(16)),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("retired_at", INSTANT),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name=op.f("fk_reader_key_subscriber_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reader_key")),
    )
    op.create_index(op.f("ix_reader_key_subscriber_id"), "reader_key", ["subscriber_id"])
    op.create_table(
        "consent",
        sa.Column("id", IDENT, nullable=False),
        sa.Column("enrollment_id", IDENT, nullable=False),
        sa.Column("text_hash", DIGEST, nullable=False),
        sa.Column("how", sa.String(64), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollment.id"], name=op.f("fk_consent_enrollment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["text_hash"], ["consent_text.hash"], name=op.f("fk_consent_text_hash")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_enrollment_id"), "consent", ["enrollment_id"])
    op.create_table(
        "quiet_date",
        sa.Column("enrollment_id", IDENT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollment.id"], name=op.f("fk_quiet_date_enrollment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("enrollment_id", "day", name=op.f("pk_quiet_date")),
    )
    op.create_table(
        "signup",
        sa.Column("id", IDENT, nullable=False),
        sa.Column("address_index", DIGEST, nullable=False),
        sa.Column("payload_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("how", sa.String(64), nullable=False),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("handled_at", INSTANT),
        sa.Column("confirmed_at", INSTANT),
        sa.Column("enrollment_id", IDENT),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollment.id"], name=op.f("fk_signup_enrollment_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signup")),
    )
    op.create_index(op.f("ix_signup_address_index"), "signup", ["address_index"])
    op.create_index(op.f("ix_signup_enrollment_id"), "signup", ["enrollment_id"])
    op.create_index(op.f("ix_signup_requested_at"), "signup", ["requested_at"])
    _index_where("ix_signup_unhandled", "signup", ["requested_at"], "handled_at IS NULL")
    op.create_table(
        "delivery",
        sa.Column("id", IDENT, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("enrollment_id", IDENT),
        sa.Column("signup_id", IDENT),
        sa.Column("recipient", DIGEST, nullable=False),
        sa.Column("course", sa.String(64), nullable=False),
        sa.Column("lesson", sa.String(64)),
        sa.Column("lesson_text", DIGEST),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("detail", sa.String(255), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("wake_at", INSTANT),
        sa.Column("due_at", INSTANT),
        sa.Column("claimed_at", INSTANT, nullable=False),
        sa.Column("marked_at", INSTANT),
        sa.Column("accepted_at", INSTANT),
        sa.Column("promise_at", INSTANT),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("provider_ref", sa.String(128)),
        sa.Column("revoked_at", INSTANT),
        _one_of("delivery", "kind", "lesson", "copy", "correction", "confirm", "receipt", "relay", "alert"),
        _one_of(
            "delivery",
            "state",
            "claimed",
            "sending",
            "accepted",
            "delivered",
            "deferred",
            "bounced",
            "refused",
            "held",
            "unsure",
        ),
        _one_of("delivery", "reason", "", "template", "refused", "assumed", "evidence", "host", "later", "stopped"),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollment.id"], name=op.f("fk_delivery_enrollment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["lesson_text"], ["lesson_text.hash"], name=op.f("fk_delivery_lesson_text")),
        sa.ForeignKeyConstraint(["signup_id"], ["signup.id"], name=op.f("fk_delivery_signup_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_delivery_kind_key")),
    )
    op.create_index(op.f("ix_delivery_changed_at"), "delivery", ["changed_at"])
    _index_where("ix_delivery_confirm", "delivery", ["claimed_at"], "kind = 'confirm'")
    op.create_index(op.f("ix_delivery_enrollment_id"), "delivery", ["enrollment_id"])
    _index_where("ix_delivery_held", "delivery", ["course"], "state = 'held'")
    op.create_index(op.f("ix_delivery_provider_ref"), "delivery", ["provider_ref"])
    op.create_index(op.f("ix_delivery_recipient"), "delivery", ["recipient", "kind", "claimed_at"])
    op.create_index(op.f("ix_delivery_signup_id"), "delivery", ["signup_id"])
    _index_where("ix_delivery_wake_at", "delivery", ["state", "wake_at"], "wake_at IS NOT NULL")
    op.create_table(
        "inbound",
        sa.Column("id", IDENT, nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("door", sa.String(64), nullable=False),
        sa.Column("raw_sealed", sa.LargeBinary()),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("wake_at", INSTANT),
        sa.Column("handled_at", INSTANT),
        sa.Column("verdict", sa.String(16)),
        sa.Column("reason", sa.String(255), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("delivery_id", IDENT),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_inbound_delivery_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound")),
        sa.UniqueConstraint("digest", name=op.f("uq_inbound_digest")),
    )
    op.create_index(op.f("ix_inbound_delivery_id"), "inbound", ["delivery_id"])
    op.create_index(op.f("ix_inbound_received_at"), "inbound", ["received_at"])
    _index_where("ix_inbound_wake_at", "inbound", ["wake_at"], "wake_at IS NOT NULL")
    op.create_table(
        "reply",
        sa.Column("id", IDENT, nullable=False),
        sa.Column("enrollment_id", IDENT, nullable=False),
        sa.Column("delivery_id", IDENT),
        sa.Column("inbound_id", IDENT),
        sa.Column("reader_key_id", IDENT, nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("raw_sealed", sa.LargeBinary()),
        sa.Column("host_sealed", sa.LargeBinary()),
        sa.Column("sender", sa.String(64), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("shared_at", INSTANT),
        sa.Column("deleted_at", INSTANT),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_reply_delivery_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollment.id"], name=op.f("fk_reply_enrollment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reader_key_id"], ["reader_key.id"], name=op.f("fk_reply_reader_key_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
        sa.UniqueConstraint("inbound_id", name=op.f("uq_reply_inbound_id")),
    )
    op.create_index(op.f("ix_reply_delivery_id"), "reply", ["delivery_id"])
    op.create_index(op.f("ix_reply_enrollment_id"), "reply", ["enrollment_id"])
    op.create_index(op.f("ix_reply_reader_key_id"), "reply", ["reader_key_id"])


def downgrade() -> None:
    # each after those that point at it; a table takes its indexes with it
    for table in (
        "reply",
        "inbound",
        "delivery",
        "signup",
        "quiet_date",
        "consent",
        "reader_key",
        "enrollment",
        "suppression",
        "subscriber",
        "provider_event",
        "lesson_text",
        "instance",
        "consent_text",
        "circuit",
        "beat",
    ):
        op.drop_table(table)


def _one_of(table: str, column: str, *words: str) -> sa.CheckConstraint:
    """A column that holds one of these words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))


def _index_where(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    """An index over some of the rows only."""
    rows = sa.text(where)
    op.create_index(op.f(name), table, columns, unique=unique, sqlite_where=rows, postgresql_where=rows)
