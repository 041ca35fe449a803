"""What Alembic runs: the steps of ``versions/`` on the connection that it is given."""

from __future__ import annotations

from alembic import context

from twofold.store.schema import METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
