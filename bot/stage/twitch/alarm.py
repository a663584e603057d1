"""Wakes the local Twitch when something on its agenda is due, in real time or in a loop that only pretends."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.stage.record import SECOND
from bot.stage.twitch.world import TwitchWorld


class Alarm:
    """One timer for the whole agenda, set for whatever comes next; it needs a loop and no server."""

    def __init__(self, world: TwitchWorld) -> None:
        self._world = world
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def start(self, _app: web.Application | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._world.agenda.on_change = self._set
        self._set()

    async def stop(self, _app: web.Application | None = None) -> None:
        self._world.agenda.on_change = None
        if self._timer is not None:
            self._timer.cancel()

    def _set(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        due = self._world.agenda.next_at
        if due is None or self._loop is None:
            return
        seconds = max(0.0, (due - self._world.clock()) / SECOND)
        self._timer = self._loop.call_later(seconds, self._ring)

    def _ring(self) -> None:
        # A clock that stands still, or runs slower than the loop's, is simply asked again later.
        try:
            self._world.agenda.run_due()
        finally:
            self._set()
