"""Twitch's own polls in the lane, and which of ours may still have one."""

from __future__ import annotations

from sqlalchemy import or_, select

from bot.domain.native_rules import NoteNative, native_fact
from bot.domain.polls import Poll, PollState
from bot.domain.time import Micros
from bot.storage import tables
from bot.storage.batch import Batch
from bot.storage.database import Reads
from bot.storage.poll_rows import poll_of


def handle_note(batch: Batch, command: NoteNative, moment: Micros) -> None:
    """Keep how the poll on Twitch beside one of ours has ended; once, however often it is told."""
    fact = native_fact(batch.book.participation.polls.get(command.poll), command)
    if fact is not None:
        batch.record(fact, moment)


async def recent_polls(reads: Reads, channel_id: int, since: Micros) -> tuple[Poll, ...]:
    """The polls that are open or were over at `since` at the earliest, in the order in which they were opened."""
    poll = tables.poll
    recent = or_(poll.c.state == str(PollState.OPEN), poll.c.closed_at >= since)
    query = select(poll).where(poll.c.channel_id == channel_id, recent).order_by(poll.c.opened_at, poll.c.key)
    return tuple(poll_of(row) for row in await reads.rows(query))
