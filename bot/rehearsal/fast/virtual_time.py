"""A loop in which time is a number: nobody waits, and whatever is due next happens next."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from bot.domain.time import SECOND, Micros
from bot.rehearsal.interrupting import Interrupts, Result


class NothingWillHappen(Exception):
    """Everybody waits for somebody else, and no timer is set: real time would stand still for ever."""


class VirtualSelector(selectors.BaseSelector):
    """Looks at real descriptors without waiting for them. Where the loop would sleep, the clock jumps instead.

    The clock counts whole microseconds: sums of floats drift, and a timer that is a hair's breadth early is set
    anew for ever."""

    def __init__(self) -> None:
        self.now: Micros = 0
        self._real = selectors.DefaultSelector()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = self._real.select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            raise NothingWillHappen
        self.now += max(1, round(timeout * SECOND))
        return ready

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose `time()` starts at 0 and passes only when nothing is left to do at this instant."""

    def __init__(self) -> None:
        self.selector = VirtualSelector()
        super().__init__(self.selector)
        # The loop calls a timer due when it is less than this ahead. Far from 0, floats lie further apart than the
        # default of a nanosecond, and a timer would be ahead by a bit for ever.
        self._clock_resolution = 1e-6

    @property
    def now(self) -> Micros:
        """Microseconds since the loop began."""
        return self.selector.now

    def time(self) -> float:
        return self.selector.now / SECOND

    def call_in(self, delay: Micros, callback: Any, *args: Any) -> asyncio.TimerHandle:
        """Like `call_later`, in microseconds."""
        return self.call_at((self.selector.now + delay) / SECOND, callback, *args)


def in_virtual_time(
    play: Callable[[VirtualLoop], Coroutine[Any, Any, Result]], interrupts: Interrupts | None = None
) -> Result:
    """Play on a loop of its own; whatever is left of a play that ended, or failed, is let go."""
    loop = VirtualLoop()
    return (interrupts or Interrupts()).run(play(loop), loop_factory=lambda: loop)


class SteadyClock:
    """Goes on evenly, whatever happens to the machine's clock."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def now(self) -> Micros:
        return self._loop.now


class WallClock:
    """The machine's clock: somebody may set it, and then it is `ahead` (microseconds, may be negative)."""

    def __init__(self, loop: VirtualLoop, begins_at: Micros) -> None:
        self._loop = loop
        self._begins_at = begins_at
        self.ahead: Micros = 0
        self.most_ahead: Micros = 0

    def now(self) -> Micros:
        return self._begins_at + self._loop.now + self.ahead

    def jump(self, distance: Micros) -> None:
        """Somebody sets the clock, forward or (negative) back."""
        self.ahead += distance
        self.most_ahead = max(self.most_ahead, self.ahead)

    @property
    def true(self) -> Micros:
        """What the platforms' clocks say."""
        return self._begins_at + self._loop.now
