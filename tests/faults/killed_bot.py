"""One life of the bot in a process of its own, with a trap that ends it the way `kill -9` does."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from bot.config import load_config
from bot.storage import database
from bot.wiring import run_bot

POINTS = (
    "lane.before-begin",
    "lane.before-commit",
    "lane.after-commit",
    "twitch.send.before",
    "twitch.send.after",
    "discord.send.before",
    "discord.send.after",
)


@dataclass(frozen=True)
class Trap:
    """Ends the process at the `nth` passing of `point`.

    Passings count only when the file `armed` is there and `not_before` (microseconds UTC) has come."""

    point: str
    nth: int = 1
    armed: Path | None = None
    not_before: int = 0

    def probe(self) -> Callable[[str], None]:
        passings = count(1)

        def passed(point: str) -> None:
            if point != self.point or time.time_ns() // 1_000 < self.not_before:
                return
            if self.armed is not None and not self.armed.exists():
                return
            if next(passings) == self.nth:
                os.kill(os.getpid(), signal.SIGKILL)

        return passed


def no_trap(_point: str) -> None:
    """The probe of a life that is to last."""


def live(config: Path, environ: Mapping[str, str], log: Path, trap: Trap | None, busy_ms: int | None) -> None:
    """The whole life: what it prints goes into `log`, and its exit code is the bot's. It waits `busy_ms` for a
    stranger's lock, or as long as the bot does."""
    if busy_ms is not None:
        database.BUSY_TIMEOUT_MS = busy_ms
    output = os.open(log, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    for stream in (1, 2):
        os.dup2(output, stream)
    sys.exit(run_bot(load_config(config, environ), probe=no_trap if trap is None else trap.probe()))
