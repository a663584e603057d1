"""What the entries tell of the drops' windows, read beside a running bot."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
from sqlalchemy import Connection, select

from bot.domain.window_story import KINDS, WindowFact
from bot.storage import tables


def window_facts(connection: Connection, channel_id: int) -> Iterator[WindowFact]:
    """The entries about windows, in the order of the ledger. Raises DBAPIError."""
    entry = tables.entry.c
    query = (
        select(entry.kind, entry.drop_key, entry.canonical, entry.at)
        .where(entry.channel_id == channel_id, entry.kind.in_(KINDS))
        .order_by(entry.number)
    )
    for row in connection.execute(query):
        yield WindowFact(row.kind, row.drop_key, orjson.loads(row.canonical)["public"], row.at)


def ledger_id(connection: Connection, channel_id: int) -> str:
    """What no other ledger has, "" for one without an entry: the beginning of its first leaf, which is salted."""
    entry = tables.entry.c
    first = select(entry.leaf_hash).where(entry.channel_id == channel_id).order_by(entry.number).limit(1)
    leaf = connection.scalar(first)
    return "" if leaf is None else bytes(leaf).hex()[:16]
