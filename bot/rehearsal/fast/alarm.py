"""The bot's alarm clock over virtual time: it goes by the wall clock as it stands when it is set."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.domain.time import DAY, SECOND, Micros
from bot.rehearsal.fast.virtual_time import VirtualLoop, WallClock

# As the program's own alarm has them; a test compares the two.
SWEEP_EVERY = 30 * SECOND
PATIENCE = SECOND // 4


class VirtualAlarm:
    """`ring` is called at the due instant, and by a sweep that covers a clock that was set."""

    def __init__(self, loop: VirtualLoop, clock: WallClock, ring: Callable[[], None]) -> None:
        self._loop = loop
        self._clock = clock
        self._ring = ring
        self._due: Micros | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._sweeping: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """The first sweep comes at once."""
        self._ring()
        self._sweeping = self._loop.call_in(SWEEP_EVERY, self.start)

    def stop(self) -> None:
        for timer in (self._timer, self._sweeping):
            if timer is not None:
                timer.cancel()

    def set(self, due: Micros | None) -> None:
        """Ring at `due`; a later call replaces it. None leaves it to the sweep."""
        if due is None or due == self._due:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._due = due
        now = self._clock.now()
        self._timer = self._loop.call_in(PATIENCE if due <= now else min(due - now, DAY), self._fire)

    def _fire(self) -> None:
        self._due = None
        self._ring()
