"""Runs the migrations in `versions/` on the connection that `schema.prepare` has opened."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
