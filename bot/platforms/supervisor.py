"""Keeps a platform's connection alive: a fresh client after every crash, ever slower, until told to stop."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import structlog

from bot.platforms.hooks import StateChanged

log = structlog.stdlib.get_logger(__name__)


class Fatal(Exception):
    """Starting again cannot help: a refused login or a missing intent."""


def delay_seconds(tries: int, *, base: float, cap: float) -> float:
    """How long to wait before the next attempt: base * 2^tries up to the cap, spread over its upper half.

    After ten attempts in a row without a healthy run the cap is five times as long: Discord resets the
    token of a bot that identifies a thousand times in a day.
    """
    ceiling = cap if tries <= 10 else cap * 5
    spread = random.uniform(0.5, 1.0)
    return min(ceiling, base * 2.0 ** min(tries, 16)) * spread


async def keep_alive(
    name: str,
    run_once: Callable[[], Awaitable[None]],
    stop: asyncio.Event,
    *,
    base: float = 1.0,
    cap: float = 60.0,
    healthy_after: float = 60.0,
    closing_seconds: float = 5.0,
    on_state: StateChanged | None = None,
) -> None:
    """Run `run_once` again and again until `stop` is set; all times in seconds.

    `run_once` builds a new client, runs it and closes it, also when cancelled, within `closing_seconds`.
    A run longer than `healthy_after` makes the waiting times start anew. Raises Fatal as `run_once` does.
    """
    loop = asyncio.get_running_loop()
    tries = 0
    while not stop.is_set():
        started = loop.time()
        if on_state is not None:
            on_state(name, True)
        try:
            error = await _run_until(stop, run_once, closing_seconds)
        finally:
            if on_state is not None:
                on_state(name, False)
        lasted_seconds = loop.time() - started
        if isinstance(error, Fatal):
            raise error
        if isinstance(error, ConnectionError):
            # An outage is no fault of ours, and a traceback would tell nobody anything.
            log.warning("platform.unreachable", platform=name, reason=str(error))
        elif error is not None:
            log.error("platform.crashed", platform=name, exc_info=error)
        if stop.is_set():
            return
        tries = 0 if lasted_seconds > healthy_after else tries + 1
        seconds = delay_seconds(tries, base=base, cap=cap)
        log.info("platform.restarts", platform=name, seconds=round(seconds, 1), tries=tries)
        await _pause(stop, seconds)


async def _run_until(
    stop: asyncio.Event, run_once: Callable[[], Awaitable[None]], closing_seconds: float
) -> BaseException | None:
    """Run once, or until `stop`; what ended the run is returned, not raised."""
    running = asyncio.ensure_future(run_once())
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        if not running.done():
            running.cancel()
            _, late = await asyncio.wait({running}, timeout=closing_seconds)
            if late:
                log.warning("platform.closing-abandoned", after_seconds=closing_seconds)
    return running.exception() if running.done() and not running.cancelled() else None


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
