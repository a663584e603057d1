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
        # A moment, and what `steady` was at it.
        self._anchor: tuple[Micros, Micros] | None = None
        self._forward: Micros = 0

    def begin(self, last: Micros) -> None:
        """No moment is before this one."""
        self._last = max(self._last, last)

    def now(self, *, evenly: bool) -> Micros:
        """The moment now; with `evenly` somebody counts on the time that passes."""
        wall = self._clock.now()
        if self._steady is not None:
            wall = self._straightened(wall, self._steady.now(), evenly)
        self._last = max(self._last, wall)
        return self._last

    def taken_forward(self) -> Micros:
        """By how much the clock was set forward since this was asked last."""
        forward, self._forward = self._forward, 0
        return forward

    def _straightened(self, wall: Micros, steady: Micros, evenly: bool) -> Micros:
        expected = wall if self._anchor is None else self._anchor[0] + steady - self._anchor[1]
        if evenly and wall < expected - SET_BY_MIN:
            return expected
        if self._anchor is not None and wall > expected + SET_BY_MIN:
            self._forward += wall - expected
        self._anchor = (wall, steady)
        return wall
