# noqa: INP001 - Alembic loads this file by its path
"""Runs the migrations on the connection that `Database` hands over."""

from alembic import context

from tmcwall.server.tables import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
