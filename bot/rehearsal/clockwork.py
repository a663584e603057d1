"""Runs a bot whose clock can be moved: `python -m bot.rehearsal.clockwork FILE [-m MODULE | SCRIPT] ARGUMENT...`.

FILE holds by how many microseconds the clock is wrong; it may change at any time. The machine's own clock, by which
the rehearsal and the other bots on it live, stays as it is.
"""

from __future__ import annotations

import runpy
import sys
import threading
import time
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Self

_LOOK_SECONDS = 0.05


class MovedClock:
    """The offset in a file, looked up by a thread of its own: a clock is asked far more often than it is moved."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.offset = 0
        self.look()

    def look(self) -> None:
        try:
            self.offset = int(self._file.read_text("ascii").strip() or 0)
        except (OSError, ValueError):
            return  # it is just being written, or was never moved

    def watch(self) -> None:
        while True:
            time.sleep(_LOOK_SECONDS)
            self.look()

    def now(self) -> int:
        return time.time_ns() // 1_000 + self.offset


def move_clocks(clock: MovedClock) -> None:
    """Let the bot's two readers of the clock go by `clock`: its own, and the alarm that waits for an instant."""
    import bot.opening
    import bot.scheduler

    class Calendar(datetime):
        """An instant of the moved clock comes when the true one shows it."""

        @classmethod
        def fromtimestamp(cls, timestamp: float, tz: tzinfo | None = None) -> Self:
            return super().fromtimestamp(timestamp - clock.offset / 1_000_000, tz)

    bot.opening.SystemClock.now = lambda _: clock.now()  # type: ignore[method-assign,assignment]  # the one seam
    vars(bot.scheduler)["datetime"] = Calendar


def main(arguments: list[str]) -> None:
    clock = MovedClock(Path(arguments[0]))
    threading.Thread(target=clock.watch, daemon=True).start()
    move_clocks(clock)
    if arguments[1] == "-m":
        sys.argv = arguments[2:]
        runpy.run_module(arguments[2], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments[1:]
        runpy.run_path(arguments[1], run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
