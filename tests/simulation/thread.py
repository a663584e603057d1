"""The lane's thread and the reads in the simulation: time passes here, between asking the disk and its answer."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Any

from sqlalchemy import Engine, Row, Select
from sqlalchemy.exc import OperationalError

from bot.domain.time import MILLISECOND
from bot.storage.database import Reads
from tests.simulation.chance import Chance
from tests.simulation.disk import ERRORS, INJECTED, Dies
from tests.simulation.loop import VirtualLoop


class SimThread(Executor):
    """Runs a function at once, some time after it was handed in, and answers some time after that.

    Between the two moments the batch may be on the disk and nobody know it: `alive` tells whether its process has
    lived to run it, and to hear of it. `after_each` is called when a function has run."""

    def __init__(
        self, loop: VirtualLoop, chance: Chance, alive: Callable[[], bool], after_each: Callable[[], None]
    ) -> None:
        self._loop = loop
        self._chance = chance
        self._alive = alive
        self._after_each = after_each

    # An asyncio future: `run_in_executor` takes it as it is, and no second loop iteration is needed to wake up.
    def submit(self, function: Callable[..., Any], /, *args: Any, **options: Any) -> Any:
        answered = self._loop.create_future()
        begins = self._chance.delay("the disk takes its time")
        self._loop.call_in(begins, self._run, answered, function, args, options)
        return answered

    def _run(self, answered: asyncio.Future[Any], function: Any, args: Any, options: Any) -> None:
        if not self._alive():
            return
        result: Any = None
        failed: Exception | None = None
        try:
            result = function(*args, **options)
        except Dies:
            return
        except Exception as error:  # noqa: BLE001 - an executor hands on whatever its function raised
            failed = error
        self._after_each()
        delay = self._chance.delay("an answer takes its time")
        self._loop.call_in(delay, self._answer, answered, result, failed)

    def _answer(self, answered: asyncio.Future[Any], result: Any, failed: Exception | None) -> None:
        if answered.done() or not self._alive():
            return
        if failed is not None:
            answered.set_exception(failed)
        else:
            answered.set_result(result)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Nothing runs beside the loop, so there is nothing to end."""


class SimReads(Reads):
    """Reads of the same file on a connection of their own; what they have seen may be old when it arrives."""

    def __init__(self, engine: Engine, chance: Chance, alive: Callable[[], bool]) -> None:
        self._sync_engine = engine
        self._chance = chance
        self._alive = alive

    async def rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        """All rows of a query. Raises OperationalError."""
        if not self._alive():
            await asyncio.get_running_loop().create_future()
        if self._chance.happens("a read fails"):
            raise OperationalError("read", {}, sqlite3.OperationalError(ERRORS["locked"] + INJECTED))
        with self._sync_engine.connect() as connection:
            found = connection.execute(query).all()
        await asyncio.sleep(self._chance.delay("a read comes late", 2 * MILLISECOND) / 1_000_000)
        return found

    async def close(self) -> None:
        """The workbench closes the engine."""
