"""An event loop that does not count the time in which the machine gave this process no turn.

A deadline in a test says how long something may take, not how busy the machine is: on two cores with three workers
a process may stand still for seconds, and then every timer has run out before the answer that lies in the socket
is read."""

from __future__ import annotations

import asyncio
import os
import selectors
import time
from collections.abc import Callable, Mapping

# Seconds. Each wait is cut into such pieces; what is longer than one, work or wait, is not counted beyond that.
PIECE = 0.05


class PatientSelector(selectors.DefaultSelector):
    """Waits in short pieces, and adds up by how much they and what lies between them were too long. `now` are the
    seconds of a clock that never goes back."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now = now
        self._returned_at = now()
        self.lost = 0.0
        """Seconds in which this process stood still."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        asked_at = self._now()
        self.lost += max(0.0, asked_at - self._returned_at - PIECE)
        wait = PIECE if timeout is None else min(timeout, PIECE)
        events = super().select(wait)
        self._returned_at = self._now()
        self.lost += max(0.0, self._returned_at - asked_at - max(wait, 0.0) - PIECE)
        return events


class PatientLoop(asyncio.SelectorEventLoop):
    """Its time stands still while the process does: a timer fires only when the loop has had its time to work."""

    def __init__(self) -> None:
        self._patient = PatientSelector()
        super().__init__(self._patient)

    @property
    def lost(self) -> float:
        """Seconds in which this process stood still."""
        return self._patient.lost

    def time(self) -> float:
        return super().time() - self.lost


def stood_still(loop: asyncio.AbstractEventLoop) -> float:
    """For how many seconds of a loop's life its process stood still, as far as that is known."""
    return loop.lost if isinstance(loop, PatientLoop) else 0.0


def loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]] | None:
    """For `pytest_asyncio_loop_factories`. None where selectors cannot wait for child processes: on Windows."""
    return None if os.name == "nt" else {"patient": PatientLoop}
