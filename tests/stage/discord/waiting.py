"""Waiting for facts instead of for time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.stage.record import Record


async def until(record: Record, fact: Callable[[], bool]) -> None:
    """Wait for a fact that one of the record's next lines brings about; TimeoutError after a minute."""
    changed = asyncio.Event()
    stop = record.listen(lambda seen: changed.set())
    try:
        async with asyncio.timeout(60):
            while not fact():
                await changed.wait()
                changed.clear()
    finally:
        stop()
