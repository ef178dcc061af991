"""Run by Alembic for each migration, with the store's own connection and within its transaction."""

from alembic import context
from sqlalchemy import Connection

from tmcwall.db.tables import metadata

connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, transactional_ddl=True)
context.run_migrations()
