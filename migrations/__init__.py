"""Alembic migrations of the ledger: expand-only, run by the program at start after a backup."""

# The newest revision, known without importing Alembic: a start that has nothing to migrate stays fast.
HEAD = "0005"
