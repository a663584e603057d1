"""A restore in a process of its own that ends at a named point the way `kill -9` does."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from bot.config import load_config
from bot.opening import SystemClock
from bot.restoring import find_backup, restore


def main(config: str, which: str, point: str) -> None:
    def passed(at: str) -> None:
        if at == point:
            os.kill(os.getpid(), signal.SIGKILL)

    loaded = load_config(Path(config), {}, secrets="optional")
    restore(loaded, find_backup(loaded, which), clock=SystemClock(), probe=passed)


if __name__ == "__main__":
    main(*sys.argv[1:])
