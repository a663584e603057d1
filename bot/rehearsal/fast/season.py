"""`microdrops rehearse --fast --dated`: every drop on its own date and in its own length, the bot up only then."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bot.config import load_config
from bot.rehearsal.compress import Play
from bot.rehearsal.evening import scene_of
from bot.rehearsal.fast.dates import Evening, dated, evenings, known_from
from bot.rehearsal.fast.disk import Disk
from bot.rehearsal.fast.life import Machine
from bot.rehearsal.fast.logging_apart import logging_to
from bot.rehearsal.fast.play import listening, set_stage
from bot.rehearsal.fast.stand_ins import QuickBot, QuickStage
from bot.rehearsal.fast.virtual_time import VirtualLoop, WallClock, in_virtual_time
from bot.rehearsal.interrupting import Interrupts
from bot.rehearsal.ledger import is_over
from bot.rehearsal.moments import SECOND
from bot.rehearsal.options import RehearseOptions
from bot.rehearsal.performance import Performance, to_the_end
from bot.rehearsal.timing import system_clock
from bot.stage.child import secrets_of
from bot.stage.record import SeenLine
from bot.stage.twitch.world import TwitchWorld

# Of the years before the first drop nothing is to be seen.
_AHEAD_SECONDS = 3_600


def as_dated(options: RehearseOptions) -> RehearseOptions:
    """What a season is judged by: the configuration's own pace. Raises ConfigError."""
    pace = load_config(options.config, {}, secrets="optional").pace
    return replace(options, tempo=replace(options.tempo, answer_gap=pace.answer_gap // SECOND))


def play_season(
    options: RehearseOptions,
    folder: Path,
    on_seen: Callable[[SeenLine], None],
    *,
    on_play: Callable[[Play], None] | None = None,
    interrupts: Interrupts | None = None,
) -> Performance:
    """Play the configuration's drops on their own dates, one crowd for all of them. To be judged with `as_dated`.

    Between two evenings the bot is off, as it is on a streamer's computer. Raises ConfigError."""
    return in_virtual_time(lambda loop: _play(loop, options, folder, on_seen, on_play), interrupts)


async def _play(
    loop: VirtualLoop,
    options: RehearseOptions,
    folder: Path,
    on_seen: Callable[[SeenLine], None],
    on_play: Callable[[Play], None] | None,
) -> Performance:
    began = time.monotonic()
    known_at = known_from(load_config(options.config, {}, secrets="optional"), system_clock())
    clock = WallClock(loop, known_at - _AHEAD_SECONDS * SECOND)
    with set_stage(folder, clock) as stage:
        config, play = dated(options.config, {**stage.describe(), "endpoints": {}}, folder, known_at)
        if on_play is not None:
            on_play(play)
        machine = Machine(loop, clock, Disk(folder / "ledger.db"), stage, options.seed)
        seen: list[SeenLine] = []
        listening(stage, [seen.append, on_seen])
        bot = QuickBot(machine, lambda: config, folder / "bot.out")
        with logging_to(folder / "bot.log", options.log_level, clock.now):
            async with asyncio.TaskGroup() as group:
                crowd = QuickStage(machine, group)
                complete, cut_short = await to_the_end(_season(machine, bot, crowd, play, options))
                crowd.end()
            await bot.end()
        await stage.discord.close()
    secrets = tuple(sorted({*play.secrets, *secrets_of(stage)}))
    complete = complete and is_over(folder / "ledger.db", clock.true)
    return Performance(play, folder, tuple(seen), secrets, complete, time.monotonic() - began, cut_short)


async def _season(machine: Machine, bot: QuickBot, crowd: QuickStage, play: Play, options: RehearseOptions) -> bool:
    """True when the whole crowd has done what it came for."""
    scene, shares = scene_of(play), options.script.shares if options.script else {}
    viewers = options.viewers if play.twitch else 0
    fans = options.discord_viewers if play.discord else 0
    await crowd.play(scene, seed=options.seed, viewers=viewers, discord_viewers=fans, shares=shares)
    for evening in evenings(play.drops):
        await _run(machine, bot, evening)
    return crowd.played.is_set()


async def _run(machine: Machine, bot: QuickBot, evening: Evening) -> None:
    await asyncio.sleep(max(0, evening.begins_at - machine.clock.true) / SECOND)
    _log_in_again(machine.stage.twitch, machine.clock.true)
    await bot.start()
    if evening.live:
        machine.stage.twitch.go_live()
    await asyncio.sleep((evening.ends_at - machine.clock.true) / SECOND)
    machine.stage.twitch.go_offline()
    await bot.stop()


def _log_in_again(world: TwitchWorld, now: int) -> None:
    """A login that nobody has used for a month is not renewed by Twitch: then its owner logs in once more."""
    logins = [token for token in world.tokens if token.user is world.bot and not token.revoked]
    if logins and all(each.refresh_expires_at is not None and each.refresh_expires_at <= now for each in logins):
        world.issue_token(world.bot, logins[-1].scopes)
