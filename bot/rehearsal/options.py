"""What a rehearsal is asked to do."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.rehearsal.script import Script

# Writing everything down costs the bot more than its work: with more people than this it logs less.
_LOGGED_MAX = 500
OWN_BOT = (sys.executable, "-m", "bot")


@dataclass(frozen=True, slots=True)
class Tempo:
    """How an evening is compressed, in seconds: from announcement to opening, the window, from one opening to the
    next and to the last; the gap between two answers to one person, and how long the stream may be off the air
    before an open drop pauses, and before it closes (all three whole seconds). `early` is how long an early window
    is, in whole seconds: it opens `before_opening` after the announcement, and everybody's after it."""

    before_opening: float = 6.0
    early: int = 5
    window: int = 20
    stagger: float = 4.0
    stagger_max: float = 12.0
    answer_gap: int = 6
    offline_pause: int = 3
    offline_close: int = 8


@dataclass(frozen=True, slots=True)
class RehearseOptions:
    """`script` None plays the configuration's drops, and nothing goes wrong. `keep` is a folder to leave everything
    in, `report` a file for the report as a page; `bot_command` starts the bot that is put to the test, and gets the
    arguments of `microdrops run`. `fast` plays in virtual time and without sockets, `dated` so too, with every drop
    on its own date."""

    config: Path
    script: Script | None = None
    seed: int = 1
    viewers: int = 60
    discord_viewers: int = 15
    json: bool = False
    keep: Path | None = None
    quiet: bool = False
    report: Path | None = None
    bot_command: tuple[str, ...] = OWN_BOT
    tempo: Tempo = Tempo()
    fast: bool = False
    dated: bool = False

    @property
    def log_level(self) -> str:
        """Everything is logged, so that it can be searched for secrets; a huge crowd would drown in that."""
        return "debug" if self.viewers + self.discord_viewers <= _LOGGED_MAX else "info"
