"""Moves in the lane: an announced drop gets another window, and what it had before is found again."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from sqlalchemy import Connection, select

from bot.domain.moved import Move, Window, move_told
from bot.domain.moving import DropMoved, MoveDecision, MoveDrop, decide_move
from bot.domain.time import Micros
from bot.storage import tables
from bot.storage.batch import Batch
from bot.storage.database import ledger_url, snapshot_engine

MOVED = "drop.moved"


def handle(batch: Batch, command: MoveDrop, moment: Micros) -> MoveDecision:
    """Decide one move within the batch, and remember it so that its doer can take it back."""
    by = batch.person(command.actor, moment)
    decision, facts = decide_move(tuple(batch.book.drops.values()), command, moment)
    entries = [batch.record(fact, moment) for fact in facts]
    if isinstance(decision, DropMoved):
        batch.actions.add((batch.channel_id, entries[-1].number, by.id, MOVED, decision.drop, 0, 0, moment, 0))
    return decision


def move_of(connection: Connection, channel_id: int, entry_number: int) -> Move:
    """What that entry of the ledger has moved, from which window to which. Raises NoResultFound."""
    entry = tables.entry.c
    query = select(entry.canonical).where(entry.channel_id == channel_id, entry.number == entry_number)
    return _told(connection.execute(query).scalar_one())


def overtaken(connection: Connection, channel_id: int) -> Mapping[str, frozenset[Window]]:
    """By drop, the windows from which moderators have moved it away: a file that asks for one of them is older."""
    action, entry = tables.action.c, tables.entry.c
    # The few deeds of moderators lead to the entries: nothing is searched through.
    query = (
        select(action.drop_key, entry.canonical)
        .join(tables.entry, (entry.channel_id == action.channel_id) & (entry.number == action.entry_number))
        .where(action.channel_id == channel_id, action.kind == MOVED, action.undone == 0)
    )
    found: dict[str, frozenset[Window]] = {}
    for drop, canonical in connection.execute(query):
        found[drop] = found.get(drop, frozenset()) | {_told(canonical).was}
    return found


def read_overtaken(url: str, channel_id: int) -> Mapping[str, frozenset[Window]]:
    """The same, read beside a running bot. Raises OperationalError where there is no ledger yet."""
    engine = snapshot_engine(ledger_url(url))
    try:
        with engine.connect() as connection:
            return overtaken(connection, channel_id)
    finally:
        engine.dispose()


def _told(canonical: bytes) -> Move:
    return move_told(orjson.loads(canonical)["public"])
