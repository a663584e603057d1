"""Freezing and thawing in the lane, and what a ledger can still tell after a repair."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, func, select

from bot.domain.drops import Drop
from bot.domain.ledger import Fact
from bot.domain.poll_box import cancelling_facts
from bot.domain.restore import DropsFrozen, FreezeDrops, ThawDecision, ThawDrop, decide_thaw, freeze_facts
from bot.domain.time import Micros
from bot.storage import tables
from bot.storage.batch import Batch
from bot.storage.database import ledger_url, snapshot_engine
from bot.storage.drops import load_drops


def handle_freeze(batch: Batch, command: FreezeDrops, moment: Micros) -> DropsFrozen:
    """Freeze drops and cancel open polls within the batch. The lane's moment is the last that the ledger knows: see
    `last_moment`."""
    part = batch.book.participation
    for fact in freeze_facts(tuple(batch.book.drops.values()), moment):
        batch.record(fact, moment)
    for poll in [poll for poll in part.polls.values() if poll.open]:
        # Whose vote came after the copy, and who has changed theirs, nobody can tell any more.
        cancelled = Fact("poll.cancelled", poll.scope, {"why": "restored"})
        for fact in cancelling_facts(poll, cancelled, part.box(batch.connection, poll).votes):
            batch.record(fact, moment)
    return DropsFrozen(tuple(key for key, drop in batch.book.drops.items() if drop.frozen))


def handle_thaw(batch: Batch, command: ThawDrop, moment: Micros) -> ThawDecision:
    """Write off what was lost and let the drop go on, within the batch."""
    batch.write_rows()
    taken = _taken(batch.connection, batch.channel_id, command.drop)
    decision, facts = decide_thaw(batch.book.drops, taken, command, moment)
    for fact in facts:
        batch.record(fact, moment)
    return decision


def _taken(connection: Connection, channel_id: int, drop: str) -> frozenset[int]:
    numbers: list[int] = []
    for table in (tables.unit, tables.lost_unit):
        where = (table.c.channel_id == channel_id) & (table.c.drop_key == drop)
        numbers += connection.scalars(select(table.c.number).where(where))
    return frozenset(numbers)


def last_moment(connection: Connection, channel_id: int) -> Micros:
    """The last moment of which the ledger knows anything: nobody can tell what happened after it. 0 when empty."""
    entry, outcome = tables.entry.c, tables.outcome.c
    asked = (
        select(func.max(entry.at)).where(entry.channel_id == channel_id),
        select(func.max(outcome.at)).where(outcome.channel_id == channel_id),
    )
    return max(connection.scalar(query) or 0 for query in asked)


def frozen_drops(url: str, channel_id: int) -> dict[str, Drop]:
    """The drops that wait for the last number made public, read beside a running bot.

    Raises OperationalError where there is no ledger."""
    engine = snapshot_engine(ledger_url(url))
    try:
        with engine.connect() as connection:
            return {key: drop for key, drop in load_drops(connection, channel_id).items() if drop.frozen}
    finally:
        engine.dispose()


def card_references(url: str, channel_id: int, drops: Collection[str]) -> dict[str, list[str]]:
    """The ids of the cards about these drops that were posted in each place, as far as the ledger knows."""
    outbox = tables.outbox.c
    query = select(outbox.place, outbox.reference).where(
        outbox.channel_id == channel_id, outbox.drop_key.in_(drops), outbox.reference != ""
    )
    engine = snapshot_engine(ledger_url(url))
    references: dict[str, list[str]] = {}
    try:
        with engine.connect() as connection:
            for place, reference in connection.execute(query):
                references.setdefault(place, []).append(reference)
    finally:
        engine.dispose()
    return references
