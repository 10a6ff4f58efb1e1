"""Runs the versions on the connection that `ecp.stores.migration.migrate` hands over."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], version_table="ecp_schema_version")
with context.begin_transaction():
    context.run_migrations()
