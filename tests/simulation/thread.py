"""The threads of the lane and of the reads in the simulation: time passes here, and some reads fail."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import OperationalError

from bot.domain.time import MILLISECOND, Micros
from bot.rehearsal.fast.disk import LoopThread
from bot.rehearsal.fast.virtual_time import VirtualLoop
from tests.simulation.chance import Chance
from tests.simulation.disk import ERRORS, INJECTED, Dies

# Long enough that a crowd's claims meet in one batch.
DISK_USUALLY = 20 * MILLISECOND


class SimThread(LoopThread):
    """Runs a function at once, some time after it was handed in, and answers some time after that.

    Between the two moments a batch may be on the disk and nobody know it: `alive` tells whether its process has
    lived to run it, and to hear of it. `after_each` is called when a function has run."""

    def __init__(
        self, loop: VirtualLoop, chance: Chance, alive: Callable[[], bool], after_each: Callable[[], None]
    ) -> None:
        super().__init__(loop, alive)
        self._chance = chance
        self._after_each = after_each

    # An asyncio future: `run_in_executor` takes it as it is, and no second loop iteration is needed to wake up.
    def submit(self, function: Callable[..., Any], /, *args: Any, **options: Any) -> Any:
        answered = self._loop.create_future()
        self._loop.call_in(self._before(), self._run, answered, function, args, options)
        return answered

    def _before(self) -> Micros:
        return self._chance.delay("the disk takes its time", DISK_USUALLY)

    def _after(self) -> Micros:
        return self._chance.delay("an answer takes its time")

    def _run(self, answered: asyncio.Future[Any], function: Any, args: Any, options: Any) -> None:
        if not self._alive():
            return
        result: Any = None
        failed: Exception | None = None
        try:
            result = self._call(function, args, options)
        except Dies:
            return
        except Exception as error:  # noqa: BLE001 - an executor hands on whatever its function raised
            failed = error
        self._after_each()
        self._loop.call_in(self._after(), self._answer, answered, result, failed)

    def _call(self, function: Any, args: Any, options: Any) -> Any:
        return function(*args, **options)


class SimReaders(SimThread):
    """The reads' threads: what they have seen may be old when it arrives, and now and then they find a lock."""

    def _before(self) -> Micros:
        return 0

    def _after(self) -> Micros:
        return self._chance.delay("a read comes late", 2 * MILLISECOND)

    def _call(self, function: Any, args: Any, options: Any) -> Any:
        if self._chance.happens("a read fails"):
            raise OperationalError("read", {}, sqlite3.OperationalError(ERRORS["locked"] + INJECTED))
        return function(*args, **options)
