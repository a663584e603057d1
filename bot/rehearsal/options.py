"""What a rehearsal is asked to do."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

OWN_BOT = (sys.executable, "-m", "bot")


@dataclass(frozen=True, slots=True)
class RehearseOptions:
    """`keep` is a folder to leave everything in; `bot_command` starts the bot that is put to the test, and gets
    the arguments of `microdrops run`."""

    config: Path
    seed: int = 1
    viewers: int = 60
    discord_viewers: int = 15
    json: bool = False
    keep: Path | None = None
    quiet: bool = False
    bot_command: tuple[str, ...] = OWN_BOT
