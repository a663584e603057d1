"""`microdrops rehearse --fast`: a whole play in virtual time, with the same crowd, script, faults and judge."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from bot.config import Config, load_config
from bot.rehearsal.backstage import Backstage
from bot.rehearsal.compress import Play, compress
from bot.rehearsal.evening import Evening, first_of
from bot.rehearsal.fast.disk import Disk
from bot.rehearsal.fast.life import Machine
from bot.rehearsal.fast.logging_apart import logging_to
from bot.rehearsal.fast.stand_ins import QuickBot, QuickStage
from bot.rehearsal.fast.virtual_time import VirtualLoop, WallClock, in_virtual_time
from bot.rehearsal.interrupting import Interrupts
from bot.rehearsal.moments import SECOND
from bot.rehearsal.options import RehearseOptions
from bot.rehearsal.performance import Performance, to_the_end
from bot.rehearsal.script import Script
from bot.stage.child import secrets_of
from bot.stage.keeping import FOLDER, kept_in
from bot.stage.record import Record, Seen, SeenLine
from bot.stage.server import Stage

# A Friday evening: the same seed plays at the same hour, whenever it is played.
BEGINS_AT = 1_772_823_600_000_000  # 2026-03-06T19:00:00Z
_LEAD_SECONDS = 4


def play_fast(
    options: RehearseOptions,
    folder: Path,
    on_seen: Callable[[SeenLine], None],
    *,
    on_play: Callable[[Play], None] | None = None,
    on_stage: Callable[[Backstage], object] | None = None,
    sabotage: AbstractContextManager[object] | None = None,
    interrupts: Interrupts | None = None,
) -> Performance:
    """Play the script once, in `folder`, and return what a performance over the wire returns; `seconds` are what it
    took, not what was played. `sabotage` is entered while the bot plays: it breaks it, for a test."""
    with sabotage or nullcontext():
        return in_virtual_time(lambda loop: _play(loop, options, folder, on_seen, on_play, on_stage), interrupts)


async def _play(
    loop: VirtualLoop,
    options: RehearseOptions,
    folder: Path,
    on_seen: Callable[[SeenLine], None],
    on_play: Callable[[Play], None] | None,
    on_stage: Callable[[Backstage], object] | None,
) -> Performance:
    began = time.monotonic()
    script = options.script or Script("", "", "")
    clock = WallClock(loop, BEGINS_AT)
    with set_stage(folder, clock) as stage:
        if script.live_at_first:
            stage.twitch.go_live()
        text = options.config.read_text("utf-8-sig")
        begins_at = clock.true + _LEAD_SECONDS * SECOND
        # Nothing here has an address.
        told = {**stage.describe(), "endpoints": {}}
        play = compress(text, told, folder / "ledger.db", begins_at, options.tempo, script.drops, script.polls)
        if on_play is not None:
            on_play(play)
        (folder / "config.toml").write_text(play.text, "utf-8")
        machine = Machine(loop, clock, Disk(folder / "ledger.db"), stage, options.seed)
        seen: list[SeenLine] = []
        hearing: list[Callable[[SeenLine], None]] = [seen.append, on_seen]
        listening(stage, hearing)
        with logging_to(folder / "bot.log", options.log_level, clock.now):
            complete, cut_short = await _evening(machine, options, script, play, folder, hearing, on_stage)
    secrets = tuple(sorted({*play.secrets, *secrets_of(stage)}))
    return Performance(play, folder, tuple(seen), secrets, complete, time.monotonic() - began, cut_short)


@contextmanager
def set_stage(folder: Path, clock: WallClock) -> Iterator[Stage]:
    """A furnished stage that nobody can connect to, with its record in the folder."""
    with (folder / "record.jsonl").open("w", encoding="utf-8") as file:
        stage = Stage(record=Record(file), clock=lambda: clock.true)
        stage.discord.board.on_file = kept_in(folder / FOLDER)
        yield stage


def listening(stage: Stage, hearing: list[Callable[[SeenLine], None]]) -> None:
    """Tell every line of the record to whoever is, or comes to be, among `hearing`."""

    def tell(line: Seen) -> None:
        told = line.as_line()
        for listener in tuple(hearing):
            listener(told)

    stage.record.listen(tell)


async def _evening(
    machine: Machine,
    options: RehearseOptions,
    script: Script,
    play: Play,
    folder: Path,
    hearing: list[Callable[[SeenLine], None]],
    on_stage: Callable[[Backstage], object] | None,
) -> tuple[bool, bool]:
    bot = QuickBot(machine, lambda: _config(folder, play), folder / "bot.out")
    try:
        async with asyncio.TaskGroup() as group:
            stage = QuickStage(machine, group)
            await bot.start()
            evening = Evening(options, script, play, folder, stage, bot, clock=lambda: machine.clock.true)
            ending = await to_the_end(evening.play(hearing, on_stage))
            stage.end()
    except BaseExceptionGroup as failures:
        raise first_of(failures) from None
    finally:
        await bot.end()
    await machine.stage.discord.close()
    return ending


def _config(folder: Path, play: Play) -> Config:
    return load_config(folder / "config.toml", play.environment)
