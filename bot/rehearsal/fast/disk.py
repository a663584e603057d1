"""The threads and the disk of a bot in virtual time: a ledger that takes a while, is held, or is full."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from bot.domain.time import MILLISECOND, Micros
from bot.rehearsal.fast.virtual_time import VirtualLoop
from bot.storage.database import BUSY_TIMEOUT_MS

WRITE_TAKES = 4 * MILLISECOND
READ_TAKES = MILLISECOND // 2
_LOOK_EVERY = 20 * MILLISECOND


class Disk:
    """What stands under the ledger, whichever process of the bot is alive."""

    def __init__(self, ledger: Path) -> None:
        self._ledger = ledger
        self._stranger: sqlite3.Connection | None = None
        self.is_full = False

    @property
    def is_held(self) -> bool:
        """Whether another program holds the ledger's lock at this moment."""
        if self._stranger is None:
            if not self._ledger.exists():
                return False
            self._stranger = sqlite3.connect(self._ledger, timeout=0, isolation_level=None)
        try:
            self._stranger.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        self._stranger.execute("ROLLBACK")
        return False

    def close(self) -> None:
        if self._stranger is not None:
            self._stranger.close()

    def put_under(self, engine: Engine) -> None:
        """Let a full disk refuse what this engine commits, and a held ledger be waited for in virtual time."""
        event.listen(engine, "connect", _do_not_wait)
        event.listen(engine, "commit", self._commit)

    def _commit(self, _connection: Any) -> None:
        if self.is_full:
            raise OperationalError("COMMIT", None, sqlite3.OperationalError("database or disk is full"))


def _do_not_wait(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout=0")
    # No power is cut here, and every sync would be waited for in real time.
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()


class LoopThread(Executor):
    """A thread in virtual time: what it runs takes a while, and its process may die before anybody hears of it."""

    def __init__(self, loop: VirtualLoop, alive: Callable[[], bool]) -> None:
        self._loop = loop
        self._alive = alive

    def _answer(self, answered: asyncio.Future[Any], result: Any, failed: Exception | None) -> None:
        if answered.done() or not self._alive():
            return
        if failed is not None:
            answered.set_exception(failed)
        else:
            answered.set_result(result)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Nothing runs beside the loop, so there is nothing to end."""


class VirtualThread(LoopThread):
    """Runs a function at once, some time after it was handed in, and answers some time after that.

    Between the two a process may die: then nobody hears of what stands on the disk. `is_held` says whether what is
    to be written has to wait, as long as the driver would."""

    def __init__(
        self, loop: VirtualLoop, takes: Micros, alive: Callable[[], bool], is_held: Callable[[], bool] | None = None
    ) -> None:
        super().__init__(loop, alive)
        self._takes = takes
        self._is_held = is_held

    # An asyncio future: `run_in_executor` takes it as it is.
    def submit(self, function: Callable[..., Any], /, *args: Any, **options: Any) -> Any:
        answered = self._loop.create_future()
        patience = self._loop.now + BUSY_TIMEOUT_MS * MILLISECOND
        self._loop.call_in(self._takes // 2, self._run, answered, patience, lambda: function(*args, **options))
        return answered

    def _run(self, answered: asyncio.Future[Any], patience: Micros, work: Callable[[], Any]) -> None:
        if not self._alive() or answered.done():
            return
        if self._is_held is not None and self._loop.now < patience and self._is_held():
            self._loop.call_in(_LOOK_EVERY, self._run, answered, patience, work)
            return
        result: Any = None
        failed: Exception | None = None
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - a thread hands on whatever its function raised
            failed = error
        self._loop.call_in(self._takes - self._takes // 2, self._answer, answered, result, failed)
