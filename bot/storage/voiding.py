"""Taking a unit back for good, in the lane: whose it is, and the facts of the decision."""

from __future__ import annotations

import orjson
from sqlalchemy import select

from bot.domain.drops import Drop
from bot.domain.time import Micros
from bot.domain.voiding import OwnedUnit, VoidDecision, VoidUnit, decide_void, drop_to_void
from bot.storage import tables
from bot.storage.batch import Batch


def handle(batch: Batch, command: VoidUnit, moment: Micros) -> VoidDecision:
    """Take a unit back within the batch, ask first, or refuse."""
    drop = drop_to_void(tuple(batch.book.drops.values()), command)
    if not isinstance(drop, Drop):
        return drop
    decision, facts = decide_void(drop, _owned(batch, drop.key, command.number), command)
    for fact in facts:
        batch.record(fact, moment)
    return decision


def _owned(batch: Batch, drop: str, number: int) -> OwnedUnit | None:
    """The unit of that number, if somebody holds it."""
    batch.write_rows()  # it may have been granted in this very batch
    unit, entry, mine = tables.unit.c, tables.entry.c, tables.identity.c
    granted = batch.connection.execute(
        select(unit.person_id, unit.how, entry.canonical)
        .join_from(
            tables.unit, tables.entry, (entry.channel_id == unit.channel_id) & (entry.number == unit.entry_number)
        )
        .where(unit.channel_id == batch.channel_id, unit.drop_key == drop, unit.number == number)
    ).one_or_none()
    if granted is None:
        return None
    names = select(mine.name).where(mine.channel_id == batch.channel_id, mine.person_id == granted.person_id)
    name = batch.connection.scalar(names.order_by(mine.platform.desc()).limit(1))
    passes = batch.book.participation.passes.with_unit(drop, number)
    return OwnedUnit(
        how=granted.how,
        early="window" in orjson.loads(granted.canonical)["public"],
        # Whoever was forgotten stays so: no entry names their number any more.
        person_id=None if name is None else granted.person_id,
        name=name or "",
        passes=sum(not held.voided for held in passes),
    )
