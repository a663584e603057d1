"""One evening from curtain to curtain: both children play, until everybody is answered and every drop is closed."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot.rehearsal.backstage import Backstage
from bot.rehearsal.compress import Play, compress
from bot.rehearsal.evening import Evening
from bot.rehearsal.moments import SECOND
from bot.rehearsal.options import RehearseOptions
from bot.rehearsal.script import Script
from bot.rehearsal.staging import start_bot, start_stage
from bot.stage.keeping import FOLDER
from bot.stage.record import SeenLine

# A bot takes about this many times as long to start as the stage, which is measured each time: on a slow machine
# the evening begins later, so that the first announcement is not late.
_BOT_TO_STAGE = 7.0
_LEAD_SECONDS_MIN, _LEAD_SECONDS_MAX = 4.0, 30.0


@dataclass(frozen=True, slots=True)
class Performance:
    """What is left when the curtain has fallen. `secrets` is everything that may stand nowhere; `cut_short` when
    somebody ended the play before its time."""

    play: Play
    folder: Path
    record: tuple[SeenLine, ...]
    secrets: tuple[str, ...] = field(repr=False)
    complete: bool
    seconds: float
    cut_short: bool = False

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.db"

    @property
    def attachments(self) -> Path:
        """The files of messages, by id."""
        return self.folder / FOLDER

    @property
    def written(self) -> tuple[Path, ...]:
        """Everything the bot wrote, printed or attached, and the record. A log that has grown has been put aside in
        parts."""
        names = ("bot.out", "record.jsonl", "ledger.db", "ledger.db-wal")
        others = (path for name in names if (path := self.folder / name).exists())
        return (*sorted(self.folder.glob("bot.log*")), *others, *sorted(self.attachments.glob("*")))


async def perform(
    options: RehearseOptions,
    folder: Path,
    on_seen: Callable[[SeenLine], None],
    *,
    on_play: Callable[[Play], None] | None = None,
    on_stage: Callable[[Backstage], object] | None = None,
) -> Performance:
    """Play the script once, in `folder`. Whoever cancels it while it plays gets what there is, as cut short. Raises
    ChildFailed when a child does not do its part.

    `on_seen` hears every line of the record, `on_play` first what is going to be played, and `on_stage` is given
    the handles of the play as soon as there are any."""
    hearing: list[Callable[[SeenLine], None]] = []
    record: list[SeenLine] = []

    def hear(seen: SeenLine) -> None:
        record.append(seen)
        on_seen(seen)
        for listener in hearing:
            listener(seen)

    script = options.script or Script("", "", "")
    began = time.monotonic()
    async with start_stage(folder, hear, live=script.live_at_first) as stage:
        lead = min(_LEAD_SECONDS_MAX, max(_LEAD_SECONDS_MIN, _BOT_TO_STAGE * (time.monotonic() - began)))
        begins_at = time.time_ns() // 1000 + round(lead * SECOND)
        text, told = options.config.read_text("utf-8-sig"), await stage.ready
        play = compress(text, told, folder / "ledger.db", begins_at, options.tempo, script.drops, script.polls)
        if on_play is not None:
            on_play(play)
        (folder / "config.toml").write_text(play.text, "utf-8")
        async with start_bot(options.bot_command, folder, play.environment, log_level=options.log_level) as bot:
            evening = Evening(options, script, play, folder, stage, bot)
            complete, cut_short = await to_the_end(evening.play(hearing, on_stage))
        secrets = {*play.secrets, *await stage.stop(), *_log_keys(folder)}
    seconds = time.monotonic() - began
    return Performance(play, folder, tuple(record), tuple(sorted(secrets)), complete, seconds, cut_short)


async def to_the_end(playing: Awaitable[bool]) -> tuple[bool, bool]:
    """Whether a play came to its end, and whether somebody cut it short by cancelling it.

    Whoever was told to stop still clears the stage: what is awaited from now on is awaited as ever."""
    try:
        return await playing, False
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None:
            task.uncancel()
        return False, True


def _log_keys(folder: Path) -> list[str]:
    """What signs the ledger: the bot has made it at its start, and it is as secret as what it was given."""
    file = folder / "log-key.json"
    keys = json.loads(file.read_bytes())["keys"] if file.exists() else []
    return [str(key["private"]) for key in keys]
