"""Ctrl-C during a rehearsal: the first ends the play in order, the second leaves out the report, no more."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any, Self, TypeVar

Result = TypeVar("Result")


class Interrupts:
    """While it is entered, nobody's impatience ends the clearing up, which leaves neither a child nor a folder
    behind: KeyboardInterrupt is raised once at most, and never in the middle of a play.

    `hurried` is set when somebody did not wait for the report."""

    def __init__(self) -> None:
        self.hurried = False
        self._asked = False
        self._raised = False
        self._task: asyncio.Task[Any] | None = None
        self._before: Any = None

    def __enter__(self) -> Self:
        # Whoever embeds us may have other plans for the signal, and only the main thread may change it.
        own = threading.current_thread() is threading.main_thread()
        if own and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._before = signal.signal(signal.SIGINT, self._interrupted)
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def run(
        self,
        play: Coroutine[Any, Any, Result],
        *,
        loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
    ) -> Result:
        """Like asyncio.run; an interrupt cancels `play`, which may return all the same. Raises KeyboardInterrupt
        when it does not, or when somebody does not wait for what comes of it."""
        try:
            with asyncio.Runner(loop_factory=loop_factory) as runner:
                result = runner.run(self._watched(play))
        except asyncio.CancelledError:
            self._raised = True
            raise KeyboardInterrupt from None
        finally:
            self._task = None
        if self.hurried:
            self._raised = True
            raise KeyboardInterrupt
        return result

    async def _watched(self, play: Coroutine[Any, Any, Result]) -> Result:
        self._task = asyncio.current_task()
        return await play

    def _interrupted(self, _signal: int, _frame: FrameType | None) -> None:
        self.hurried = self._asked
        if self._task is None:
            if not self._raised:
                self._raised = True
                raise KeyboardInterrupt
        elif not self._asked:
            self._asked = True
            self._task.get_loop().call_soon_threadsafe(self._task.cancel)
