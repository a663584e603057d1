"""Who may send the next chat line: one at a time, the most urgent first, within the account's budget."""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.domain.announcing import Priority


class Turns:
    """At most `lines_max` turns begin in any `window_seconds`.

    Lines go one after the other, so that they stand in chat in the order in which they were meant. The limiters
    that libraries offer serve whoever came first; here a line that changes the window overtakes the answers.
    """

    def __init__(self, lines_max: int, window_seconds: float) -> None:
        self._lines_max = lines_max
        self._window = window_seconds
        self._begun: deque[float] = deque()
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._arrivals = 0
        self._taken = False
        self._not_before = 0.0
        self._alarm: asyncio.TimerHandle | None = None

    def allow(self, lines_max: int) -> None:
        """The account's budget is another than was thought."""
        if lines_max != self._lines_max:
            self._lines_max = lines_max
            self._serve()

    @property
    def ready(self) -> int:
        """How many lines could begin now, besides those that wait already."""
        now = asyncio.get_running_loop().time()
        if now < self._not_before:
            return 0
        waiting = sum(not turn.done() for _, _, turn in self._waiting)
        return max(0, self._free(now) - waiting)

    def pause(self, seconds: float) -> None:
        """The platform says we are too fast: nobody begins for a while."""
        self._not_before = asyncio.get_running_loop().time() + seconds

    @asynccontextmanager
    async def turn(self, priority: Priority) -> AsyncIterator[None]:
        """Wait for a turn and hold it. A waiting line that is cancelled leaves no trace."""
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._arrivals += 1
        heapq.heappush(self._waiting, (int(priority), self._arrivals, mine))
        self._serve()
        try:
            await mine
            yield
        finally:
            # Cancelled in the very moment in which the turn was given: it is given back.
            if mine.done() and not mine.cancelled():
                self._taken = False
            self._serve()

    def _free(self, now: float) -> int:
        while self._begun and self._begun[0] <= now - self._window:
            self._begun.popleft()
        return self._lines_max - len(self._begun)

    def _serve(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        while self._waiting and self._waiting[0][2].done():
            heapq.heappop(self._waiting)
        if self._taken or not self._waiting:
            return
        loop = asyncio.get_running_loop()
        now = loop.time()
        if now >= self._not_before and self._free(now) > 0:
            self._taken = True
            self._begun.append(now)
            heapq.heappop(self._waiting)[2].set_result(None)
            return
        free_at = self._begun[0] + self._window if self._free(now) <= 0 else now
        self._alarm = loop.call_at(max(free_at, self._not_before), self._serve)
