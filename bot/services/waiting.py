"""Waiting for a wake-up, but not for ever."""

from __future__ import annotations

import asyncio
from contextlib import suppress


async def woken(wake: asyncio.Event, seconds: float | None) -> None:
    """Return once `wake` is set, or after so many seconds (None: no matter how long); it is clear again then.

    Not asyncio.wait_for: before Python 3.12 it loses a cancellation that comes in the moment of the wake-up, and
    whoever was told to stop goes on for ever."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await wake.wait()
    wake.clear()
