"""Until when Helix wants to be left alone: the library reads no headers, so they are read beside it."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace

import aiohttp


def watch_rate(told: Callable[[float], None]) -> aiohttp.TraceConfig:
    """For a session of aiohttp: hands on that instant (seconds since the epoch) with every answer 429."""

    async def ended(
        _session: aiohttp.ClientSession, _context: SimpleNamespace, end: aiohttp.TraceRequestEndParams
    ) -> None:
        if end.response.status != 429:
            return
        after, reset = (end.response.headers.get(name, "") for name in ("Retry-After", "Ratelimit-Reset"))
        if after.isdecimal():
            told(time.time() + int(after))
        elif reset.isdecimal():
            told(float(reset))

    tracing = aiohttp.TraceConfig()
    tracing.on_request_end.append(ended)
    return tracing
