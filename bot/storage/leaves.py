"""The leaf hashes of single entries, for whoever holds a winner's receipt against the ledger."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import URL, select

from bot.storage import tables
from bot.storage.database import snapshot_engine


def read_leaves(url: URL, numbers: Collection[int]) -> dict[int, list[bytes]]:
    """The leaf hashes of the entries with these numbers, of each channel there is. Raises OperationalError."""
    if not numbers:
        return {}
    entry, found = tables.entry.c, dict[int, list[bytes]]()
    query = select(entry.number, entry.leaf_hash).where(entry.number.in_(numbers)).order_by(entry.channel_id)
    engine = snapshot_engine(url)
    try:
        with engine.connect() as connection:
            for number, leaf in connection.execute(query):
                found.setdefault(number, []).append(leaf)
    finally:
        engine.dispose()
    return found
