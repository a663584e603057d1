"""The moments of the lane: the machine's clock, which somebody may set while people vote."""

from __future__ import annotations

from typing import Protocol

from bot.domain.time import SECOND, Micros

# Less is how a machine's clock is kept right all the time.
SET_BY_MIN: Micros = SECOND


class Clock(Protocol):
    def now(self) -> Micros: ...


class EvenTime:
    """Moments that never go back. `steady` goes on evenly while somebody sets `clock`; without it nobody can tell.

    A clock that was set back is waited for, unless somebody counts on the time that passes: then moments go on
    evenly. By how much it was set forward is told by `taken_forward`."""

    def __init__(self, clock: Clock, steady: Clock | None = None) -> None:
        self._clock = clock
        self._steady = steady
        self._last: Micros = 0
        # What `steady` was at the last moment, if it was asked.
        self._steady_then: Micros | None = None
        self._forward: Micros = 0

    def begin(self, last: Micros) -> None:
        """No moment is before this one."""
        self._last = max(self._last, last)

    def now(self, *, evenly: bool) -> Micros:
        """The moment now; with `evenly` somebody counts on the time that passes."""
        wall = self._clock.now()
        moment = wall if self._steady is None else self._straightened(wall, self._steady.now(), evenly)
        self._last = max(self._last, moment)
        return self._last

    def taken_forward(self) -> Micros:
        """By how much the clock was set forward since this was asked last."""
        forward, self._forward = self._forward, 0
        return forward

    def _straightened(self, wall: Micros, steady: Micros, evenly: bool) -> Micros:
        then, self._steady_then = self._steady_then, steady
        if then is None:
            return wall
        expected = self._last + steady - then
        if evenly and wall < expected - SET_BY_MIN:
            return expected
        if wall > expected + SET_BY_MIN:
            self._forward += wall - expected
        return wall
