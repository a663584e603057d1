"""Which event of Discord's calendar is which drop's, and what it was last told: no truth, only a memory."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, insert, select

from bot.domain.calendar_step import KnownEvent, NoteEvent
from bot.domain.time import Micros
from bot.storage import tables
from bot.storage.batch import Batch
from bot.storage.database import Reads


def handle_note(batch: Batch, command: NoteEvent, moment: Micros) -> None:
    """Put what is known of a drop's event in the place of what was known before."""
    # The row points at its drop's, which may be waiting in this very batch.
    batch.write_rows()
    event = tables.calendar_event
    of_drop = (event.c.channel_id == command.channel_id) & (event.c.drop_key == command.drop)
    batch.connection.execute(delete(event).where(of_drop))
    values = {"channel_id": command.channel_id, "drop_key": command.drop}
    batch.connection.execute(insert(event), {**values, "event_id": command.event_id, "digest": command.digest})


async def known_events(reads: Reads, channel_id: int) -> Mapping[str, KnownEvent]:
    """The events that were noted, by drop."""
    event = tables.calendar_event.c
    rows = await reads.rows(select(tables.calendar_event).where(event.channel_id == channel_id))
    return {row.drop_key: KnownEvent(row.event_id, row.digest) for row in rows}
