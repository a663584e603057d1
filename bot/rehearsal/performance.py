"""One evening from curtain to curtain: both children play, until everybody is answered and every drop is closed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.rehearsal.compress import SECOND, Play, compress
from bot.rehearsal.ledger import LedgerUnreadable, is_over
from bot.rehearsal.options import RehearseOptions
from bot.rehearsal.staging import ChildFailed, StageProcess, start_bot, start_stage

Json = Mapping[str, Any]
_POLL_SECONDS = 0.25
# A bot takes about this many times as long to start as the stage, which is measured each time: on a slow machine
# the evening begins later, so that the first announcement is not late.
_BOT_TO_STAGE = 5.0
_LEAD_SECONDS_MIN, _LEAD_SECONDS_MAX = 3.0, 20.0
# After the last window come the answers that had to wait for their gap, the closing lines, and a margin.
_GAPS, _MARGIN_SECONDS = 3, 6


@dataclass(frozen=True, slots=True)
class Performance:
    """What is left when the curtain has fallen. `secrets` is everything that may stand nowhere."""

    play: Play
    folder: Path
    record: tuple[Json, ...]
    secrets: tuple[str, ...] = field(repr=False)
    complete: bool
    seconds: float

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.db"

    @property
    def written(self) -> tuple[Path, ...]:
        """Everything the bot wrote or printed, and the record."""
        names = ("bot.log", "bot.out", "record.jsonl", "ledger.db", "ledger.db-wal")
        return tuple(path for name in names if (path := self.folder / name).exists())


async def perform(
    options: RehearseOptions,
    folder: Path,
    on_seen: Callable[[Json], None],
    *,
    on_play: Callable[[Play], None] | None = None,
) -> Performance:
    """Play the configuration once, in `folder`. Raises ChildFailed when a child does not do its part.

    `on_seen` hears every line of the record, `on_play` first what is going to be played."""
    record: list[Json] = []

    def hear(seen: Json) -> None:
        record.append(seen)
        on_seen(seen)

    began = time.monotonic()
    async with start_stage(folder, hear) as stage:
        lead = min(_LEAD_SECONDS_MAX, max(_LEAD_SECONDS_MIN, _BOT_TO_STAGE * (time.monotonic() - began)))
        begins_at = time.time_ns() // 1000 + round(lead * SECOND)
        text, told = options.config.read_text("utf-8-sig"), await stage.ready
        play = compress(text, told, folder / "ledger.db", begins_at, options.tempo)
        if on_play is not None:
            on_play(play)
        (folder / "config.toml").write_text(play.text, "utf-8")
        async with start_bot(options.bot_command, folder, play.environment, log_level=options.log_level) as bot:
            viewers = options.viewers if play.twitch else 0
            fans = options.discord_viewers if play.discord else 0
            await stage.play(_scene(play), seed=options.seed, viewers=viewers, discord_viewers=fans)
            latest = play.lasts_until + (_GAPS * options.tempo.answer_gap + _MARGIN_SECONDS) * SECOND
            complete = await _until_over(latest, stage, bot, folder)
        secrets = {*play.secrets, *await stage.stop()}
    return Performance(play, folder, tuple(record), tuple(sorted(secrets)), complete, time.monotonic() - began)


async def _until_over(latest: int, stage: StageProcess, bot: asyncio.subprocess.Process, folder: Path) -> bool:
    """True when all is done and said; False when the time is up and something still is not."""
    while time.time_ns() // 1000 < latest:
        if bot.returncode is not None:
            last_words = _tail(folder / "bot.out")
            raise ChildFailed(f"The bot ended with code {bot.returncode} in the middle of the play.\n{last_words}")
        if stage.ended:
            raise ChildFailed(f"The stage ended in the middle of the play.\n{_tail(folder / 'stage.log')}")
        if stage.played.is_set() and _all_said(folder / "ledger.db"):
            return True
        await asyncio.sleep(_POLL_SECONDS)
    return False


def _all_said(ledger: Path) -> bool:
    try:
        return is_over(ledger)
    except LedgerUnreadable:
        return False  # it is being made, or locked for a moment


def _tail(file: Path, lines: int = 12) -> str:
    return "\n".join(file.read_text("utf-8", "replace").splitlines()[-lines:])


def _scene(play: Play) -> dict[str, Any]:
    drops = [
        {
            "key": drop.key,
            "title": drop.title,
            "announces_at": drop.announces_at,
            "opens_at": drop.opens_at,
            "closes_at": drop.closes_at,
            "on_cue": drop.on_cue,
        }
        for drop in play.drops
    ]
    return {"drops": drops, "words": dict(play.words)}
