"""What the local Twitch has still to do at a set time: polls that run out, votes that are told a moment later."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable


class Appointment:
    """One act to come; it can be called off."""

    def __init__(self, at: int, act: Callable[[], None]) -> None:
        self.at = at
        self.act = act
        self.called_off = False

    def call_off(self) -> None:
        self.called_off = True


class Agenda:
    """Acts by the instant at which they are due, in microseconds. Nothing here waits: whoever owns time asks.

    `on_change` is called when a new act may be the next one, so that an alarm can be set anew.
    """

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._order = itertools.count()
        self._to_come: list[tuple[int, int, Appointment]] = []
        self.on_change: Callable[[], None] | None = None

    def at(self, instant: int, act: Callable[[], None]) -> Appointment:
        """Do `act` once the clock has reached `instant`."""
        appointment = Appointment(instant, act)
        heapq.heappush(self._to_come, (instant, next(self._order), appointment))
        if self.on_change is not None:
            self.on_change()
        return appointment

    @property
    def next_at(self) -> int | None:
        """When the next act is due; None when there is none."""
        while self._to_come and self._to_come[0][2].called_off:
            heapq.heappop(self._to_come)
        return self._to_come[0][0] if self._to_come else None

    def run_due(self) -> None:
        """Do everything that is due by now, earliest first; asked twice, it is done once."""
        while (due := self.next_at) is not None and due <= self._clock():
            heapq.heappop(self._to_come)[2].act()
