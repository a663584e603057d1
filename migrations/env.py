"""How Alembic runs here: always on a connection that the program hands in, never on one of its own."""

from __future__ import annotations

from alembic import context

from bot.storage.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    # SQLite alters a table by copying it; foreign keys are off meanwhile (see bot/storage/upgrade.py).
    render_as_batch=connection.dialect.name == "sqlite",
)
context.run_migrations()
