"""Alembic's environment: one connection, handed in by the store."""

from alembic import context

from feedback.store._tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
