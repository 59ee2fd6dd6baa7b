"""Alembic's way in. It is only ever called by dripcourse.db.schema, which hands over an open connection."""

from alembic import context

from dripcourse.db.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter a table in place
    compare_type=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
