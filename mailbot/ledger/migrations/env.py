"""Alembic runs this inside the transaction that `mailbot.ledger.database.migrate` holds."""

from alembic import context

from mailbot.ledger.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
