"""What has happened last in a ledger: it decides whether a copy is due."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from bot.domain.time import Micros
from bot.storage import tables
from bot.storage.database import Reads


@dataclass(frozen=True, slots=True)
class LastEntry:
    number: int
    at: Micros


async def last_entry(reads: Reads, channel_id: int) -> LastEntry | None:
    """The newest entry; None in a ledger without any."""
    entry = tables.entry.c
    query = (
        select(entry.number, entry.at).where(entry.channel_id == channel_id).order_by(entry.number.desc()).limit(1)
    )
    rows = await reads.rows(query)
    return LastEntry(rows[0].number, rows[0].at) if rows else None


async def last_close(reads: Reads, channel_id: int) -> Micros | None:
    """When a drop was closed last; None when none ever was, or the last one was reopened."""
    drop = tables.drop.c
    closed_at: Micros | None = await reads.scalar(
        select(func.max(drop.closed_at)).where(drop.channel_id == channel_id)
    )
    return closed_at
