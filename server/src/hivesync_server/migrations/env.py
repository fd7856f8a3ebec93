"""Run by Alembic: uses the connection it is given, inside its transaction; there is no offline mode."""

from alembic import context

from hivesync_server.schema import include_object, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata(),
    include_object=include_object,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
