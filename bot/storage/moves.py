"""What moves have replaced, read back from their entries."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from sqlalchemy import Connection, select

from bot.domain.moved import Move, Window, move_told
from bot.storage import tables
from bot.storage.database import ledger_url, snapshot_engine

MOVED = "drop.moved"


def move_of(connection: Connection, channel_id: int, entry_number: int) -> Move:
    """What that entry of the ledger has moved, from which window to which. Raises NoResultFound."""
    entry = tables.entry.c
    query = select(entry.canonical).where(entry.channel_id == channel_id, entry.number == entry_number)
    return _told(connection.execute(query).scalar_one())


def overtaken(connection: Connection, channel_id: int | None = None) -> Mapping[str, frozenset[Window]]:
    """By drop, the windows from which moderators have moved it away: a file that asks for one of them is older.

    Of one channel, or of all those in the ledger."""
    action, entry = tables.action.c, tables.entry.c
    # The few deeds of moderators lead to the entries: nothing is searched through.
    query = (
        select(action.drop_key, entry.canonical)
        .join(tables.entry, (entry.channel_id == action.channel_id) & (entry.number == action.entry_number))
        .where(action.kind == MOVED, action.undone == 0)
    )
    if channel_id is not None:
        query = query.where(action.channel_id == channel_id)
    found: dict[str, frozenset[Window]] = {}
    for drop, canonical in connection.execute(query):
        found[drop] = found.get(drop, frozenset()) | {_told(canonical).was}
    return found


def read_overtaken(url: str) -> Mapping[str, frozenset[Window]]:
    """The same of the whole ledger, read beside a running bot. Raises OperationalError where there is none yet."""
    engine = snapshot_engine(ledger_url(url))
    try:
        with engine.connect() as connection:
            return overtaken(connection)
    finally:
        engine.dispose()


def _told(canonical: bytes) -> Move:
    return move_told(orjson.loads(canonical)["public"])
