"""In the lane: somebody has set the machine's clock forward."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.clock_set import ClockSet, shifted_facts
from bot.domain.time import Micros
from bot.storage.batch import Batch


def handle(batch: Batch, command: ClockSet, moment: Micros) -> None:
    """Let what runs keep its length. For how long the stream has been gone is measured by the same clock."""
    book = batch.book
    book.stream = replace(book.stream, changed_at=book.stream.changed_at + command.by)
    for fact in shifted_facts(tuple(book.participation.polls.values()), command.by):
        batch.record(fact, moment)
