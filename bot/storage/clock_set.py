"""In the lane: somebody has set the machine's clock forward."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select, update

from bot.domain.clock_set import ClockSet, shifted_facts
from bot.domain.time import Micros
from bot.storage import tables
from bot.storage.batch import Batch

# More than a batch can write: what was stored in the one that failed stands in the last entries.
_LOOKED_BACK = 20_000


def handle(batch: Batch, command: ClockSet, moment: Micros) -> None:
    """Let what runs keep its length. For how long the stream has been gone is measured by the same clock."""
    book = batch.book
    if command.again and _is_stored(batch, moment):
        return
    told = book.stream is book.stream_before
    book.stream = replace(book.stream, changed_at=book.stream.changed_at + command.by)
    if told:
        # A batch that fails has the book read anew: it must find the moment as it is by the clock of now.
        book.stream_before = book.stream
        channel = tables.channel
        batch.connection.execute(
            update(channel).where(channel.c.id == command.channel_id), {"stream_changed_at": book.stream.changed_at}
        )
    for fact in shifted_facts(tuple(book.participation.polls.values()), command.by):
        batch.record(fact, moment)


def _is_stored(batch: Batch, moment: Micros) -> bool:
    """Whether the COMMIT that failed took effect: then polls have moved at this very moment."""
    entry, last = tables.entry.c, batch.book.next_entry
    found = select(entry.number).where(
        entry.channel_id == batch.channel_id,
        entry.number >= last - _LOOKED_BACK,
        entry.at == moment,
        entry.kind == "poll.shifted",
    )
    return batch.connection.scalar(found.limit(1)) is not None
